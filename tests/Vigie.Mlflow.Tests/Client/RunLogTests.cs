using Vigie.Mlflow.Artifacts;
using Vigie.Mlflow.Client;

namespace Vigie.Mlflow.Tests.Client;

/// <summary>Both kinds of run logs do the same, on both databases.</summary>
public sealed class RunLogTests
{
    public static TheoryData<string, bool> Kinds => new() { { "sqlite", false }, { "sqlite", true }, { "postgres", false }, { "postgres", true } };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static async Task<IRunLog> StartAsync(TrackingServer server, bool http, RunStart? start = null) =>
        http ? await HttpRunLog.StartAsync(server.Client, start, Cancel) : await StoreRunLog.StartAsync(server.Store, start, Cancel);

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_finished_run_has_all_that_was_logged(string kind, bool http)
    {
        await using TrackingServer server = await TrackingServer.StartAsync(kind);
        await using IRunLog run = await StartAsync(server, http, new RunStart { ExperimentName = "tweets", RunName = "first", Tags = [new Tag("git", "abc")] });
        run.LogParams([new("C", "1"), new("penalty", "l2")]);
        for (int epoch = 0; epoch < 1200; epoch++) run.LogMetric("loss", 1.0 / (epoch + 1), epoch, timestamp: 1000 + epoch);
        run.LogMetric("f1", double.NaN);
        run.SetTag("mood", "low");
        run.SetTag("mood", "high");
        await run.LogInputsAsync([new DatasetInput([new Tag("mlflow.data.context", "training")], new Dataset("tweets", "d1gest", "local", "{}"))], Cancel);
        await run.FinishAsync(Cancel);

        Run logged = await server.Store.Runs.GetAsync(run.Info.RunId, Cancel);
        Assert.Equal(RunStatus.Finished, logged.Info.Status);
        Assert.Equal("first", logged.Info.RunName);
        Assert.NotNull(logged.Info.EndTime);
        Assert.Equal([new Param("C", "1"), new Param("penalty", "l2")], logged.Data.Params);
        Assert.Equal(1.0 / 1200, logged.Data.Metrics.Single(metric => metric.Key == "loss").Value);
        Assert.True(double.IsNaN(logged.Data.Metrics.Single(metric => metric.Key == "f1").Value));
        Assert.Equal("high", logged.Data.Tags.Single(tag => tag.Key == "mood").Value);
        Assert.Equal("abc", logged.Data.Tags.Single(tag => tag.Key == "git").Value);
        Assert.Equal("d1gest", logged.Inputs!.DatasetInputs.Single().Dataset.Digest);
        Assert.Equal(1200, (await server.Store.Runs.MetricHistoryAsync(logged.Info.RunId, "loss", cancellation: Cancel)).Items.Count);
        Assert.Equal("tweets", (await server.Store.Experiments.GetAsync(logged.Info.ExperimentId, Cancel)).Name);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_run_that_was_not_ended_is_marked_failed_and_keeps_what_was_logged(bool http)
    {
        await using TrackingServer server = await TrackingServer.StartAsync();
        string id;
        await using (IRunLog run = await StartAsync(server, http))
        {
            run.LogParam("C", "1");
            id = run.Info.RunId;
        }

        Run logged = await server.Store.Runs.GetAsync(id, Cancel);
        Assert.Equal(RunStatus.Failed, logged.Info.Status);
        Assert.Equal([new Param("C", "1")], logged.Data.Params);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_run_can_be_gone_on_with(bool http)
    {
        await using TrackingServer server = await TrackingServer.StartAsync();
        string id;
        await using (IRunLog run = await StartAsync(server, http)) id = run.Info.RunId;
        await using (IRunLog again = await StartAsync(server, http, new RunStart { RunId = id, RunName = "again" }))
        {
            Assert.Equal(id, again.Info.RunId);
            Assert.Equal(RunStatus.Running, (await server.Store.Runs.GetAsync(id, Cancel)).Info.Status);
            again.LogMetric("f1", 0.8);
            await again.FinishAsync(Cancel);
            Assert.Throws<MlflowException>(() => again.LogMetric("f1", 0.9));
        }

        Run logged = await server.Store.Runs.GetAsync(id, Cancel);
        Assert.Equal((RunStatus.Finished, "again", 0.8), (logged.Info.Status, logged.Info.RunName, logged.Data.Metrics.Single().Value));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_param_that_changes_is_told_by_the_flush_and_costs_nothing_else(bool http)
    {
        await using TrackingServer server = await TrackingServer.StartAsync();
        await using IRunLog run = await StartAsync(server, http);
        run.LogParam("C", "1");
        await run.FlushAsync(Cancel);
        run.LogParam("C", "2");
        run.LogParam("D", "3");
        run.LogMetric("f1", 0.8);

        MlflowException refused = await Assert.ThrowsAsync<MlflowException>(() => run.FinishAsync(Cancel));
        Assert.Equal(ErrorCode.InvalidParameterValue, refused.Code);
        Assert.Contains("C", refused.Message, StringComparison.Ordinal);
        await run.FinishAsync(Cancel);

        Run logged = await server.Store.Runs.GetAsync(run.Info.RunId, Cancel);
        Assert.Equal([new Param("C", "1"), new Param("D", "3")], logged.Data.Params);
        Assert.Equal(0.8, logged.Data.Metrics.Single().Value);
    }

    [Fact]
    public async Task A_key_or_value_that_cannot_be_logged_is_refused_at_once()
    {
        await using TrackingServer server = await TrackingServer.StartAsync();
        await using IRunLog run = await StartAsync(server, http: false);

        Assert.Throws<MlflowException>(() => run.LogParam("", "1"));
        Assert.Throws<MlflowException>(() => run.LogMetric(new string('k', 251), 1));
        Assert.Throws<MlflowException>(() => run.LogParam("C", new string('v', 6001)));
        Assert.Throws<MlflowException>(() => run.SetTag("C", null!));
        await run.FinishAsync(Cancel);
    }

    [Fact]
    public async Task A_server_that_went_away_is_told_and_so_is_what_disposing_loses()
    {
        await using TrackingServer server = await TrackingServer.StartAsync();
        var lost = new List<MlflowException>();
        await using (IRunLog run = await StartAsync(server, http: true, new RunStart { WhenLost = lost.Add }))
        {
            await server.StopAsync();
            run.LogMetric("f1", 0.8);

            MlflowException away = await Assert.ThrowsAsync<MlflowException>(() => run.FinishAsync(Cancel));

            Assert.Equal(ErrorCode.TemporarilyUnavailable, away.Code);
            Assert.Contains("1 values are not yet accepted", away.Message, StringComparison.Ordinal);
            Assert.Contains($":{server.Address.Port}", away.Message, StringComparison.Ordinal);
        }

        Assert.Equal(2, lost.Count);
    }

    [Fact]
    public async Task Two_runs_that_begin_together_share_the_new_experiment()
    {
        await using TrackingServer server = await TrackingServer.StartAsync();
        IRunLog[] runs = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => StartAsync(server, http: i % 2 == 0, new RunStart { ExperimentName = "new" })));

        Assert.Single(runs.Select(run => run.Info.ExperimentId).Distinct());
        foreach (IRunLog run in runs) await run.DisposeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Files_and_models_arrive(bool http)
    {
        await using TrackingServer server = await TrackingServer.StartAsync();
        string model = Directory.CreateDirectory(Path.Combine(server.Folder, "model", "data")).Parent!.FullName;
        File.WriteAllText(Path.Combine(model, "MLmodel"), "flavors: {}\n");
        File.WriteAllBytes(Path.Combine(model, "data", "weights é.bin"), [1, 2, 3]);
        await using IRunLog run = await StartAsync(server, http);

        await run.LogTextAsync("grüße", "notes/ünï.txt", Cancel);
        await run.LogArtifactsAsync(model, "copy", Cancel);
        LoggedModel logged = await run.LogModelAsync(model, "sentiment", [new Param("C", "1")], cancellation: Cancel);
        await run.FinishAsync(Cancel);

        Assert.Equal("grüße", await ReadAsync(server, run.Info.ArtifactUri, "notes/ünï.txt"));
        Assert.Equal("\u0001\u0002\u0003", await ReadAsync(server, run.Info.ArtifactUri, "copy/data/weights é.bin"));
        Assert.Equal("flavors: {}\n", await ReadAsync(server, logged.Info.ArtifactUri, "MLmodel"));
        Assert.Equal(LoggedModelStatus.Ready, (await server.Store.LoggedModels.GetAsync(logged.Info.ModelId, cancellation: Cancel)).Info.Status);
        Run done = await server.Store.Runs.GetAsync(run.Info.RunId, Cancel);
        Assert.Equal(logged.Info.ModelId, done.Outputs!.ModelOutputs.Single().ModelId);
    }

    private static async Task<string> ReadAsync(TrackingServer server, string root, string path)
    {
        await using ArtifactContent content = await server.Store.Artifacts.OpenAsync(ArtifactPath.Parse($"{ArtifactAddress.PathOf(root)}/{path}"), cancellation: Cancel);
        using var reader = new StreamReader(content.Stream);
        return await reader.ReadToEndAsync(Cancel);
    }
}
