using Vigie.Mlflow.Artifacts;
using Vigie.Mlflow.Client;
using Vigie.Mlflow.Import;

namespace Vigie.Mlflow.Tests.Import;

public sealed class MlrunsFolderTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("vigie-mlruns-").FullName;

    public static TheoryData<string> Kinds => TestDatabases.Kinds;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(root, recursive: true);

    private static Task<MlflowStore> OpenAsync(TestDatabase database) =>
        database.OpenStoreAsync(artifacts: new FolderArtifactStore(Path.Combine(database.Folder, "files")));

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Everything_is_taken_and_what_is_left_out_is_told(string kind)
    {
        await using TestDatabase database = await TestDatabases.CreateAsync(kind);
        await using MlflowStore store = await OpenAsync(database);

        ImportReport report = await new MlrunsFolder(SampleMlruns.Write(root)).ImportAsync(store, cancellation: Cancel);

        Assert.Equal((2, 4, 0, 1, 1, 2, 3), (report.Experiments, report.Runs, report.RunsThereAlready, report.LoggedModels, report.RegisteredModels, report.ModelVersions, report.Files));
        Assert.Equal("flavors: {}\n"u8.Length + "grüße"u8.Length + "weights"u8.Length, report.Bytes);
        await RunIsWholeAsync(store);
        await ModelsAreWholeAsync(store);
        await OthersAreWholeAsync(store);
        string told = string.Join('\n', report.Skipped);
        foreach (string part in (string[])["no-meta", "meta.yaml", "broken", "not a metric", "s3://bucket", "version-2"]) Assert.Contains(part, told, StringComparison.Ordinal);
        Assert.Equal(5, report.Skipped.Count);
    }

    private static async Task RunIsWholeAsync(MlflowStore store)
    {
        Run run = await store.Runs.GetAsync(SampleMlruns.Run, Cancel);
        Experiment experiment = await store.Experiments.GetByNameAsync("täglich: a", Cancel);
        Assert.Equal("two\nlines", experiment.Tags.Single().Value);
        Assert.Equal((experiment.ExperimentId, "brave-owl-7", "ann", RunStatus.Finished), (run.Info.ExperimentId, run.Info.RunName, run.Info.UserId, run.Info.Status));
        Assert.Equal((1700000004000, 1700000005000), (run.Info.StartTime, run.Info.EndTime));
        Assert.Equal([new Param("C", "1"), new Param("model/penalty", "l2")], run.Data.Params);
        Assert.Equal("abc", run.Data.Tags.Single(tag => tag.Key == "mlflow.source.git.commit").Value);
        Assert.Equal([0.9, 0.5, double.NaN], (await store.Runs.MetricHistoryAsync(SampleMlruns.Run, "loss", cancellation: Cancel)).Items.Select(metric => metric.Value));
        Assert.Equal(double.MinValue, run.Data.Metrics.Single(metric => metric.Key == "valid/f1").Value);
        DatasetInput input = run.Inputs!.DatasetInputs.Single();
        Assert.Equal(("tweets", "d1gest", "training"), (input.Dataset.Name, input.Dataset.Digest, input.Tags.Single().Value));
        Assert.Null(input.Dataset.Schema);
        Assert.Equal(new ModelOutput(SampleMlruns.Model, 2), run.Outputs!.ModelOutputs.Single());
        Assert.Equal("grüße", await ReadAsync(store, run.Info.ArtifactUri, "plots/größe.txt"));
    }

    private static async Task ModelsAreWholeAsync(MlflowStore store)
    {
        LoggedModel model = await store.LoggedModels.GetAsync(SampleMlruns.Model, cancellation: Cancel);
        Assert.Equal(("sentiment", LoggedModelStatus.Ready, SampleMlruns.Run), (model.Info.Name, model.Info.Status, model.Info.SourceRunId));
        Assert.Equal(("1", "linear"), (model.Data.Params.Single().Value, model.Info.Tags.Single().Value));
        Assert.Equal("weights", await ReadAsync(store, model.Info.ArtifactUri, "model.onnx"));

        RegisteredModel registered = await store.Registry.GetAsync("sentiment", Cancel);
        Assert.Equal(("of tweets", "a"), (registered.Description, registered.Tags.Single().Value));
        ModelVersion first = await store.Registry.GetVersionAsync("sentiment", "1", Cancel);
        Run run = await store.Runs.GetAsync(SampleMlruns.Run, Cancel);
        Assert.Equal((ModelStage.Archived, $"{run.Info.ArtifactUri}/model"), (first.CurrentStage, first.Source));
        ModelVersion best = await store.Registry.GetByAliasAsync("sentiment", "best", Cancel);
        Assert.Equal(("3", ModelStage.Production, $"models:/{SampleMlruns.Model}", "linear"), (best.Version, best.CurrentStage, best.Source, best.Tags.Single().Value));
        Assert.Equal("4", (await store.Registry.CreateVersionAsync("sentiment", $"models:/{SampleMlruns.Model}", SampleMlruns.Run, modelId: SampleMlruns.Model, cancellation: Cancel)).Version);
    }

    private static async Task OthersAreWholeAsync(MlflowStore store)
    {
        Run old = await store.Runs.GetAsync(SampleMlruns.OldRun, Cancel);
        Assert.Equal((RunStatus.Failed, 0.25, 0L), (old.Info.Status, old.Data.Metrics.Single().Value, old.Data.Metrics.Single().Step));
        Run deleted = await store.Runs.GetAsync(SampleMlruns.DeletedRun, Cancel);
        Assert.Equal((LifecycleStage.Deleted, RunStatus.Killed, "2"), (deleted.Info.LifecycleStage, deleted.Info.Status, deleted.Data.Params.Single().Value));
        Experiment trashed = (await store.Experiments.SearchAsync(new Search(), "DELETED_ONLY", Cancel)).Items.Single();
        Assert.Equal(("thrown away", trashed.ExperimentId), (trashed.Name, (await store.Runs.GetAsync(SampleMlruns.TrashedRun, Cancel)).Info.ExperimentId));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Again_adds_what_is_new_and_nothing_twice(string kind)
    {
        await using TestDatabase database = await TestDatabases.CreateAsync(kind);
        await using MlflowStore store = await OpenAsync(database);
        var folder = new MlrunsFolder(SampleMlruns.Write(root));
        await folder.ImportAsync(store, cancellation: Cancel);
        await store.Runs.SetTagAsync(SampleMlruns.Run, new Tag("mlflow.source.git.commit", "changed here"), Cancel);
        await store.Registry.TransitionStageAsync("sentiment", "3", ModelStage.Archived, archiveExisting: false, Cancel);
        string[] before = await DumpAsync(database);

        ImportReport again = await folder.ImportAsync(store, cancellation: Cancel);

        Assert.Equal((0, 0, 0, 0, 0, 0), (again.Experiments, again.Runs, again.LoggedModels, again.RegisteredModels, again.ModelVersions, again.Files));
        Assert.Equal(3, again.RunsThereAlready);
        Assert.Equal(before, await DumpAsync(database));

        await File.AppendAllTextAsync(Path.Combine(root, "137", SampleMlruns.Run, "metrics", "loss"), "1700000009000 0.1 3\n", Cancel);
        await File.WriteAllTextAsync(Path.Combine(root, "137", SampleMlruns.Run, "artifacts", "new.txt"), "new", Cancel);
        ImportReport more = await folder.ImportAsync(store, cancellation: Cancel);
        Assert.Equal(1, more.Files);
        Assert.Equal(4, (await store.Runs.MetricHistoryAsync(SampleMlruns.Run, "loss", cancellation: Cancel)).Items.Count);
    }

    [Fact]
    public async Task An_import_that_was_cut_off_anywhere_is_finished_by_the_next()
    {
        var folder = new MlrunsFolder(SampleMlruns.Write(root));
        await using TestDatabase whole = await TestDatabases.CreateAsync("sqlite");
        await using (MlflowStore store = await OpenAsync(whole)) await folder.ImportAsync(store, cancellation: Cancel);
        string[] expected = await DumpAsync(whole, ids: false);

        for (int cut = 1; cut <= 14; cut += 2)
        {
            await using TestDatabase database = await TestDatabases.CreateAsync("sqlite");
            await using MlflowStore store = await OpenAsync(database);
            using var stop = new CancellationTokenSource();
            int steps = 0;
            var progress = new Steps(() => { if (++steps == cut) stop.Cancel(); });
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => folder.ImportAsync(store, progress, stop.Token));

            await folder.ImportAsync(store, cancellation: Cancel);

            Assert.Equal(expected, await DumpAsync(database, ids: false));
        }
    }

    [Fact]
    public async Task Links_in_the_folder_are_not_followed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "making links needs a privilege there");
        SampleMlruns.Write(root);
        string secret = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        await File.WriteAllTextAsync(secret, "secret", Cancel);
        string artifacts = Path.Combine(root, "137", SampleMlruns.Run, "artifacts");
        File.CreateSymbolicLink(Path.Combine(artifacts, "passwd"), secret);
        Directory.CreateSymbolicLink(Path.Combine(artifacts, "circle"), artifacts);
        File.CreateSymbolicLink(Path.Combine(root, "137", SampleMlruns.Run, "params", "secret"), secret);
        await using TestDatabase database = await TestDatabases.CreateAsync("sqlite");
        await using MlflowStore store = await OpenAsync(database);

        ImportReport report = await new MlrunsFolder(root).ImportAsync(store, cancellation: Cancel);

        File.Delete(secret);
        Assert.Equal(3, report.Files);
        Assert.Equal(3, report.Skipped.Count(one => one.Why == "it is a link"));
        Assert.Equal(2, (await store.Runs.GetAsync(SampleMlruns.Run, Cancel)).Data.Params.Count);
    }

    [Fact]
    public void What_is_no_mlruns_folder_is_refused()
    {
        Assert.Throws<MlflowException>(() => new MlrunsFolder(Path.Combine(root, "missing")));
        Assert.Contains("no mlruns folder", Assert.Throws<MlflowException>(() => new MlrunsFolder(root)).Message, StringComparison.Ordinal);
    }

    private static async Task<string> ReadAsync(MlflowStore store, string address, string path)
    {
        await using ArtifactContent content = await store.Artifacts.OpenAsync(ArtifactPath.Parse($"{ArtifactAddress.PathOf(address)}/{path}"), cancellation: Cancel);
        using var reader = new StreamReader(content.Stream);
        return await reader.ReadToEndAsync(Cancel);
    }

    /// <summary>Every row of every table, but for times that say when something was written, and the database's own numbers where asked.</summary>
    private static async Task<string[]> DumpAsync(TestDatabase database, bool ids = true)
    {
        bool Counts(string column) => !column.EndsWith("_time", StringComparison.Ordinal) && (ids || column is not ("id" or "run" or "key_id" or "dataset_id"));
        string[] tables = ["experiments", "experiment_tags", "runs", "metric_keys", "metrics", "latest_metrics", "params", "tags", "datasets", "run_datasets", "run_dataset_tags", "run_models",
            "logged_models", "logged_model_params", "logged_model_tags", "logged_model_metrics", "registered_models", "registered_model_tags", "model_versions", "model_version_tags", "model_aliases"];
        await using Database opened = await database.OpenAsync();
        var rows = new List<string>();
        foreach (string table in tables)
        {
            rows.AddRange(await opened.ReadAsync(async session => (await session.QueryAsync(
                $"SELECT * FROM {table}",
                reader => $"{table}: " + string.Join(" | ", Enumerable.Range(0, reader.FieldCount).Where(i => Counts(reader.GetName(i))).Select(i => $"{reader.GetName(i)}={reader.GetValue(i)}")))).Order(StringComparer.Ordinal), Cancel));
        }

        return [.. rows];
    }

    private sealed class Steps(Action step) : IProgress<ImportProgress>
    {
        public void Report(ImportProgress value) => step();
    }
}
