namespace Vigie.Server;

/// <summary>Puts what concerns models into the server.</summary>
public static class ModelServices
{
    /// <summary>The model that answers at present, and why there is none where there is none.</summary>
    /// <param name="app">What <see cref="VigieServer"/> made.</param>
    public static (ServedModel? Champion, string? Waiting) OnDuty(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        ModelHost host = app.Services.GetRequiredService<ModelHost>();
        return (host.DutyIfReady?.Champion, host.Waiting);
    }

    internal static void AddModels(this IServiceCollection services, ServerOptions options, ModelHost host, ModelSources? sources)
    {
        services.AddSingleton(host);
        services.AddSingleton(new RequestBatchers(options.Models));
        services.AddSingleton(new Trials(sources is null ? null : Path.Combine(options.Models.State, "trial.json"), options.Clock));
        services.AddSingleton<ShadowQueue>();
        services.AddHostedService(provider => provider.GetRequiredService<ShadowQueue>());
        if (sources is null) return;
        services.AddSingleton(provider => new ModelWatch(sources, options, host, provider.GetRequiredService<Trials>(), provider.GetRequiredService<ResultCache>(), provider.GetRequiredService<ILogger<ModelWatch>>()));
        services.AddHostedService(provider => provider.GetRequiredService<ModelWatch>());
    }

    /// <summary>Waits until every source was asked once. The server listens meanwhile: it is alive, and not ready.</summary>
    internal static async Task FirstModelsAsync(this WebApplication app, CancellationToken cancellation)
    {
        if (app.Services.GetService<ModelWatch>() is not { } watch) return;
        try
        {
            await watch.First.WaitAsync(cancellation);
        }
        catch (InvalidInputException)
        {
            await app.StopAsync(CancellationToken.None); // bounded by the server's own grace
            throw;
        }
    }
}
