using System.CommandLine;
using Spectre.Console;
using Vigie.Bundles;
using Vigie.Evaluation;
using Vigie.Recipes;
using Vigie.Tweets;

namespace Vigie.Cli;

/// <summary><c>vigie train</c>: from a file of labelled tweets to a measured model in a folder.</summary>
internal static class TrainVerb
{
    public static Command Create(Terminal terminal)
    {
        var recipe = new RecipeOptions();
        var data = new Option<string>("--data", "-d") { Description = "A tweet file with labels; a split column is respected, else rows are split 80/10/10 by text hash", HelpName = "FILE", Required = true };
        var output = new Option<string>("--output", "-o") { Description = "The folder for the model: absent, empty, or an older model, which is replaced", HelpName = "DIR", Required = true };
        var plots = new Option<bool>("--plots") { Description = "Draw confusion matrix, ROC, precision-recall, calibration and strongest features (PNG and SVG) into the model's folder plots/" };
        var curve = new Option<string?>("--learning-curve") { Description = "Also train on 1/16, 1/8, 1/4, 1/2 of the training rows and write the learning curve (JSON, PNG, SVG) into this folder", HelpName = "DIR" };
        var reading = new TweetFileOptions();
        var tracking = new TrackingOptions();
        var command = new Command("train", "Train a recipe on a tweet file, measure it, and save the model");
        recipe.AddTo(command);
        foreach (Option option in new Option[] { data, output, plots, curve }) command.Options.Add(option);
        reading.AddTo(command);
        tracking.AddTo(command);
        return command
            .WithExamples(
                "vigie train linear-best --data tweets.csv --output out/model",
                "vigie train linear-best --data tweets.csv --output out/model --register sentiment",
                "vigie train tfidf-lr --data sentiment140.csv.gz --sample 50000 --output out/m --set C=2 --set word_max=2 --json",
                "vigie train linear-fast --data tweets.jsonl --output out/m --wanted-precision 0.95 --plots")
            .Does(terminal, async run =>
            {
                string file = ModelFolder.PathOf(run, run.Required(data)), folder = ModelFolder.PathOf(run, run.Required(output));
                Bundle.CheckTarget(folder); // before minutes of training, not after
                var training = new TrainingRun(recipe.Of(run)) { Seed = recipe.SeedOf(run), Clock = run.Clock };
                TweetReaderOptions options = reading.Of(run);
                TweetReader.Open(file, options, null, run.Stop).Dispose(); // what cannot be read leaves no run behind
                tracking.Check(run);
                await using TrackingPlace place = await TrackingPlace.OpenAsync(run);
                await using TrainingLog log = await tracking.StartAsync(run, place, training);
                (TrainingResult result, TrainedModel saved, TrackedRun tracked, IReadOnlyList<LearningCurvePoint>? points) = await log.WhileAsync(async () =>
                {
                    (TrainingResult trained, IReadOnlyList<LearningCurvePoint>? drawn) = Fit(run, training, file, options, log, run.Value(curve) is not null);
                    TweetFileOptions.Warn(run, trained.Data.Report);
                    TrainedModel model = TrainedModel.Save(trained, folder, run.Value(plots), run.Stop);
                    if (drawn is not null) LearningCurveFiles.Save(drawn, ModelFolder.PathOf(run, run.Value(curve)!));
                    if (trained.Data.Interleaved) run.Note("the file is sorted by label: the classes were learnt from by turns");
                    if (trained.Threshold is { Reached: false } missed) run.Note($"threshold: {missed.Reason}; it stays at one half");
                    return (trained, model, await log.FinishAsync(trained, model, drawn, tracking.RegisterOf(run)), drawn);
                });
                run.Print(TrainingReport.Of(result, saved, tracked, points), console => Show(console, result, saved, tracked, terminal));
            });
    }

    private static (TrainingResult Result, IReadOnlyList<LearningCurvePoint>? Curve) Fit(VerbRun run, TrainingRun training, string file, TweetReaderOptions options, TrainingLog log, bool withCurve)
    {
        using ProgressBoard board = run.ShowProgress();
        IProgress<ReadProgress> read = board.Stage<ReadProgress>("reading", TweetFileOptions.Progress);
        IProgress<TrainingProgress> phases = log.Watching(new TrainingPhases(board));
        if (!withCurve) return (training.Run(file, options, read, phases, run.Stop), null);
        long start = run.Clock.GetTimestamp();
        LabelledTweets tweets = LabelledTweets.Read(file, options, read, run.Stop);
        TimeSpan took = run.Clock.GetElapsedTime(start);
        LearningCurveRun.Check(tweets); // a refusal after the training would throw it away
        TrainingResult result = training.Run(file, tweets, phases, run.Stop);
        result = result with { Seconds = result.Seconds with { Read = took.TotalSeconds } };
        return (result, new LearningCurveRun(training.Recipe) { Seed = training.Seed }.Run(tweets, phases, run.Stop));
    }

    private static void Show(IAnsiConsole console, TrainingResult result, TrainedModel saved, TrackedRun tracked, Terminal terminal)
    {
        console.PrintTable(
            ["rows", "count", "accuracy", "macro F1", "ROC AUC", "precision of positive"],
            [
                ["train", $"{result.Data.Rows[Split.Train]:N0}", $"{result.Train.Accuracy:0.0000}", "", "", ""],
                .. Row("validation", result.Validation),
                .. Row("test", result.Test),
            ]);
        terminal.Out.WriteLine(
            $"{result.Recipe.Name}: {result.Classifier.Model.FeatureCount:N0} features, read {result.Seconds.Read:0.00} s, fit {result.Seconds.Fit:0.00} s ({result.Seconds.CpuFit:0.00} s of CPU), "
            + $"peak memory {result.PeakMemoryMb:N0} MB"
            + (result.Test?.LatencyMs is { } latency ? $", one tweet {latency.P50 * 1000:0.0} µs" : ""));
        if (result.Threshold is { Reached: true } choice)
            terminal.Out.WriteLine($"threshold {choice.Threshold:0.0000}: precision {choice.Precision:0.0000} and recall {choice.Recall:0.0000} on validation rows");
        terminal.Out.WriteLine($"saved {saved.Path} ({saved.Bytes / 1e6:0.0} MB, {saved.Digest[..12]})");
        terminal.Out.WriteLine($"run {tracked.RunId}{(tracked.Version is { } version ? $", registered as {Terminal.Printable(version.Name)} version {version.Version}" : "")}");
    }

    private static IEnumerable<string[]> Row(string side, EvaluationReport? report)
    {
        if (report is null) yield break;
        yield return
        [
            side, $"{report.Rows:N0}", Reports.Figure(report.Accuracy, report, "accuracy"), Reports.Figure(report.F1Macro, report, "f1_macro"),
            Reports.Figure(report.RocAuc, report, "roc_auc"), Reports.Figure(report.PrecisionPositive, report, "precision_positive"),
        ];
    }
}

/// <summary>Shows each phase of a training as a stage of its own.</summary>
internal sealed class TrainingPhases(ProgressBoard board, string? prefix = null) : IProgress<TrainingProgress>
{
    private readonly Lock _lock = new();
    private (string Phase, IProgress<Amount> Stage, double Share)? _current;

    public void Report(TrainingProgress value)
    {
        lock (_lock)
        {
            if (value.Share is not { } share) return; // a loss, for the run's log
            if (_current is not { } current || current.Phase != value.Phase)
            {
                if (_current is { Share: < 1 } ended) ended.Stage.Report(Percent(1)); // an estimator that converges early does not say so
                current = (value.Phase, board.Stage(prefix is null ? value.Phase : $"{prefix}: {value.Phase}"), 0);
            }

            current.Stage.Report(Percent(share));
            _current = current with { Share = share };
        }
    }

    private static Amount Percent(double share) => new(Math.Round(100 * share), 100);
}
