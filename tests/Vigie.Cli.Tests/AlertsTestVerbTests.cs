using System.Text.Json;
using Vigie.Server.Tests;

namespace Vigie.Cli.Tests;

public sealed class AlertsTestVerbTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("vigie-alerts-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Each_receiver_s_answer_is_shown_and_one_refusal_fails()
    {
        await using StandIn good = await StandIn.StartAsync(), bad = await StandIn.StartAsync(StandIn.Says(404, "no_service"));
        await File.WriteAllTextAsync(
            Path.Combine(folder, "vigie.yaml"),
            $"""
            alerts:
              allow_addresses: [127.0.0.1]
              slack:
                url: {bad.Url("/services/hunter2hunter2")}
              webhook:
                url: {good.Url()}
                secret: 0123456789abcdef0123456789abcdef
            """,
            TestContext.Current.CancellationToken);
        var session = new CliSession { WorkingFolder = folder };

        CliRun all = await session.RunAsync("alerts", "test");
        Assert.Equal(ExitCode.Failed, all.ExitCode);
        Assert.Contains("127.0.0.1 answered 404: no_service", all.Out, StringComparison.Ordinal);
        Assert.Contains("taken", all.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", all.Out + all.Error, StringComparison.Ordinal);
        Assert.Contains("This is a test", Assert.Single(good.Requests).Text, StringComparison.Ordinal);

        CliRun one = await session.RunAsync("alerts", "test", "--channel", "webhook", "--json");
        Assert.Equal(ExitCode.Success, one.ExitCode);
        JsonElement answer = Assert.Single(one.Json.GetProperty("channels").EnumerateArray());
        Assert.Equal(("webhook", true), (answer.GetProperty("channel").GetString(), answer.GetProperty("taken").GetBoolean()));
    }

    [Theory]
    [InlineData("", "no channel is configured; expected one in the settings, such as alerts.email.host or alerts.slack.url")]
    [InlineData("alerts:\n  slack:\n    url: http://hooks.slack.com/services/hunter2\n", "alerts.slack.url begins with http://")]
    [InlineData("alerts:\n  email:\n    host: 10.0.0.5\n    from: a@b.example\n    to: [c@d.example]\n", "say alerts.allow_addresses: [10.0.0.5] (from vigie.yaml:3)")]
    public void What_cannot_be_tried_is_said(string settings, string reason)
    {
        File.WriteAllText(Path.Combine(folder, "vigie.yaml"), settings);
        CliRun run = new CliSession { WorkingFolder = folder }.Run("alerts", "test");
        Assert.Equal(ExitCode.WrongUsage, run.ExitCode);
        Assert.Contains(reason, run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", run.Error, StringComparison.Ordinal);
    }
}
