using Vigie.Mlflow.Artifacts;
using Vigie.Mlflow.Client;
using Vigie.Mlflow.Import;
using Vigie.Mlflow.Tests.Client;

namespace Vigie.Mlflow.Tests.Import;

public sealed class ServerImportTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_a_server_has_is_taken_once()
    {
        await using TrackingServer server = await TrackingServer.StartAsync();
        string mlruns = SampleMlruns.Write(Path.Combine(server.Folder, "mlruns"));
        ImportReport filled = await new MlrunsFolder(mlruns).ImportAsync(server.Store, cancellation: Cancel);
        await using TestDatabase database = await TestDatabases.CreateAsync("sqlite");
        await using MlflowStore store = await database.OpenStoreAsync(artifacts: new FolderArtifactStore(Path.Combine(database.Folder, "files")));
        var import = new ServerImport(server.Client);

        ImportReport report = await import.ImportAsync(store, cancellation: Cancel);

        Assert.Empty(report.Skipped);
        Assert.Equal(filled with { Skipped = report.Skipped }, report);
        Run there = await server.Store.Runs.GetAsync(SampleMlruns.Run, Cancel), here = await store.Runs.GetAsync(SampleMlruns.Run, Cancel);
        Assert.Equal(there.Data.Metrics, here.Data.Metrics);
        Assert.Equal(there.Data.Params, here.Data.Params);
        Assert.Equal(there.Data.Tags, here.Data.Tags);
        Assert.Equal((there.Info.Status, there.Info.StartTime, there.Info.EndTime, there.Info.UserId), (here.Info.Status, here.Info.StartTime, here.Info.EndTime, here.Info.UserId));
        Assert.Equal(there.Outputs!.ModelOutputs, here.Outputs!.ModelOutputs);
        Assert.Equal(3, (await store.Runs.MetricHistoryAsync(SampleMlruns.Run, "loss", cancellation: Cancel)).Items.Count);
        ModelVersion best = await store.Registry.GetByAliasAsync("sentiment", "best", Cancel);
        Assert.Equal(("3", ModelStage.Production, $"models:/{SampleMlruns.Model}"), (best.Version, best.CurrentStage, best.Source));
        await using (ArtifactContent file = await store.Artifacts.OpenAsync(ArtifactPath.Parse($"{ArtifactAddress.PathOf(here.Info.ArtifactUri)}/plots/größe.txt"), cancellation: Cancel))
        using (var reader = new StreamReader(file.Stream)) Assert.Equal("grüße", await reader.ReadToEndAsync(Cancel));

        ImportReport again = await import.ImportAsync(store, cancellation: Cancel);
        Assert.Equal((0, 0, 0, 0, 0, 0), (again.Experiments, again.Runs, again.LoggedModels, again.RegisteredModels, again.ModelVersions, again.Files));
    }

    [Fact]
    public async Task A_server_that_is_away_ends_the_import()
    {
        await using TrackingServer server = await TrackingServer.StartAsync();
        await server.StopAsync();
        await using TestDatabase database = await TestDatabases.CreateAsync("sqlite");
        await using MlflowStore store = await database.OpenStoreAsync();

        MlflowException away = await Assert.ThrowsAsync<MlflowException>(() => new ServerImport(server.Client).ImportAsync(store, cancellation: Cancel));

        Assert.Equal(ErrorCode.TemporarilyUnavailable, away.Code);
    }
}
