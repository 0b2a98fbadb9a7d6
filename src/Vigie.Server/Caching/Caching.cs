using System.Diagnostics.Metrics;

namespace Vigie.Server;

/// <summary>Puts the cache together.</summary>
internal static class Caching
{
    public static void AddCaching(this IServiceCollection services, ServerOptions options) => services.AddSingleton(provider => new ResultCache(
        options.Cache, provider.GetRequiredService<ModelHost>(), options.Clock, provider.GetRequiredService<IMeterFactory>(), options.Redis.IsOn ? provider.GetRequiredService<RedisLink>() : null));

    /// <summary>Measures the models on duty, and has the cache know of replacements from the start.</summary>
    public static void UseCaching(this WebApplication app)
    {
        ResultCache cache = app.Services.GetRequiredService<ResultCache>();
        ModelHost host = app.Services.GetRequiredService<ModelHost>();
        if (host.DutyIfReady is { } duty) cache.UseOf(duty.Champion);
        app.Services.GetRequiredService<Recorder>().OnErase(erased => ForgetAsync(cache, erased).GetAwaiter().GetResult()); // on the records' own thread
    }

    /// <summary>Forgets what is being erased from the records.</summary>
    /// <exception cref="IOException">Redis did not answer; the records come again.</exception>
    private static async Task ForgetAsync(ResultCache cache, Erased erased)
    {
        bool done = !erased.AnyText || await cache.ForgetAllAsync();
        foreach (string text in erased.Texts) done &= await cache.ForgetAsync(text);
        if (!done) throw new IOException("Redis does not answer, and may hold outcomes of the texts that are to be erased");
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
