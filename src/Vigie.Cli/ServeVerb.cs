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
        var url = new Option<string>("--urls")
        {
            Description = "Where to listen; port 0 takes a free one",
            HelpName = "URL",
            DefaultValueFactory = _ => ServerOptions.DefaultUrl,
        };
        var allowRemote = new Option<bool>("--allow-remote") { Description = "Listen where other machines can reach it too; nothing asks them who they are" };
        return new Command("serve", "Answer predictions over HTTP, with a page to try the model") { model, url, allowRemote }
            .WithExamples("vigie serve --model out/m", "vigie serve --model out/m --urls http://127.0.0.1:8080", "vigie serve --model out/m --urls http://0.0.0.0:5199 --allow-remote")
            .Does(terminal, async run =>
            {
                using var log = new TerminalLog(terminal);
                ServerOptions options = InStateFolder(run, new ServerOptions { Url = run.Required(url), AllowRemote = run.Value(allowRemote), Clock = run.Clock, Log = log });
                options.Check(); // before a model of some seconds is loaded
                ServedModel served = ServedModel.Of(await ModelFolder.LoadAsync(run, run.Required(model)));
                await RunAsync(run, options, served, address => run.Print(
                    new Serving(address, served.Info.Name, served.Digest),
                    _ => terminal.Out.WriteLine($"Serving {Terminal.Printable(served.Info.Name)} on {address}  (Ctrl-C stops)")));
            });
    }

    /// <summary>With a secret and records in the state folder.</summary>
    public static ServerOptions InStateFolder(VerbRun run, ServerOptions options) => options with
    {
        SecretFile = Path.Combine(run.StateFolder, "secret"),
        Records = new RecordOptions { Enabled = true, Folder = Path.Combine(run.StateFolder, "records") },
    };

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

    private sealed record Serving(Uri Url, string Model, string Digest);
}
