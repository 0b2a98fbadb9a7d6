using System.Globalization;

using Vigie.Mlflow.Server;

namespace Vigie.Mlflow.Client;

/// <summary>Registered models of a server, their versions, stages and aliases. The methods are those of <see cref="ModelRegistry"/>.</summary>
public sealed class RegistryClient
{
    private readonly MlflowHttp http;

    internal RegistryClient(MlflowHttp http) => this.http = http;

    /// <summary>Creates a registered model without versions.</summary>
    public async Task<RegisteredModel> CreateAsync(string name, string? description = null, IReadOnlyList<Tag>? tags = null, CancellationToken cancellation = default) =>
        (await http.CreateAsync<CreateRegisteredModel, RegisteredModelAnswer>("registered-models/create", new(name, description, tags), cancellation)).RegisteredModel.Complete();

    /// <summary>A registered model with the newest version of each stage.</summary>
    public async Task<RegisteredModel> GetAsync(string name, CancellationToken cancellation = default) =>
        (await http.GetAsync<RegisteredModelAnswer>("registered-models/get", cancellation, ("name", name))).RegisteredModel.Complete();

    /// <summary>Gives a registered model another name.</summary>
    public async Task<RegisteredModel> RenameAsync(string name, string newName, CancellationToken cancellation = default) =>
        // Not the same twice: the second time, the name is gone.
        (await http.CreateAsync<RenameRegisteredModel, RegisteredModelAnswer>("registered-models/rename", new(name, newName), cancellation)).RegisteredModel.Complete();

    /// <summary>Sets the description.</summary>
    public async Task<RegisteredModel> UpdateAsync(string name, string? description, CancellationToken cancellation = default) =>
        (await http.SetAsync<UpdateRegisteredModel, RegisteredModelAnswer>(HttpMethod.Patch, "registered-models/update", new(name, description), cancellation)).RegisteredModel.Complete();

    /// <summary>Deletes a registered model with all its versions.</summary>
    public Task DeleteAsync(string name, CancellationToken cancellation = default) =>
        http.SetAsync(HttpMethod.Delete, "registered-models/delete", new OneRegisteredModel(name), cancellation);

    /// <summary>Registered models that a filter describes.</summary>
    public async Task<Page<RegisteredModel>> SearchAsync(Search search, CancellationToken cancellation = default)
    {
        RegisteredModelsAnswer answer = await SearchAsync<RegisteredModelsAnswer>("registered-models/search", search, cancellation);
        return Completion.PageOf(answer.RegisteredModels, answer.NextPageToken, Completion.Complete);
    }

    /// <summary>The newest version of each of these stages, of all where none is named.</summary>
    public async Task<IReadOnlyList<ModelVersion>> LatestVersionsAsync(string name, IReadOnlyList<string> stages, CancellationToken cancellation = default)
    {
        ModelVersionsAnswer answer = await http.SetAsync<GetLatestVersions, ModelVersionsAnswer>(HttpMethod.Post, "registered-models/get-latest-versions", new(name, stages), cancellation);
        return Completion.PageOf(answer.ModelVersions, null, Completion.Complete).Items;
    }

    /// <summary>Sets a tag.</summary>
    public Task SetTagAsync(string name, Tag tag, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(tag);
        return http.SetAsync(HttpMethod.Post, "registered-models/set-tag", new SetRegisteredModelTag(name, tag.Key, tag.Value), cancellation);
    }

    /// <summary>Takes a tag away.</summary>
    public Task DeleteTagAsync(string name, string key, CancellationToken cancellation = default) =>
        http.SetAsync(HttpMethod.Delete, "registered-models/delete-tag", new DeleteRegisteredModelTag(name, key), cancellation);

    /// <summary>Points an alias to a version.</summary>
    public Task SetAliasAsync(string name, string alias, string version, CancellationToken cancellation = default) =>
        http.SetAsync(HttpMethod.Post, "registered-models/alias", new SetModelAlias(name, alias, version), cancellation);

    /// <summary>Takes an alias away.</summary>
    public Task DeleteAliasAsync(string name, string alias, CancellationToken cancellation = default) =>
        http.SetAsync(HttpMethod.Delete, "registered-models/alias", new OneModelAlias(name, alias), cancellation);

    /// <summary>The version that an alias points to.</summary>
    public async Task<ModelVersion> GetByAliasAsync(string name, string alias, CancellationToken cancellation = default) =>
        (await http.GetAsync<ModelVersionAnswer>("registered-models/alias", cancellation, ("name", name), ("alias", alias))).ModelVersion.Complete();

    /// <summary>Registers a version.</summary>
    public async Task<ModelVersion> CreateVersionAsync(
        string name, string source, string? runId = null, string? description = null, IReadOnlyList<Tag>? tags = null, string? runLink = null, string? modelId = null,
        CancellationToken cancellation = default) =>
        (await http.CreateAsync<CreateModelVersion, ModelVersionAnswer>("model-versions/create", new(name, source, runId, tags, runLink, description, modelId), cancellation)).ModelVersion.Complete();

    /// <summary>A version by its number.</summary>
    public async Task<ModelVersion> GetVersionAsync(string name, string version, CancellationToken cancellation = default) =>
        (await http.GetAsync<ModelVersionAnswer>("model-versions/get", cancellation, ("name", name), ("version", version))).ModelVersion.Complete();

    /// <summary>Where a version's files are.</summary>
    public async Task<string> DownloadAddressAsync(string name, string version, CancellationToken cancellation = default) =>
        (await http.GetAsync<DownloadUriAnswer>("model-versions/get-download-uri", cancellation, ("name", name), ("version", version))).ArtifactUri;

    /// <summary>Sets a version's description.</summary>
    public async Task<ModelVersion> UpdateVersionAsync(string name, string version, string? description, CancellationToken cancellation = default) =>
        (await http.SetAsync<UpdateModelVersion, ModelVersionAnswer>(HttpMethod.Patch, "model-versions/update", new(name, version, description), cancellation)).ModelVersion.Complete();

    /// <summary>Deletes a version; its number is not given again.</summary>
    public Task DeleteVersionAsync(string name, string version, CancellationToken cancellation = default) =>
        http.SetAsync(HttpMethod.Delete, "model-versions/delete", new OneModelVersion(name, version), cancellation);

    /// <summary>Versions that a filter describes.</summary>
    public async Task<Page<ModelVersion>> SearchVersionsAsync(Search search, CancellationToken cancellation = default)
    {
        ModelVersionsAnswer answer = await SearchAsync<ModelVersionsAnswer>("model-versions/search", search, cancellation);
        return Completion.PageOf(answer.ModelVersions, answer.NextPageToken, Completion.Complete);
    }

    /// <summary>Moves a version to a stage.</summary>
    public async Task<ModelVersion> TransitionStageAsync(string name, string version, string stage, bool archiveExisting, CancellationToken cancellation = default) =>
        (await http.SetAsync<TransitionModelVersionStage, ModelVersionAnswer>(
            HttpMethod.Post, "model-versions/transition-stage", new(name, version, stage, archiveExisting), cancellation)).ModelVersion.Complete();

    /// <summary>Sets a version's tag.</summary>
    public Task SetVersionTagAsync(string name, string version, Tag tag, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(tag);
        return http.SetAsync(HttpMethod.Post, "model-versions/set-tag", new SetModelVersionTag(name, version, tag.Key, tag.Value), cancellation);
    }

    /// <summary>Takes a version's tag away.</summary>
    public Task DeleteVersionTagAsync(string name, string version, string key, CancellationToken cancellation = default) =>
        http.SetAsync(HttpMethod.Delete, "model-versions/delete-tag", new DeleteModelVersionTag(name, version, key), cancellation);

    private Task<TAnswer> SearchAsync<TAnswer>(string path, Search search, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(search);
        return http.GetAsync<TAnswer>(path, cancellation,
            [("filter", search.Filter), ("max_results", search.MaxResults.ToString(CultureInfo.InvariantCulture)), ("page_token", search.PageToken), .. search.OrderBy.Select(key => ("order_by", (string?)key))]);
    }
}
