using Microsoft.AspNetCore.Http.HttpResults;

namespace Vigie.Server;

/// <summary>GET /health, /health/live and /health/ready.</summary>
internal static class HealthEndpoints
{
    public static void MapHealth(this IEndpointRouteBuilder app)
    {
        RouteGroupBuilder health = app.MapGroup("/health").WithTags("Health").IsOpen();
        health.MapGet("", Health).WithName("health").WithSummary("Tell how the server is, and which model it serves");
        health.MapGet("/live", () => TypedResults.Ok(new LivenessAnswer("live")))
            .WithName("live").WithSummary("Answer while the process runs").WithDescription("For a supervisor that restarts what no longer answers.");
        health.MapGet("/ready", () => TypedResults.Ok(new LivenessAnswer("ready")))
            .WithName("ready").WithSummary("Answer while predictions can be made").WithDescription("The server listens only once its model is loaded, so it is ready as soon as it answers.");
    }

    private static Ok<HealthAnswer> Health(ModelHost host, Uptime uptime) =>
        TypedResults.Ok(new HealthAnswer("ok", ModelReference.Of(host.Duty.Champion), uptime.Seconds));
}

/// <summary>How the server is.</summary>
/// <param name="Status">Always <c>ok</c>: a server that is not does not answer.</param>
/// <param name="Model">The model it serves.</param>
/// <param name="UptimeSeconds">Since it was put together.</param>
internal sealed record HealthAnswer(string Status, ModelReference Model, double UptimeSeconds);

/// <summary>That the server answers.</summary>
/// <param name="Status"><c>live</c> or <c>ready</c>.</param>
internal sealed record LivenessAnswer(string Status);

/// <summary>How long the server has run.</summary>
internal sealed class Uptime(TimeProvider clock)
{
    private readonly long start = clock.GetTimestamp();

    public double Seconds => Math.Round(clock.GetElapsedTime(start).TotalSeconds, 3);
}
