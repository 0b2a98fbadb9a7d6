using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Vigie.Mlflow.Security;

namespace Vigie.Mlflow.Server;

/// <summary><c>experiments/…</c></summary>
internal static class ExperimentEndpoints
{
    public static void MapExperiments(this RouteGroupBuilder api, MlflowServices mlflow)
    {
        Experiments experiments = mlflow.Store.Experiments;
        api.Post<CreateExperiment, CreatedExperiment>("experiments/create", async (request, context) =>
        {
            string? location = Requests.Given(request.ArtifactLocation) is { } given ? ArtifactLocations.Checked(given, mlflow.Options.ArtifactRoots) : null;
            return new(await experiments.CreateAsync(request.Name.Required("name"), location, request.Tags, context.RequestAborted));
        });
        api.Get<GetExperiment, ExperimentAnswer>("experiments/get", async (request, context) =>
            new(await experiments.GetAsync(request.ExperimentId.Required("experiment_id"), context.RequestAborted)));
        api.Get<GetExperimentByName, ExperimentAnswer>("experiments/get-by-name", async (request, context) =>
            new(await experiments.GetByNameAsync(request.ExperimentName.Required("experiment_name"), context.RequestAborted)));

        async Task<ExperimentsAnswer> SearchAsync(SearchExperiments request, HttpContext context)
        {
            Search search = Requests.Search(request.Filter, request.OrderBy, request.MaxResults, request.PageToken, Limits.SearchDefaultResults);
            Readable readable = await mlflow.Access.ReadableExperimentsAsync(context);
            Page<Experiment> page = await experiments.SearchAsync(search, request.ViewType ?? "ACTIVE_ONLY", readable, context.RequestAborted);
            return new(page.Items, page.NextPageToken);
        }

        api.Post<SearchExperiments, ExperimentsAnswer>("experiments/search", SearchAsync);
        api.Get<SearchExperiments, ExperimentsAnswer>("experiments/search", SearchAsync);
        api.Post<UpdateExperiment>("experiments/update", async (request, context) =>
        {
            string id = request.ExperimentId.Required("experiment_id");
            if (!string.IsNullOrEmpty(request.NewName)) await experiments.RenameAsync(id, request.NewName, context.RequestAborted);
            else await experiments.GetAsync(id, context.RequestAborted); // nothing to change, but it has to be there
        });
        api.Post<GetExperiment>("experiments/delete", (request, context) => experiments.DeleteAsync(request.ExperimentId.Required("experiment_id"), context.RequestAborted));
        api.Post<GetExperiment>("experiments/restore", (request, context) => experiments.RestoreAsync(request.ExperimentId.Required("experiment_id"), context.RequestAborted));
        api.Post<SetExperimentTag>("experiments/set-experiment-tag", (request, context) =>
            experiments.SetTagAsync(request.ExperimentId.Required("experiment_id"), new Tag(request.Key.Required("key"), request.Value ?? ""), context.RequestAborted));
        api.Post<DeleteExperimentTag>("experiments/delete-experiment-tag", (request, context) =>
            experiments.DeleteTagAsync(request.ExperimentId.Required("experiment_id"), request.Key.Required("key"), context.RequestAborted));
    }
}

internal sealed record CreateExperiment(string? Name = null, string? ArtifactLocation = null, IReadOnlyList<Tag>? Tags = null);

internal sealed record CreatedExperiment(string ExperimentId);

internal sealed record GetExperiment(string? ExperimentId = null);

internal sealed record GetExperimentByName(string? ExperimentName = null);

internal sealed record ExperimentAnswer(Experiment Experiment);

internal sealed record SearchExperiments(
    long? MaxResults = null, string? PageToken = null, string? Filter = null, IReadOnlyList<string>? OrderBy = null,
    [property: JsonConverter(typeof(WireViewType))] string? ViewType = null);

internal sealed record ExperimentsAnswer(IReadOnlyList<Experiment> Experiments, string? NextPageToken = null);

internal sealed record UpdateExperiment(string? ExperimentId = null, string? NewName = null);

internal sealed record SetExperimentTag(string? ExperimentId = null, string? Key = null, string? Value = null);

internal sealed record DeleteExperimentTag(string? ExperimentId = null, string? Key = null);
