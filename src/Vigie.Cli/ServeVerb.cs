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
        var also = new Option<string[]>("--also") { Description = "Another model beside it, under a name that callers ask for it by: /predict?model=NAME; may be given several times", HelpName = "NAME=MODEL" };
        var challenger = new Option<string?>("--challenger") { Description = "A model under trial beside it: both are asked, their answers are compared in /model/info", HelpName = "MODEL" };
        var share = new Option<double>("--challenger-share") { Description = "Share of the requests that the model under trial answers; with 0 it answers none", HelpName = "SHARE" };
        return new Command("serve", "Answer predictions over HTTP, with a page to try the model; a model that is promoted meanwhile takes over") { model, url, allowRemote, also, challenger, share }
            .WithExamples(
                "vigie serve --model out/m",
                "vigie serve --model models:/sentiment@champion --also french=models:/sentiment-fr@champion",
                "vigie serve --model models:/sentiment@champion --challenger models:/sentiment@challenger --challenger-share 0.1",
                "vigie serve --model out/m --urls http://0.0.0.0:5199 --allow-remote")
            .Does(terminal, async run =>
            {
                using var log = new TerminalLog(terminal);
                var options = new ServerOptions
                {
                    Url = run.Required(url),
                    AllowRemote = run.Value(allowRemote),
                    Models = new ModelOptions
                    {
                        Model = ModelFolder.AddressOf(run, run.Required(model)),
                        Tracking = TrackingPlace.SettingOf(run),
                        State = run.StateFolder,
                        Others = Others(run, run.Value(also) ?? []),
                        Challenger = run.Value(challenger) is { } tried ? ModelFolder.AddressOf(run, tried) : null,
                        ChallengerShare = run.Value(share),
                    },
                    Clock = run.Clock,
                    Log = log,
                };
                await RunAsync(run, options, (address, served, waiting) => run.Print(
                    new Serving(address, served?.Name ?? options.Models.Model!, served?.Digest, waiting),
                    _ => terminal.Out.WriteLine(waiting is null
                        ? $"Serving {Terminal.Printable(served!.Name)} on {address}  (Ctrl-C stops)"
                        : $"Listening on {address}, not ready yet: {Terminal.Printable(waiting)}  (Ctrl-C stops)")));
            });
    }

    /// <summary>Serves until the run is stopped; requests in flight are answered first.</summary>
    /// <param name="run">The run that serves.</param>
    /// <param name="options">How to serve, and which models.</param>
    /// <param name="announce">Told the address, the model that answers, and what is waited for.</param>
    /// <exception cref="InvalidInputException">There is no such model.</exception>
    public static async Task RunAsync(VerbRun run, ServerOptions options, Action<Uri, ServedModel?, string?> announce)
    {
        options.Check();
        await using var sources = ModelSources.Of(options.Models, run.Clock, run.Terminal.Variable);
        await using WebApplication app = VigieServer.Create(options, sources);
        Uri address = await app.ListenAsync(run.Stop);
        try
        {
            (ServedModel? served, string? waiting) = app.OnDuty();
            announce(address, served, waiting);
            await Task.Delay(Timeout.InfiniteTimeSpan, run.Clock, run.Stop);
        }
        finally
        {
            await app.StopAsync(CancellationToken.None); // bounded by the server's own grace
        }
    }

    private static Dictionary<string, string> Others(VerbRun run, string[] given)
    {
        var others = new Dictionary<string, string>();
        foreach (string one in given)
        {
            int equals = one.IndexOf('=', StringComparison.Ordinal);
            if (equals < 1 || equals == one.Length - 1) throw new InvalidInputException($"--also {one}: expected NAME=MODEL, such as french=models:/sentiment-fr@champion");
            if (!others.TryAdd(one[..equals], ModelFolder.AddressOf(run, one[(equals + 1)..]))) throw new InvalidInputException($"--also names {one[..equals]} twice");
        }

        return others;
    }

    private sealed record Serving(Uri Url, string Model, string? Digest, string? Waiting);
}
