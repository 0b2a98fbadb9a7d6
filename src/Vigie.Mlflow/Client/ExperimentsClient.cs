using Vigie.Mlflow.Server;

namespace Vigie.Mlflow.Client;

/// <summary>Experiments of a server. The methods are those of <see cref="Mlflow.Experiments"/>.</summary>
public sealed class ExperimentsClient
{
    private readonly MlflowHttp http;

    internal ExperimentsClient(MlflowHttp http) => this.http = http;

    /// <summary>Creates an experiment and gives its id.</summary>
    public async Task<string> CreateAsync(string name, string? artifactLocation = null, IReadOnlyList<Tag>? tags = null, CancellationToken cancellation = default) =>
        (await http.CreateAsync<CreateExperiment, CreatedExperiment>("experiments/create", new(name, artifactLocation, tags), cancellation)).ExperimentId;

    /// <summary>An experiment by its id.</summary>
    public async Task<Experiment> GetAsync(string experimentId, CancellationToken cancellation = default) =>
        (await http.GetAsync<ExperimentAnswer>("experiments/get", cancellation, ("experiment_id", experimentId))).Experiment.Complete();

    /// <summary>An experiment by its name.</summary>
    public async Task<Experiment> GetByNameAsync(string name, CancellationToken cancellation = default) =>
        (await http.GetAsync<ExperimentAnswer>("experiments/get-by-name", cancellation, ("experiment_name", name))).Experiment.Complete();

    /// <summary>The id of the experiment of this name, which is created where it is missing.</summary>
    public async Task<string> GetOrCreateAsync(string name, CancellationToken cancellation = default)
    {
        try
        {
            return (await GetByNameAsync(name, cancellation)).ExperimentId;
        }
        catch (MlflowException missing) when (missing.Code is ErrorCode.ResourceDoesNotExist)
        {
            try
            {
                return await CreateAsync(name, cancellation: cancellation);
            }
            catch (MlflowException taken) when (taken.Code is ErrorCode.ResourceAlreadyExists)
            {
                // Another client began with it at the same moment.
                return (await GetByNameAsync(name, cancellation)).ExperimentId;
            }
        }
    }

    /// <summary>Experiments that a filter describes.</summary>
    /// <param name="search">What to look for.</param>
    /// <param name="viewType">ACTIVE_ONLY, DELETED_ONLY or ALL.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<Page<Experiment>> SearchAsync(Search search, string viewType = "ACTIVE_ONLY", CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(search);
        ExperimentsAnswer answer = await http.SetAsync<SearchExperiments, ExperimentsAnswer>(
            HttpMethod.Post, "experiments/search", new(search.MaxResults, search.PageToken, search.Filter, search.OrderBy, viewType), cancellation);
        return Completion.PageOf(answer.Experiments, answer.NextPageToken, Completion.Complete);
    }

    /// <summary>Gives an experiment another name.</summary>
    public Task RenameAsync(string experimentId, string newName, CancellationToken cancellation = default) =>
        http.SetAsync(HttpMethod.Post, "experiments/update", new UpdateExperiment(experimentId, newName), cancellation);

    /// <summary>Hides an experiment and its runs.</summary>
    public Task DeleteAsync(string experimentId, CancellationToken cancellation = default) =>
        http.SetAsync(HttpMethod.Post, "experiments/delete", new GetExperiment(experimentId), cancellation);

    /// <summary>Shows a deleted experiment again.</summary>
    public Task RestoreAsync(string experimentId, CancellationToken cancellation = default) =>
        http.SetAsync(HttpMethod.Post, "experiments/restore", new GetExperiment(experimentId), cancellation);

    /// <summary>Sets a tag.</summary>
    public Task SetTagAsync(string experimentId, Tag tag, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(tag);
        return http.SetAsync(HttpMethod.Post, "experiments/set-experiment-tag", new SetExperimentTag(experimentId, tag.Key, tag.Value), cancellation);
    }

    /// <summary>Takes a tag away.</summary>
    public Task DeleteTagAsync(string experimentId, string key, CancellationToken cancellation = default) =>
        http.SetAsync(HttpMethod.Post, "experiments/delete-experiment-tag", new DeleteExperimentTag(experimentId, key), cancellation);
}
