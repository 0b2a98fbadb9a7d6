using System.Net;
using System.Text.Json.Nodes;

namespace Vigie.Mlflow.Tests.Server;

/// <summary>Many clients at once, over HTTP.</summary>
public sealed class RaceTests
{
    private const int Clients = 16;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string> Kinds => TestDatabases.Kinds;

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Sixteen_clients_promote_different_versions_and_one_is_champion(string kind)
    {
        await using RunningServer server = await RunningServer.StartAsync(kind);
        await server.Store.Registry.CreateAsync("m", cancellation: Cancel);
        await server.Store.Registry.Gate.SetAsync("m", "f1 > 0.5", cancellation: Cancel);
        string run = (await server.Store.Runs.CreateAsync("0", cancellation: Cancel)).Info.RunId;
        await server.Store.Runs.LogMetricAsync(run, new Metric("f1", 0.8, 0, 0), Cancel);
        string[] versions = await Task.WhenAll(Enumerable.Range(0, Clients).Select(async _ => (await server.Store.Registry.CreateVersionAsync("m", "s3://x/y", run, cancellation: Cancel)).Version));
        await server.Store.Registry.Promotion.PromoteAsync("m", versions[0], cancellation: Cancel);
        using var start = new ManualResetEventSlim();

        Task[] clients = [.. versions.Select((version, i) => Task.Run(async () =>
        {
            start.Wait(Cancel);
            for (int round = 0; round < 3; round++)
            {
                await PromoteAsync(server, version, (i + round) % 4);
                RegisteredModel seen = await server.Store.Registry.GetAsync("m", Cancel); // in one transaction, in the midst of it all
                Assert.Equal("champion", Assert.Single(seen.Aliases).Alias);
                Assert.Single((await server.GetAsync("model-versions/search")).Ok["model_versions"]!.AsArray(), found => (string?)found!["current_stage"] == "Production");
            }
        }, Cancel))];
        start.Set();
        await Task.WhenAll(clients);

        IReadOnlyList<ChampionChange> history = await server.Store.Registry.Promotion.HistoryAsync("m", 1000, Cancel);
        Assert.Equal(history.Skip(1).Select(change => change.Version), history.SkipLast(1).Select(change => change.PreviousVersion)); // an unbroken chain, the newest first
        Assert.Equal(history[0].Version, Assert.Single((await server.Store.Registry.GetAsync("m", Cancel)).Aliases).Version);
        Assert.Empty(versions.Except(history.Select(change => change.Version!))); // nobody's promotion was lost
        Assert.Empty(server.Faults.Lines);
    }

    /// <summary>By alias, by stage, through the gate, or as one transaction of ours.</summary>
    private static async Task PromoteAsync(RunningServer server, string version, int way)
    {
        if (way == 3)
        {
            await server.Store.Registry.Promotion.PromoteAsync("m", version, cancellation: Cancel);
            return;
        }

        Answer answer = way == 0
            ? await server.PostAsync("registered-models/alias", new JsonObject { ["name"] = "m", ["alias"] = "champion", ["version"] = version })
            : await server.PostAsync("model-versions/transition-stage", new JsonObject
            {
                ["name"] = "m",
                ["version"] = version,
                ["stage"] = way == 1 ? "Production" : "Staging",
                ["archive_existing_versions"] = true,
            });
        Assert.Equal(HttpStatusCode.OK, answer.Status);
    }
}
