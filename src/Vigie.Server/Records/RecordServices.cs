namespace Vigie.Server;

/// <summary>Puts what keeps records into the server.</summary>
internal static class RecordServices
{
    public static void AddRecords(this IServiceCollection services, ServerOptions options)
    {
        services.AddSingleton(new AuthorHash(options.Secret));
        services.AddSingleton<RecordKeeper>();
        services.AddSingleton(provider => new Recorder(new PredictionIds(options.Clock, options.Secret, options.Process), provider.GetRequiredService<RecordKeeper>()));
        services.AddSingleton(provider => new Erasures(provider.GetRequiredService<Recorder>(), provider.GetRequiredService<ShadowQueue>(), options));
        services.AddSingleton(provider => new Corrections(provider.GetRequiredService<Recorder>(), options.Clock));
        if (!options.Records.Enabled) return;
        services.AddSingleton(provider => new Holdings(options.Records, provider.GetRequiredService<RecordKeeper>().OpenToRead));
        services.AddHostedService(provider => provider.GetRequiredService<RecordKeeper>());
        services.AddSingleton(provider => new ReviewRecords(provider.GetRequiredService<RecordKeeper>().OpenToRead, provider.GetRequiredService<AuthorHash>()));
        services.AddSingleton<TrialLedger>(provider => new TrialRecords(provider.GetRequiredService<RecordKeeper>().OpenToRead, options.Clock).CountAsync);
    }

    /// <summary>Shows how it stands with the records among the metrics.</summary>
    public static void UseRecords(this WebApplication app)
    {
        RecordKeeper keeper = app.Services.GetRequiredService<RecordKeeper>();
        if (!keeper.IsOn) return;
        ServerMetrics metrics = app.Services.GetRequiredService<ServerMetrics>();
        metrics.Show("vigie.records.written", "{record}", "Records that the journal has taken since the start", () => keeper.Written);
        metrics.Show("vigie.records.moved", "{record}", "Records that the database has taken since the start", () => keeper.Moved);
        metrics.Show("vigie.records.dropped", "{record}", "Predictions that were answered and not kept, because the disk took none and the memory for them was full", () => keeper.Dropped);
        metrics.Show("vigie.records.behind", "By", "Bytes of the journal that the database has not taken yet", () => keeper.BytesBehind);
        metrics.Show("vigie.records.in_memory", "By", "Bytes of predictions that wait in memory for the disk", () => keeper.BytesInMemory);
    }
}
