using System.CommandLine;
using Microsoft.AspNetCore.Builder;
using Vigie.Server;

namespace Vigie.Cli;

/// <summary><c>vigie serve</c>: the prediction API and the page to try it.</summary>
internal static class ServeVerb
{
    public static Command Create(Terminal terminal)
    {
        Option<string> model = ModelFolder.Option();
        var url = new Option<string?>("--urls") { Description = $"Where to listen, {ServerOptions.DefaultUrl} unless said; several divided by commas, port 0 takes a free one", HelpName = "URL" };
        var settings = new SettingsOptions();
        var command = new Command("serve", "Answer predictions over HTTP, with a page to try the model") { model, url };
        settings.AddTo(command);
        return command
            .WithExamples("vigie serve --model out/m", "vigie serve --model out/m --urls http://127.0.0.1:8080", "vigie serve --model out/m --settings production.yaml")
            .Does(terminal, async run =>
            {
                using var log = new TerminalLog(terminal);
                Settings<ServerOptions> read = settings.Read(run, run.Value(url) is { } urls ? [new SettingFlag("urls", urls, "--urls")] : []);
                ServerOptions options = read.Options with { Clock = run.Clock, Log = read.Options.Logging.Format == LogFormat.None ? log : null };
                read.Check(options.Check); // before a model of some seconds is loaded
                ServedModel served = ServedModel.Of(await ModelFolder.LoadAsync(run, run.Required(model)));
                await RunAsync(run, options, served, address => run.Print(
                    new Serving(address, served.Info.Name, served.Digest, options.Notice()),
                    _ => terminal.Out.WriteLine($"Serving {Terminal.Printable(served.Info.Name)} on {address}  (Ctrl-C stops)\n{options.Notice()}")));
            });
    }

    /// <summary>Serves until the run is stopped; requests in flight are answered first.</summary>
    /// <param name="run">The run that serves.</param>
    /// <param name="options">How to serve.</param>
    /// <param name="model">Gives the answers.</param>
    /// <param name="announce">Told the address once it answers.</param>
    public static async Task RunAsync(VerbRun run, ServerOptions options, ServedModel model, Action<Uri> announce)
    {
        await using WebApplication app = VigieServer.Create(options, model);
        announce(await app.ListenAsync(run.Stop));
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, run.Clock, run.Stop);
        }
        finally
        {
            await app.StopAsync(CancellationToken.None); // bounded by the server's own grace
        }
    }

    private sealed record Serving(Uri Url, string Model, string Digest, string Notice);
}
