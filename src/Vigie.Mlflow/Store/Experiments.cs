#pragma warning disable CS1591, CA1822, CA1801, CA1065, CS1573 // skeleton
namespace Vigie.Mlflow;

/// <summary>Experiments in the database.</summary>
public sealed class Experiments
{
    private readonly Database database;

    internal Experiments(Database database, TimeProvider clock)
    {
        this.database = database;
        _ = clock;
    }

    public Task<string> CreateAsync(string name, string? artifactLocation = null, IReadOnlyList<Tag>? tags = null, CancellationToken cancellation = default) => throw new NotImplementedException();
    public Task<Experiment> GetAsync(string experimentId, CancellationToken cancellation = default) => throw new NotImplementedException();
    public Task<Experiment> GetByNameAsync(string name, CancellationToken cancellation = default) => throw new NotImplementedException();
    /// <param name="search"/><param name="viewType">ACTIVE_ONLY, DELETED_ONLY or ALL.</param><param name="cancellation"/>
    public Task<Page<Experiment>> SearchAsync(Search search, string viewType = "ACTIVE_ONLY", CancellationToken cancellation = default) => ExperimentSearch.SearchAsync(database, search, viewType, cancellation);
    public Task RenameAsync(string experimentId, string newName, CancellationToken cancellation = default) => throw new NotImplementedException();
    public Task DeleteAsync(string experimentId, CancellationToken cancellation = default) => throw new NotImplementedException();
    public Task RestoreAsync(string experimentId, CancellationToken cancellation = default) => throw new NotImplementedException();
    public Task SetTagAsync(string experimentId, Tag tag, CancellationToken cancellation = default) => throw new NotImplementedException();
    public Task DeleteTagAsync(string experimentId, string key, CancellationToken cancellation = default) => throw new NotImplementedException();
}
