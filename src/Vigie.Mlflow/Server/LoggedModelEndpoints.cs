using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace Vigie.Mlflow.Server;

/// <summary><c>logged-models/…</c>: models of MLflow 3.</summary>
internal static class LoggedModelEndpoints
{
    private const int UsualResults = 50;

    public static void MapLoggedModels(this RouteGroupBuilder api, MlflowServices mlflow)
    {
        LoggedModels models = mlflow.Store.LoggedModels;
        api.Post<CreateLoggedModel, LoggedModelAnswer>("logged-models", async (request, context) =>
            new(await models.CreateAsync(
                request.ExperimentId.Required("experiment_id"), Requests.Given(request.Name), Requests.Given(request.ModelType), Requests.Given(request.SourceRunId), request.Params, request.Tags, context.RequestAborted)));
        api.Post<SearchLoggedModels, LoggedModelsAnswer>("logged-models/search", async (request, context) =>
        {
            var search = new LoggedModelSearch(
                string.IsNullOrWhiteSpace(request.Filter) ? null : request.Filter,
                [.. (request.OrderBy ?? []).Select(order => new LoggedModelOrder(order.FieldName.Required("order_by.field_name"), order.Ascending ?? true, Requests.Given(order.DatasetName), Requests.Given(order.DatasetDigest)))],
                [.. (request.Datasets ?? []).Select(dataset => new Dataset(dataset.DatasetName.Required("datasets.dataset_name"), dataset.DatasetDigest ?? "", "", ""))],
                Requests.Clamped(request.MaxResults ?? UsualResults),
                Requests.Given(request.PageToken));
            Page<LoggedModel> page = await models.SearchAsync(request.ExperimentIds ?? [], search, context.RequestAborted);
            return new(page.Items, page.NextPageToken);
        });
        api.Get<GetLoggedModel, LoggedModelAnswer>("logged-models/{model_id}", async (request, context) =>
            new(await models.GetAsync(IdOf(context), request.AllowDeleted ?? false, context.RequestAborted)));
        api.Patch<FinalizeLoggedModel, LoggedModelAnswer>("logged-models/{model_id}", async (request, context) =>
            new(await models.FinalizeAsync(IdOf(context), request.Status.Required("status"), context.RequestAborted)));
        api.Delete<Nothing>("logged-models/{model_id}", (_, context) => models.DeleteAsync(IdOf(context), context.RequestAborted));
        api.Patch<SetLoggedModelTags, LoggedModelAnswer>("logged-models/{model_id}/tags", async (request, context) =>
        {
            await models.SetTagsAsync(IdOf(context), request.Tags ?? [], context.RequestAborted);
            return new(await models.GetAsync(IdOf(context), cancellation: context.RequestAborted));
        });
        api.Delete<Nothing>("logged-models/{model_id}/tags/{**key}", (_, context) => models.DeleteTagAsync(IdOf(context), TagOf(context), context.RequestAborted));
        api.Post<LogLoggedModelParams>("logged-models/{model_id}/params", (request, context) => models.LogParamsAsync(IdOf(context), request.Params ?? [], context.RequestAborted));
    }

    private static string IdOf(HttpContext context) => ((string?)context.GetRouteValue("model_id")).Required("model_id");

    // From the address as it was sent: by the time it is routed, "%2F" in a key cannot be told from "%252F".
    private static string TagOf(HttpContext context)
    {
        string target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.Split('?')[0];
        int models = target.IndexOf("logged-models/", StringComparison.Ordinal), tags = models < 0 ? -1 : target.IndexOf("/tags/", models, StringComparison.Ordinal);
        string? key = tags < 0 ? (string?)context.GetRouteValue("key") : Uri.UnescapeDataString(target[(tags + "/tags/".Length)..]);
        return key.Required("key");
    }
}

internal sealed record CreateLoggedModel(
    string? ExperimentId = null, string? Name = null, string? ModelType = null, string? SourceRunId = null, IReadOnlyList<Param>? Params = null, IReadOnlyList<Tag>? Tags = null);

internal sealed record GetLoggedModel(bool? AllowDeleted = null);

internal sealed record LoggedModelAnswer(LoggedModel Model);

internal sealed record FinalizeLoggedModel([property: JsonConverter(typeof(WireLoggedModelStatus))] string? Status = null);

internal sealed record SetLoggedModelTags(IReadOnlyList<Tag>? Tags = null);

internal sealed record LogLoggedModelParams(IReadOnlyList<Param>? Params = null);

internal sealed record SearchLoggedModels(
    IReadOnlyList<string>? ExperimentIds = null, string? Filter = null, IReadOnlyList<SearchLoggedModelsDataset>? Datasets = null, long? MaxResults = null,
    IReadOnlyList<SearchLoggedModelsOrder>? OrderBy = null, string? PageToken = null);

internal sealed record SearchLoggedModelsDataset(string? DatasetName = null, string? DatasetDigest = null);

internal sealed record SearchLoggedModelsOrder(string? FieldName = null, bool? Ascending = null, string? DatasetName = null, string? DatasetDigest = null);

internal sealed record LoggedModelsAnswer(IReadOnlyList<LoggedModel> Models, string? NextPageToken = null);
