namespace Vigie.Mlflow.Tests.Registry;

public sealed class ModelRegistryTests
{
    private const string Source = "mlflow-artifacts:/77/r/artifacts/model";

    public static TheoryData<string> Kinds => TestDatabases.Kinds;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_model_is_created_read_changed_renamed_and_deleted(string kind)
    {
        await using RegistryBench bench = await RegistryBench.OpenAsync(kind);
        ModelRegistry registry = bench.Registry;

        RegisteredModel created = await registry.CreateAsync("情感 模型", "für Tweets", [new Tag("b", "2"), new Tag("a", "1"), new Tag("b", "3")], Cancel);
        bench.Clock.Advance(TimeSpan.FromSeconds(1));
        RegisteredModel updated = await registry.UpdateAsync("情感 模型", null, Cancel);
        RegisteredModel renamed = await registry.RenameAsync("情感 模型", "sentiment", Cancel);

        Assert.Equal([new Tag("a", "1"), new Tag("b", "3")], created.Tags);
        Assert.Equal("für Tweets", created.Description);
        Assert.Equal(created.CreationTimestamp, created.LastUpdatedTimestamp);
        Assert.Null(updated.Description);
        Assert.Equal(created.LastUpdatedTimestamp + 1000, updated.LastUpdatedTimestamp);
        Assert.Equal(("sentiment", 2), (renamed.Name, renamed.Tags.Count));
        await FailsAsync(ErrorCode.ResourceDoesNotExist, () => registry.GetAsync("情感 模型", Cancel));
        await registry.DeleteAsync("sentiment", Cancel);
        await FailsAsync(ErrorCode.ResourceDoesNotExist, () => registry.GetAsync("sentiment", Cancel));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_name_is_given_once(string kind)
    {
        await using RegistryBench bench = await RegistryBench.OpenAsync(kind);
        await bench.Registry.CreateAsync("a", cancellation: Cancel);
        await bench.Registry.CreateAsync("b", cancellation: Cancel);

        await FailsAsync(ErrorCode.ResourceAlreadyExists, () => bench.Registry.CreateAsync("a", cancellation: Cancel));
        await FailsAsync(ErrorCode.ResourceAlreadyExists, () => bench.Registry.RenameAsync("a", "b", Cancel));
        Assert.Equal("a", (await bench.Registry.RenameAsync("a", "a", Cancel)).Name);
        bool[] won = await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            try
            {
                await bench.Registry.CreateAsync("race", cancellation: Cancel);
                return true;
            }
            catch (MlflowException taken) when (taken.Code == ErrorCode.ResourceAlreadyExists)
            {
                return false;
            }
        }));
        Assert.Single(won, true);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a/b")]
    [InlineData("a:b")]
    [InlineData("a\0b")]
    public async Task A_name_that_cannot_be_one_is_refused(string name)
    {
        await using RegistryBench bench = await RegistryBench.OpenAsync("sqlite");
        await FailsAsync(ErrorCode.InvalidParameterValue, () => bench.Registry.CreateAsync(name, cancellation: Cancel));
        await FailsAsync(ErrorCode.InvalidParameterValue, () => bench.Registry.GetAsync(name, Cancel));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Versions_count_up_and_a_deleted_number_is_not_given_again(string kind)
    {
        await using RegistryBench bench = await RegistryBench.OpenAsync(kind);
        ModelRegistry registry = bench.Registry;
        await registry.CreateAsync("m", cancellation: Cancel);

        ModelVersion[] made = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => registry.CreateVersionAsync("m", Source, description: $"{i}", cancellation: Cancel)));
        await registry.DeleteVersionAsync("m", "10", Cancel);
        ModelVersion next = await registry.CreateVersionAsync("m", Source, tags: [new Tag("k", "v")], runLink: "http://ui/run", userId: "ana", cancellation: Cancel);

        Assert.Equal(Enumerable.Range(1, 10).Select(i => $"{i}"), made.Select(version => version.Version).OrderBy(int.Parse));
        Assert.Equal(("11", "None", "READY", "ana", "http://ui/run"), (next.Version, next.CurrentStage, next.Status, next.UserId, next.RunLink));
        Assert.Equal([new Tag("k", "v")], next.Tags);
        await FailsAsync(ErrorCode.ResourceDoesNotExist, () => registry.GetVersionAsync("m", "10", Cancel));
        await FailsAsync(ErrorCode.InvalidParameterValue, () => registry.GetVersionAsync("m", "x", Cancel));
        await FailsAsync(ErrorCode.InvalidParameterValue, () => registry.GetVersionAsync("m", "99999999999999999999", Cancel));
        await FailsAsync(ErrorCode.ResourceDoesNotExist, () => registry.CreateVersionAsync("none", Source, cancellation: Cancel));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Stages_move_and_archive(string kind)
    {
        await using RegistryBench bench = await RegistryBench.OpenAsync(kind);
        ModelRegistry registry = bench.Registry;
        await registry.CreateAsync("m", cancellation: Cancel);
        for (int i = 0; i < 4; i++) await registry.CreateVersionAsync("m", Source, cancellation: Cancel);

        await registry.TransitionStageAsync("m", "1", "production", archiveExisting: false, Cancel);
        await registry.TransitionStageAsync("m", "2", "Production", archiveExisting: false, Cancel);
        ModelVersion third = await registry.TransitionStageAsync("m", "3", "PRODUCTION", archiveExisting: true, Cancel);

        Assert.Equal("Production", third.CurrentStage);
        Assert.Equal([("2", "Archived"), ("3", "Production"), ("4", "None")], (await registry.LatestVersionsAsync("m", [], Cancel)).Select(version => (version.Version, version.CurrentStage)));
        Assert.Equal(["3"], (await registry.LatestVersionsAsync("m", ["production", "staging"], Cancel)).Select(version => version.Version));
        Assert.Equal(["2", "3", "4"], (await registry.GetAsync("m", Cancel)).LatestVersions.Select(version => version.Version));
        await FailsAsync(ErrorCode.InvalidParameterValue, () => registry.TransitionStageAsync("m", "1", "Best", archiveExisting: false, Cancel));
        await FailsAsync(ErrorCode.InvalidParameterValue, () => registry.TransitionStageAsync("m", "1", "Archived", archiveExisting: true, Cancel));
        await FailsAsync(ErrorCode.ResourceDoesNotExist, () => registry.TransitionStageAsync("m", "9", "Staging", archiveExisting: false, Cancel));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task An_alias_points_to_one_version_and_goes_with_it(string kind)
    {
        await using RegistryBench bench = await RegistryBench.OpenAsync(kind);
        ModelRegistry registry = bench.Registry;
        await registry.CreateAsync("m", cancellation: Cancel);
        await registry.CreateVersionAsync("m", Source, cancellation: Cancel);
        await registry.CreateVersionAsync("m", Source, cancellation: Cancel);

        await registry.SetAliasAsync("m", "best", "1", Cancel);
        await registry.SetAliasAsync("m", "best", "2", Cancel);
        await registry.SetAliasAsync("m", "also", "2", Cancel);

        Assert.Equal(["also", "best"], (await registry.GetByAliasAsync("m", "best", Cancel)).Aliases);
        Assert.Empty((await registry.GetVersionAsync("m", "1", Cancel)).Aliases);
        Assert.Equal([new ModelAlias("also", "2"), new ModelAlias("best", "2")], (await registry.GetAsync("m", Cancel)).Aliases);
        Assert.Equal("2", (await registry.GetByAliasAsync("m", "Latest", Cancel)).Version);
        await registry.DeleteVersionAsync("m", "2", Cancel);
        await FailsAsync(ErrorCode.InvalidParameterValue, () => registry.GetByAliasAsync("m", "best", Cancel));
        await registry.DeleteAliasAsync("m", "best", Cancel);
        await FailsAsync(ErrorCode.ResourceDoesNotExist, () => registry.SetAliasAsync("m", "best", "2", Cancel));
        foreach (string bad in (string[])["", "latest", "v3", "V12", "a b", "a/b", new('x', 256)])
            await FailsAsync(ErrorCode.InvalidParameterValue, () => registry.SetAliasAsync("m", bad, "1", Cancel));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Tags_are_set_replaced_and_deleted(string kind)
    {
        await using RegistryBench bench = await RegistryBench.OpenAsync(kind);
        ModelRegistry registry = bench.Registry;
        await registry.CreateAsync("m", cancellation: Cancel);
        await registry.CreateVersionAsync("m", Source, cancellation: Cancel);

        await registry.SetTagAsync("m", new Tag("k", "1"), Cancel);
        await registry.SetTagAsync("m", new Tag("k", ""), Cancel);
        await registry.SetVersionTagAsync("m", "1", new Tag("a.b/c:d e", "😀"), Cancel);

        Assert.Equal([new Tag("k", "")], (await registry.GetAsync("m", Cancel)).Tags);
        Assert.Equal([new Tag("a.b/c:d e", "😀")], (await registry.GetVersionAsync("m", "1", Cancel)).Tags);
        await registry.DeleteTagAsync("m", "k", Cancel);
        await registry.DeleteTagAsync("m", "k", Cancel);
        await registry.DeleteVersionTagAsync("m", "1", "a.b/c:d e", Cancel);
        Assert.Empty((await registry.GetAsync("m", Cancel)).Tags);
        Assert.Empty((await registry.GetVersionAsync("m", "1", Cancel)).Tags);
        await FailsAsync(ErrorCode.InvalidParameterValue, () => registry.SetTagAsync("m", new Tag("../x", "1"), Cancel));
        await FailsAsync(ErrorCode.InvalidParameterValue, () => registry.SetTagAsync("m", new Tag("k", new string('x', 100_001)), Cancel));
        await FailsAsync(ErrorCode.ResourceDoesNotExist, () => registry.SetVersionTagAsync("m", "2", new Tag("k", "v"), Cancel));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_version_of_a_logged_model_knows_its_run_and_is_noted_there(string kind)
    {
        await using RegistryBench bench = await RegistryBench.OpenAsync(kind);
        ModelRegistry registry = bench.Registry;
        string run = await bench.RunAsync(), logged = await bench.LoggedModelAsync(run);
        await registry.CreateAsync("m", cancellation: Cancel);

        ModelVersion version = await registry.CreateVersionAsync("m", $"models:/{logged}", cancellation: Cancel);
        await registry.CreateVersionAsync("m", "models:/m/1", cancellation: Cancel);
        await registry.SetAliasAsync("m", "best", "2", Cancel);
        await registry.CreateVersionAsync("m", "models:/m@best", cancellation: Cancel);

        Assert.Equal((run, logged), (version.RunId, version.ModelId));
        Assert.Equal($"mlflow-artifacts:/77/models/{logged}/artifacts", await registry.DownloadUriAsync("m", "3", Cancel));
        string? noted = await bench.Database.ReadAsync(session => session.ScalarAsync<string>("SELECT value FROM logged_model_tags WHERE model_id = @id AND key = 'mlflow.modelVersions'", ("@id", logged)), Cancel);
        Assert.Equal("""[{"name":"m","version":"1"}]""", noted);
        await FailsAsync(ErrorCode.ResourceDoesNotExist, () => registry.CreateVersionAsync("m", "models:/m-0123", cancellation: Cancel));
        await FailsAsync(ErrorCode.ResourceDoesNotExist, () => registry.CreateVersionAsync("m", "models:/m/99", cancellation: Cancel));
        await registry.SetAliasAsync("m", "best", "3", Cancel); // 3 is made of @best, which is now 3
        await FailsAsync(ErrorCode.InvalidParameterValue, () => registry.DownloadUriAsync("m", "3", Cancel));
    }

    [Theory]
    [InlineData("/etc")]
    [InlineData("etc/passwd")]
    [InlineData("file:///etc/passwd")]
    [InlineData("FILE:/etc/passwd")]
    [InlineData("file://host/srv/artifacts")]
    [InlineData("http://169.254.169.254/latest")]
    [InlineData("HTTPS://example.org/model")]
    [InlineData("mlflow-artifacts:/77/../../etc")]
    [InlineData("mlflow-artifacts:/77/..%2f..%2fetc")]
    [InlineData("s3://bucket/%252e%252e/other")]
    [InlineData("s3://bucket/a\\..\\b")]
    [InlineData("mlflow-artifacts:/77/a%00")]
    [InlineData("C:\\models")]
    [InlineData("")]
    public async Task A_source_that_would_open_the_servers_files_or_network_is_refused(string source)
    {
        await using RegistryBench bench = await RegistryBench.OpenAsync("sqlite");
        string run = await bench.RunAsync();
        await bench.Registry.CreateAsync("m", cancellation: Cancel);

        await FailsAsync(ErrorCode.InvalidParameterValue, () => bench.Registry.CreateVersionAsync("m", source, cancellation: Cancel));
        await FailsAsync(ErrorCode.InvalidParameterValue, () => bench.Registry.CreateVersionAsync("m", source, run, cancellation: Cancel));
    }

    [Fact]
    public async Task A_path_below_the_runs_artifacts_is_a_source_and_so_is_anything_of_a_prompt()
    {
        await using RegistryBench bench = await RegistryBench.OpenAsync("sqlite");
        string run = await bench.RunAsync();
        await bench.Registry.CreateAsync("m", cancellation: Cancel);

        await bench.Registry.CreateVersionAsync("m", $"/srv/artifacts/77/{run}/artifacts/model", run, cancellation: Cancel);
        await bench.Registry.CreateVersionAsync("m", $"file:///srv/artifacts/77/{run}/artifacts", run, cancellation: Cancel);
        await bench.Registry.CreateVersionAsync("m", "dummy-source", tags: [new Tag("mlflow.prompt.is_prompt", "true")], cancellation: Cancel);
        await FailsAsync(ErrorCode.InvalidParameterValue, () => bench.Registry.CreateVersionAsync("m", $"/srv/artifacts/77/{run}/artifacts-of-another", run, cancellation: Cancel));
    }

    internal static async Task FailsAsync(string code, Func<Task> act) => Assert.Equal(code, (await Assert.ThrowsAsync<MlflowException>(act)).Code);
}
