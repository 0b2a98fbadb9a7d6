using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Vigie.Bundles;
using Vigie.Evaluation;
using Vigie.Mlflow;
using Vigie.Mlflow.Client;
using Vigie.Networks;
using Vigie.Recipes;
using Vigie.Tweets;

namespace Vigie.Cli;

/// <summary>A training's run: begun before the training, told the loss while it goes on, ended with all that came of it.</summary>
internal sealed class TrainingLog : IAsyncDisposable
{
    private readonly VerbRun verb;
    private readonly TrackingPlace place;
    private readonly IRunLog run;

    private readonly List<NetworkEpoch> epochs = [];

    private TrainingLog(VerbRun verb, TrackingPlace place, IRunLog run) => (this.verb, this.place, this.run) = (verb, place, run);

    /// <summary>Begins the run: settings, seed, machine and sources are known before anything is trained.</summary>
    /// <param name="verb">The verb that trains.</param>
    /// <param name="place">Where the run goes.</param>
    /// <param name="training">What is trained.</param>
    /// <param name="experiment">Where the environment names none.</param>
    /// <param name="runName">Made up where null.</param>
    /// <param name="goOn">Whether MLFLOW_RUN_ID is heeded: several trainings in one run would contradict each other.</param>
    /// <param name="tags">Beside those that every training has.</param>
    public static async Task<TrainingLog> StartAsync(VerbRun verb, TrackingPlace place, TrainingRun training, string experiment, string? runName, bool goOn, params Tag[] tags)
    {
        MlflowEnvironment environment = MlflowEnvironment.Read(verb.Terminal.Variable);
        RunStart start = RunStart.From(environment) with
        {
            RunId = goOn ? environment.RunId : null,
            RunName = runName,
            UserId = Environment.UserName,
            Clock = verb.Clock,
            WhenLost = lost => verb.Note($"the run could not be ended as failed: {lost.Message}"),
            Tags = [.. await TagsAsync(verb, training), .. tags],
        };
        if (start.ExperimentId is null && start.ExperimentName is null) start = start with { ExperimentName = experiment };
        IRunLog run = await place.StartRunAsync(start, verb.Stop);
        try
        {
            run.LogParam("recipe", training.Recipe.Name);
            run.LogParam("seed", training.Seed.ToString(CultureInfo.InvariantCulture));
            run.LogParams(RecipeParameter.ValuesOf(training.Recipe));
            await run.FlushAsync(verb.Stop); // what a run to go on with contradicts is refused before the training
            return new TrainingLog(verb, place, run);
        }
        catch
        {
            await run.DisposeAsync();
            throw;
        }
    }

    /// <summary>The epochs of a network that were reported so far.</summary>
    public IReadOnlyList<NetworkEpoch> Epochs => epochs;

    /// <summary>Logs each loss as the metric <c>loss</c> and passes everything on.</summary>
    public IProgress<TrainingProgress> Watching(IProgress<TrainingProgress> progress) => new LossWatch(run, epochs, progress);

    /// <summary>Logs what came of the training, saves the run's id beside the bundle, and ends the run.</summary>
    /// <param name="result">The training.</param>
    /// <param name="data">The file that it read.</param>
    /// <param name="saved">Its bundle.</param>
    /// <param name="curve">Its learning curve; null for none.</param>
    /// <param name="register">The registered model that it becomes a version of; null for none.</param>
    public async Task<TrackedRun> FinishAsync(TrainingResult result, string data, TrainedModel saved, IReadOnlyList<LearningCurvePoint>? curve, string? register)
    {
        LogFigures(result, saved, curve);
        await run.LogInputsAsync([DatasetOf(result, data)], verb.Stop);
        await LogFilesAsync(result, curve);
        string signed = await Signatures.SignAsync(verb, saved.Path); // before the copy that is kept is made
        LoggedModel model = await run.LogModelAsync(saved.Path, result.Recipe.Name, tags: [new Tag("vigie.digest", saved.Digest)], cancellation: verb.Stop);
        run.SetTag("vigie.digest", saved.Digest);
        run.SetTag(ModelManifest.DigestTag, signed);
        ModelVersion? version = register is null ? null
            : await place.RegisterAsync(register, $"models:/{model.Info.ModelId}", run.Info.RunId, model.Info.ModelId, [new Tag("vigie.digest", saved.Digest), new Tag(ModelManifest.DigestTag, signed)], verb.Stop);
        await run.EndAsync(RunStatus.Finished, verb.Stop);
        var tracked = new TrackedRun(run.Info.RunId, run.Info.ExperimentId, place.Address, model.Info.ModelId, signed, version is null ? null : new TrackedVersion(version.Name, version.Version));
        Bundle.WriteRunFile(saved.Path, JsonSerializer.Serialize(tracked, JsonText.Indented) + "\n");
        return tracked;
    }

    /// <summary>Runs what follows the start; where it is stopped, the run ends as stopped, and not as failed.</summary>
    public async Task<T> WhileAsync<T>(Func<Task<T>> training)
    {
        try
        {
            return await training();
        }
        catch (OperationCanceledException) when (verb.Stop.IsCancellationRequested)
        {
            await KillAsync();
            throw;
        }
    }

    private async Task KillAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(500), verb.Clock); // Ctrl-C ends within a second
        try
        {
            await run.EndAsync(RunStatus.Killed, limit.Token);
        }
        catch (Exception away) when (away is MlflowException or OperationCanceledException)
        {
            verb.Note($"the run could not be ended as stopped: {away.Message}");
        }
    }

    public ValueTask DisposeAsync() => run.DisposeAsync();

    private static async Task<IReadOnlyList<Tag>> TagsAsync(VerbRun verb, TrainingRun training)
    {
        var tags = new List<Tag>
        {
            new("mlflow.source.name", "vigie train"),
            new("mlflow.source.type", "LOCAL"),
            new("mlflow.user", Environment.UserName),
            new("vigie.recipe", training.Recipe.Name),
            new("vigie.version", typeof(Bundle).Assembly.GetName().Version!.ToString(3)),
            new("vigie.machine", string.Create(CultureInfo.InvariantCulture, $"{Environment.MachineName}, {RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}, {Environment.ProcessorCount} processors, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 20} MiB")),
            new("vigie.runtime", RuntimeInformation.FrameworkDescription),
        };
        if (await GitCommit.OfAsync(verb.Terminal.WorkingFolder, verb.Clock, verb.Stop) is { } commit) tags.Add(new Tag("mlflow.source.git.commit", commit));
        return tags;
    }

    private void LogFigures(TrainingResult result, TrainedModel saved, IReadOnlyList<LearningCurvePoint>? curve)
    {
        run.LogParam("data", result.Data.FileName);
        foreach (Split split in Enum.GetValues<Split>()) run.LogParam($"rows_{split.ToString().ToLowerInvariant()}", result.Data.Rows[split].ToString(CultureInfo.InvariantCulture));
        run.LogMetrics(Figures("", result.Test)); // a gate's rules say f1, and mean rows that nothing was chosen on
        run.LogMetrics(Figures("validation_", result.Validation));
        run.LogMetric("train_accuracy", result.Train.Accuracy);
        run.LogMetric("threshold", result.Classifier.Threshold);
        run.LogMetric("features", result.Classifier.Model.FeatureCount);
        run.LogMetric("read_seconds", result.Seconds.Read);
        run.LogMetric("fit_seconds", result.Seconds.Fit);
        run.LogMetric("fit_cpu_seconds", result.Seconds.CpuFit);
        run.LogMetric("peak_memory_mb", result.PeakMemoryMb);
        run.LogMetric("bundle_mb", saved.Bytes / 1e6);
        if (result.Test?.LatencyMs is { } latency)
        {
            run.LogMetric("latency_p50_us", 1000 * latency.P50);
            run.LogMetric("latency_p99_us", 1000 * latency.P99);
        }

        foreach (LearningCurvePoint point in curve ?? [])
        {
            run.LogMetric("learning_curve_train_f1_macro", point.Train, point.Rows);
            run.LogMetric("learning_curve_f1_macro", point.Validation, point.Rows);
        }
    }

    /// <summary>All numbers of a report, its classes' too; what the rows leave undefined is left out.</summary>
    private static IEnumerable<KeyValuePair<string, double>> Figures(string prefix, EvaluationReport? report)
    {
        if (report is null) yield break;
        JsonObject all = JsonSerializer.SerializeToNode(report, JsonText.OneLine)!.AsObject();
        foreach ((string name, JsonNode? value) in all)
        {
            if (value is JsonValue number && number.GetValueKind() is JsonValueKind.Number && name != "threshold") yield return new(prefix + name, number.GetValue<double>());
        }

        foreach ((string label, JsonNode? figures) in all["per_class"]!.AsObject())
        {
            foreach ((string name, JsonNode? value) in figures!.AsObject())
            {
                string key = $"{prefix}{name}_{label}";
                if (value is JsonValue number && number.GetValueKind() is JsonValueKind.Number && !all.ContainsKey($"{name}_{label}")) yield return new(key, number.GetValue<double>());
            }
        }
    }

    private static DatasetInput DatasetOf(TrainingResult result, string file)
    {
        const int longestDigest = 36; // MLflow's column
        return new DatasetInput(
            [new Tag("mlflow.data.context", "training")],
            new Dataset(
                result.Data.FileName,
                result.Data.Digest[..longestDigest],
                "local",
                JsonSerializer.Serialize(new { Uri = Path.GetFullPath(file), Sha256 = result.Data.Digest }, JsonText.OneLine),
                JsonSerializer.Serialize(new { Format = result.Data.Shape.Format.ToString(), result.Data.Shape.Columns }, JsonText.OneLine),
                JsonSerializer.Serialize(new { NumRows = result.Data.Rows.Total, Train = result.RowsByClass(Split.Train), Validation = result.RowsByClass(Split.Validation), Test = result.RowsByClass(Split.Test) }, JsonText.OneLine)));
    }

    private async Task LogFilesAsync(TrainingResult result, IReadOnlyList<LearningCurvePoint>? curve)
    {
        string scratch = Directory.CreateTempSubdirectory("vigie-run-").FullName;
        try
        {
            string plots = Path.Combine(scratch, "plots");
            EvaluationFigures.Save(plots, result.Classifier, result.Test ?? result.Validation, result.TestScores ?? result.ValidationScores, result.Recipe.Name);
            if (curve is not null) LearningCurveFiles.Save(curve, plots);
            File.WriteAllText(Path.Combine(scratch, "classification_report.json"), JsonSerializer.Serialize(new { result.Validation, result.Test }, JsonText.Indented) + "\n");
            File.WriteAllText(Path.Combine(scratch, "classification_report.txt"), Reports.ByClass(result.Test ?? result.Validation));
            await run.LogArtifactsAsync(scratch, cancellation: verb.Stop);
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    private sealed class LossWatch(IRunLog run, List<NetworkEpoch> epochs, IProgress<TrainingProgress> next) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            if (value is { Loss: { } loss, Step: { } step }) run.LogMetric("loss", loss, step);
            if (value is { ValidationLoss: { } validationLoss, Step: { } at }) run.LogMetric("val_loss", validationLoss, at);
            if (value.Epoch is { } epoch) Log(epoch);
            next.Report(value);
        }

        private void Log(NetworkEpoch epoch)
        {
            epochs.Add(epoch);
            Log("accuracy", epoch.TrainAccuracy);
            Log("val_loss", epoch.ValidationLoss);
            Log("val_accuracy", epoch.ValidationAccuracy);
            Log("accuracy_gap", epoch.TrainAccuracy - epoch.ValidationAccuracy);
            Log("learning_rate", epoch.LearningRate);
            Log("epoch_seconds", epoch.Seconds);
            Log("epoch_cpu_seconds", epoch.CpuSeconds);
            Log("peak_memory_mb", epoch.PeakMemory / 1e6);

            void Log(string name, double? value)
            {
                if (value is { } known) run.LogMetric(name, known, epoch.Number);
            }
        }
    }
}

/// <summary>The run that a training left, as <c>mlflow_id.json</c> beside the bundle and <c>train --json</c> say it.</summary>
internal sealed record TrackedRun(string RunId, string ExperimentId, string TrackingUri, string ModelId, string ManifestSha256, TrackedVersion? Version);

/// <summary>A version of a registered model.</summary>
internal sealed record TrackedVersion(string Name, string Version);
