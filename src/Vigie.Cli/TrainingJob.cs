using System.Security.Cryptography;
using System.Text;
using Spectre.Console;
using Vigie.Bundles;
using Vigie.Evaluation;
using Vigie.Recipes;
using Vigie.Tweets;

namespace Vigie.Cli;

/// <summary>What every verb that trains does: train, measure, save, log the run, say how it went.</summary>
/// <param name="run">The verb.</param>
/// <param name="training">What is trained.</param>
/// <param name="data">A tweet file with labels, as the caller named it.</param>
/// <param name="output">The folder for the model, as the caller named it.</param>
internal sealed class TrainingJob(VerbRun run, TrainingRun training, string data, string output)
{
    /// <summary>A stopped training that nobody has gone on with for so long is taken for abandoned.</summary>
    private static readonly TimeSpan Abandoned = TimeSpan.FromDays(30);

    private readonly string file = ModelFolder.PathOf(run, data), folder = ModelFolder.PathOf(run, output);

    public required TweetReaderOptions Reading { get; init; }

    /// <summary>Whether plots become part of the bundle.</summary>
    public bool Plots { get; init; }

    /// <summary>The folder for a learning curve; null for none.</summary>
    public string? Curve { get; init; }

    public async Task RunAsync(TrackingOptions tracking)
    {
        Bundle.CheckTarget(folder); // before minutes of training, not after
        TweetReader.Open(file, Reading, null, run.Stop).Dispose(); // what cannot be read leaves no run behind
        tracking.Check(run);
        if (training.Recipe.Learner.TrainsNetwork) training = training with { Networks = await TorchPlugin.LoadAsync(run), Checkpoints = CheckpointFolder() };
        await using TrackingPlace place = await TrackingPlace.OpenAsync(run);
        await using TrainingLog log = await tracking.StartAsync(run, place, training);
        (TrainingResult result, TrainedModel saved, TrackedRun tracked, IReadOnlyList<LearningCurvePoint>? points) = await log.WhileAsync(async () =>
        {
            (TrainingResult trained, IReadOnlyList<LearningCurvePoint>? drawn) = Fit(log);
            TweetFileOptions.Warn(run, trained.Data.Report);
            TrainedModel model = TrainedModel.Save(trained, folder, Plots, run.Stop);
            if (drawn is not null) LearningCurveFiles.Save(drawn, ModelFolder.PathOf(run, Curve!));
            if (trained.Data.Interleaved) run.Note("the file is sorted by label: the classes were learnt from by turns");
            if (trained.Threshold is { Reached: false } missed) run.Note($"threshold: {missed.Reason}; it stays at one half");
            return (trained, model, await log.FinishAsync(trained, file, model, drawn, tracking.RegisterOf(run)), drawn);
        });
        if (training.Checkpoints is { } finished) RemoveCheckpoints(finished);
        run.Print(TrainingReport.Of(result, saved, tracked, log.Epochs, points), console => Show(console, result, saved, tracked));
    }

    /// <summary>The same command on the same file finds what a stopped one left; another one finds nothing.</summary>
    private string CheckpointFolder()
    {
        var source = new FileInfo(file);
        string[] what =
        [
            training.Recipe.Name, .. RecipeParameter.ValuesOf(training.Recipe).Select(setting => $"{setting.Key}={setting.Value}"), $"{training.Seed}",
            source.FullName, $"{source.Length} {source.LastWriteTimeUtc.Ticks}", $"{Reading}", training.Besides?.Origin ?? "",
        ];
        string key = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', what))))[..16];
        return Path.Combine(run.StateFolder, "checkpoints", key);
    }

    /// <summary>Removes this training's checkpoint, which is of no more use, and those of trainings that were abandoned.</summary>
    private void RemoveCheckpoints(string finished)
    {
        if (Directory.Exists(finished)) Directory.Delete(finished, recursive: true);
        if (Path.GetDirectoryName(finished) is not { } all || !Directory.Exists(all)) return;
        DateTime before = (run.Clock.GetUtcNow() - Abandoned).UtcDateTime;
        // The folder's own time too: another training may just have made one, and not written into it yet.
        bool IsAbandoned(DirectoryInfo other) => other.LastWriteTimeUtc < before && other.EnumerateFiles("*", SearchOption.AllDirectories).All(file => file.LastWriteTimeUtc < before);
        foreach (DirectoryInfo old in new DirectoryInfo(all).EnumerateDirectories().Where(IsAbandoned))
        {
            old.Delete(recursive: true);
            run.Note($"removed {Terminal.Printable(old.FullName)}: a training that was stopped more than {Abandoned.TotalDays:0} days ago");
        }
    }

    private (TrainingResult Result, IReadOnlyList<LearningCurvePoint>? Curve) Fit(TrainingLog log)
    {
        using ProgressBoard board = run.ShowProgress();
        IProgress<ReadProgress> read = board.Stage<ReadProgress>("reading", TweetFileOptions.Progress);
        IProgress<TrainingProgress> phases = log.Watching(new TrainingPhases(board));
        if (Curve is null) return (training.Run(file, Reading, read, phases, run.Stop), null);
        long start = run.Clock.GetTimestamp();
        LabelledTweets tweets = LabelledTweets.Read(file, Reading, read, run.Stop);
        TimeSpan took = run.Clock.GetElapsedTime(start);
        LearningCurveRun.Check(tweets); // a refusal after the training would throw it away
        TrainingResult result = training.Run(file, tweets, phases, run.Stop);
        result = result with { Seconds = result.Seconds with { Read = took.TotalSeconds } };
        return (result, new LearningCurveRun(training.Recipe) { Seed = training.Seed, Networks = training.Networks }.Run(tweets, phases, run.Stop));
    }

    private void Show(IAnsiConsole console, TrainingResult result, TrainedModel saved, TrackedRun tracked)
    {
        TextWriter terminal = run.Terminal.Out;
        console.PrintTable(
            ["rows", "count", "accuracy", "macro F1", "ROC AUC", "precision of positive"],
            [
                ["train", $"{result.Data.Rows[Split.Train]:N0}", $"{result.Train.Accuracy:0.0000}", "", "", ""],
                .. Row("validation", result.Validation),
                .. Row("test", result.Test),
            ]);
        terminal.WriteLine(
            $"{result.Recipe.Name}: {result.Classifier.Model.FeatureCount:N0} features, read {result.Seconds.Read:0.00} s, fit {result.Seconds.Fit:0.00} s ({result.Seconds.CpuFit:0.00} s of CPU), "
            + $"peak memory {result.PeakMemoryMb:N0} MB"
            + (result.Test?.LatencyMs is { } latency ? $", one tweet {latency.P50 * 1000:0.0} µs" : ""));
        if (result.Threshold is { Reached: true } choice)
            terminal.WriteLine($"threshold {choice.Threshold:0.0000}: precision {choice.Precision:0.0000} and recall {choice.Recall:0.0000} on validation rows");
        terminal.WriteLine($"saved {saved.Path} ({saved.Bytes / 1e6:0.0} MB, {saved.Digest[..12]})");
        terminal.WriteLine($"run {tracked.RunId}{(tracked.Version is { } version ? $", registered as {Terminal.Printable(version.Name)} version {version.Version}" : "")}");
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
