using System.Data.Common;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.OpenApi;

namespace Vigie.Server;

/// <summary>GET /monitoring/summary and GET /monitoring/series.</summary>
internal static class MonitoringEndpoints
{
    public static void MapMonitoring(this IEndpointRouteBuilder app)
    {
        RouteGroupBuilder monitoring = app.MapGroup("/monitoring").WithTags("Monitoring").NeedsScope(Scope.Read);
        monitoring.MapGet("/summary", SummarizeAsync)
            .WithName("monitoringSummary")
            .WithSummary("Tell how the predictions of the last time were")
            .WithDescription("Requests, latencies, classes, confidence, unknown words, what corrections say and what accuracy is to be expected: over a window, which ends with the running minute, and always over the last 24 hours.")
            .ProducesProblems(400, 404, 429, 501, 503)
            .AddOpenApiOperationTransformer((operation, _, _) => Describe(operation, MonitoringQuery.OfSummary, MonitoringExamples.Summary));
        monitoring.MapGet("/series", ListAsync)
            .WithName("monitoringSeries")
            .WithSummary("Tell the same figures bucket by bucket")
            .WithDescription("Buckets of five minutes, hours, or a zone's days, the oldest first; each has the figures that the summary has.")
            .ProducesProblems(400, 404, 429, 501, 503)
            .AddOpenApiOperationTransformer((operation, _, _) => Describe(operation, MonitoringQuery.OfSeries, MonitoringExamples.Series));
    }

    private static async Task<Ok<MonitoringSummary>> SummarizeAsync(HttpContext context, ModelHost host, RecordKeeper records)
    {
        Reporting reporting = ReportingOf(context, records);
        TimeSpan window = MonitoringQuery.Window(context.Request.Query);
        string? model = MonitoringQuery.Digest(context.Request.Query, host);
        string? failure = await reporting.RefreshAsync(context.RequestAborted);
        return TypedResults.Ok(new MonitoringSummary
        {
            Model = model,
            Window = reporting.Last(window, model),
            LastDay = reporting.Last(TimeSpan.FromDays(1), model),
            Failure = failure,
        });
    }

    private static async Task<Ok<MonitoringSeries>> ListAsync(HttpContext context, ModelHost host, RecordKeeper records, ServerOptions options)
    {
        Reporting reporting = ReportingOf(context, records);
        DateTimeOffset[] bounds = MonitoringQuery.Buckets(context.Request.Query, options.Clock.GetUtcNow());
        string? model = MonitoringQuery.Digest(context.Request.Query, host);
        string? failure = await reporting.RefreshAsync(context.RequestAborted);
        try
        {
            return TypedResults.Ok(new MonitoringSeries { Model = model, Buckets = await Task.Run(() => reporting.Buckets(bounds, model), context.RequestAborted), Failure = failure });
        }
        catch (Exception away) when (away is DbException or IOException)
        {
            throw RequestException.NoFigures(away.Message);
        }
    }

    private static Reporting ReportingOf(HttpContext context, RecordKeeper records) => records.IsOn ? context.RequestServices.GetRequiredService<Reporting>() : throw RequestException.NoRecords();

    private static Task Describe(OpenApiOperation operation, IList<IOpenApiParameter> parameters, string example)
    {
        operation.Parameters = parameters;
        if (operation.Responses?["200"].Content?["application/json"] is { } answer) answer.Example = JsonNode.Parse(example);
        return Task.CompletedTask;
    }
}

/// <summary>How the predictions of the last time were.</summary>
internal sealed record MonitoringSummary
{
    /// <summary>Digest of the model that was asked for; absent where all are meant.</summary>
    public string? Model { get; init; }

    /// <summary>The window's whole minutes, and the running one.</summary>
    public required PeriodReport Window { get; init; }

    /// <summary>The same of the last 24 hours.</summary>
    public required PeriodReport LastDay { get; init; }

    /// <summary>Why the figures are older than they should be: the records cannot be read at present. Absent where they can.</summary>
    public string? Failure { get; init; }
}

/// <summary>Figures bucket by bucket.</summary>
internal sealed record MonitoringSeries
{
    /// <summary>Digest of the model that was asked for; absent where all are meant.</summary>
    public string? Model { get; init; }

    /// <summary>The buckets, the oldest first; those in which nothing happened are there too.</summary>
    public required IReadOnlyList<PeriodReport> Buckets { get; init; }

    /// <summary>Why the figures are older than they should be: the records cannot be read at present. Absent where they can.</summary>
    public string? Failure { get; init; }
}
