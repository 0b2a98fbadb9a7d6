namespace Vigie.Server;

/// <summary>Puts what keeps records into the server.</summary>
internal static class RecordServices
{
    public static void AddRecords(this IServiceCollection services, ServerOptions options)
    {
        services.AddSingleton(new AuthorHash(options.Secret));
        services.AddSingleton<RecordKeeper>();
        services.AddSingleton(provider => new Recorder(new PredictionIds(options.Clock, options.Secret, options.Process), provider.GetRequiredService<RecordKeeper>()));
        if (!options.Records.Enabled) return;
        services.AddHostedService(provider => provider.GetRequiredService<RecordKeeper>());
        services.AddSingleton<TrialLedger>(provider => new TrialRecords(provider.GetRequiredService<RecordKeeper>().Database).CountAsync);
    }
}
