using Vigie.Mlflow.Client;

namespace Vigie.Mlflow.Tests.Client;

/// <summary>Every resource of the client against a real server.</summary>
public sealed class MlflowClientTests : IAsyncLifetime
{
    private TrackingServer server = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private MlflowClient Client => server.Client;

    public async ValueTask InitializeAsync() => server = await TrackingServer.StartAsync();

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task Version() => Assert.Matches(@"^\d+\.\d+\.\d+$", await Client.VersionAsync(Cancel));

    [Fact]
    public async Task Experiments_are_created_found_changed_and_deleted()
    {
        string id = await Client.Experiments.CreateAsync("täglich", tags: [new Tag("team", "a")], cancellation: Cancel);
        await Client.Experiments.SetTagAsync(id, new Tag("more", "b"), Cancel);
        await Client.Experiments.DeleteTagAsync(id, "team", Cancel);
        await Client.Experiments.RenameAsync(id, "wöchentlich", Cancel);

        Experiment found = await Client.Experiments.GetByNameAsync("wöchentlich", Cancel);
        Assert.Equal((id, "more"), (found.ExperimentId, found.Tags.Single().Key));
        Assert.Empty((await Client.Experiments.GetAsync("0", Cancel)).Tags);
        await Client.Experiments.DeleteAsync(id, Cancel);
        Assert.Equal([id], (await Client.Experiments.SearchAsync(new Search(), "DELETED_ONLY", Cancel)).Items.Select(one => one.ExperimentId));
        await Client.Experiments.RestoreAsync(id, Cancel);
        Assert.Equal(2, (await Client.Experiments.SearchAsync(new Search { MaxResults = 10 }, cancellation: Cancel)).Items.Count);
        Assert.Equal(ErrorCode.ResourceAlreadyExists, (await Assert.ThrowsAsync<MlflowException>(() => Client.Experiments.CreateAsync("wöchentlich", cancellation: Cancel))).Code);
    }

    [Fact]
    public async Task Runs_are_logged_to_found_and_paged()
    {
        Run run = await Client.Runs.CreateAsync("0", "one", "ann", tags: [new Tag("a", "b")], cancellation: Cancel);
        string id = run.Info.RunId;
        Assert.Empty(run.Data.Metrics);
        await Client.Runs.LogParamAsync(id, new Param("C", "1"), Cancel);
        await Client.Runs.LogMetricAsync(id, new Metric("f1", double.NaN, 1, -3), Cancel);
        await Client.Runs.LogBatchAsync(id, [new Metric("f1", 0.5, 2, 1), new Metric("f1", double.PositiveInfinity, 3, 2)], [], [new Tag("c", "d")], Cancel);
        await Client.Runs.SetTagAsync(id, new Tag("e", "f"), Cancel);
        await Client.Runs.DeleteTagAsync(id, "e", Cancel);
        await Client.Runs.LogInputsAsync(id, [new DatasetInput([], new Dataset("set", "1", "local", "x"))], [], Cancel);
        await Client.Runs.UpdateAsync(id, RunStatus.Finished, 99, cancellation: Cancel);

        run = await Client.Runs.GetAsync(id, Cancel);
        Assert.Equal((RunStatus.Finished, 99L, "one", "ann"), (run.Info.Status, run.Info.EndTime, run.Info.RunName, run.Info.UserId));
        Assert.Equal([double.NaN, 0.5, double.MaxValue], (await Client.Runs.MetricHistoryAsync(id, "f1", cancellation: Cancel)).Items.Select(metric => metric.Value));
        Assert.Equal("set", run.Inputs!.DatasetInputs.Single().Dataset.Name);
        Assert.Equal(["a", "c", "mlflow.runName"], run.Data.Tags.Select(tag => tag.Key));
        for (int i = 0; i < 4; i++) await Client.Runs.CreateAsync("0", cancellation: Cancel);
        var all = new List<string>();
        string? token = null;
        do
        {
            Page<Run> page = await Client.Runs.SearchAsync(["0"], new Search { MaxResults = 2, PageToken = token }, cancellation: Cancel);
            all.AddRange(page.Items.Select(one => one.Info.RunId));
            token = page.NextPageToken;
        }
        while (token is not null);
        Assert.Equal(5, all.Distinct().Count());
        Assert.Equal([id], (await Client.Runs.SearchAsync(["0"], new Search { Filter = "params.C = '1'" }, cancellation: Cancel)).Items.Select(one => one.Info.RunId));
        await Client.Runs.DeleteAsync(id, Cancel);
        Assert.Equal(LifecycleStage.Deleted, (await Client.Runs.GetAsync(id, Cancel)).Info.LifecycleStage);
        await Client.Runs.RestoreAsync(id, Cancel);
    }

    [Fact]
    public async Task Logged_models_are_created_finished_and_found()
    {
        LoggedModel model = await Client.LoggedModels.CreateAsync("0", "sentiment", parameters: [new Param("C", "1")], cancellation: Cancel);
        string id = model.Info.ModelId;
        await Client.LoggedModels.SetTagsAsync(id, [new Tag("a/b c", "d"), new Tag("e", "f")], Cancel);
        await Client.LoggedModels.DeleteTagAsync(id, "a/b c", Cancel);
        await Client.LoggedModels.LogParamsAsync(id, [new Param("D", "2")], Cancel);
        Assert.Equal(LoggedModelStatus.Ready, (await Client.LoggedModels.FinalizeAsync(id, LoggedModelStatus.Ready, Cancel)).Info.Status);

        model = await Client.LoggedModels.GetAsync(id, Cancel);
        Assert.Equal(["C", "D"], model.Data.Params.Select(param => param.Key));
        Assert.Equal(["e"], model.Info.Tags.Select(tag => tag.Key));
        Assert.Equal([id], (await Client.LoggedModels.SearchAsync(["0"], new LoggedModelSearch("name = 'sentiment'", [new LoggedModelOrder("creation_timestamp")], []), Cancel)).Items.Select(one => one.Info.ModelId));
        await Client.LoggedModels.DeleteAsync(id, Cancel);
        Assert.Equal(ErrorCode.ResourceDoesNotExist, (await Assert.ThrowsAsync<MlflowException>(() => Client.LoggedModels.GetAsync(id, Cancel))).Code);
    }

    [Fact]
    public async Task Registered_models_go_their_whole_way()
    {
        Run run = await Client.Runs.CreateAsync("0", cancellation: Cancel);
        RegisteredModel model = await Client.Registry.CreateAsync("sentiment & more", "text", [new Tag("a", "b")], Cancel);
        Assert.Empty(model.LatestVersions);
        ModelVersion version = await Client.Registry.CreateVersionAsync(model.Name, $"{run.Info.ArtifactUri}/model", run.Info.RunId, cancellation: Cancel);
        await Client.Registry.CreateVersionAsync(model.Name, $"{run.Info.ArtifactUri}/model", run.Info.RunId, cancellation: Cancel);
        Assert.Equal("1", version.Version);
        await Client.Registry.SetVersionTagAsync(model.Name, "1", new Tag("c", "d"), Cancel);
        await Client.Registry.SetAliasAsync(model.Name, "best", "1", Cancel);
        await Client.Registry.UpdateVersionAsync(model.Name, "1", "good", Cancel);
        version = await Client.Registry.GetByAliasAsync(model.Name, "best", Cancel);
        Assert.Equal(("1", "good", "c"), (version.Version, version.Description, version.Tags.Single().Key));
        Assert.Equal(ModelStage.Staging, (await Client.Registry.TransitionStageAsync(model.Name, "2", "staging", archiveExisting: true, Cancel)).CurrentStage);
        Assert.Equal(["2"], (await Client.Registry.LatestVersionsAsync(model.Name, [ModelStage.Staging], Cancel)).Select(one => one.Version));
        Assert.Equal($"{run.Info.ArtifactUri}/model", await Client.Registry.DownloadAddressAsync(model.Name, "1", Cancel));
        Assert.Equal(2, (await Client.Registry.SearchVersionsAsync(new Search { Filter = $"name = '{model.Name}'", OrderBy = ["version_number DESC"] }, Cancel)).Items.Count);
        Assert.Single((await Client.Registry.SearchAsync(new Search { Filter = "name LIKE 'sent%'", MaxResults = 5 }, Cancel)).Items);

        await Client.Registry.DeleteVersionTagAsync(model.Name, "1", "c", Cancel);
        await Client.Registry.DeleteAliasAsync(model.Name, "best", Cancel);
        await Client.Registry.DeleteVersionAsync(model.Name, "2", Cancel);
        await Client.Registry.SetTagAsync(model.Name, new Tag("e", "f"), Cancel);
        await Client.Registry.DeleteTagAsync(model.Name, "a", Cancel);
        await Client.Registry.UpdateAsync(model.Name, "other", Cancel);
        model = await Client.Registry.RenameAsync(model.Name, "renamed", Cancel);
        model = await Client.Registry.GetAsync("renamed", Cancel);
        Assert.Equal(("other", "e", 0), (model.Description, model.Tags.Single().Key, model.Aliases.Count));
        await Client.Registry.DeleteAsync("renamed", Cancel);
        Assert.Equal(ErrorCode.ResourceDoesNotExist, (await Assert.ThrowsAsync<MlflowException>(() => Client.Registry.GetAsync("renamed", Cancel))).Code);
    }

    [Fact]
    public async Task Webhooks_are_added_changed_and_removed()
    {
        Webhook hook = await Client.Webhooks.CreateAsync("ci", "https://example.com/hook", [WebhookEvent.VersionCreated], "text", "secret", cancellation: Cancel);
        hook = await Client.Webhooks.UpdateAsync(hook.WebhookId, name: "other", cancellation: Cancel);
        Assert.Equal(("other", "text", WebhookEvent.VersionCreated), (hook.Name, hook.Description, hook.Events.Single()));
        Assert.Equal(hook.WebhookId, (await Client.Webhooks.GetAsync(hook.WebhookId, Cancel)).WebhookId);
        Assert.Single((await Client.Webhooks.ListAsync(cancellation: Cancel)).Items);
        await Client.Webhooks.DeleteAsync(hook.WebhookId, Cancel);
        Assert.Empty((await Client.Webhooks.ListAsync(10, cancellation: Cancel)).Items);
    }

    [Fact]
    public async Task Files_go_up_come_down_and_are_listed_and_removed()
    {
        string root = (await Client.Runs.CreateAsync("0", cancellation: Cancel)).Info.ArtifactUri;
        string id = root.Split('/')[^2];
        string local = Directory.CreateDirectory(Path.Combine(server.Folder, "up", "größe & 100%")).Parent!.FullName;
        byte[] large = [.. Enumerable.Range(0, 3_000_000).Select(i => (byte)(i * 7))];
        await File.WriteAllBytesAsync(Path.Combine(local, "large.bin"), large, Cancel);
        await File.WriteAllTextAsync(Path.Combine(local, "größe & 100%", "a#b?c.txt"), "text", Cancel);

        await Client.Artifacts.UploadFolderAsync(root, "model", local, Cancel);

        Assert.Equal([new("model", true)], await Client.Artifacts.ListAsync(root, cancellation: Cancel));
        Vigie.Mlflow.Artifacts.ArtifactFile[] expected = [new("model/größe & 100%", true), new("model/large.bin", false, 3_000_000)];
        Assert.Equal(expected, await Client.Artifacts.ListAsync(root, "model", Cancel));
        Assert.Equal(expected, await Client.Artifacts.ListOfRunAsync(id, "model", Cancel));
        string down = Path.Combine(server.Folder, "down");
        await Client.Artifacts.DownloadFolderAsync(root, "model", down, Cancel);
        Assert.Equal(large, await File.ReadAllBytesAsync(Path.Combine(down, "large.bin"), Cancel));
        Assert.Equal("text", await File.ReadAllTextAsync(Path.Combine(down, "größe & 100%", "a#b?c.txt"), Cancel));
        await using (Stream stream = await Client.Artifacts.OpenOfRunAsync(id, "model/größe & 100%/a#b?c.txt", Cancel))
        using (var reader = new StreamReader(stream)) Assert.Equal("text", await reader.ReadToEndAsync(Cancel));
        await Client.Artifacts.DeleteAsync(root, "model/large.bin", Cancel);
        Assert.Equal(ErrorCode.ResourceDoesNotExist, (await Assert.ThrowsAsync<MlflowException>(() => Client.Artifacts.DownloadAsync(root, "model/large.bin", Path.Combine(down, "x"), Cancel))).Code);
        Assert.Equal(["größe & 100%", "large.bin"], Directory.GetFileSystemEntries(down).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        await Assert.ThrowsAsync<MlflowException>(() => Client.Artifacts.WriteAsync(root, "../x", Stream.Null, Cancel));
        await Assert.ThrowsAsync<MlflowException>(() => Client.Artifacts.WriteAsync("s3://bucket/x", "x", Stream.Null, Cancel));
    }

    [Fact]
    public async Task Naughty_strings_come_back_as_they_went()
    {
        string id = (await Client.Runs.CreateAsync("0", cancellation: Cancel)).Info.RunId;
        string[] values = [.. NaughtyStrings.Texts.Where(text => !text.Contains('\0') && text.Length is > 0 and < 5000 && IsWhole(text)).Distinct()];
        Assert.True(values.Length > 10);
        foreach ((string[] some, int part) in values.Chunk(100).Select((some, part) => (some, part)))
            await Client.Runs.LogBatchAsync(id, [], [.. some.Select((text, i) => new Param($"p{part}.{i}", text))], [], Cancel);

        Assert.Equal(values.Order(StringComparer.Ordinal), (await Client.Runs.GetAsync(id, Cancel)).Data.Params.Select(param => param.Value).Order(StringComparer.Ordinal));
    }

    // Half a surrogate pair is no Unicode text, and becomes another one on the way.
    private static bool IsWhole(string text) => text == System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(text));
}
