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
                var options = new ServerOptions { Url = run.Required(url), AllowRemote = run.Value(allowRemote), Clock = run.Clock, Log = log };
                options.Check(); // before a model of some seconds is loaded
                await RunAsync(run, options, ServedModel.Of(ModelFolder.Load(run, run.Required(model))));
            });
    }

    /// <summary>Serves until the run is stopped; requests in flight are answered first.</summary>
    public static async Task RunAsync(VerbRun run, ServerOptions options, ServedModel model)
    {
        await using WebApplication app = VigieServer.Create(options, model);
        Uri address = await app.ListenAsync(run.Stop);
        run.Print(
            new Serving(address, model.Info.Name, model.Digest),
            _ => run.Terminal.Out.WriteLine($"Serving {Terminal.Printable(model.Info.Name)} on {address}  (Ctrl-C stops)"));
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
