using System.CommandLine;
using System.Globalization;
using Vigie.Server;

namespace Vigie.Cli;

/// <summary><c>vigie alerts test</c>.</summary>
internal static class AlertsTestVerb
{
    public static Command Create(Terminal terminal)
    {
        var channel = new Option<string?>("--channel") { Description = "Only this one: email, slack, webhook, sns, sms or pagerduty", HelpName = "NAME" };
        var settings = new SettingsOptions();
        var command = new Command("test", "Send a message through every channel that is configured, and say what each receiver answered") { channel };
        settings.AddTo(command);
        return command
            .WithExamples("vigie alerts test", "vigie alerts test --channel slack --settings production.yaml")
            .Does(terminal, async run =>
            {
                Settings<ServerOptions> read = settings.Read(run);
                read.Check(read.Options.Alerts.Check);
                IReadOnlyList<ChannelAnswer> answers = await AlertTest.RunAsync(read.Options.Alerts, run.Value(channel), run.Clock, run.Stop);
                run.Print(new { Channels = answers }, console => console.PrintTable(["channel", "answer", "ms"], [.. answers.Select(answer => new[]
                {
                    answer.Channel,
                    answer.Taken ? "taken" : answer.Refusal!,
                    answer.Milliseconds.ToString("0", CultureInfo.InvariantCulture),
                })]));
                if (answers.Any(answer => !answer.Taken)) run.ExitCode = ExitCode.Failed;
            });
    }
}
