using Microsoft.AspNetCore.Http.HttpResults;

namespace Vigie.Server;

/// <summary>GET /health, /health/live and /health/ready.</summary>
internal static class HealthEndpoints
{
    public static void MapHealth(this IEndpointRouteBuilder app)
    {
        RouteGroupBuilder health = app.MapGroup("/health").WithTags("Health").IsOpen();
        health.MapGet("", Health)
            .WithName("health").WithSummary("Tell how the server is, and which models it serves")
            .WithDescription("Anybody is told the status and which parts are degraded. Models, sources and reasons are told to callers with the scope read, and to everybody where callers are not asked who they are.")
            .ProducesProblems(503).WithMetadata(new TellsMore(Scope.Read));
        health.MapGet("/live", () => TypedResults.Ok(new LivenessAnswer("live")))
            .WithName("live").WithSummary("Answer while the process runs").WithDescription("For a supervisor that restarts what no longer answers.");
        health.MapGet("/ready", Ready)
            .WithName("ready").WithSummary("Answer while predictions can be made").WithDescription("503 with the reason until the champion and every named model is loaded and warmed; a model that cannot be loaded later changes nothing, because the old one goes on.")
            .ProducesProblems(503).WithMetadata(new TellsMore(Scope.Read));
        ServerHealth standing = app.ServiceProvider.GetRequiredService<ServerHealth>();
        app.ServiceProvider.GetRequiredService<ServerMetrics>().Show("vigie.health.degraded", "1 while a part does not do what it should, though the server answers", standing.Measure);
    }

    public static void AddHealth(this IServiceCollection services, ServerOptions options)
    {
        services.AddSingleton(new Uptime(options.Clock));
        services.AddSingleton(provider => new ServerHealth(provider.GetRequiredService<ModelHost>(), provider.GetRequiredService<RecordKeeper>(), provider.GetService<AlertKeeper>(), options.Redis, provider.GetService<RedisLink>()));
    }

    private static Ok<HealthAnswer> Health(HttpContext context, ModelHost host, ServerHealth standing, Uptime uptime)
    {
        bool all = TellsMore.To(context);
        CheckReady(host, all);
        DegradedPart[] degraded = [.. standing.Degraded];
        string status = degraded.Length > 0 ? "degraded" : "ok";
        if (!all) degraded = [.. degraded.Select(part => part with { Reason = null }).Distinct()];
        return TypedResults.Ok(new HealthAnswer(status, uptime.Seconds)
        {
            Degraded = degraded.Length > 0 ? degraded : null,
            Model = all ? ModelReference.Of(host.Duty.Champion) : null,
            Models = all ? [.. host.Parts.Select(ModelStanding.Of)] : null,
        });
    }

    private static Ok<LivenessAnswer> Ready(HttpContext context, ModelHost host)
    {
        CheckReady(host, TellsMore.To(context));
        return TypedResults.Ok(new LivenessAnswer("ready"));
    }

    // Reasons name sources, folders and addresses.
    private static void CheckReady(ModelHost host, bool all)
    {
        if (host.Waiting is { } reason) throw RequestException.NotReady(all ? reason : "a model is not loaded yet; the reason is told to callers with the scope read");
    }
}

/// <summary>How the server is.</summary>
/// <param name="Status"><c>ok</c>; <c>degraded</c> while it answers and some part does not do what it should.</param>
/// <param name="UptimeSeconds">Since it was put together.</param>
internal sealed record HealthAnswer(string Status, double UptimeSeconds)
{
    /// <summary>What is degraded; absent where nothing is.</summary>
    public IReadOnlyList<DegradedPart>? Degraded { get; init; }

    /// <summary>The champion. For callers with the scope read.</summary>
    public ModelReference? Model { get; init; }

    /// <summary>Every model that is to be on duty. For callers with the scope read.</summary>
    public IReadOnlyList<ModelStanding>? Models { get; init; }
}

/// <summary>A part that does not do what it should, while the server answers.</summary>
/// <param name="Part"><c>model</c>: a source cannot be reached or its newest model not be loaded, and the model before it goes on. <c>records</c>: journal or database cannot be written. <c>redis</c>: it does not answer.</param>
/// <param name="Reason">Why. For callers with the scope read.</param>
internal sealed record DegradedPart(string Part, string? Reason);

/// <summary>That the server answers.</summary>
/// <param name="Status"><c>live</c> or <c>ready</c>.</param>
internal sealed record LivenessAnswer(string Status);

/// <summary>How long the server has run.</summary>
internal sealed class Uptime(TimeProvider clock)
{
    private readonly long start = clock.GetTimestamp();

    public double Seconds => Math.Round(clock.GetElapsedTime(start).TotalSeconds, 3);
}
