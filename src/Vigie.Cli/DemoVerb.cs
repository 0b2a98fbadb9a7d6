using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Spectre.Console;
using Vigie.Corpus;
using Vigie.Evaluation;
using Vigie.Mlflow;
using Vigie.Recipes;
using Vigie.Server;
using Vigie.Tweets;

namespace Vigie.Cli;

/// <summary><c>vigie demo</c>: the whole way in one command, from tweets to a page that answers.</summary>
internal static class DemoVerb
{
    private const string Experiment = "demo", Model = "sentiment";
    private static readonly Tag DemoTag = new("vigie.demo", "true");
    private static readonly string[] Recipes = ["tfidf-nb", "tfidf-lr", "tfidf-svm", "linear-best"];

    public static Command Create(Terminal terminal)
    {
        var data = new Option<string?>("--data", "-d") { Description = "Your own labelled tweets; without it the demo writes tweets about an airline that does not exist, English and French", HelpName = "FILE" };
        var rows = new Option<int>("--rows") { Description = "How many tweets it writes", HelpName = "N", DefaultValueFactory = _ => 16_000 };
        var seed = new Option<int>("--seed") { Description = "Seeds the tweets and the training", HelpName = "N", DefaultValueFactory = _ => 1 };
        var once = new Option<bool>("--once") { Description = "Stop after the table instead of serving the best model" };
        var url = new Option<string>("--urls") { Description = "Where to serve; port 0 takes a free one", HelpName = "URL", DefaultValueFactory = _ => ServerOptions.DefaultUrl };
        var reading = new TweetFileOptions();
        var command = new Command("demo", "Train and compare four models on tweets, register the best one as models:/sentiment@champion, and serve it with a dashboard") { data, rows, seed, once, url };
        reading.AddTo(command);
        return command
            .WithExamples("vigie demo", "vigie demo --once", "vigie demo --data tweets.csv --sample 50000")
            .Does(terminal, async run =>
            {
                using var log = new TerminalLog(terminal);
                ServerOptions serving = ServerIn(run.StateFolder) with { Url = run.Required(url), Clock = run.Clock, Log = log };
                serving.Check();
                string folder = Path.Combine(run.StateFolder, "demo");
                string file = run.Value(data) is { } own ? ModelFolder.PathOf(run, own) : Write(run, Path.Combine(folder, "tweets.csv"), run.Value(rows), run.Value(seed));
                TweetReader.Open(file, reading.Of(run), null, run.Stop).Dispose(); // what cannot be read leaves no store behind
                Contest contest;
                ModelAddress model;
                await using (TrackingPlace place = await TrackingPlace.OpenAsync(run))
                {
                    contest = await TrainAsync(run, place, file, reading.Of(run), run.Value(seed), folder);
                    model = await CrownAsync(run, place, contest.Best.Run);
                }

                // The model as anyone would load it, by its name: what is served is what was registered.
                serving = serving with { Models = new ModelOptions { Model = model.ToString(), Tracking = TrackingPlace.SettingOf(run), State = run.StateFolder } };
                contest = contest with { Model = model.ToString(), Stream = await DemoWatch.RunAsync(run, serving, contest.TestTweets) };
                if (run.Value(once))
                {
                    run.Print(contest.ToJson(null), console => Show(console, terminal, contest, null));
                    return;
                }

                await ServeVerb.RunAsync(run, serving, (address, _, _) => run.Print(contest.ToJson(address), console => Show(console, terminal, contest, address)));
            });
    }

    private static ServerOptions ServerIn(string folder) => new()
    {
        SecretFile = Path.Combine(folder, "secret"),
        Records = new RecordOptions { Enabled = true, Folder = Path.Combine(folder, "records") },
    };

    private static string Write(VerbRun run, string path, int rows, int seed)
    {
        if (seed < 0) throw new InvalidInputException($"--seed {seed}: expected 0 or more");
        IEnumerable<Tweet> tweets = CorpusGenerator.Generate(new CorpusOptions { Rows = rows, Seed = (ulong)seed });
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using ProgressBoard board = run.ShowProgress();
        IProgress<Amount> stage = board.Stage("writing tweets");
        using TweetWriter writer = TweetWriter.Create(path, TweetColumns.Id | TweetColumns.Label | TweetColumns.CreatedAt | TweetColumns.Author);
        int written = 0;
        foreach (Tweet tweet in tweets)
        {
            writer.Write(tweet);
            if (++written % 1000 != 0 && written != rows) continue;
            run.Stop.ThrowIfCancellationRequested();
            stage.Report(new Amount(written, rows));
        }

        writer.Complete();
        return path;
    }

    private static async Task<Contest> TrainAsync(VerbRun run, TrackingPlace place, string file, TweetReaderOptions options, int seed, string folder)
    {
        var entries = new List<Entry>();
        using ProgressBoard board = run.ShowProgress();
        LabelledTweets tweets = LabelledTweets.Read(file, options, board.Stage<ReadProgress>("reading", TweetFileOptions.Progress), run.Stop);
        if (tweets[Split.Validation].Count == 0 || tweets[Split.Test].Count == 0)
            throw new InvalidInputException($"{file}: the demo compares models on validation and test rows, and there are {tweets[Split.Validation].Count} and {tweets[Split.Test].Count} of them; give a file with more rows");
        foreach (string name in Recipes)
        {
            var training = new TrainingRun(RecipeCatalog.Find(name)) { Seed = seed, Clock = run.Clock };
            await using TrainingLog log = await TrainingLog.StartAsync(run, place, training, Experiment, runName: null, goOn: false, DemoTag);
            entries.Add(await log.WhileAsync(async () =>
            {
                TrainingResult result = training.Run(file, tweets, log.Watching(new TrainingPhases(board, name)), run.Stop);
                TrainedModel saved = TrainedModel.Save(result, Path.Combine(folder, name), plots: false, run.Stop);
                return new Entry(result, saved, await log.FinishAsync(result, file, saved, null, register: null));
            }));
        }

        return new Contest(file, entries, tweets[Split.Test]);
    }

    /// <summary>Registers the best model and makes it champion, unless a champion reigns that no demo has put there: that one may be at work.</summary>
    private static async Task<ModelAddress> CrownAsync(VerbRun run, TrackingPlace place, TrackedRun best)
    {
        ModelVersion version = await place.RegisterAsync(Model, $"models:/{best.ModelId}", best.RunId, best.ModelId, [DemoTag, new Tag(ModelManifest.DigestTag, best.ManifestSha256)], run.Stop);
        ModelAddress champion = ModelAddress.Parse($"models:/{Model}@champion"), own = ModelAddress.Parse($"models:/{Model}/{version.Version}");
        if (await ReigningAsync(run, place, champion) is { } reigning && !reigning.Tags.Contains(DemoTag))
        {
            run.Note($"{champion} is version {reigning.Version}, which was not made by the demo: it stays champion");
            return own;
        }

        await place.PromoteAsync(Model, version.Version, "best of the demo by validation f1_macro", run.Stop);
        return champion;
    }

    private static void Show(IAnsiConsole console, Terminal terminal, Contest contest, Uri? address)
    {
        DataUse data = contest.Entries[0].Result.Data;
        terminal.Out.WriteLine($"{Terminal.Printable(contest.File)}: {data.Rows[Split.Train]:N0} tweets to train on, {data.Rows[Split.Validation]:N0} to choose by, {data.Rows[Split.Test]:N0} to report on");
        console.PrintTable(
            ["recipe", "validation F1", "test accuracy", "macro F1", "ROC AUC", "positive precision", "fit s", "one tweet µs", "MB", ""],
            [.. contest.Entries.Select(entry => Row(entry, entry == contest.Best))]);
        terminal.Out.WriteLine($"best: {contest.Best.Result.Recipe.Name}, registered as {contest.Model}, saved in {Terminal.Printable(contest.Best.Saved.Path)}");
        if (contest.Stream is { } stream) Show(terminal, stream);
        if (address is null) return;
        terminal.Out.WriteLine($$"""

            The dashboard is on {{address}}  (Ctrl-C stops): try a tweet, report it wrong, see the alert, compare the runs. Programs ask so:
              curl {{address}}predict -H 'Content-Type: application/json' -d '{"text": "three hours late and nobody tells us anything"}'
            """);
    }

    private static void Show(Terminal terminal, WatchedStream stream)
    {
        terminal.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""

            It answered {stream.Tweets:N0} of the test tweets, and three of the {stream.Wrong:N0} that it has wrong were reported. {stream.Milliseconds:0} ms after the third:
              {stream.Alert.GetProperty("severity").GetString()} alert {stream.Alert.GetProperty("rule").GetString()}: {stream.Alert.GetProperty("summary").GetString()}
            """));
        foreach (JsonElement tweet in stream.Alert.GetProperty("tweets").EnumerateArray().Take(3))
            terminal.Out.WriteLine($"    {tweet.GetProperty("predicted").GetString()}, and is {tweet.GetProperty("right").GetString()}: {Terminal.Printable(tweet.TryGetProperty("text", out JsonElement text) ? text.GetString()! : "")}");
        terminal.Out.WriteLine($"  What to do: docs/runbooks/{stream.Alert.GetProperty("runbook").GetString()}.md. Who is told: docs/alerts-channels.md");
    }

    private static string[] Row(Entry entry, bool best)
    {
        EvaluationReport test = entry.Result.Test!;
        return
        [
            entry.Result.Recipe.Name, Reports.Figure(entry.Result.Validation!.F1Macro), Reports.Figure(test.Accuracy, test, "accuracy"), Reports.Figure(test.F1Macro), Reports.Figure(test.RocAuc),
            Reports.Figure(test.PrecisionPositive), Number(entry.Result.Seconds.Fit, "0.00"), Number(test.LatencyMs!.P50 * 1000, "0.0"), Number(entry.Saved.Bytes / 1e6, "0.0"), best ? "best" : "",
        ];
    }

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    private static async Task<ModelVersion?> ReigningAsync(VerbRun run, TrackingPlace place, ModelAddress champion)
    {
        try
        {
            return await place.Models.FindAsync(champion, run.Stop);
        }
        catch (MlflowException none) when (none.Code is ErrorCode.ResourceDoesNotExist or ErrorCode.InvalidParameterValue) // the latter is MLflow's word for an alias that is not there
        {
            return null;
        }
    }

    private sealed record Entry(TrainingResult Result, TrainedModel Saved, TrackedRun Run);

    private sealed record Contest(string File, IReadOnlyList<Entry> Entries, TweetSet TestTweets)
    {
        /// <summary>What became of a stream of tweets; null where the model had too few of them wrong.</summary>
        public WatchedStream? Stream { get; init; }

        // By validation rows: choosing by test rows would make their figures promises that the next rows do not keep.
        public Entry Best { get; } = Entries.MaxBy(entry => entry.Result.Validation!.F1Macro ?? 0)!;

        /// <summary>The name under which the best is registered.</summary>
        public string Model { get; init; } = "";

        public object ToJson(Uri? address) => new
        {
            File,
            Models = Entries.Select(entry => TrainingReport.Of(entry.Result, entry.Saved, entry.Run)).ToArray(),
            Best = Best.Result.Recipe.Name,
            Model,
            ChosenBy = "validation f1_macro",
            Stream,
            Url = address,
        };
    }
}
