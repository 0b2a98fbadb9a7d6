using Microsoft.AspNetCore.Routing;

namespace Vigie.Mlflow.Server;

/// <summary><c>metrics/…</c>: how metrics went over time.</summary>
internal static class MetricEndpoints
{
    /// <summary>Runs of one question for several.</summary>
    private const int MostRuns = 100;

    /// <summary>Points of all runs together, where the question names no number; also the most.</summary>
    private const int MostPoints = 25_000;

    /// <summary>Points of each run in a curve, where the question names no number.</summary>
    private const int UsualCurvePoints = 320;

    /// <summary>Most points of each run in a curve.</summary>
    private const int MostCurvePoints = 2500;

    public static void MapMetrics(this RouteGroupBuilder api, MlflowServices mlflow)
    {
        Runs runs = mlflow.Store.Runs;
        api.Get<GetMetricHistory, MetricsAnswer>("metrics/get-history", async (request, context) =>
        {
            string run = (request.RunId ?? request.RunUuid).Required("run_id");
            int? most = request.MaxResults is { } number ? (int)Between(number, 1, int.MaxValue) : null;
            Page<Metric> page = await runs.MetricHistoryAsync(run, request.MetricKey.Required("metric_key"), most, Requests.Given(request.PageToken), context.RequestAborted);
            return new(page.Items, page.NextPageToken);
        });
        api.Get<GetMetricHistoryBulk, MetricsAnswer>("metrics/get-history-bulk", async (request, context) =>
        {
            IReadOnlyList<string> ids = Several(request.RunId, "run_id");
            int most = (int)Math.Min(Between(request.MaxResults ?? MostPoints, 1, long.MaxValue), MostPoints);
            return new(await runs.MetricHistoryAsync(ids, request.MetricKey.Required("metric_key"), most, context.RequestAborted));
        });
        api.Get<GetMetricHistoryBulkInterval, MetricsAnswer>("metrics/get-history-bulk-interval", async (request, context) =>
        {
            IReadOnlyList<string> ids = Several(request.RunIds, "run_ids");
            string key = request.MetricKey.Required("metric_key");
            int most = (int)Between(request.MaxResults ?? UsualCurvePoints, 1, MostCurvePoints);
            if (request.StartStep is null != request.EndStep is null) throw MlflowException.Invalid("start_step and end_step go together: give both or neither");
            if (request.StartStep > request.EndStep) throw MlflowException.Invalid($"start_step is {request.StartStep}, after end_step {request.EndStep}");
            return new(await runs.MetricHistorySampledAsync(ids, key, request.StartStep, request.EndStep, most, context.RequestAborted));
        });
    }

    private static IReadOnlyList<string> Several(IReadOnlyList<string>? ids, string field) => ids is not { Count: > 0 }
        ? throw Requests.Missing(field)
        : ids.Count <= MostRuns ? ids : throw MlflowException.Invalid($"{field} names {ids.Count} runs; at most {MostRuns} can be asked for at once");

    private static long Between(long number, long least, long most) =>
        number >= least && number <= most ? number : throw MlflowException.Invalid($"Invalid value for parameter 'max_results': {number}; expected {least} to {most}");
}

internal sealed record GetMetricHistory(string? RunId = null, string? RunUuid = null, string? MetricKey = null, long? MaxResults = null, string? PageToken = null);

internal sealed record GetMetricHistoryBulk(IReadOnlyList<string>? RunId = null, string? MetricKey = null, long? MaxResults = null);

internal sealed record GetMetricHistoryBulkInterval(
    IReadOnlyList<string>? RunIds = null, string? MetricKey = null, long? StartStep = null, long? EndStep = null, long? MaxResults = null);

internal sealed record MetricsAnswer(IReadOnlyList<Metric> Metrics, string? NextPageToken = null);
