#pragma warning disable CS1591, CA1822, CA1801, CA1065, CS1573 // skeleton
namespace Vigie.Mlflow;

/// <summary>Registered models, their versions, stages and aliases.</summary>
public sealed class ModelRegistry
{
    private readonly Database database;

    internal ModelRegistry(Database database, TimeProvider clock)
    {
        this.database = database;
        _ = clock;
    }

    public Task<RegisteredModel> CreateAsync(string name, string? description = null, IReadOnlyList<Tag>? tags = null, CancellationToken cancellation = default) => throw new NotImplementedException();
    public Task<RegisteredModel> GetAsync(string name, CancellationToken cancellation = default) => throw new NotImplementedException();
    public Task<RegisteredModel> RenameAsync(string name, string newName, CancellationToken cancellation = default) => throw new NotImplementedException();
    public Task<RegisteredModel> UpdateAsync(string name, string? description, CancellationToken cancellation = default) => throw new NotImplementedException();
    public Task DeleteAsync(string name, CancellationToken cancellation = default) => throw new NotImplementedException();
    public Task<Page<RegisteredModel>> SearchAsync(Search search, CancellationToken cancellation = default) => RegistrySearch.ModelsAsync(database, search, cancellation);
    public Task<IReadOnlyList<ModelVersion>> LatestVersionsAsync(string name, IReadOnlyList<string> stages, CancellationToken cancellation = default) => throw new NotImplementedException();
    public Task SetTagAsync(string name, Tag tag, CancellationToken cancellation = default) => throw new NotImplementedException();
    public Task DeleteTagAsync(string name, string key, CancellationToken cancellation = default) => throw new NotImplementedException();
    public Task SetAliasAsync(string name, string alias, string version, CancellationToken cancellation = default) => throw new NotImplementedException();
    public Task DeleteAliasAsync(string name, string alias, CancellationToken cancellation = default) => throw new NotImplementedException();
    public Task<ModelVersion> GetByAliasAsync(string name, string alias, CancellationToken cancellation = default) => throw new NotImplementedException();

    public Task<ModelVersion> CreateVersionAsync(string name, string source, string? runId = null, string? description = null, IReadOnlyList<Tag>? tags = null, string? runLink = null, string? modelId = null, string? userId = null, CancellationToken cancellation = default) => throw new NotImplementedException();
    public Task<ModelVersion> GetVersionAsync(string name, string version, CancellationToken cancellation = default) => throw new NotImplementedException();
    public Task<ModelVersion> UpdateVersionAsync(string name, string version, string? description, CancellationToken cancellation = default) => throw new NotImplementedException();
    public Task DeleteVersionAsync(string name, string version, CancellationToken cancellation = default) => throw new NotImplementedException();
    public Task<Page<ModelVersion>> SearchVersionsAsync(Search search, CancellationToken cancellation = default) => RegistrySearch.VersionsAsync(database, search, cancellation);
    public Task<ModelVersion> TransitionStageAsync(string name, string version, string stage, bool archiveExisting, CancellationToken cancellation = default) => throw new NotImplementedException();
    public Task SetVersionTagAsync(string name, string version, Tag tag, CancellationToken cancellation = default) => throw new NotImplementedException();
    public Task DeleteVersionTagAsync(string name, string version, string key, CancellationToken cancellation = default) => throw new NotImplementedException();
}
