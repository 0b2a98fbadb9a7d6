using Microsoft.AspNetCore.Http.HttpResults;

namespace Vigie.Server;

/// <summary>GET /health, /health/live and /health/ready.</summary>
internal static class HealthEndpoints
{
    public static void MapHealth(this IEndpointRouteBuilder app)
    {
        RouteGroupBuilder health = app.MapGroup("/health").WithTags("Health").IsOpen();
        health.MapGet("", Health)
            .WithName("health").WithSummary("Tell how the server is, and which models it serves").ProducesProblems(503);
        health.MapGet("/live", () => TypedResults.Ok(new LivenessAnswer("live")))
            .WithName("live").WithSummary("Answer while the process runs").WithDescription("For a supervisor that restarts what no longer answers.");
        health.MapGet("/ready", Ready)
            .WithName("ready").WithSummary("Answer while predictions can be made").WithDescription("503 with the reason until the champion and every named model is loaded and warmed; a model that cannot be loaded later changes nothing, because the old one goes on.")
            .ProducesProblems(503);
    }

    private static Ok<HealthAnswer> Health(ModelHost host, Uptime uptime)
    {
        CheckReady(host);
        bool degraded = host.Parts.Any(part => part.Failure is not null && (part.IsNeeded || part.Model is not null));
        return TypedResults.Ok(new HealthAnswer(degraded ? "degraded" : "ok", ModelReference.Of(host.Duty.Champion), [.. host.Parts.Select(ModelStanding.Of)], uptime.Seconds));
    }

    private static Ok<LivenessAnswer> Ready(ModelHost host)
    {
        CheckReady(host);
        return TypedResults.Ok(new LivenessAnswer("ready"));
    }

    private static void CheckReady(ModelHost host)
    {
        if (host.Waiting is { } reason) throw RequestException.NotReady(reason);
    }
}

/// <summary>How the server is.</summary>
/// <param name="Status"><c>ok</c>; <c>degraded</c> while a source cannot be reached or its newest model not be loaded, and the model before it goes on.</param>
/// <param name="Model">The champion.</param>
/// <param name="Models">Every model that is to be on duty.</param>
/// <param name="UptimeSeconds">Since it was put together.</param>
internal sealed record HealthAnswer(string Status, ModelReference Model, IReadOnlyList<ModelStanding> Models, double UptimeSeconds);

/// <summary>That the server answers.</summary>
/// <param name="Status"><c>live</c> or <c>ready</c>.</param>
internal sealed record LivenessAnswer(string Status);

/// <summary>How long the server has run.</summary>
internal sealed class Uptime(TimeProvider clock)
{
    private readonly long start = clock.GetTimestamp();

    public double Seconds => Math.Round(clock.GetElapsedTime(start).TotalSeconds, 3);
}
