#pragma warning disable CS1591, CA1822, CA1801, CA1065, CS1573 // skeleton
namespace Vigie.Mlflow;

/// <summary>Runs in the database, and what they log.</summary>
public sealed class Runs
{
    private readonly RunSearch search;

    internal Runs(Database database, TimeProvider clock)
    {
        search = new RunSearch(database);
        _ = clock;
    }

    public Task<Run> CreateAsync(string experimentId, string? name = null, string? userId = null, long? startTime = null, IReadOnlyList<Tag>? tags = null, CancellationToken cancellation = default) => throw new NotImplementedException();
    public Task<Run> GetAsync(string runId, CancellationToken cancellation = default) => throw new NotImplementedException();
    public Task<RunInfo> UpdateAsync(string runId, string? status = null, long? endTime = null, string? name = null, CancellationToken cancellation = default) => throw new NotImplementedException();
    public Task DeleteAsync(string runId, CancellationToken cancellation = default) => throw new NotImplementedException();
    public Task RestoreAsync(string runId, CancellationToken cancellation = default) => throw new NotImplementedException();
    public Task<Page<Run>> SearchAsync(IReadOnlyList<string> experimentIds, Search search, string viewType = "ACTIVE_ONLY", CancellationToken cancellation = default) => this.search.SearchAsync(experimentIds, search, viewType, cancellation);
    public Task LogMetricAsync(string runId, Metric metric, CancellationToken cancellation = default) => throw new NotImplementedException();
    public Task LogParamAsync(string runId, Param param, CancellationToken cancellation = default) => throw new NotImplementedException();
    public Task LogBatchAsync(string runId, IReadOnlyList<Metric> metrics, IReadOnlyList<Param> parameters, IReadOnlyList<Tag> tags, CancellationToken cancellation = default) => throw new NotImplementedException();
    public Task SetTagAsync(string runId, Tag tag, CancellationToken cancellation = default) => throw new NotImplementedException();
    public Task DeleteTagAsync(string runId, string key, CancellationToken cancellation = default) => throw new NotImplementedException();
    public Task LogInputsAsync(string runId, IReadOnlyList<DatasetInput> datasets, IReadOnlyList<ModelInput> models, CancellationToken cancellation = default) => throw new NotImplementedException();
    public Task LogOutputsAsync(string runId, IReadOnlyList<ModelOutput> models, CancellationToken cancellation = default) => throw new NotImplementedException();
    public Task<Page<Metric>> MetricHistoryAsync(string runId, string key, int? maxResults = null, string? pageToken = null, CancellationToken cancellation = default) => throw new NotImplementedException();
    /// <summary>Of several runs, ordered by run, timestamp, step, value; each metric carries its run's id.</summary>
    public Task<IReadOnlyList<Metric>> MetricHistoryAsync(IReadOnlyList<string> runIds, string key, int maxResults, CancellationToken cancellation = default) => throw new NotImplementedException();
    /// <summary>At most <paramref name="maxResults"/> points a run, evenly chosen over the steps, the last always among them.</summary>
    public Task<IReadOnlyList<Metric>> MetricHistorySampledAsync(IReadOnlyList<string> runIds, string key, long? startStep, long? endStep, int maxResults, CancellationToken cancellation = default) => throw new NotImplementedException();
}
