namespace Vigie.Server;

/// <summary>Where requests are counted: after it is known who asks and what for, before it is done.</summary>
internal static class RateLimits
{
    public static void AddRateLimits(this IServiceCollection services, ServerOptions options)
    {
        if (options.Redis.IsOn) services.AddRedis(options.Redis);
        services.AddSingleton(provider => new RateLimiter(
            options.RateLimit, options.Clock, provider.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>(), options.Redis.IsOn ? provider.GetRequiredService<RedisLink>() : null));
    }

    /// <summary>To stand after the check of callers, so that a key counts as itself. What that refuses does not count: wrong keys are slowed down there.</summary>
    public static void UseRateLimits(this WebApplication app)
    {
        RateLimiter limiter = app.Services.GetRequiredService<RateLimiter>();
        if (!limiter.IsOn) return;
        app.Use((context, next) =>
        {
            if (IsSpared(context.GetEndpoint())) return next(context);
            ValueTask<bool> admitted = limiter.AdmitAsync(context);
            return admitted is { IsCompletedSuccessfully: true, Result: true } ? next(context) : Wait(admitted, context, next);
        });
    }

    /// <summary>Counts an endpoint that anybody may call: it costs more than a file.</summary>
    public static TBuilder IsLimited<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(Limited.Instance);

    private static async Task Wait(ValueTask<bool> admitted, HttpContext context, RequestDelegate next)
    {
        if (await admitted) await next(context);
    }

    // Health, metrics and the files of the page: those who watch a server must see it while it refuses others.
    private static bool IsSpared(Endpoint? endpoint) =>
        endpoint?.Metadata.GetMetadata<Needed>() is { Scope: null or Scope.Metrics } && endpoint.Metadata.GetMetadata<Limited>() is null;

    private static void AddRedis(this IServiceCollection services, RedisOptions redis)
    {
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<RedisLink>(provider, redis));
        services.AddHostedService(provider => provider.GetRequiredService<RedisLink>());
    }

    private sealed class Limited
    {
        public static Limited Instance { get; } = new();
    }
}
