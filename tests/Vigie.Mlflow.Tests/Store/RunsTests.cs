namespace Vigie.Mlflow.Tests;

public sealed class RunsTests
{
    public static TheoryData<string> Kinds => TestDatabases.Kinds;

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_run_gives_back_what_was_logged(string kind)
    {
        await using TestDatabase database = await TestDatabases.CreateAsync(kind);
        await using MlflowStore store = await database.OpenStoreAsync();
        Run run = await store.Runs.CreateAsync("0", "first", "ann", 17, [new Tag("b", "2"), new Tag("a", "1")]);

        await store.Runs.LogBatchAsync(
            run.Info.RunId,
            [new Metric("f1", 0.5, 10, 1), new Metric("f1", 0.7, 11, 2), new Metric("loss", double.NaN, 5), new Metric("up", double.PositiveInfinity, 5)],
            [new Param("C", "1")], [new Tag("c", "é")]);
        await store.Runs.LogMetricAsync(run.Info.RunId, new Metric("f1", 0.1, 99, 0)); // an earlier step that comes later

        Run found = await store.Runs.GetAsync(run.Info.RunId);
        Assert.Equal([new Metric("f1", 0.7, 11, 2), new Metric("loss", double.NaN, 5), new Metric("up", double.MaxValue, 5)], found.Data.Metrics);
        Assert.Equal([new Param("C", "1")], found.Data.Params);
        Assert.Equal([new Tag("a", "1"), new Tag("b", "2"), new Tag("c", "é"), new Tag("mlflow.runName", "first")], found.Data.Tags);
        Assert.Equal(run.Info, found.Info);
        Assert.Equal($"mlflow-artifacts:/0/{run.Info.RunId}/artifacts", found.Info.ArtifactUri);
        Assert.Equal([0.7, 0.5, 0.1], (await store.Runs.MetricHistoryAsync(run.Info.RunId, "f1")).Items.Select(metric => metric.Value).OrderDescending());
    }
}
