using Vigie.Mlflow.Server;

namespace Vigie.Mlflow.Client;

/// <summary>Models of MLflow 3 of a server. The methods are those of <see cref="Mlflow.LoggedModels"/>.</summary>
public sealed class LoggedModelsClient
{
    private readonly MlflowHttp http;

    internal LoggedModelsClient(MlflowHttp http) => this.http = http;

    /// <summary>Creates a model that waits for its files.</summary>
    public async Task<LoggedModel> CreateAsync(
        string experimentId, string? name = null, string? modelType = null, string? sourceRunId = null, IReadOnlyList<Param>? parameters = null, IReadOnlyList<Tag>? tags = null,
        CancellationToken cancellation = default) =>
        (await http.CreateAsync<CreateLoggedModel, LoggedModelAnswer>("logged-models", new(experimentId, name, modelType, sourceRunId, parameters, tags), cancellation)).Model.Complete();

    /// <summary>A model by its id.</summary>
    public async Task<LoggedModel> GetAsync(string modelId, CancellationToken cancellation = default) =>
        (await http.GetAsync<LoggedModelAnswer>($"logged-models/{MlflowCalls.Part(modelId)}", cancellation)).Model.Complete();

    /// <summary>Says that its files are all there, or will not be.</summary>
    /// <param name="modelId">The model.</param>
    /// <param name="status">One of <see cref="LoggedModelStatus"/>.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<LoggedModel> FinalizeAsync(string modelId, string status, CancellationToken cancellation = default) =>
        (await http.SetAsync<FinalizeLoggedModel, LoggedModelAnswer>(HttpMethod.Patch, $"logged-models/{MlflowCalls.Part(modelId)}", new(status), cancellation)).Model.Complete();

    /// <summary>Deletes a model.</summary>
    public Task DeleteAsync(string modelId, CancellationToken cancellation = default) =>
        http.SetAsync(HttpMethod.Delete, $"logged-models/{MlflowCalls.Part(modelId)}", new Nothing(), cancellation);

    /// <summary>Models that a filter describes.</summary>
    public async Task<Page<LoggedModel>> SearchAsync(IReadOnlyList<string> experimentIds, LoggedModelSearch search, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(search);
        LoggedModelsAnswer answer = await http.SetAsync<SearchLoggedModels, LoggedModelsAnswer>(
            HttpMethod.Post, "logged-models/search",
            new(experimentIds, search.Filter, [.. search.Datasets.Select(set => new SearchLoggedModelsDataset(set.Name, set.Digest))], search.MaxResults,
                [.. search.OrderBy.Select(order => new SearchLoggedModelsOrder(order.FieldName, order.Ascending, order.DatasetName, order.DatasetDigest))], search.PageToken),
            cancellation);
        return Completion.PageOf(answer.Models, answer.NextPageToken, Completion.Complete);
    }

    /// <summary>Sets tags.</summary>
    public Task SetTagsAsync(string modelId, IReadOnlyList<Tag> tags, CancellationToken cancellation = default) =>
        http.SetAsync<SetLoggedModelTags, LoggedModelAnswer>(HttpMethod.Patch, $"logged-models/{MlflowCalls.Part(modelId)}/tags", new(tags), cancellation);

    /// <summary>Takes a tag away.</summary>
    public Task DeleteTagAsync(string modelId, string key, CancellationToken cancellation = default) =>
        http.SetAsync(HttpMethod.Delete, $"logged-models/{MlflowCalls.Part(modelId)}/tags/{MlflowCalls.Part(key)}", new Nothing(), cancellation);

    /// <summary>Notes params.</summary>
    public Task LogParamsAsync(string modelId, IReadOnlyList<Param> parameters, CancellationToken cancellation = default) =>
        http.SetAsync(HttpMethod.Post, $"logged-models/{MlflowCalls.Part(modelId)}/params", new LogLoggedModelParams(parameters), cancellation);
}
