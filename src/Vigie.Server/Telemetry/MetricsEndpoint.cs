namespace Vigie.Server;

/// <summary>GET /metrics, as Prometheus reads it.</summary>
internal static class MetricsEndpoint
{
    public static void MapMetrics(this IEndpointRouteBuilder app)
    {
        // The exporter's own mapping takes every method and stands in no description.
        RequestDelegate scrape = app.CreateApplicationBuilder().UseOpenTelemetryPrometheusScrapingEndpoint(_ => true).Build();
        app.MapGet("/metrics", (Delegate)((HttpContext context) => scrape(context))) // a handler, since what is a bare delegate is not described
            .WithName("metrics")
            .WithTags("Health")
            .WithSummary("Tell the server's metrics")
            .WithDescription("In Prometheus' text format, or in OpenMetrics where Accept asks for it.")
            .Produces<string>(StatusCodes.Status200OK, "text/plain")
            .NeedsScope(Scope.Metrics);
    }
}
