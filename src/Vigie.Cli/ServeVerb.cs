using System.CommandLine;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Vigie.Dashboard;
using Vigie.Server;

namespace Vigie.Cli;

/// <summary><c>vigie serve</c>: the prediction API and the dashboard.</summary>
internal static class ServeVerb
{
    public static Command Create(Terminal terminal)
    {
        Option<string> model = ModelFolder.Option(required: false);
        var url = new Option<string?>("--urls") { Description = $"Where to listen, {ServerOptions.DefaultUrl} unless said; several divided by commas, port 0 takes a free one", HelpName = "URL" };
        var also = new Option<string[]>("--also") { Description = "Another model beside it, under a name that callers ask for it by: /predict?model=NAME; may be given several times", HelpName = "NAME=MODEL" };
        var challenger = new Option<string?>("--challenger") { Description = "A model under trial beside it: both are asked, their answers are compared in /model/info", HelpName = "MODEL" };
        var share = new Option<double?>("--challenger-share") { Description = "Share of the requests that the model under trial answers; with 0 it answers none", HelpName = "SHARE" };
        var settings = new SettingsOptions();
        var command = new Command("serve", "Answer predictions over HTTP, with a dashboard; a model that is promoted meanwhile takes over") { model, url, also, challenger, share };
        settings.AddTo(command);
        return command
            .WithExamples(
                "vigie serve --model out/m",
                "vigie serve --model models:/sentiment@champion --also french=models:/sentiment-fr@champion",
                "vigie serve --model models:/sentiment@champion --challenger models:/sentiment@challenger --challenger-share 0.1",
                "vigie serve --model out/m --settings production.yaml")
            .Does(terminal, async run =>
            {
                using var log = new TerminalLog(terminal);
                Settings<ServerOptions> read = settings.Read(run, Flags(run, run.Value(url), run.Value(model), run.Value(also) ?? [], run.Value(challenger), run.Value(share)));
                ServerOptions options = read.Options with { Clock = run.Clock, Log = read.Options.Logging.Format == LogFormat.None ? log : null };
                read.Check(options.Check);
                if (options.Models.Model is null) throw new InvalidInputException("which model? Say --model MODEL, or models.model in the settings");
                await RunAsync(run, options, (address, served, waiting) => run.Print(
                    new Serving(address, served?.Name ?? options.Models.Model, served?.Digest, waiting, options.Notice()),
                    _ => terminal.Out.WriteLine((waiting is null
                        ? $"Serving {Terminal.Printable(served!.Name)} on {address}  (Ctrl-C stops)"
                        : $"Listening on {address}, not ready yet: {Terminal.Printable(waiting)}  (Ctrl-C stops)") + $"\n{options.Notice()}")));
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
        await sources.FindAsync(run.Stop); // a wrong name leaves nothing behind
        await using WebApplication app = VigieServer.Create(options, sources, options.Dashboard.Enabled ? [VigieDashboard.Part] : []);
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

    private static IEnumerable<SettingFlag> Flags(VerbRun run, string? urls, string? model, string[] also, string? challenger, double? share)
    {
        if (urls is not null) yield return new SettingFlag("urls", urls, "--urls");
        if (model is not null) yield return new SettingFlag("models.model", ModelFolder.AddressOf(run, model), "--model");
        var names = new HashSet<string>();
        foreach (string one in also)
        {
            int equals = one.IndexOf('=', StringComparison.Ordinal);
            if (equals < 1 || equals == one.Length - 1) throw new InvalidInputException($"--also {one}: expected NAME=MODEL, such as french=models:/sentiment-fr@champion");
            if (!names.Add(one[..equals])) throw new InvalidInputException($"--also names {one[..equals]} twice");
            yield return new SettingFlag($"models.others.{one[..equals]}", ModelFolder.AddressOf(run, one[(equals + 1)..]), "--also");
        }

        if (challenger is not null) yield return new SettingFlag("models.challenger", ModelFolder.AddressOf(run, challenger), "--challenger");
        if (share is { } part) yield return new SettingFlag("models.challenger_share", part.ToString(CultureInfo.InvariantCulture), "--challenger-share");
    }

    private sealed record Serving(Uri Url, string Model, string? Digest, string? Waiting, string Notice);
}
