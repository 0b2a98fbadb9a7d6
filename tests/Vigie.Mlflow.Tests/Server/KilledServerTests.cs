using System.Globalization;
using System.Text.Json.Nodes;
using Vigie.Mlflow.Artifacts;
using Vigie.Mlflow.Tests.Registry;

namespace Vigie.Mlflow.Tests.Server;

/// <summary>A server is killed again and again while clients log and promote over HTTP. What it answered 200 to must be there when it is back.</summary>
public sealed class KilledServerTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public Task Nothing_acknowledged_is_lost_and_there_is_one_champion() => KillAsync(rounds: 4);

    [Fact]
    [Trait("Category", "Slow")]
    public Task Nothing_acknowledged_is_lost_in_fifty_kills() => KillAsync(rounds: 50);

    private static async Task KillAsync(int rounds)
    {
        await using TestDatabase place = await TestDatabases.CreateAsync("sqlite");
        await using Receiver receiver = await Receiver.StartAsync();
        string database = ServerToKill.DatabaseOf(place.Folder);
        string[] runs = await PrepareAsync(database, receiver.Url);
        var logged = new Logged(runs);
        for (int round = 0; round <= rounds; round++)
        {
            using ServerToKill server = await ServerToKill.StartAsync(place.Folder);
            await logged.VerifyAsync(server.Http, database);
            if (round == rounds) await ToldAsync(receiver, logged);
            else await WriteAndKillAsync(server, logged, round);
        }

        Assert.True(logged.Promoted.Count >= 2 * rounds, $"only {logged.Promoted.Count} promotions in {rounds} rounds");
    }

    private static async Task<string[]> PrepareAsync(string database, string webhook)
    {
        await using MlflowStore store = await MlflowStore.OpenAsync(database, new FolderArtifactStore(Path.Combine(Path.GetDirectoryName(database)!, "files")), TimeProvider.System, Cancel);
        await store.Registry.CreateAsync("m", cancellation: Cancel);
        await store.Registry.Gate.SetAsync("m", "f1 > 0.5", cancellation: Cancel);
        await store.Registry.Webhooks.CreateAsync("all", webhook, [WebhookEvent.VersionCreated, WebhookEvent.AliasCreated], cancellation: Cancel);
        var runs = new List<string>();
        for (int i = 0; i < 4; i++)
        {
            runs.Add((await store.Runs.CreateAsync("0", cancellation: Cancel)).Info.RunId);
            await store.Runs.LogMetricAsync(runs[i], new Metric("f1", 0.8, 0, 0), Cancel);
        }

        return [.. runs];
    }

    private static async Task WriteAndKillAsync(ServerToKill server, Logged logged, int round)
    {
        int before = logged.Count, promoted = logged.Promoted.Count;
        Task[] clients = [.. logged.Runs.Select(run => UntilCutAsync(() => logged.LogAsync(server.Http, run))), .. logged.Runs.Take(3).Select(run => UntilCutAsync(() => logged.PromoteAsync(server.Http, run)))];
        Task all = Task.WhenAll(clients);
        while (!all.IsCompleted && (logged.Count < before + 40 || logged.Promoted.Count < promoted + 3)) await Task.Delay(1, Cancel);
        await Task.Delay(round * 7 % 45, Cancel); // not always at the same place of the same work
        await server.KillAsync();
        await all;
    }

    /// <summary>Waits until the receiver has heard of every version and of every champion by alias or gate, at least once.</summary>
    private static async Task ToldAsync(Receiver receiver, Logged logged)
    {
        HashSet<string> expected =
        [
            .. logged.Versions.Select(version => $"model_version.created {version}"),
            .. logged.Promoted.Where(pair => pair.Value != "stage").Select(pair => $"model_version_alias.created {pair.Key}"),
        ];
        long start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            HashSet<string> heard = [.. receiver.Messages.Select(message => $"{message.Event} {(string?)message.Json["data"]!["version"]}")];
            if (expected.IsSubsetOf(heard)) return;
            Assert.True(TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(60), $"not told of: {string.Join(", ", expected.Except(heard).Take(10))}");
            await Task.Delay(100, Cancel);
        }
    }

    /// <summary>Works on until the connection is cut; any answer but 200 fails the test.</summary>
    private static async Task UntilCutAsync(Func<Task> work)
    {
        try
        {
            while (true) await work();
        }
        catch (HttpRequestException)
        {
            return; // what was under way was not acknowledged
        }
    }
}

/// <summary>What clients were told is kept.</summary>
internal sealed class Logged(IReadOnlyList<string> runs)
{
    private readonly Dictionary<string, HashSet<long>> steps = runs.ToDictionary(run => run, _ => new HashSet<long>());
    private readonly HashSet<string> versions = [];
    private readonly Dictionary<string, string> promoted = [];
    private long next;
    private int ways;

    public IReadOnlyList<string> Runs => runs;

    public int Count
    {
        get
        {
            lock (steps) return steps.Values.Sum(of => of.Count);
        }
    }

    public IReadOnlyCollection<string> Versions => versions;

    /// <summary>Versions by how they were promoted.</summary>
    public IReadOnlyDictionary<string, string> Promoted => promoted;

    /// <summary>Logs a metric, a param and a tag, all of one number that no other call has.</summary>
    public async Task LogAsync(HttpClient http, string run)
    {
        long step = Interlocked.Increment(ref next);
        string text = step.ToString(CultureInfo.InvariantCulture);
        var metric = new JsonObject { ["key"] = "m", ["value"] = step, ["timestamp"] = step, ["step"] = step };
        await PostAsync(http, "runs/log-batch", new JsonObject
        {
            ["run_id"] = run,
            ["metrics"] = new JsonArray(metric),
            ["params"] = new JsonArray(new JsonObject { ["key"] = "p" + text, ["value"] = text }),
            ["tags"] = new JsonArray(new JsonObject { ["key"] = "t" + text, ["value"] = text }),
        });
        lock (steps) steps[run].Add(step);
    }

    /// <summary>Registers a version, and makes it champion by its alias, by its stage, or through the gate.</summary>
    public async Task PromoteAsync(HttpClient http, string run)
    {
        JsonNode made = await PostAsync(http, "model-versions/create", new JsonObject { ["name"] = "m", ["source"] = $"mlflow-artifacts:/0/{run}/artifacts/model", ["run_id"] = run });
        string version = (string)made["model_version"]!["version"]!;
        lock (versions) versions.Add(version);
        string way = (Interlocked.Increment(ref ways) % 3) switch { 0 => "alias", 1 => "stage", _ => "gate" };
        if (way == "alias")
        {
            await PostAsync(http, "registered-models/alias", new JsonObject { ["name"] = "m", ["alias"] = "champion", ["version"] = version });
        }
        else
        {
            JsonNode moved = await PostAsync(http, "model-versions/transition-stage", new JsonObject
            {
                ["name"] = "m",
                ["version"] = version,
                ["stage"] = way == "stage" ? "Production" : "Staging",
                ["archive_existing_versions"] = true,
            });
            Assert.Equal("Production", (string?)moved["model_version"]!["current_stage"]);
        }

        lock (promoted) promoted.Add(version, way);
        await Task.Delay(10);
    }

    /// <summary>Looks for all of it on the server, and for damage in its file.</summary>
    public async Task VerifyAsync(HttpClient http, string database)
    {
        foreach ((string run, HashSet<long> expected) in steps)
        {
            JsonNode data = (await GetAsync(http, $"runs/get?run_id={run}"))["run"]!["data"]!;
            HashSet<long> metrics = [.. (await GetAsync(http, $"metrics/get-history?run_id={run}&metric_key=m"))["metrics"]?.AsArray().Select(metric => (long)metric!["step"]!) ?? []];
            Assert.Empty(expected.Except(metrics));
            // A call is kept whole or not at all, whether or not it was acknowledged.
            Assert.Equal(metrics, NumbersOf(data["params"], "p"));
            Assert.Equal(metrics, NumbersOf(data["tags"], "t"));
            if (metrics.Count > 0) Assert.Equal(metrics.Max(), (long)data["metrics"]!.AsArray().Single(metric => (string)metric!["key"]! == "m")!["step"]!);
        }

        await VerifyRegistryAsync(http, database);
    }

    private async Task VerifyRegistryAsync(HttpClient http, string database)
    {
        JsonNode[] found = [.. (await GetAsync(http, "model-versions/search?max_results=200000"))["model_versions"]?.AsArray().Select(version => version!) ?? []];
        Dictionary<string, string> stages = found.ToDictionary(version => (string)version["version"]!, version => (string)version["current_stage"]!);
        Assert.Empty(versions.Except(stages.Keys));
        Assert.All(promoted.Where(pair => pair.Value != "alias"), pair => Assert.Contains(stages[pair.Key], (string[])["Production", "Archived"]));

        await using Database file = await Database.OpenAsync(database, TimeProvider.System, TestContext.Current.CancellationToken);
        Assert.Equal("ok", await file.ReadAsync(session => session.ScalarAsync<string>("PRAGMA integrity_check"), TestContext.Current.CancellationToken));
        IReadOnlyList<ChampionChange> history = await new ModelRegistry(file, TimeProvider.System).Promotion.HistoryAsync("m", int.MaxValue, TestContext.Current.CancellationToken);
        Assert.Equal(history.Skip(1).Select(change => change.Version), history.SkipLast(1).Select(change => change.PreviousVersion)); // an unbroken chain, the newest first
        Assert.Empty(promoted.Where(pair => pair.Value != "stage").Select(pair => pair.Key).Except(history.Select(change => change.Version!)));
        if (promoted.Count == 0) return;
        Assert.Single(stages, pair => pair.Value == "Production");
        JsonNode champion = (await GetAsync(http, "registered-models/get?name=m"))["registered_model"]!["aliases"]!.AsArray().Single()!;
        Assert.Equal(("champion", history[0].Version), ((string?)champion["alias"], (string?)champion["version"]));
    }

    private static HashSet<long> NumbersOf(JsonNode? list, string letter) =>
        [.. list?.AsArray().Select(item => (string)item!["key"]!).Where(key => key.StartsWith(letter, StringComparison.Ordinal)).Select(key => long.Parse(key[1..], CultureInfo.InvariantCulture)) ?? []];

    private static Task<JsonNode> GetAsync(HttpClient http, string path) => AnswerAsync(http, new HttpRequestMessage(HttpMethod.Get, "/api/2.0/mlflow/" + path));

    private static Task<JsonNode> PostAsync(HttpClient http, string path, JsonNode body) =>
        AnswerAsync(http, new HttpRequestMessage(HttpMethod.Post, "/api/2.0/mlflow/" + path) { Content = new StringContent(body.ToJsonString(), System.Text.Encoding.UTF8, "application/json") });

    private static async Task<JsonNode> AnswerAsync(HttpClient http, HttpRequestMessage request)
    {
        using (request)
        {
            using HttpResponseMessage answer = await http.SendAsync(request);
            string text = await answer.Content.ReadAsStringAsync();
            Assert.True(answer.IsSuccessStatusCode, $"{request.RequestUri} answered {(int)answer.StatusCode} {text}");
            return JsonNode.Parse(text)!;
        }
    }
}
