using Microsoft.Extensions.Time.Testing;

namespace Vigie.Mlflow.Tests;

public sealed class LoggedModelsTests
{
    public static TheoryData<string> Kinds => TestDatabases.Kinds;

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_model_gives_back_what_was_logged_of_it(string kind)
    {
        await using TestDatabase database = await TestDatabases.CreateAsync(kind);
        var clock = new FakeTimeProvider(DateTimeOffset.FromUnixTimeMilliseconds(10));
        await using MlflowStore store = await database.OpenStoreAsync(clock);
        string run = (await store.Runs.CreateAsync("0")).Info.RunId;
        LoggedModel made = await store.LoggedModels.CreateAsync("0", "best", "Classifier", run, [new Param("C", "1")], [new Tag("a", "1")]);
        string id = made.Info.ModelId;
        Assert.Matches("^m-[0-9a-f]{32}$", id);
        Assert.Equal(LoggedModelStatus.Pending, made.Info.Status);

        clock.Advance(TimeSpan.FromMilliseconds(5));
        await store.LoggedModels.SetTagsAsync(id, [new Tag("a", "2"), new Tag("b", "3")]);
        await store.LoggedModels.DeleteTagAsync(id, "b");
        await store.LoggedModels.LogParamsAsync(id, [new Param("C", "1"), new Param("D", "2")]);
        Metric metric = new("f1", 0.8, 7, 2) { ModelId = id, DatasetName = "test", DatasetDigest = "d" };
        await store.Runs.LogBatchAsync(run, [metric, metric with { Value = double.NaN, DatasetName = null, DatasetDigest = null }], [], []);
        LoggedModel found = await store.LoggedModels.FinalizeAsync(id, LoggedModelStatus.Ready);

        Assert.Equal(
            new LoggedModelInfo
            {
                ModelId = id,
                ExperimentId = "0",
                Name = "best",
                CreationTimestampMs = 10,
                LastUpdatedTimestampMs = 15,
                ArtifactUri = $"mlflow-artifacts:/0/models/{id}/artifacts",
                Status = LoggedModelStatus.Ready,
                ModelType = "Classifier",
                SourceRunId = run,
                Tags = found.Info.Tags,
            },
            found.Info);
        Assert.Equal([new Tag("a", "2")], found.Info.Tags);
        Assert.Equal([new Param("C", "1"), new Param("D", "2")], found.Data.Params);
        Assert.Equal([metric with { RunId = run }, new Metric("f1", double.NaN, 7, 2) { ModelId = id, RunId = run }], found.Data.Metrics.OrderByDescending(m => m.DatasetName));
        Assert.Equal(0.8, Assert.Single((await store.Runs.GetAsync(run)).Data.Metrics).Value);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_deleted_model_is_gone_and_what_is_not_allowed_is_refused(string kind)
    {
        await using TestDatabase database = await TestDatabases.CreateAsync(kind);
        await using MlflowStore store = await database.OpenStoreAsync();
        string id = (await store.LoggedModels.CreateAsync("0", parameters: [new Param("C", "1")])).Info.ModelId;
        string run = (await store.Runs.CreateAsync("0")).Info.RunId;

        await Refused(ErrorCode.InvalidParameterValue, store.LoggedModels.LogParamsAsync(id, [new Param("B", "1"), new Param("C", "2")]));
        Assert.Equal([new Param("C", "1")], (await store.LoggedModels.GetAsync(id)).Data.Params);
        await Refused(ErrorCode.InvalidParameterValue, store.LoggedModels.FinalizeAsync(id, "GOOD"));
        await Refused(ErrorCode.ResourceDoesNotExist, store.LoggedModels.DeleteTagAsync(id, "none"));
        foreach (string name in new[] { "a/b", "a:b", "a.b", "a%b", "a\"b", "a'b" }) await Refused(ErrorCode.InvalidParameterValue, store.LoggedModels.CreateAsync("0", name));
        await Refused(ErrorCode.ResourceDoesNotExist, store.LoggedModels.CreateAsync("99"));
        await Refused(ErrorCode.ResourceDoesNotExist, store.Runs.LogMetricAsync(run, new Metric("m", 1, 1) { ModelId = "m-none" }));

        await store.LoggedModels.DeleteAsync(id);
        await Refused(ErrorCode.ResourceDoesNotExist, store.LoggedModels.GetAsync(id));
        await Refused(ErrorCode.ResourceDoesNotExist, store.LoggedModels.DeleteAsync(id));
        await Refused(ErrorCode.ResourceDoesNotExist, store.LoggedModels.SetTagsAsync(id, [new Tag("a", "b")]));
    }

    private static async Task Refused(string code, Task call) => Assert.Equal(code, (await Assert.ThrowsAsync<MlflowException>(() => call)).Code);
}
