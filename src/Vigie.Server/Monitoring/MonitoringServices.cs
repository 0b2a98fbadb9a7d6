namespace Vigie.Server;

/// <summary>Puts what watches the predictions into the server. It looks at the records, and there is none of it where none are kept.</summary>
internal static class MonitoringServices
{
    /// <summary>To come after the records: what stops does so in the opposite order, and counts of requests are still to be handed over.</summary>
    public static void AddMonitoring(this IServiceCollection services, ServerOptions options)
    {
        if (!options.Records.Enabled) return;
        services.AddSingleton(provider => new TrafficCount(provider.GetRequiredService<Recorder>(), provider.GetRequiredService<RecordKeeper>(), options.Clock));
        services.AddHostedService(provider => provider.GetRequiredService<TrafficCount>());
        services.AddSingleton(provider => new FigureHistory(provider.GetRequiredService<RecordKeeper>().OpenToRead, options.Clock, TimeSpan.FromDays(options.Records.RetentionDays)));
        services.AddSingleton<IFigures>(provider => provider.GetRequiredService<FigureHistory>());
        services.AddHostedService(provider => new FigureRefresh(provider.GetRequiredService<FigureHistory>(), options.Clock, provider.GetRequiredService<ILogger<FigureRefresh>>()));
        services.AddSingleton<HeldOutFigures>();
        services.AddSingleton(provider => new Reporting(provider.GetRequiredService<FigureHistory>(), provider.GetRequiredService<HeldOutFigures>(), provider.GetRequiredService<RecordKeeper>(), options.Clock));
    }

    /// <summary>Shows figures among the metrics.</summary>
    public static void UseMonitoring(this WebApplication app)
    {
        if (app.Services.GetService<FigureHistory>() is not { } history) return;
        var gauges = new FigureGauges(history, app.Services.GetRequiredService<HeldOutFigures>(), app.Services.GetRequiredService<ModelHost>(), app.Services.GetRequiredService<ServerOptions>().Clock);
        gauges.Show(app.Services.GetRequiredService<ServerMetrics>());
    }
}
