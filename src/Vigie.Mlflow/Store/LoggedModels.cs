#pragma warning disable CS1591, CA1822, CA1801, CA1065, CS1573 // skeleton
namespace Vigie.Mlflow;

/// <summary>Models of MLflow 3 in the database.</summary>
public sealed class LoggedModels
{
    private readonly Database database;

    internal LoggedModels(Database database, TimeProvider clock)
    {
        this.database = database;
        _ = clock;
    }

    public Task<LoggedModel> CreateAsync(string experimentId, string? name = null, string? modelType = null, string? sourceRunId = null, IReadOnlyList<Param>? parameters = null, IReadOnlyList<Tag>? tags = null, CancellationToken cancellation = default) => throw new NotImplementedException();
    public Task<LoggedModel> GetAsync(string modelId, CancellationToken cancellation = default) => throw new NotImplementedException();
    public Task<LoggedModel> FinalizeAsync(string modelId, string status, CancellationToken cancellation = default) => throw new NotImplementedException();
    public Task DeleteAsync(string modelId, CancellationToken cancellation = default) => throw new NotImplementedException();
    public Task<Page<LoggedModel>> SearchAsync(IReadOnlyList<string> experimentIds, LoggedModelSearch search, CancellationToken cancellation = default) => LoggedModelFinder.SearchAsync(database, experimentIds, search, cancellation);
    public Task SetTagsAsync(string modelId, IReadOnlyList<Tag> tags, CancellationToken cancellation = default) => throw new NotImplementedException();
    public Task DeleteTagAsync(string modelId, string key, CancellationToken cancellation = default) => throw new NotImplementedException();
    public Task LogParamsAsync(string modelId, IReadOnlyList<Param> parameters, CancellationToken cancellation = default) => throw new NotImplementedException();
}

/// <summary>What a search for logged models asks for: its ordering names a field, and for a metric the data set.</summary>
public sealed record LoggedModelSearch(string? Filter, IReadOnlyList<LoggedModelOrder> OrderBy, IReadOnlyList<Dataset> Datasets, int MaxResults = 100, string? PageToken = null);

/// <summary>One key of the ordering.</summary>
public sealed record LoggedModelOrder(string FieldName, bool Ascending = true, string? DatasetName = null, string? DatasetDigest = null);
