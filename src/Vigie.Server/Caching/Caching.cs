using System.Diagnostics.Metrics;

namespace Vigie.Server;

/// <summary>Puts the cache together.</summary>
internal static class Caching
{
    public static void AddCaching(this IServiceCollection services, ServerOptions options)
    {
        services.AddSingleton(provider => new ResultCache(
            options.Cache, provider.GetRequiredService<ModelHost>(), options.Clock, provider.GetRequiredService<IMeterFactory>(), provider.GetService<RedisLevel>()));
        if (!options.Redis.IsOn || options.Cache.Models == CacheUse.None) return;
        services.AddSingleton(provider => new RedisLevel(provider.GetRequiredService<RedisLink>(), options.Cache.Lifetime, options.Clock));
        services.AddSingleton(provider => new RedisForgetting(provider.GetRequiredService<RedisLevel>(), provider.GetRequiredService<ResultCache>(), options.Cache.Lifetime, options.Clock));
        services.AddSingleton<ISharedCopies>(provider => provider.GetRequiredService<RedisForgetting>());
        services.AddHostedService(provider => provider.GetRequiredService<RedisForgetting>());
    }

    /// <summary>Measures the models on duty, and has the cache know of replacements from the start.</summary>
    public static void UseCaching(this WebApplication app)
    {
        ResultCache cache = app.Services.GetRequiredService<ResultCache>();
        ModelHost host = app.Services.GetRequiredService<ModelHost>();
        if (host.DutyIfReady is { } duty) cache.UseOf(duty.Champion);
        app.Services.GetRequiredService<Recorder>().OnErase(erased =>
        {
            if (erased.AnyText) cache.ForgetAll();
            foreach (string text in erased.Texts) cache.Forget(CacheKey.Hash(text));
        });
    }
}

/// <summary>Which answers of a model are remembered.</summary>
/// <param name="Predictions">Whether those without explanation are.</param>
/// <param name="Explanations">Whether those with one are.</param>
/// <param name="PredictionMs">How long a prediction took when the model was loaded, in milliseconds.</param>
/// <param name="ExplanationMs">How long an explanation took, in milliseconds.</param>
internal sealed record CacheDescription(bool Predictions, bool Explanations, double PredictionMs, double ExplanationMs)
{
    public static CacheDescription Of(ResultCache cache, ServedModel model)
    {
        ModelUse use = cache.UseOf(model);
        return new CacheDescription(
            cache.Covers(model, explained: false), cache.Covers(model, explained: true), Math.Round(use.Predict.TotalMilliseconds, 4), Math.Round(use.Explain.TotalMilliseconds, 4));
    }
}
