using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Routing;

namespace Vigie.Mlflow.Server;

/// <summary><c>runs/…</c>: what a run is.</summary>
internal static class RunEndpoints
{
    /// <summary>The experiment Default.</summary>
    private const string UsualExperiment = "0";

    public static void MapRuns(this RouteGroupBuilder api, MlflowServices mlflow)
    {
        Runs runs = mlflow.Store.Runs;
        api.Post<CreateRun, RunAnswer>("runs/create", async (request, context) =>
            new(await runs.CreateAsync(
                Requests.Given(request.ExperimentId) ?? UsualExperiment, Requests.Given(request.RunName),
                Requests.Given(request.UserId), request.StartTime, request.Tags, context.RequestAborted)));
        api.Get<OneRun, RunAnswer>("runs/get", async (request, context) => new(await runs.GetAsync(request.Id, context.RequestAborted)));
        api.Post<UpdateRun, RunInfoAnswer>("runs/update", async (request, context) =>
            new(await runs.UpdateAsync((request.RunId ?? request.RunUuid).Required("run_id"), request.Status, request.EndTime, Requests.Given(request.RunName), context.RequestAborted)));
        api.Post<SearchRuns, RunsAnswer>("runs/search", async (request, context) =>
        {
            Search search = Requests.Search(request.Filter, request.OrderBy, request.MaxResults, request.PageToken, Limits.SearchDefaultResults);
            Page<Run> page = await runs.SearchAsync(request.ExperimentIds ?? [], search, request.RunViewType ?? "ACTIVE_ONLY", context.RequestAborted);
            return new(page.Items, page.NextPageToken);
        });
        api.Post<OneRun>("runs/delete", (request, context) => runs.DeleteAsync(request.Id, context.RequestAborted));
        api.Post<OneRun>("runs/restore", (request, context) => runs.RestoreAsync(request.Id, context.RequestAborted));
    }
}

internal sealed record CreateRun(string? ExperimentId = null, string? UserId = null, string? RunName = null, long? StartTime = null, IReadOnlyList<Tag>? Tags = null);

internal sealed record OneRun(string? RunId = null, string? RunUuid = null)
{
    [JsonIgnore]
    public string Id => (RunId ?? RunUuid).Required("run_id");
}

internal sealed record RunAnswer(Run Run);

internal sealed record UpdateRun(
    string? RunId = null, string? RunUuid = null, [property: JsonConverter(typeof(WireRunStatus))] string? Status = null, long? EndTime = null, string? RunName = null);

internal sealed record RunInfoAnswer(RunInfo RunInfo);

internal sealed record SearchRuns(
    IReadOnlyList<string>? ExperimentIds = null, string? Filter = null, [property: JsonConverter(typeof(WireViewType))] string? RunViewType = null,
    long? MaxResults = null, IReadOnlyList<string>? OrderBy = null, string? PageToken = null);

internal sealed record RunsAnswer(IReadOnlyList<Run> Runs, string? NextPageToken = null);
