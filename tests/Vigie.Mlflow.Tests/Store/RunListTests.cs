namespace Vigie.Mlflow.Tests;

/// <summary>What the pages ask a store beside what MLflow's clients do.</summary>
public sealed class RunListTests
{
    public static TheoryData<string> Kinds => TestDatabases.Kinds;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_list_keeps_the_places_of_its_runs_and_reads_them_as_they_are(string kind)
    {
        await using TestDatabase database = await TestDatabases.CreateAsync(kind);
        await using MlflowStore store = await database.OpenStoreAsync();
        string[] ids = [.. await Task.WhenAll(Enumerable.Range(0, 5).Select(async i => (await store.Runs.CreateAsync("0", $"run {i}", startTime: 1000 + i, cancellation: Cancel)).Info.RunId))];
        RunList list = await store.Runs.ListAsync(["0"], new Search(), cancellation: Cancel);
        await store.Runs.CreateAsync("0", "later", startTime: 9000, cancellation: Cancel);
        await store.Runs.UpdateAsync(ids[4], RunStatus.Finished, 5000, cancellation: Cancel);
        await store.Runs.DeleteAsync(ids[3], Cancel);

        IReadOnlyList<Run> read = await list.ReadAsync(0, 3, Cancel);

        Assert.Equal(5, list.Count);
        Assert.Equal([(ids[4], "FINISHED", "active"), (ids[3], "RUNNING", "deleted"), (ids[2], "RUNNING", "active")], read.Select(run => (run.Info.RunId, run.Info.Status, run.Info.LifecycleStage)));
        Assert.Equal([ids[0]], (await list.ReadAsync(4, 100, Cancel)).Select(run => run.Info.RunId));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => list.ReadAsync(-1, 1, Cancel));
        MlflowException wrong = await Assert.ThrowsAsync<MlflowException>(() => store.Runs.ListAsync(["0"], new Search { Filter = "metrics.f1 >" }, cancellation: Cancel));
        Assert.Contains("at character", wrong.Message, StringComparison.Ordinal);
        Assert.Equal(0, (await store.Runs.ListAsync([], new Search(), cancellation: Cancel)).Count);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Active_runs_are_counted_by_experiment(string kind)
    {
        await using TestDatabase database = await TestDatabases.CreateAsync(kind);
        await using MlflowStore store = await database.OpenStoreAsync();
        string two = await store.Experiments.CreateAsync("two", cancellation: Cancel);
        await store.Runs.CreateAsync("0", cancellation: Cancel);
        await store.Runs.CreateAsync(two, cancellation: Cancel);
        await store.Runs.DeleteAsync((await store.Runs.CreateAsync(two, cancellation: Cancel)).Info.RunId, Cancel);
        await store.Runs.CreateAsync(two, cancellation: Cancel);
        await store.Experiments.CreateAsync("none", cancellation: Cancel);

        Assert.Equal([("0", 1L), (two, 2L)], (await store.Experiments.CountRunsAsync(Cancel)).OrderBy(pair => pair.Key).Select(pair => (pair.Key, pair.Value)));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_metric_has_a_curve_once_it_has_two_values(string kind)
    {
        await using TestDatabase database = await TestDatabases.CreateAsync(kind);
        await using MlflowStore store = await database.OpenStoreAsync();
        string one = (await store.Runs.CreateAsync("0", cancellation: Cancel)).Info.RunId, other = (await store.Runs.CreateAsync("0", cancellation: Cancel)).Info.RunId;
        await store.Runs.LogBatchAsync(one, [new Metric("loss", 2, 1, 1), new Metric("loss", 1, 2, 2), new Metric("f1", 0.5, 2), new Metric("without steps", 1, 1), new Metric("without steps", 1, 2)], [], [], Cancel);
        await store.Runs.LogBatchAsync(other, [new Metric("f1", 0.5, 2), new Metric("f1", 0.5, 2), new Metric("val_loss", 1, 1, 7), new Metric("val_loss", double.NaN, 2, 8)], [], [], Cancel);

        Assert.Equal(["loss", "without steps"], await store.Runs.CurvesAsync([one], Cancel));
        Assert.Equal(["loss", "val_loss", "without steps"], await store.Runs.CurvesAsync([one, other, "nobody"], Cancel));
        Assert.Empty(await store.Runs.CurvesAsync([], Cancel));
    }

    [Fact]
    public async Task A_run_s_files_are_found_in_the_store_or_refused_without_secrets()
    {
        await using TestDatabase database = await TestDatabases.CreateAsync("sqlite");
        var files = new Vigie.Mlflow.Artifacts.FolderArtifactStore(Path.Combine(database.Folder, "artifacts"));
        await using MlflowStore store = await database.OpenStoreAsync(artifacts: files);

        Assert.Equal("0/abc/artifacts", store.Locate("mlflow-artifacts:/0/abc/artifacts").Value);
        Assert.Equal("1/x", store.Locate(new Uri(Path.Combine(files.Root, "1", "x")).AbsoluteUri).Value);
        foreach (string elsewhere in (string[])["s3://key:secret@bucket/1", "file:///etc", "/etc", "mlflow-artifacts://host/1", "mlflow-artifacts:/../../etc"])
        {
            MlflowException refused = Assert.Throws<MlflowException>(() => store.Locate(elsewhere));
            Assert.DoesNotContain("secret", refused.Message, StringComparison.Ordinal);
        }
    }
}
