using Microsoft.AspNetCore.Routing;

namespace Vigie.Mlflow.Server;

/// <summary><c>runs/…</c>: what a run logs.</summary>
internal static class LoggingEndpoints
{
    public static void MapLogging(this RouteGroupBuilder api, MlflowServices mlflow)
    {
        Runs runs = mlflow.Store.Runs;
        api.Post<LogMetric>("runs/log-metric", (request, context) => runs.LogMetricAsync((request.RunId ?? request.RunUuid).Required("run_id"), request.Metric, context.RequestAborted));
        api.Post<LogParam>("runs/log-parameter", (request, context) =>
            runs.LogParamAsync((request.RunId ?? request.RunUuid).Required("run_id"), new Param(request.Key.Required("key"), request.Value ?? ""), context.RequestAborted));
        api.Post<LogBatch>("runs/log-batch", (request, context) =>
            runs.LogBatchAsync(request.RunId.Required("run_id"), request.Metrics ?? [], request.Params ?? [], request.Tags ?? [], context.RequestAborted));
        api.Post<SetTag>("runs/set-tag", (request, context) =>
            runs.SetTagAsync((request.RunId ?? request.RunUuid).Required("run_id"), new Tag(request.Key.Required("key"), request.Value ?? ""), context.RequestAborted));
        api.Post<DeleteTag>("runs/delete-tag", (request, context) => runs.DeleteTagAsync(request.RunId.Required("run_id"), request.Key.Required("key"), context.RequestAborted));
        api.Post<LogInputs>("runs/log-inputs", (request, context) =>
            runs.LogInputsAsync(request.RunId.Required("run_id"), request.Datasets ?? [], request.Models ?? [], context.RequestAborted));
        api.Post<LogOutputs>("runs/outputs", (request, context) => runs.LogOutputsAsync(request.RunId.Required("run_id"), request.Models ?? [], context.RequestAborted));
        api.Post<LogModel>("runs/log-model", (request, context) => runs.LogModelAsync(request.RunId.Required("run_id"), request.ModelJson.Required("model_json"), context.RequestAborted));
    }
}

internal sealed record LogMetric(
    string? RunId = null, string? RunUuid = null, string? Key = null, double? Value = null, long? Timestamp = null, long? Step = null,
    string? ModelId = null, string? DatasetName = null, string? DatasetDigest = null)
{
    [System.Text.Json.Serialization.JsonIgnore]
    public Metric Metric => new(Key.Required("key"), Value.Required("value"), Timestamp.Required("timestamp"), Step ?? 0)
    {
        ModelId = ModelId,
        DatasetName = DatasetName,
        DatasetDigest = DatasetDigest,
    };
}

internal sealed record LogParam(string? RunId = null, string? RunUuid = null, string? Key = null, string? Value = null);

internal sealed record LogBatch(string? RunId = null, IReadOnlyList<Metric>? Metrics = null, IReadOnlyList<Param>? Params = null, IReadOnlyList<Tag>? Tags = null);

internal sealed record SetTag(string? RunId = null, string? RunUuid = null, string? Key = null, string? Value = null);

internal sealed record DeleteTag(string? RunId = null, string? Key = null);

internal sealed record LogInputs(string? RunId = null, IReadOnlyList<DatasetInput>? Datasets = null, IReadOnlyList<ModelInput>? Models = null);

internal sealed record LogOutputs(string? RunId = null, IReadOnlyList<ModelOutput>? Models = null);

internal sealed record LogModel(string? RunId = null, string? ModelJson = null);
