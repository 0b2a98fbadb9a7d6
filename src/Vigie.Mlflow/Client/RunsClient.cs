using System.Globalization;

using Vigie.Mlflow.Server;

namespace Vigie.Mlflow.Client;

/// <summary>Runs of a server, and what they log. The methods are those of <see cref="Mlflow.Runs"/>.</summary>
public sealed class RunsClient
{
    private readonly MlflowHttp http;

    internal RunsClient(MlflowHttp http) => this.http = http;

    /// <summary>Starts a run.</summary>
    public async Task<Run> CreateAsync(
        string experimentId, string? name = null, string? userId = null, long? startTime = null, IReadOnlyList<Tag>? tags = null, CancellationToken cancellation = default) =>
        (await http.CreateAsync<CreateRun, RunAnswer>(
            "runs/create", new(experimentId, userId, name, startTime ?? http.Options.Clock.GetUtcNow().ToUnixTimeMilliseconds(), tags), cancellation)).Run.Complete();

    /// <summary>A run with the latest value of each metric.</summary>
    public async Task<Run> GetAsync(string runId, CancellationToken cancellation = default) =>
        (await http.GetAsync<RunAnswer>("runs/get", cancellation, ("run_id", runId))).Run.Complete();

    /// <summary>Changes what is not null.</summary>
    public async Task<RunInfo> UpdateAsync(string runId, string? status = null, long? endTime = null, string? name = null, CancellationToken cancellation = default) =>
        (await http.SetAsync<UpdateRun, RunInfoAnswer>(HttpMethod.Post, "runs/update", new(runId, null, status, endTime, name), cancellation)).RunInfo;

    /// <summary>Hides a run.</summary>
    public Task DeleteAsync(string runId, CancellationToken cancellation = default) => http.SetAsync(HttpMethod.Post, "runs/delete", new OneRun(runId), cancellation);

    /// <summary>Shows a deleted run again.</summary>
    public Task RestoreAsync(string runId, CancellationToken cancellation = default) => http.SetAsync(HttpMethod.Post, "runs/restore", new OneRun(runId), cancellation);

    /// <summary>Runs that a filter describes.</summary>
    public async Task<Page<Run>> SearchAsync(IReadOnlyList<string> experimentIds, Search search, string viewType = "ACTIVE_ONLY", CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(search);
        RunsAnswer answer = await http.SetAsync<SearchRuns, RunsAnswer>(
            HttpMethod.Post, "runs/search", new(experimentIds, search.Filter, viewType, search.MaxResults, search.OrderBy, search.PageToken), cancellation);
        return Completion.PageOf(answer.Runs, answer.NextPageToken, Completion.Complete);
    }

    /// <summary>Notes a measurement.</summary>
    public Task LogMetricAsync(string runId, Metric metric, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(metric);
        return http.SetAsync(
            HttpMethod.Post, "runs/log-metric",
            new LogMetric(runId, null, metric.Key, metric.Value, metric.Timestamp, metric.Step, metric.ModelId, metric.DatasetName, metric.DatasetDigest), cancellation);
    }

    /// <summary>Notes a setting.</summary>
    public Task LogParamAsync(string runId, Param param, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(param);
        return http.SetAsync(HttpMethod.Post, "runs/log-parameter", new LogParam(runId, null, param.Key, param.Value), cancellation);
    }

    /// <summary>Notes several things at once, within the limits of <see cref="Limits"/>.</summary>
    public Task LogBatchAsync(string runId, IReadOnlyList<Metric> metrics, IReadOnlyList<Param> parameters, IReadOnlyList<Tag> tags, CancellationToken cancellation = default) =>
        http.SetAsync(HttpMethod.Post, "runs/log-batch", new LogBatch(runId, metrics, parameters, tags), cancellation);

    /// <summary>Sets a tag.</summary>
    public Task SetTagAsync(string runId, Tag tag, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(tag);
        return http.SetAsync(HttpMethod.Post, "runs/set-tag", new SetTag(runId, null, tag.Key, tag.Value), cancellation);
    }

    /// <summary>Takes a tag away.</summary>
    public Task DeleteTagAsync(string runId, string key, CancellationToken cancellation = default) =>
        http.SetAsync(HttpMethod.Post, "runs/delete-tag", new DeleteTag(runId, key), cancellation);

    /// <summary>Notes the data sets and models that a run reads.</summary>
    public Task LogInputsAsync(string runId, IReadOnlyList<DatasetInput> datasets, IReadOnlyList<ModelInput> models, CancellationToken cancellation = default) =>
        http.SetAsync(HttpMethod.Post, "runs/log-inputs", new LogInputs(runId, datasets, models), cancellation);

    /// <summary>Notes the models that a run made.</summary>
    public Task LogOutputsAsync(string runId, IReadOnlyList<ModelOutput> models, CancellationToken cancellation = default) =>
        http.SetAsync(HttpMethod.Post, "runs/outputs", new LogOutputs(runId, models), cancellation);

    /// <summary>All values of a metric of a run.</summary>
    public async Task<Page<Metric>> MetricHistoryAsync(string runId, string key, int? maxResults = null, string? pageToken = null, CancellationToken cancellation = default)
    {
        MetricsAnswer answer = await http.GetAsync<MetricsAnswer>(
            "metrics/get-history", cancellation, ("run_id", runId), ("metric_key", key), ("max_results", maxResults?.ToString(CultureInfo.InvariantCulture)), ("page_token", pageToken));
        return Completion.PageOf(answer.Metrics, answer.NextPageToken, metric => metric);
    }
}
