using Microsoft.Extensions.Time.Testing;

namespace Vigie.Mlflow.Tests;

/// <summary>Search of experiments, logged models, registered models and versions, through the store.</summary>
public sealed class OtherSearchTests
{
    private readonly FakeTimeProvider clock = new(DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000)) { AutoAdvanceAmount = TimeSpan.FromMilliseconds(10) };

    public static TheoryData<string> Kinds => TestDatabases.Kinds;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Kinds))]
    public async Task Experiments_are_found_by_name_tag_time_and_view(string kind)
    {
        await using TestDatabase test = await TestDatabases.CreateAsync(kind);
        await using MlflowStore store = await test.OpenStoreAsync(clock);
        string a = await store.Experiments.CreateAsync("alpha", tags: [new Tag("team", "red"), new Tag("a key", "1")], cancellation: Cancel);
        string b = await store.Experiments.CreateAsync("Beta_1", tags: [new Tag("team", "blue")], cancellation: Cancel);
        string c = await store.Experiments.CreateAsync("beta%2", cancellation: Cancel);
        await store.Experiments.DeleteAsync(c, Cancel);
        Experiment beta = await store.Experiments.GetAsync(b, Cancel);

        Assert.Equal(["Beta_1", "alpha", "Default"], await NamesAsync(null));
        Assert.Equal(["beta%2"], await NamesAsync(null, view: "DELETED_ONLY"));
        Assert.Equal(["beta%2", "Beta_1", "alpha", "Default"], await NamesAsync(null, view: "ALL"));
        Assert.Equal(["Beta_1"], await NamesAsync("tags.team = 'blue'"));
        Assert.Equal(["alpha"], await NamesAsync("tag.team != 'blue' AND tags.`a key` LIKE '1'"));
        Assert.Equal(["beta%2"], await NamesAsync("name LIKE 'b%'", view: "ALL"));
        Assert.Equal(["beta%2", "Beta_1"], await NamesAsync("attribute.name ILIKE 'B%'", view: "ALL"));
        Assert.Equal(["Beta_1"], await NamesAsync($"creation_time >= {beta.CreationTime} AND last_update_time < 1900000000000"));
        Assert.Equal(["Default", "alpha", "Beta_1"], await NamesAsync(null, ["experiment_id ASC"]));
        Assert.Equal(["Beta_1", "Default", "alpha"], await NamesAsync(null, ["name"]));
        Assert.Equal([new Tag("a key", "1"), new Tag("team", "red")], Assert.Single((await store.Experiments.SearchAsync(new Search { Filter = "name = 'alpha'" }, cancellation: Cancel)).Items).Tags);
        await RefusedAsync(() => NamesAsync("metrics.a > 1"));
        await RefusedAsync(() => NamesAsync("experiment_id = '1'"));
        await RefusedAsync(() => NamesAsync(null, ["tags.team"]));

        async Task<List<string>> NamesAsync(string? filter, string[]? order = null, string view = "ACTIVE_ONLY") => await AllAsync(
            token => store.Experiments.SearchAsync(new Search { Filter = filter, OrderBy = order ?? [], MaxResults = 2, PageToken = token }, view, Cancel), experiment => experiment.Name);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Logged_models_are_found_by_attributes_params_tags_and_metrics_of_a_data_set(string kind)
    {
        await using TestDatabase test = await TestDatabases.CreateAsync(kind);
        await using MlflowStore store = await test.OpenStoreAsync(clock);
        string e = await store.Experiments.CreateAsync("e", cancellation: Cancel);
        Run run = await store.Runs.CreateAsync(e, cancellation: Cancel);
        var ids = new Dictionary<string, string>();
        foreach ((string name, double f1, string set) in new[] { ("a", 0.5, "train"), ("b", 0.9, "train"), ("c", 0.1, "test"), ("d", double.NaN, "train"), ("none", 0, "") })
        {
            LoggedModel model = await store.LoggedModels.CreateAsync(e, name, name == "a" ? "classifier" : null, run.Info.RunId, [new Param("C", name == "a" ? "0.1" : "1")], [new Tag("stage", name)], Cancel);
            ids[model.Info.ModelId] = name;
            if (set.Length == 0) continue;
            await store.Runs.LogMetricAsync(run.Info.RunId, new Metric("f1", 0.3, 1) { ModelId = model.Info.ModelId, DatasetName = "old", DatasetDigest = "0" }, Cancel);
            await store.Runs.LogMetricAsync(run.Info.RunId, new Metric("f1", f1, 2, 1) { ModelId = model.Info.ModelId, DatasetName = set, DatasetDigest = "1" }, Cancel);
        }

        string finished = ids.First(pair => pair.Value == "b").Key;
        await store.LoggedModels.FinalizeAsync(finished, LoggedModelStatus.Ready, Cancel);

        Assert.Equal(["none", "d", "c", "b", "a"], await FindAsync(null));
        Assert.Equal(["b"], await FindAsync("metrics.f1 > 0.6"));
        Assert.Equal(["d", "c", "b", "a"], await FindAsync("metrics.f1 <= 0.3"));
        Assert.Equal(["c"], await FindAsync("metrics.f1 <= 0.3", [], new Dataset("test", "", "", "")));
        Assert.Equal(["d", "b", "a"], await FindAsync(null, [], new Dataset("train", "1", "", "")));
        Assert.Equal(["a"], await FindAsync("params.C = 0.1"));
        Assert.Equal(["a"], await FindAsync("model_type = 'classifier' AND attributes.name ILIKE 'A'"));
        Assert.Equal(["b"], await FindAsync("status = 'READY'"));
        Assert.Equal(["c"], await FindAsync($"source_run_id = '{run.Info.RunId}' AND tags.`stage` LIKE '_' AND name = 'c' AND creation_timestamp > 1"));
        Assert.Equal(["b", "a", "c", "d", "none"], await FindAsync(null, [new LoggedModelOrder("metrics.f1", false)]));
        Assert.Equal(["c", "a", "b", "d", "none"], await FindAsync(null, [new LoggedModelOrder("metrics.f1")]));
        Assert.Equal(["a", "b", "d", "none", "c"], await FindAsync(null, [new LoggedModelOrder("metrics.f1", true, "train"), new LoggedModelOrder("name", false)]));
        Assert.Equal(["a", "b", "c", "d", "none"], await FindAsync(null, [new LoggedModelOrder("creation_time")]));
        await RefusedAsync(() => FindAsync(null, [new LoggedModelOrder("params.C")]));
        await RefusedAsync(() => FindAsync("dataset.name = 'x'"));
        await RefusedAsync(() => FindAsync(null, [], new Dataset("", "", "", "")));

        async Task<List<string>> FindAsync(string? filter, LoggedModelOrder[]? order = null, params Dataset[] datasets) => await AllAsync(
            token => store.LoggedModels.SearchAsync([e], new LoggedModelSearch(filter, order ?? [], datasets, 2, token), Cancel), model => ids[model.Info.ModelId]);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Registered_models_and_versions_are_found(string kind)
    {
        await using TestDatabase test = await TestDatabases.CreateAsync(kind);
        await using MlflowStore store = await test.OpenStoreAsync(clock);
        await store.Registry.CreateAsync("beta", "the second", [new Tag("team", "red")], Cancel);
        await store.Registry.CreateAsync("alpha", tags: [new Tag("team", "blue")], cancellation: Cancel);
        await store.Registry.CreateAsync("a prompt", tags: [new Tag("mlflow.prompt.is_prompt", "true")], cancellation: Cancel);
        foreach (int number in Enumerable.Range(1, 12)) await store.Registry.CreateVersionAsync("beta", $"mlflow-artifacts:/1/{number}", tags: [new Tag("even", number % 2 == 0 ? "yes" : "no")], cancellation: Cancel);
        await store.Registry.CreateVersionAsync("alpha", "mlflow-artifacts:/1/x", cancellation: Cancel);
        await store.Registry.CreateVersionAsync("a prompt", "mlflow-artifacts:/1/p", tags: [new Tag("mlflow.prompt.is_prompt", "true")], cancellation: Cancel);
        await store.Registry.SetAliasAsync("beta", "candidate", "11", Cancel);
        await store.Registry.TransitionStageAsync("beta", "3", "Staging", false, Cancel);

        Assert.Equal(["alpha", "beta"], await ModelsAsync(null));
        Assert.Equal(["alpha", "beta"], await ModelsAsync("tag.`mlflow.prompt.is_prompt` != 'true'"));
        Assert.Equal(["a prompt"], await ModelsAsync("tags.`mlflow.prompt.is_prompt` = 'true'"));
        Assert.Equal(["beta"], await ModelsAsync("name LIKE '%eta' AND tags.team = 'red'"));
        Assert.Equal(["alpha"], await ModelsAsync("name ILIKE 'ALPHA'"));
        Assert.Equal(["beta", "alpha"], await ModelsAsync(null, "name DESC"));
        Assert.Equal(["beta", "alpha"], await ModelsAsync(null, "timestamp DESC"));
        await RefusedAsync(() => ModelsAsync("version_number > 1"));
        await RefusedAsync(() => ModelsAsync(null, "description"));

        RegisteredModel beta = Assert.Single((await store.Registry.SearchAsync(new Search { Filter = "name = 'beta'" }, Cancel)).Items);
        Assert.Equivalent(await store.Registry.GetAsync("beta", Cancel), beta, strict: true);
        Assert.Equal(["3", "12"], beta.LatestVersions.Select(version => version.Version));

        Assert.Equal(["alpha 1", "beta 12", "beta 11", "beta 10", "beta 9", "beta 8", "beta 7", "beta 6", "beta 5", "beta 4", "beta 3", "beta 2", "beta 1"], await VersionsAsync(null));
        Assert.Equal(["beta 12", "beta 11"], await VersionsAsync("name = 'beta' AND version_number >= 11"));
        Assert.Equal(["beta 2", "beta 4"], await VersionsAsync("tags.even = 'yes' AND version_number < 5", "version_number ASC"));
        Assert.Equal(["alpha 1"], await VersionsAsync("source_path LIKE '%/x'"));
        Assert.Equal(["a prompt 1"], await VersionsAsync("tag.`mlflow.prompt.is_prompt` = 'true'"));
        Assert.Equal("beta 3", (await VersionsAsync("name = 'beta'", "last_updated_timestamp DESC"))[0]);
        Assert.Empty(await VersionsAsync("run_id IN ('nobody')"));
        await RefusedAsync(() => VersionsAsync("bogus = '1'"));

        ModelVersion eleventh = Assert.Single((await store.Registry.SearchVersionsAsync(new Search { Filter = "version_number = 11" }, Cancel)).Items);
        Assert.Equivalent(await store.Registry.GetVersionAsync("beta", "11", Cancel), eleventh, strict: true);
        Assert.Equal(["candidate"], eleventh.Aliases);

        Task<List<string>> ModelsAsync(string? filter, params string[] order) =>
            AllAsync(token => store.Registry.SearchAsync(new Search { Filter = filter, OrderBy = order, MaxResults = 1, PageToken = token }, Cancel), model => model.Name);

        Task<List<string>> VersionsAsync(string? filter, params string[] order) => AllAsync(
            token => store.Registry.SearchVersionsAsync(new Search { Filter = filter, OrderBy = order, MaxResults = 5, PageToken = token }, Cancel), version => $"{version.Name} {version.Version}");
    }

    private static async Task<List<string>> AllAsync<T>(Func<string?, Task<Page<T>>> ask, Func<T, string> name)
    {
        var names = new List<string>();
        string? token = null;
        do
        {
            Page<T> page = await ask(token);
            names.AddRange(page.Items.Select(name));
            token = page.NextPageToken;
        }
        while (token is not null);
        return names;
    }

    private static async Task RefusedAsync(Func<Task> ask) => Assert.Equal(ErrorCode.InvalidParameterValue, (await Assert.ThrowsAsync<MlflowException>(ask)).Code);
}
