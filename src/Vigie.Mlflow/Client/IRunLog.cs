namespace Vigie.Mlflow.Client;

/// <summary>
/// What a training writes to while it runs. Params, metrics and tags are taken at once and sent in the background, in batches; <see cref="FlushAsync"/> and
/// <see cref="EndAsync"/> return when all of them are safe with the store, and throw when one is not. A run that was not ended is marked FAILED when disposed.
/// </summary>
public interface IRunLog : IAsyncDisposable
{
    /// <summary>The run as it was at the start.</summary>
    RunInfo Info { get; }

    /// <summary>Notes a setting; the same key may be noted again with the same value only.</summary>
    /// <exception cref="MlflowException">The key or value is not allowed, or too much waits to be sent.</exception>
    void LogParam(string key, string value);

    /// <summary>Notes a measurement.</summary>
    /// <param name="key">Its name.</param>
    /// <param name="value">May be NaN or infinite.</param>
    /// <param name="step">Epoch, batch or the like.</param>
    /// <param name="timestamp">Milliseconds since the epoch; now where null.</param>
    /// <exception cref="MlflowException">The key is not allowed, or too much waits to be sent.</exception>
    void LogMetric(string key, double value, long step = 0, long? timestamp = null);

    /// <summary>Sets a tag; a later value replaces an earlier one.</summary>
    /// <exception cref="MlflowException">The key or value is not allowed, or too much waits to be sent.</exception>
    void SetTag(string key, string value);

    /// <summary>Notes the data sets that the run reads.</summary>
    Task LogInputsAsync(IReadOnlyList<DatasetInput> datasets, CancellationToken cancellation = default);

    /// <summary>Stores content as a file of the run.</summary>
    /// <param name="path">Path below the run's artifacts, names joined by <c>/</c>.</param>
    /// <param name="content">Read to its end; one that can seek is sent again where an attempt fails.</param>
    /// <param name="cancellation">Ends it.</param>
    Task WriteArtifactAsync(string path, Stream content, CancellationToken cancellation = default);

    /// <summary>Stores a folder as a model of MLflow 3 that this run made, and marks it ready when all of it is there.</summary>
    /// <param name="folder">Holds <c>MLmodel</c> and what belongs to it.</param>
    /// <param name="name">The model's name; need not be unique.</param>
    /// <param name="parameters">Its own params.</param>
    /// <param name="tags">Its tags.</param>
    /// <param name="cancellation">Ends it; the model is then marked as failed.</param>
    Task<LoggedModel> LogModelAsync(string folder, string name, IReadOnlyList<Param>? parameters = null, IReadOnlyList<Tag>? tags = null, CancellationToken cancellation = default);

    /// <summary>Waits until all that was noted is safe with the store.</summary>
    /// <exception cref="MlflowException">The store is away (what was noted is kept, and sent by the next call), or refused something (which is then given up).</exception>
    Task FlushAsync(CancellationToken cancellation = default);

    /// <summary>Sends what is left and ends the run.</summary>
    /// <param name="status">One of <see cref="RunStatus"/>.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <exception cref="MlflowException">As <see cref="FlushAsync"/>; the run then is as it was, and may be ended again.</exception>
    Task EndAsync(string status, CancellationToken cancellation = default);
}

/// <summary>Shorter ways to say the same.</summary>
public static class RunLogging
{
    /// <summary>Notes several settings.</summary>
    public static void LogParams(this IRunLog run, IEnumerable<KeyValuePair<string, string>> parameters)
    {
        ArgumentNullException.ThrowIfNull(run);
        foreach ((string key, string value) in parameters) run.LogParam(key, value);
    }

    /// <summary>Notes several measurements of one step.</summary>
    public static void LogMetrics(this IRunLog run, IEnumerable<KeyValuePair<string, double>> metrics, long step = 0)
    {
        ArgumentNullException.ThrowIfNull(run);
        foreach ((string key, double value) in metrics) run.LogMetric(key, value, step);
    }

    /// <summary>Sets several tags.</summary>
    public static void SetTags(this IRunLog run, IEnumerable<KeyValuePair<string, string>> tags)
    {
        ArgumentNullException.ThrowIfNull(run);
        foreach ((string key, string value) in tags) run.SetTag(key, value);
    }

    /// <summary>Stores a text as a file of the run, in UTF-8.</summary>
    public static async Task LogTextAsync(this IRunLog run, string text, string path, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(run);
        await using var content = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text), writable: false);
        await run.WriteArtifactAsync(path, content, cancellation);
    }

    /// <summary>Stores a file under its own name, in a folder of the run's artifacts where one is named.</summary>
    public static async Task LogArtifactAsync(this IRunLog run, string file, string? folder = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(run);
        await using FileStream content = LocalFiles.OpenRead(file);
        await run.WriteArtifactAsync(LocalFiles.Join(folder, Path.GetFileName(file)), content, cancellation);
    }

    /// <summary>Stores all files below a folder.</summary>
    public static async Task LogArtifactsAsync(this IRunLog run, string localFolder, string? folder = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(run);
        foreach ((string file, string path) in LocalFiles.Below(localFolder))
        {
            await using FileStream content = LocalFiles.OpenRead(file);
            await run.WriteArtifactAsync(LocalFiles.Join(folder, path), content, cancellation);
        }
    }

    /// <summary>Ends the run well.</summary>
    public static Task FinishAsync(this IRunLog run, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(run);
        return run.EndAsync(RunStatus.Finished, cancellation);
    }

    /// <summary>Ends the run as failed.</summary>
    public static Task FailAsync(this IRunLog run, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(run);
        return run.EndAsync(RunStatus.Failed, cancellation);
    }
}

/// <summary>How a run begins.</summary>
public sealed record RunStart
{
    internal const string DefaultExperiment = "Default";

    /// <summary>The experiment, created where it is missing; Default where neither this nor <see cref="ExperimentId"/> is set.</summary>
    public string? ExperimentName { get; init; }

    /// <summary>The experiment by its id.</summary>
    public string? ExperimentId { get; init; }

    /// <summary>A run to go on with, instead of a new one.</summary>
    public string? RunId { get; init; }

    /// <summary>Name of the new run; the store makes one up where null.</summary>
    public string? RunName { get; init; }

    /// <summary>Who starts it.</summary>
    public string? UserId { get; init; }

    /// <summary>Tags from the start.</summary>
    public IReadOnlyList<Tag> Tags { get; init; } = [];

    /// <summary>Gives the times.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Told what a run's disposal could not deliver: it cannot throw, since it may run while another exception is under way.</summary>
    public Action<MlflowException>? WhenLost { get; init; }

    /// <summary>The experiment and run that the environment's variables name.</summary>
    public static RunStart From(MlflowEnvironment environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        return new() { ExperimentName = environment.ExperimentName, ExperimentId = environment.ExperimentId, RunId = environment.RunId };
    }

    /// <summary>The tags that a run to go on with gets.</summary>
    internal IReadOnlyList<Tag> AllTags() => RunName is null ? Tags : [.. Tags, new Tag("mlflow.runName", RunName)];
}
