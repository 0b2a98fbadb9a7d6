using System.Diagnostics.Metrics;

namespace Vigie.Server;

/// <summary>Puts what watches, alerts and tells into the server. There is none of it where no records are kept: they are what is watched.</summary>
internal static class AlertServices
{
    /// <summary>To come after the records and the figures.</summary>
    public static void AddAlerts(this IServiceCollection services, ServerOptions options)
    {
        if (!options.Records.Enabled || !options.Alerts.Enabled) return;
        services.AddSingleton(RuleBook.Of(options));
        services.AddSingleton(_ => new RulePreview(options));
        services.AddSingleton(provider => new AlertFigures(provider.GetRequiredService<FigureHistory>(), provider.GetRequiredService<RecordKeeper>().OpenToRead, options.Clock));
        services.AddSingleton<AlertKeeper>();
        services.AddSingleton(provider => new AlertTweets(provider.GetRequiredService<RecordKeeper>().OpenToRead, provider.GetRequiredService<ModelHost>()));
        services.AddSingleton(provider => new AlertDesk(provider.GetRequiredService<AlertKeeper>(), provider.GetRequiredService<AlertTweets>(), provider.GetRequiredService<Recorder>(), options.Clock));
        services.AddSingleton(provider => new AlertOutbox(provider.GetRequiredService<AlertKeeper>(), provider.GetRequiredService<AlertTweets>(), options.Clock));
        services.AddSingleton(provider => new AlertChannels(options.Alerts, options.Clock, provider.GetRequiredService<ILogger<AlertChannels>>()));
        services.AddSingleton(provider =>
        {
            AlertKeeper keeper = provider.GetRequiredService<AlertKeeper>();
            var sender = new NoticeSender(
                provider.GetRequiredService<AlertOutbox>(), provider.GetRequiredService<AlertChannels>().All, options.Alerts.PerMinute, keeper.Tell, options.Clock, provider.GetRequiredService<ILogger<NoticeSender>>());
            keeper.Sends = sender.Wake;
            return sender;
        });
        services.AddHostedService(provider => provider.GetRequiredService<AlertKeeper>());
        services.AddHostedService(provider => provider.GetRequiredService<NoticeSender>());
    }

    /// <summary>Shows alerts and deliveries among the metrics.</summary>
    public static void UseAlerts(this WebApplication app)
    {
        if (app.Services.GetService<AlertKeeper>() is not { } keeper) return;
        NoticeSender sender = app.Services.GetRequiredService<NoticeSender>();
        ServerMetrics metrics = app.Services.GetRequiredService<ServerMetrics>();
        metrics.Show("vigie.alerts.open", "Alerts that last, by severity", () => Open(keeper));
        metrics.Show("vigie.alerts.delivered", "{message}", "Messages about alerts that receivers have taken since the start", () => sender.Delivered);
        metrics.Show("vigie.alerts.refused", "{message}", "Attempts to deliver a message that failed since the start", () => sender.Failed);
    }

    // Asked for whenever metrics are read; a database that is away has no figures.
    private static IEnumerable<Measurement<int>> Open(AlertKeeper keeper)
    {
        IReadOnlyDictionary<AlertSeverity, long> going = keeper.Going();
        return Enum.GetValues<AlertSeverity>().Select(severity => new Measurement<int>((int)going.GetValueOrDefault(severity), new KeyValuePair<string, object?>("severity", severity.ToString().ToLowerInvariant())));
    }
}
