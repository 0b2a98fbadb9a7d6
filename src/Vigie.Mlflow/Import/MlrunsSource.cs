using System.Globalization;
using System.Runtime.CompilerServices;

using Vigie.Mlflow.Client;

namespace Vigie.Mlflow.Import;

/// <summary>Reads an <c>mlruns/</c> folder. A key is a file's name, or its path below <c>params</c>, <c>metrics</c> or <c>tags</c> where it holds a <c>/</c>.</summary>
internal sealed class MlrunsSource(string root) : IImportSource
{
    public const string Meta = "meta.yaml";

    private static readonly string[] NotRuns = ["tags", "datasets", "traces", "models", "assessments"];

    private readonly Dictionary<string, string> experimentFolders = new(StringComparer.Ordinal);

    public async IAsyncEnumerable<Experiment> ExperimentsAsync(Action<Skipped> skip, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.CompletedTask;
        var found = new List<Experiment>();
        string trash = Path.Combine(root, ".trash");
        IEnumerable<string> folders = MlrunsFiles.Folders(root).Where(folder => Path.GetFileName(folder) is not (".trash" or "models"));
        foreach (string folder in folders.Concat(MlrunsFiles.Folders(trash)))
        {
            string name = Path.GetRelativePath(root, folder);
            if (MlrunsFiles.ReadMeta(folder, $"experiment folder {name}", skip) is not { } meta) continue;
            if (meta.Text("name") is not { Length: > 0 } title)
            {
                skip(new Skipped($"experiment folder {name}", $"its {Meta} has no name"));
                continue;
            }

            string id = meta.Text("experiment_id") ?? Path.GetFileName(folder);
            bool deleted = meta.Text("lifecycle_stage") == LifecycleStage.Deleted || Path.GetDirectoryName(folder) == trash;
            long created = meta.Number("creation_time") ?? 0;
            var experiment = new Experiment(id, title, meta.Text("artifact_location") ?? "", deleted ? LifecycleStage.Deleted : LifecycleStage.Active,
                meta.Number("last_update_time") ?? created, created, MlrunsFiles.Tags(folder, skip));
            if (!experimentFolders.TryAdd(id, folder))
            {
                skip(new Skipped($"experiment folder {name}", $"its id {id} is that of {Path.GetRelativePath(root, experimentFolders[id])} too"));
                continue;
            }

            if (MlrunsFiles.Folders(Path.Combine(folder, "traces")) is { Length: > 0 } traces)
                skip(new Skipped($"traces of experiment '{title}'", $"{traces.Length} traces; traces are not taken over"));
            found.Add(experiment);
        }

        foreach (Experiment experiment in found.OrderBy(one => one.CreationTime).ThenBy(one => one.ExperimentId, StringComparer.Ordinal)) yield return experiment;
    }

    public async IAsyncEnumerable<Run> RunsAsync(Experiment experiment, Action<Skipped> skip, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.CompletedTask;
        string folder = experimentFolders[experiment.ExperimentId];
        foreach (string run in MlrunsFiles.Folders(folder))
        {
            string name = Path.GetFileName(run);
            if (NotRuns.Contains(name)) continue;
            if (MlrunsFiles.ReadMeta(run, $"run folder {Path.GetRelativePath(root, run)}", skip) is not { } meta) continue;
            if (Info(meta, name, experiment, skip) is not { } info) continue;
            var data = new RunData([], [.. MlrunsFiles.Texts(Path.Combine(run, "params"), skip).Select(pair => new Param(pair.Key, pair.Value))], MlrunsFiles.Tags(run, skip));
            yield return new Run(info, data, Inputs(folder, run, skip), Outputs(run, skip));
        }
    }

    private static RunInfo? Info(Yaml meta, string name, Experiment experiment, Action<Skipped> skip)
    {
        string id = meta.Text("run_id") ?? meta.Text("run_uuid") ?? name;
        if (id != name)
        {
            skip(new Skipped($"run folder {name}", $"its {Meta} is that of run {id}"));
            return null;
        }

        if (id.Length > 250 || !id.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-'))
        {
            skip(new Skipped($"run folder {name}", "its name cannot be a run's id: letters, digits, - and _ can"));
            return null;
        }

        if (meta.Text("experiment_id") is { } other && other != experiment.ExperimentId)
        {
            skip(new Skipped($"run {id}", $"it lies in experiment {experiment.ExperimentId}, and its {Meta} says {other}"));
            return null;
        }

        return new RunInfo
        {
            RunId = id,
            RunName = meta.Text("run_name") ?? meta.Text("name"),
            ExperimentId = experiment.ExperimentId,
            UserId = meta.Text("user_id"),
            Status = Status(meta.Text("status")),
            StartTime = meta.Number("start_time") ?? 0,
            EndTime = meta.Number("end_time"),
            ArtifactUri = meta.Text("artifact_uri") ?? "",
            LifecycleStage = meta.Text("lifecycle_stage") == LifecycleStage.Deleted ? LifecycleStage.Deleted : LifecycleStage.Active,
        };
    }

    private static string Status(string? status) =>
        int.TryParse(status, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= 1 && number <= RunStatus.All.Count ? RunStatus.All[number - 1]
        : RunStatus.All.FirstOrDefault(one => one == status) ?? RunStatus.Running;

    private static RunInputs Inputs(string experiment, string run, Action<Skipped> skip)
    {
        var datasets = new List<DatasetInput>();
        var models = new List<ModelInput>();
        foreach (string folder in MlrunsFiles.Folders(Path.Combine(run, "inputs")))
        {
            string what = $"input {Path.GetFileName(folder)} of run {Path.GetFileName(run)}";
            if (MlrunsFiles.ReadMeta(folder, what, skip) is not { } meta) continue;
            string type = meta.Text("source_type") ?? "";
            if (type.StartsWith("MODEL", StringComparison.Ordinal))
            {
                models.Add(new ModelInput(meta.Text("source_id") ?? Path.GetFileName(folder)));
                continue;
            }

            string set = Path.Combine(experiment, "datasets", Path.GetFileName(meta.Text("source_id") ?? ""));
            if (type != "DATASET" || MlrunsFiles.ReadMeta(set, what, skip) is not { } data)
            {
                if (type != "DATASET") skip(new Skipped(what, $"inputs of the type '{type}' are not known"));
                continue;
            }

            Yaml? tags = meta.Map("tags");
            datasets.Add(new DatasetInput(
                [.. (tags?.Keys ?? []).Order(StringComparer.Ordinal).Select(key => new Tag(key, tags!.Text(key) ?? ""))],
                new Dataset(data.Text("name") ?? "", data.Text("digest") ?? "", data.Text("source_type") ?? "", data.Text("source") ?? "", data.Text("schema"), data.Text("profile"))));
        }

        return new RunInputs(datasets, models);
    }

    private static RunOutputs Outputs(string run, Action<Skipped> skip)
    {
        var models = new List<ModelOutput>();
        foreach (string folder in MlrunsFiles.Folders(Path.Combine(run, "outputs")))
        {
            if (MlrunsFiles.ReadMeta(folder, $"output {Path.GetFileName(folder)} of run {Path.GetFileName(run)}", skip) is { } meta)
                models.Add(new ModelOutput(meta.Text("destination_id") ?? Path.GetFileName(folder), meta.Number("step") ?? 0));
        }

        return new RunOutputs(models);
    }

    public async IAsyncEnumerable<Metric> MetricsAsync(Run run, Action<Skipped> skip, [EnumeratorCancellation] CancellationToken cancellation)
    {
        string folder = Path.Combine(experimentFolders[run.Info.ExperimentId], run.Info.RunId, "metrics");
        foreach ((string key, string file) in MlrunsFiles.Keys(folder, skip))
        {
            await foreach (Metric metric in MlrunsFiles.MetricsAsync(file, key, $"metric '{key}' of run {run.Info.RunId}", skip, cancellation)) yield return metric;
        }
    }

    public async IAsyncEnumerable<LoggedModel> LoggedModelsAsync(Experiment experiment, Action<Skipped> skip, [EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (string folder in MlrunsFiles.Folders(Path.Combine(experimentFolders[experiment.ExperimentId], "models")))
        {
            string id = Path.GetFileName(folder);
            if (MlrunsFiles.ReadMeta(folder, $"logged model {id}", skip) is not { } meta) continue;
            if (meta.Text("lifecycle_stage") == LifecycleStage.Deleted)
            {
                skip(new Skipped($"logged model {id}", "it is deleted"));
                continue;
            }

            long created = meta.Number("creation_timestamp") ?? 0;
            string? run = meta.Text("source_run_id");
            var metrics = new List<Metric>();
            foreach ((string key, string file) in MlrunsFiles.Keys(Path.Combine(folder, "metrics"), skip))
            {
                await foreach (Metric metric in MlrunsFiles.MetricsAsync(file, key, $"metric '{key}' of logged model {id}", skip, cancellation)) metrics.Add(metric);
            }

            yield return new LoggedModel(
                new LoggedModelInfo
                {
                    ModelId = id,
                    ExperimentId = experiment.ExperimentId,
                    Name = meta.Text("name") ?? id,
                    CreationTimestampMs = created,
                    LastUpdatedTimestampMs = meta.Number("last_updated_timestamp") ?? created,
                    ArtifactUri = meta.Text("artifact_location") ?? "",
                    Status = ModelStatus(meta.Text("status")),
                    StatusMessage = meta.Text("status_message"),
                    ModelType = meta.Text("model_type"),
                    SourceRunId = run,
                    Tags = MlrunsFiles.Tags(folder, skip),
                },
                new LoggedModelData([.. MlrunsFiles.Texts(Path.Combine(folder, "params"), skip).Select(pair => new Param(pair.Key, pair.Value))], metrics));
        }
    }

    private static string ModelStatus(string? status) => status switch
    {
        "1" or "PENDING" or LoggedModelStatus.Pending => LoggedModelStatus.Pending,
        "3" or "FAILED" or LoggedModelStatus.UploadFailed => LoggedModelStatus.UploadFailed,
        _ => LoggedModelStatus.Ready,
    };

    public async IAsyncEnumerable<RegisteredModel> RegisteredModelsAsync(Action<Skipped> skip, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.CompletedTask;
        foreach (string folder in MlrunsFiles.Folders(Path.Combine(root, "models")))
        {
            string name = Path.GetFileName(folder);
            if (MlrunsFiles.ReadMeta(folder, $"registered model '{name}'", skip) is not { } meta) continue;
            long created = meta.Number("creation_timestamp") ?? 0;
            yield return new RegisteredModel
            {
                Name = meta.Text("name") ?? name,
                CreationTimestamp = created,
                LastUpdatedTimestamp = meta.Number("last_updated_timestamp") ?? created,
                Description = meta.Text("description"),
                Tags = MlrunsFiles.Tags(folder, skip),
                Aliases = [.. MlrunsFiles.Texts(Path.Combine(folder, "aliases"), skip).Select(pair => new ModelAlias(pair.Key, pair.Value.Trim()))],
            };
        }
    }

    public async IAsyncEnumerable<ModelVersion> VersionsAsync(RegisteredModel model, Action<Skipped> skip, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.CompletedTask;
        var found = new SortedDictionary<long, ModelVersion>();
        foreach (string folder in MlrunsFiles.Folders(Path.Combine(root, "models", model.Name)).Where(folder => Path.GetFileName(folder).StartsWith("version-", StringComparison.Ordinal)))
        {
            string what = $"version folder {Path.GetRelativePath(root, folder)}";
            if (MlrunsFiles.ReadMeta(folder, what, skip) is not { } meta) continue;
            if ((meta.Number("version") ?? 0) is not (> 0 and { } number))
            {
                skip(new Skipped(what, $"its {Meta} has no number from 1 as its version"));
                continue;
            }

            string stage = meta.Text("current_stage") ?? ModelStage.None;
            if (!ModelStage.All.Contains(stage))
            {
                skip(new Skipped(what, stage == "Deleted_Internal" ? "it is deleted" : $"its stage '{stage}' is none of {string.Join(", ", ModelStage.All)}"));
                continue;
            }

            long created = meta.Number("creation_timestamp") ?? 0;
            found[number] = new ModelVersion
            {
                Name = model.Name,
                Version = number.ToString(CultureInfo.InvariantCulture),
                CreationTimestamp = created,
                LastUpdatedTimestamp = meta.Number("last_updated_timestamp") ?? created,
                UserId = meta.Text("user_id"),
                CurrentStage = stage,
                Description = meta.Text("description"),
                Source = meta.Text("storage_location") is { } storage && meta.Text("source")?.StartsWith("models:", StringComparison.Ordinal) == true ? storage : meta.Text("source"),
                RunId = meta.Text("run_id"),
                RunLink = meta.Text("run_link"),
                ModelId = meta.Text("model_id"),
                Tags = MlrunsFiles.Tags(folder, skip),
            };
        }

        foreach (ModelVersion version in found.Values) yield return version;
    }

    public IAsyncEnumerable<ImportFile> FilesAsync(Run run, Action<Skipped> skip, CancellationToken cancellation) =>
        FilesAsync(Path.Combine(experimentFolders[run.Info.ExperimentId], run.Info.RunId, "artifacts"), run.Info.ArtifactUri, $"run {run.Info.RunId}", skip);

    public IAsyncEnumerable<ImportFile> FilesAsync(LoggedModel model, Action<Skipped> skip, CancellationToken cancellation) =>
        FilesAsync(Path.Combine(experimentFolders[model.Info.ExperimentId], "models", model.Info.ModelId, "artifacts"), model.Info.ArtifactUri, $"logged model {model.Info.ModelId}", skip);

    private static async IAsyncEnumerable<ImportFile> FilesAsync(string folder, string address, string of, Action<Skipped> skip)
    {
        await Task.CompletedTask;
        // An address may be that of another machine, or name any folder of this one: files are taken from below the folder alone.
        string scheme = Uri.TryCreate(address, UriKind.Absolute, out Uri? uri) ? uri.Scheme : Uri.UriSchemeFile;
        if (!Directory.Exists(folder) && scheme != Uri.UriSchemeFile) skip(new Skipped($"files of {of}", $"they are at {MlflowEnvironment.WithoutSecrets(address)}, outside the folder"));
        foreach ((string file, string path) in MlrunsFiles.Below(folder, of, skip))
        {
            yield return new ImportFile(path, new FileInfo(file).Length, _ => Task.FromResult<Stream>(LocalFiles.OpenRead(file)));
        }
    }
}
