using Vigie.Mlflow.Artifacts;
using Vigie.Mlflow.Client;

namespace Vigie.Mlflow.Import;

/// <summary>
/// Takes experiments, runs and models from a source into a store. Ids of runs and logged models and numbers of versions stay; experiments are matched by
/// their names. Every step adds what is missing and leaves what is there, so an import that was cut off is finished by running it again.
/// </summary>
internal sealed class Importer(IImportSource source, MlflowStore store, IProgress<ImportProgress>? progress)
{
    private readonly List<Skipped> skipped = [];
    private ImportReport report = new();

    public async Task<ImportReport> RunAsync(CancellationToken cancellation)
    {
        await foreach (Experiment experiment in source.ExperimentsAsync(Skip, cancellation))
        {
            cancellation.ThrowIfCancellationRequested();
            await OrSkipAsync($"experiment '{experiment.Name}'", () => ImportAsync(experiment, cancellation));
        }

        await foreach (RegisteredModel model in source.RegisteredModelsAsync(Skip, cancellation))
        {
            cancellation.ThrowIfCancellationRequested();
            await OrSkipAsync($"registered model '{model.Name}'", () => ImportAsync(model, cancellation));
        }

        return Report;
    }

    private ImportReport Report => report with { Skipped = [.. skipped] };

    private void Skip(Skipped one) => skipped.Add(one);

    /// <summary>What the store refuses is left out and reported; that the store is away ends the import, which may be run again.</summary>
    private async Task OrSkipAsync(string what, Func<Task> take)
    {
        progress?.Report(new ImportProgress(what, Report));
        try
        {
            await take();
        }
        catch (MlflowException refused) when (refused.Code is ErrorCode.InvalidParameterValue or ErrorCode.InvalidState or ErrorCode.BadRequest
            or ErrorCode.ResourceAlreadyExists or ErrorCode.ResourceDoesNotExist or ErrorCode.EndpointNotFound)
        {
            Skip(new Skipped(what, refused.Message));
        }
    }

    private async Task ImportAsync(Experiment original, CancellationToken cancellation)
    {
        bool deleted = original.LifecycleStage == LifecycleStage.Deleted;
        Experiment? here = await FindAsync(() => store.Experiments.GetByNameAsync(original.Name, cancellation));
        if (here is null)
        {
            here = await store.Experiments.GetAsync(await store.Experiments.CreateAsync(original.Name, tags: original.Tags, cancellation: cancellation), cancellation);
            report = report with { Experiments = report.Experiments + 1 };
        }
        else if (here.LifecycleStage == LifecycleStage.Deleted)
        {
            Skip(new Skipped($"experiment '{original.Name}'", "it is deleted here; restore it to import more into it"));
            return;
        }
        else
        {
            foreach (Tag tag in original.Tags.Where(tag => here.Tags.All(there => there.Key != tag.Key))) await store.Experiments.SetTagAsync(here.ExperimentId, tag, cancellation);
        }

        await foreach (LoggedModel model in source.LoggedModelsAsync(original, Skip, cancellation))
        {
            cancellation.ThrowIfCancellationRequested();
            await OrSkipAsync($"logged model {model.Info.ModelId}", () => ImportAsync(model, here, cancellation));
        }

        await foreach (Run run in source.RunsAsync(original, Skip, cancellation))
        {
            cancellation.ThrowIfCancellationRequested();
            await OrSkipAsync($"run {run.Info.RunId}", () => ImportAsync(run, here, cancellation));
        }

        // Last, so that one that was cut off is still open when the import is run again.
        if (deleted) await store.Experiments.DeleteAsync(here.ExperimentId, cancellation);
    }

    private async Task ImportAsync(Run original, Experiment experiment, CancellationToken cancellation)
    {
        string id = original.Info.RunId;
        RunInfo info = original.Info with { ExperimentId = experiment.ExperimentId, ArtifactUri = $"{experiment.ArtifactLocation.TrimEnd('/')}/{id}/artifacts" };
        bool added = await ImportRows.AddRunAsync(store.Database, info, cancellation);
        Run here = await store.Runs.GetAsync(id, cancellation);
        if (here.Info.ExperimentId != experiment.ExperimentId)
            throw MlflowException.Invalid($"it is there already, in experiment {here.Info.ExperimentId} instead of {experiment.ExperimentId}");
        report = added ? report with { Runs = report.Runs + 1 } : report with { RunsThereAlready = report.RunsThereAlready + 1 };
        if (here.Info.LifecycleStage == LifecycleStage.Deleted)
        {
            if (original.Info.LifecycleStage != LifecycleStage.Deleted) Skip(new Skipped($"run {id}", "it is deleted here; restore it to import more into it"));
            return;
        }

        await LogAsync(original, here, cancellation);
        if (original.Inputs is { } inputs && inputs.DatasetInputs.Count + inputs.ModelInputs.Count > 0)
            await store.Runs.LogInputsAsync(id, inputs.DatasetInputs, inputs.ModelInputs, cancellation);
        if (original.Outputs is { ModelOutputs.Count: > 0 } outputs) await store.Runs.LogOutputsAsync(id, outputs.ModelOutputs, cancellation);
        if (!added && here.Info.Status == RunStatus.Running && original.Info.Status != RunStatus.Running)
            await store.Runs.UpdateAsync(id, original.Info.Status, original.Info.EndTime, cancellation: cancellation);

        await CopyAsync($"run {id}", here.Info.ArtifactUri, source.FilesAsync(original, Skip, cancellation), cancellation);
        if (original.Info.LifecycleStage == LifecycleStage.Deleted) await store.Runs.DeleteAsync(id, cancellation);
    }

    private async Task LogAsync(Run original, Run here, CancellationToken cancellation)
    {
        string id = original.Info.RunId;
        HashSet<string> tags = [.. here.Data.Tags.Select(tag => tag.Key)];
        foreach (Tag[] some in original.Data.Tags.Where(tag => !tags.Contains(tag.Key)).Chunk(Limits.BatchTags))
            await OneByOneAsync(some, (batch, token) => store.Runs.LogBatchAsync(id, [], [], batch, token), tag => $"tag '{tag.Key}' of run {id}", cancellation);
        foreach (Param[] some in original.Data.Params.Chunk(Limits.BatchParams))
            await OneByOneAsync(some, (batch, token) => store.Runs.LogBatchAsync(id, [], batch, [], token), param => $"param '{param.Key}' of run {id}", cancellation);

        var waiting = new List<Metric>(Limits.BatchMetrics);
        await foreach (Metric metric in source.MetricsAsync(original, Skip, cancellation))
        {
            // Those of a logged model came with it, from every run that measured it.
            waiting.Add(metric with { ModelId = null, DatasetName = null, DatasetDigest = null, RunId = null });
            if (waiting.Count == Limits.BatchMetrics) await SendAsync();
        }

        if (waiting.Count > 0) await SendAsync();

        async Task SendAsync()
        {
            await OneByOneAsync([.. waiting], (batch, token) => store.Runs.LogBatchAsync(id, batch, [], [], token), metric => $"metric '{metric.Key}' of run {id}", cancellation);
            waiting.Clear();
        }
    }

    /// <summary>Writes all at once; where that is refused, each for itself, so that only what is refused is left out.</summary>
    private async Task OneByOneAsync<T>(T[] items, Func<T[], CancellationToken, Task> write, Func<T, string> name, CancellationToken cancellation)
    {
        try
        {
            await write(items, cancellation);
        }
        catch (MlflowException refused) when (refused.Code is ErrorCode.InvalidParameterValue)
        {
            if (items.Length == 1)
            {
                Skip(new Skipped(name(items[0]), refused.Message));
                return;
            }

            foreach (T item in items) await OneByOneAsync([item], write, name, cancellation);
        }
    }

    private async Task ImportAsync(LoggedModel original, Experiment experiment, CancellationToken cancellation)
    {
        string uri = $"{experiment.ArtifactLocation.TrimEnd('/')}/models/{original.Info.ModelId}/artifacts";
        bool added = await ImportRows.AddLoggedModelAsync(
            store.Database, original with { Info = original.Info with { ExperimentId = experiment.ExperimentId, ArtifactUri = uri } }, cancellation);
        if (added) report = report with { LoggedModels = report.LoggedModels + 1 };
        await CopyAsync($"logged model {original.Info.ModelId}", uri, source.FilesAsync(original, Skip, cancellation), cancellation);
    }

    private async Task CopyAsync(string of, string root, IAsyncEnumerable<ImportFile> files, CancellationToken cancellation)
    {
        var sizes = new Dictionary<string, Dictionary<string, long?>>(StringComparer.Ordinal);
        await foreach (ImportFile file in files)
        {
            await OrSkipAsync($"file '{file.Path}' of {of}", async () =>
            {
                ArtifactPath path = ArtifactPath.Parse(LocalFiles.Join(ArtifactAddress.In(store.Artifacts, root).Value, file.Path));
                string folder = path.Value[..path.Value.LastIndexOf('/')];
                if (!sizes.TryGetValue(folder, out Dictionary<string, long?>? there))
                {
                    IReadOnlyList<ArtifactFile> listed = await store.Artifacts.ListAsync(ArtifactPath.Parse(folder), cancellation);
                    there = sizes[folder] = listed.Where(one => !one.IsDir).ToDictionary(one => NameOf(one.Path), one => one.FileSize, StringComparer.Ordinal);
                }

                // Files are written whole or not at all, so one of the right size is there.
                if (there.TryGetValue(NameOf(path.Value), out long? size) && size == file.Size) return;
                await using Stream content = await file.OpenAsync(cancellation);
                await store.Artifacts.WriteAsync(path, content, cancellation);
                report = report with { Files = report.Files + 1, Bytes = report.Bytes + file.Size };
            });
        }
    }

    private static string NameOf(string path) => path[(path.LastIndexOf('/') + 1)..];

    private async Task ImportAsync(RegisteredModel original, CancellationToken cancellation)
    {
        RegisteredModel? here = await FindAsync(() => store.Registry.GetAsync(original.Name, cancellation));
        if (here is null)
        {
            here = await store.Registry.CreateAsync(original.Name, original.Description, original.Tags, cancellation);
            report = report with { RegisteredModels = report.RegisteredModels + 1 };
        }

        foreach (Tag tag in original.Tags.Where(tag => here.Tags.All(there => there.Key != tag.Key))) await store.Registry.SetTagAsync(original.Name, tag, cancellation);
        await foreach (ModelVersion version in source.VersionsAsync(original, Skip, cancellation))
        {
            cancellation.ThrowIfCancellationRequested();
            await OrSkipAsync($"version {version.Version} of '{original.Name}'", () => ImportAsync(version, cancellation));
        }

        foreach (ModelAlias alias in original.Aliases.Where(alias => here.Aliases.All(there => there.Alias != alias.Alias)))
        {
            await OrSkipAsync($"alias '{alias.Alias}' of '{original.Name}'", () => store.Registry.SetAliasAsync(original.Name, alias.Alias, alias.Version, cancellation));
        }
    }

    private async Task ImportAsync(ModelVersion original, CancellationToken cancellation)
    {
        if (!long.TryParse(original.Version, System.Globalization.CultureInfo.InvariantCulture, out long number) || number < 1)
            throw MlflowException.Invalid($"its number is '{original.Version}'; a number from 1 was expected");
        ModelVersion taken = original with { Source = await MovedAsync(original, cancellation) };
        bool added = await ImportRows.AddVersionAsync(store.Database, taken, number, cancellation);
        if (added) report = report with { ModelVersions = report.ModelVersions + 1 };
        ModelVersion here = await store.Registry.GetVersionAsync(original.Name, original.Version, cancellation);
        if (!added && (here.RunId != taken.RunId || here.Source != taken.Source))
            throw MlflowException.Invalid($"another version has this number here (run {here.RunId ?? "none"}, source {here.Source})");

        // The stage comes first, while the version is still as an import left it: later on it is the user's.
        if (original.CurrentStage != ModelStage.None && here.CurrentStage == ModelStage.None && here.LastUpdatedTimestamp == original.LastUpdatedTimestamp)
            await store.Registry.TransitionStageAsync(original.Name, original.Version, original.CurrentStage, archiveExisting: false, cancellation);
        foreach (Tag tag in original.Tags.Where(tag => here.Tags.All(there => there.Key != tag.Key)))
            await store.Registry.SetVersionTagAsync(original.Name, original.Version, tag, cancellation);
    }

    /// <summary>A version's source where its files are now: below its run's artifacts or its logged model's.</summary>
    private async Task<string?> MovedAsync(ModelVersion version, CancellationToken cancellation)
    {
        if (version.Source is not { } source) return null;
        if (version.RunId is { } run && Rest(source, $"/{run}/artifacts") is { } path && await FindAsync(() => store.Runs.GetAsync(run, cancellation)) is { } there)
            return there.Info.ArtifactUri + path;
        if (version.ModelId is { } model && Rest(source, $"/{model}/artifacts") is not null && await FindAsync(() => store.LoggedModels.GetAsync(model, cancellation: cancellation)) is not null)
            return $"models:/{model}";
        if (!source.StartsWith("models:/", StringComparison.Ordinal) && !source.StartsWith("runs:/", StringComparison.Ordinal))
            Skip(new Skipped($"files of version {version.Version} of '{version.Name}'", $"they are at {MlflowEnvironment.WithoutSecrets(source)}, below no run or model that was imported; the version keeps this address"));
        return source;
    }

    private static string? Rest(string address, string root)
    {
        string slashes = address.Replace('\\', '/');
        int at = slashes.IndexOf(root, StringComparison.Ordinal);
        string rest = at < 0 ? "" : slashes[(at + root.Length)..];
        return at < 0 || (rest.Length > 0 && rest[0] != '/') ? null : rest.TrimEnd('/');
    }

    private static async Task<T?> FindAsync<T>(Func<Task<T>> get) where T : class
    {
        try
        {
            return await get();
        }
        catch (MlflowException missing) when (missing.Code is ErrorCode.ResourceDoesNotExist)
        {
            return null;
        }
    }
}
