using Microsoft.Extensions.Time.Testing;

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
            [new Param("C", "1")], [new Tag("c", "é"), new Tag("c", "è")]);
        await store.Runs.LogMetricAsync(run.Info.RunId, new Metric("f1", 0.1, 99, 0)); // an earlier step that comes later

        Run found = await store.Runs.GetAsync(run.Info.RunId);
        Assert.Equal([new Metric("f1", 0.7, 11, 2), new Metric("loss", double.NaN, 5), new Metric("up", double.MaxValue, 5)], found.Data.Metrics);
        Assert.Equal([new Param("C", "1")], found.Data.Params);
        Assert.Equal([new Tag("a", "1"), new Tag("b", "2"), new Tag("c", "è"), new Tag("mlflow.runName", "first")], found.Data.Tags);
        Assert.Equal(run.Info, found.Info);
        Assert.Equal($"mlflow-artifacts:/0/{run.Info.RunId}/artifacts", found.Info.ArtifactUri);
        Assert.Matches("^[0-9a-f]{32}$", run.Info.RunId);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task The_latest_metric_is_the_greatest_by_step_then_time_then_value_in_whatever_order_it_comes(string kind)
    {
        await using TestDatabase database = await TestDatabases.CreateAsync(kind);
        await using MlflowStore store = await database.OpenStoreAsync();
        Metric[] points = [new("m", 1, 5, 1), new("m", 9, 4, 1), new("m", 3, 5, 1), new("m", 8, 9, 0), new("m", 7, 9, -3), new("m", 3, 5, 1)];
        foreach (Metric[] order in new[] { points, [.. points.Reverse()] })
        {
            string together = (await store.Runs.CreateAsync("0")).Info.RunId, apart = (await store.Runs.CreateAsync("0")).Info.RunId;
            await store.Runs.LogBatchAsync(together, order, [], []);
            foreach (Metric point in order) await store.Runs.LogMetricAsync(apart, point);

            Assert.Equal([new Metric("m", 3, 5, 1)], (await store.Runs.GetAsync(together)).Data.Metrics);
            Assert.Equal([new Metric("m", 3, 5, 1)], (await store.Runs.GetAsync(apart)).Data.Metrics);
            Assert.Equal(5, (await store.Runs.MetricHistoryAsync(apart, "m")).Items.Count); // exact duplicates are one
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_param_is_logged_once_and_a_batch_is_kept_whole_or_not_at_all(string kind)
    {
        await using TestDatabase database = await TestDatabases.CreateAsync(kind);
        await using MlflowStore store = await database.OpenStoreAsync();
        string run = (await store.Runs.CreateAsync("0", "r")).Info.RunId;
        await store.Runs.LogParamAsync(run, new Param("C", "1"));
        await store.Runs.LogParamAsync(run, new Param("C", "1"));

        await Refused(ErrorCode.InvalidParameterValue, store.Runs.LogBatchAsync(run, [new Metric("never", 1, 1)], [new Param("B", "x"), new Param("C", "2")], [new Tag("t", "t")]));
        await Refused(ErrorCode.InvalidParameterValue, store.Runs.LogBatchAsync(run, [], [new Param("D", "1"), new Param("D", "1")], []));

        Run found = await store.Runs.GetAsync(run);
        Assert.Equal([new Param("C", "1")], found.Data.Params);
        Assert.Empty(found.Data.Metrics);
        Assert.Equal([new Tag("mlflow.runName", "r")], found.Data.Tags);
        await store.Runs.LogMetricAsync(run, new Metric("never", 2, 1)); // its key was taken back with the batch, and is made anew
        Assert.Equal([new Metric("never", 2, 1)], (await store.Runs.GetAsync(run)).Data.Metrics);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Many_writers_of_one_run_lose_nothing(string kind)
    {
        await using TestDatabase database = await TestDatabases.CreateAsync(kind);
        await using MlflowStore store = await database.OpenStoreAsync();
        string run = (await store.Runs.CreateAsync("0")).Info.RunId;

        await Task.WhenAll(Enumerable.Range(0, 16).Select(writer => Task.Run(async () =>
        {
            for (int step = 0; step < 10; step++)
                await store.Runs.LogBatchAsync(run, [new Metric("b", writer, 1, step), new Metric("a", writer, 1, step), new Metric($"own{writer}", step, 1, step)], [new Param("p", "same")], [new Tag("t", "x")]);
        })));

        Run found = await store.Runs.GetAsync(run);
        Assert.Equal(18, found.Data.Metrics.Count);
        Assert.Equal(new Metric("a", 15, 1, 9), found.Data.Metrics[0]);
        Assert.Equal(160, (await store.Runs.MetricHistoryAsync(run, "a")).Items.Count);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_name_is_also_a_tag_and_a_run_ends_and_goes_on(string kind)
    {
        await using TestDatabase database = await TestDatabases.CreateAsync(kind);
        await using MlflowStore store = await database.OpenStoreAsync(new FakeTimeProvider(DateTimeOffset.FromUnixTimeMilliseconds(5)));
        Run drawn = await store.Runs.CreateAsync("0"), tagged = await store.Runs.CreateAsync("0", tags: [new Tag("mlflow.runName", "by tag")]);
        Assert.Matches("^[a-z]+-[a-z]+-[0-9]+$", drawn.Info.RunName);
        Assert.Equal((5, "by tag"), (tagged.Info.StartTime, tagged.Info.RunName));
        await Refused(ErrorCode.InvalidParameterValue, store.Runs.CreateAsync("0", "a", tags: [new Tag("mlflow.runName", "b")]));

        await store.Runs.SetTagAsync(drawn.Info.RunId, new Tag("mlflow.runName", "second"));
        Assert.Equal("second", (await store.Runs.GetAsync(drawn.Info.RunId)).Info.RunName);
        RunInfo ended = await store.Runs.UpdateAsync(drawn.Info.RunId, RunStatus.Finished, 77, "third");
        Assert.Equal(("third", RunStatus.Finished, 77), (ended.RunName, ended.Status, ended.EndTime));
        Assert.Equal([new Tag("mlflow.runName", "third")], (await store.Runs.GetAsync(drawn.Info.RunId)).Data.Tags);
        Assert.Equal(77, (await store.Runs.UpdateAsync(drawn.Info.RunId, name: "fourth")).EndTime);
        Assert.Null((await store.Runs.UpdateAsync(drawn.Info.RunId, RunStatus.Running)).EndTime);
        await Refused(ErrorCode.InvalidParameterValue, store.Runs.UpdateAsync(drawn.Info.RunId, "DONE"));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_deleted_run_takes_nothing_until_it_is_restored(string kind)
    {
        await using TestDatabase database = await TestDatabases.CreateAsync(kind);
        await using MlflowStore store = await database.OpenStoreAsync();
        string run = (await store.Runs.CreateAsync("0")).Info.RunId;
        await store.Runs.DeleteAsync(run);
        await store.Runs.DeleteAsync(run);

        Assert.Equal("deleted", (await store.Runs.GetAsync(run)).Info.LifecycleStage);
        await Refused(ErrorCode.InvalidParameterValue, store.Runs.LogMetricAsync(run, new Metric("m", 1, 1)));
        await Refused(ErrorCode.InvalidParameterValue, store.Runs.SetTagAsync(run, new Tag("t", "1")));
        await Refused(ErrorCode.InvalidParameterValue, store.Runs.UpdateAsync(run, RunStatus.Failed));
        await store.Runs.RestoreAsync(run);
        await store.Runs.RestoreAsync(run);
        await store.Runs.SetTagAsync(run, new Tag("t", "1"));
        await store.Runs.DeleteTagAsync(run, "t");
        await Refused(ErrorCode.ResourceDoesNotExist, store.Runs.DeleteTagAsync(run, "t"));
        await Refused(ErrorCode.ResourceDoesNotExist, store.Runs.GetAsync("0123456789abcdef0123456789abcdef"));
        await Refused(ErrorCode.ResourceDoesNotExist, store.Runs.LogMetricAsync("none", new Metric("m", 1, 1)));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Inputs_and_outputs_are_kept_once(string kind)
    {
        await using TestDatabase database = await TestDatabases.CreateAsync(kind);
        await using MlflowStore store = await database.OpenStoreAsync();
        string run = (await store.Runs.CreateAsync("0")).Info.RunId, other = (await store.Runs.CreateAsync("0")).Info.RunId;
        var tweets = new Dataset("tweets", "d1", "local", "/data", "{}", null);
        DatasetInput training = new([new Tag("mlflow.data.context", "training")], tweets);

        await store.Runs.LogInputsAsync(run, [training, new DatasetInput([], tweets with { Digest = "d2" })], [new ModelInput("m-1")]);
        await store.Runs.LogInputsAsync(run, [training with { Tags = [new Tag("mlflow.data.context", "test")] }], [new ModelInput("m-1")]);
        await store.Runs.LogInputsAsync(other, [training], []);
        await store.Runs.LogOutputsAsync(run, [new ModelOutput("m-2", 3)]);

        Run found = await store.Runs.GetAsync(run);
        Assert.Equal([tweets, tweets with { Digest = "d2" }], found.Inputs!.DatasetInputs.Select(input => input.Dataset));
        Assert.Equal([new Tag("mlflow.data.context", "training")], found.Inputs.DatasetInputs[0].Tags);
        Assert.Empty(found.Inputs.DatasetInputs[1].Tags);
        Assert.Equal([new ModelInput("m-1")], found.Inputs.ModelInputs);
        Assert.Equal([new ModelOutput("m-2", 3)], found.Outputs!.ModelOutputs);
        Assert.Single((await store.Runs.GetAsync(other)).Inputs!.DatasetInputs);
        await Refused(ErrorCode.InvalidParameterValue, store.Runs.LogInputsAsync(run, [new DatasetInput([], tweets with { Name = "" })], []));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Data_sets_are_listed_with_the_runs_that_read_them(string kind)
    {
        await using TestDatabase database = await TestDatabases.CreateAsync(kind);
        await using MlflowStore store = await database.OpenStoreAsync();
        string elsewhere = await store.Experiments.CreateAsync("elsewhere");
        string[] runs = [.. await Task.WhenAll(new[] { ("0", 100L), ("0", 300L), (elsewhere, 200L), ("0", 400L) }.Select(async one => (await store.Runs.CreateAsync(one.Item1, startTime: one.Item2)).Info.RunId))];
        var tweets = new Dataset("tweets", "d1", "local", "/data", "{}", null);
        foreach (string run in runs[..3]) await store.Runs.LogInputsAsync(run, [new DatasetInput([], tweets)], []);
        await store.Runs.LogInputsAsync(runs[1], [new DatasetInput([], tweets with { Digest = "d2" })], []);
        await store.Runs.LogInputsAsync(runs[3], [new DatasetInput([], tweets with { Digest = "d3" })], []);
        await store.Runs.DeleteAsync(runs[3]);

        Assert.Equal(
            [new UsedDataset(tweets with { Digest = "d2" }, 1, 300), new UsedDataset(tweets, 2, 300), new UsedDataset(tweets, 1, 200)],
            (await store.Runs.DatasetsAsync(10)).OrderByDescending(used => used.LastUsed).ThenByDescending(used => used.Dataset.Digest));
        Assert.Equal([2, 1], (await store.Runs.DatasetsAsync(10, "d1")).Select(used => used.Runs));
        Assert.Single(await store.Runs.DatasetsAsync(1));
        Assert.Empty(await store.Runs.DatasetsAsync(10, "d1' OR '1'='1"));
        Assert.Empty(await store.Runs.DatasetsAsync(10, "d\0"));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Models_of_older_clients_are_listed_in_a_tag_without_what_is_long(string kind)
    {
        await using TestDatabase database = await TestDatabases.CreateAsync(kind);
        await using MlflowStore store = await database.OpenStoreAsync();
        string run = (await store.Runs.CreateAsync("0", "r")).Info.RunId;
        foreach (string path in new[] { "a", "b" })
        {
            await store.Runs.LogModelAsync(
                run, $$"""{"artifact_path":"{{path}}","utc_time_created":"now","flavors":{"onnx":{"data":"model.onnx","config":{"x":1} } },"signature":{"inputs":"long"} }""");
        }

        Tag tag = (await store.Runs.GetAsync(run)).Data.Tags[0];
        Assert.Equal("mlflow.log-model.history", tag.Key);
        Assert.Equal(
            """[{"artifact_path":"a","utc_time_created":"now","flavors":{"onnx":{"data":"model.onnx"}}},{"artifact_path":"b","utc_time_created":"now","flavors":{"onnx":{"data":"model.onnx"}}}]""", tag.Value);
        foreach (string wrong in new[] { "", "[]", "{", "{}", """{"artifact_path":"a","utc_time_created":"now","flavors":1}""", """{"flavors":{},"flavors":{}}""" })
            await Refused(ErrorCode.InvalidParameterValue, store.Runs.LogModelAsync(run, wrong));
    }

    [Fact]
    public async Task Limits_are_those_of_the_protocol()
    {
        await using TestDatabase database = await TestDatabases.CreateAsync("sqlite");
        await using MlflowStore store = await database.OpenStoreAsync();
        string run = (await store.Runs.CreateAsync("0")).Info.RunId;
        Task Metrics(int count) => store.Runs.LogBatchAsync(run, [.. Enumerable.Range(0, count).Select(i => new Metric("m", i, i))], [], []);
        Task Params(int count) => store.Runs.LogBatchAsync(run, [], [.. Enumerable.Range(0, count).Select(i => new Param($"p{i}", ""))], []);
        Task Tags(int count) => store.Runs.LogBatchAsync(run, [], [], [.. Enumerable.Range(0, count).Select(i => new Tag($"t{i}", ""))]);

        await Metrics(1000);
        await Params(100);
        await Tags(100);
        await Refused(ErrorCode.InvalidParameterValue, Metrics(1001));
        await Refused(ErrorCode.InvalidParameterValue, Params(101));
        await Refused(ErrorCode.InvalidParameterValue, Tags(101));
        await Refused(ErrorCode.InvalidParameterValue, store.Runs.LogBatchAsync(run, [.. Enumerable.Range(0, 1000).Select(i => new Metric("m", i, i))], [new Param("q", "")], []));
        await store.Runs.LogParamAsync(run, new Param(new string('k', 250), string.Concat(Enumerable.Repeat("🛫", 6000)))); // characters, not UTF-16 units
        await Refused(ErrorCode.InvalidParameterValue, store.Runs.LogParamAsync(run, new Param("long", new string('x', 6001))));
        await Refused(ErrorCode.InvalidParameterValue, store.Runs.LogParamAsync(run, new Param(new string('k', 251), "x")));
        await store.Runs.SetTagAsync(run, new Tag("long", new string('x', 8000)));
        await Refused(ErrorCode.InvalidParameterValue, store.Runs.SetTagAsync(run, new Tag("long", new string('x', 8001))));
        await Refused(ErrorCode.InvalidParameterValue, store.Runs.LogMetricAsync(run, new Metric("m", 1, -1)));
    }

    [Theory]
    [InlineData("a/b c.d-e_f:g", true)]
    [InlineData("précision", true)]
    [InlineData("精度", true)]
    [InlineData("शुद्धता", true)]
    [InlineData("", false)]
    [InlineData("/a", false)]
    [InlineData("a/", false)]
    [InlineData("a//b", false)]
    [InlineData("../a", false)]
    [InlineData("a/./b", false)]
    [InlineData(".", false)]
    [InlineData("a\n", false)]
    [InlineData("a\0", false)]
    [InlineData("a'b", false)]
    [InlineData("a\"b", false)]
    [InlineData("🛫", false)]
    [InlineData("\ud800", false)]
    public async Task Keys_are_those_of_the_protocol(string key, bool allowed)
    {
        await using TestDatabase database = await TestDatabases.CreateAsync("sqlite");
        await using MlflowStore store = await database.OpenStoreAsync();
        string run = (await store.Runs.CreateAsync("0")).Info.RunId;
        foreach (Task call in new[] { store.Runs.LogMetricAsync(run, new Metric(key, 1, 1)), store.Runs.LogParamAsync(run, new Param(key, "v")), store.Runs.SetTagAsync(run, new Tag(key, "v")) })
        {
            if (allowed) await call;
            else await Refused(ErrorCode.InvalidParameterValue, call);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Any_text_comes_back_as_it_was_or_is_refused(string kind)
    {
        await using TestDatabase database = await TestDatabases.CreateAsync(kind);
        await using MlflowStore store = await database.OpenStoreAsync();
        string run = (await store.Runs.CreateAsync("0")).Info.RunId;
        string[] texts = ["", " ", "'; DROP TABLE runs; --", "a\r\n\tb", "\u0001\u007f", "é e\u0301", "🛫👩‍👩‍👧", "\ufeff\u202e", "%_\\", "NULL"];
        await store.Runs.LogBatchAsync(run, [], [.. texts.Select((text, i) => new Param($"p{i}", text))], [.. texts.Select((text, i) => new Tag($"t{i}", text))]);

        Run found = await store.Runs.GetAsync(run);
        Assert.Equal(texts, found.Data.Params.Select(param => param.Value));
        Assert.Equal(texts, found.Data.Tags.Where(tag => tag.Key[0] == 't').Select(tag => tag.Value));
        foreach (string text in new[] { "a\0b", "\ud83d", "a\udec0b" })
        {
            await Refused(ErrorCode.InvalidParameterValue, store.Runs.LogParamAsync(run, new Param("no", text)));
            await Refused(ErrorCode.InvalidParameterValue, store.Runs.SetTagAsync(run, new Tag("no", text)));
            await Refused(ErrorCode.InvalidParameterValue, store.Runs.CreateAsync("0", text));
            await Refused(ErrorCode.InvalidParameterValue, store.Runs.GetAsync(text));
        }
    }

    private static async Task Refused(string code, Task call) => Assert.Equal(code, (await Assert.ThrowsAsync<MlflowException>(() => call)).Code);
}
