namespace Vigie.Mlflow.Import;

/// <summary>Where an import reads from: a folder or a server. What cannot be read goes to <c>skip</c>, and the reading goes on.</summary>
internal interface IImportSource
{
    /// <summary>All experiments, deleted ones too, the oldest first.</summary>
    IAsyncEnumerable<Experiment> ExperimentsAsync(Action<Skipped> skip, CancellationToken cancellation);

    /// <summary>All runs of an experiment, deleted ones too.</summary>
    IAsyncEnumerable<Run> RunsAsync(Experiment experiment, Action<Skipped> skip, CancellationToken cancellation);

    /// <summary>Every value of every metric of a run.</summary>
    IAsyncEnumerable<Metric> MetricsAsync(Run run, Action<Skipped> skip, CancellationToken cancellation);

    /// <summary>Logged models of an experiment, with what the source tells of their metrics: a folder all values, a server the latest.</summary>
    IAsyncEnumerable<LoggedModel> LoggedModelsAsync(Experiment experiment, Action<Skipped> skip, CancellationToken cancellation);

    /// <summary>Registered models with their tags and aliases.</summary>
    IAsyncEnumerable<RegisteredModel> RegisteredModelsAsync(Action<Skipped> skip, CancellationToken cancellation);

    /// <summary>Versions of a registered model, the lowest number first.</summary>
    IAsyncEnumerable<ModelVersion> VersionsAsync(RegisteredModel model, Action<Skipped> skip, CancellationToken cancellation);

    /// <summary>Files of a run.</summary>
    IAsyncEnumerable<ImportFile> FilesAsync(Run run, Action<Skipped> skip, CancellationToken cancellation);

    /// <summary>Files of a logged model.</summary>
    IAsyncEnumerable<ImportFile> FilesAsync(LoggedModel model, Action<Skipped> skip, CancellationToken cancellation);
}

/// <summary>A file to copy: its path below the root of its run or model, its size in bytes, and how to read it.</summary>
internal sealed record ImportFile(string Path, long Size, Func<CancellationToken, Task<Stream>> OpenAsync);
