using System.Net;
using System.Text.Json;

namespace Vigie.Server.Tests;

/// <summary>What /health says, and to whom.</summary>
public sealed class HealthTests
{
    [Fact]
    public async Task A_database_that_cannot_be_written_degrades_the_server()
    {
        using var folder = new RecordsFolder();
        await using RunningServer server = await RunningServer.StartAsync(folder.Options);
        await server.DigestAsync();
        await folder.UntilAsync("SELECT count(*) FROM predictions", 1);
        JsonElement well = (await server.GetAsync("/health")).Json;
        Assert.Equal("ok", well.GetProperty("status").GetString());
        Assert.False(well.TryGetProperty("degraded", out _));
        Assert.Equal([("model", 0), ("records", 0), ("alerts", 0)], Measured(server));
        Assert.Contains("vigie_health_degraded{otel_scope_name=\"Vigie\",part=\"records\"}", (await server.GetAsync("/metrics")).Text, StringComparison.Ordinal);

        using (RecordDatabase other = RecordDatabase.OpenToWrite(folder.Database))
        {
            other.Run("BEGIN IMMEDIATE"); // as a backup that never ends
            await server.DigestAsync();
            await RunningServer.UntilAsync(async () => (await server.GetAsync("/health")).Json.GetProperty("status").GetString() == "degraded");
            JsonElement part = (await server.GetAsync("/health")).Json.GetProperty("degraded").EnumerateArray().Single();
            Assert.Equal("records", part.GetProperty("part").GetString());
            Assert.Contains("locked", part.GetProperty("reason").GetString(), StringComparison.Ordinal);
            Assert.Equal([("model", 0), ("records", 1), ("alerts", 0)], Measured(server)); // and no Redis, since there is none
            other.Run("ROLLBACK");
        }

        await RunningServer.UntilAsync(async () => (await server.GetAsync("/health")).Json.GetProperty("status").GetString() == "ok");
    }

    [Fact]
    public async Task A_redis_that_is_away_degrades_the_server()
    {
        await using RedisProcess redis = await RedisProcess.StartNewAsync();
        await using RunningServer server = await RunningServer.StartAsync(new ServerOptions { Redis = new RedisOptions { Url = redis.Url } });
        await RunningServer.UntilAsync(async () => (await server.GetAsync("/health")).Json.GetProperty("status").GetString() == "ok");
        await redis.KillAsync();
        await server.DigestAsync(); // asks it how often this client came
        await RunningServer.UntilAsync(async () => (await server.GetAsync("/health")).Json.GetProperty("status").GetString() == "degraded");
        JsonElement part = (await server.GetAsync("/health")).Json.GetProperty("degraded").EnumerateArray().Single();
        Assert.Equal("redis", part.GetProperty("part").GetString());
        Assert.Equal([("model", 0), ("redis", 1)], Measured(server));
        Assert.Contains(redis.Url, part.GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await server.GetAsync("/health/ready")).Status);
        await redis.StartAsync();
        await RunningServer.UntilAsync(async () => (await server.GetAsync("/health")).Json.GetProperty("status").GetString() == "ok");
    }

    [Fact]
    public async Task Strangers_of_a_closed_server_are_told_that_it_is_degraded_and_not_why()
    {
        using TestKeys keys = await TestKeys.WithAsync("monitor", Scope.Read);
        string other = (await keys.Keys.CreateAsync("collector", [Scope.Predict])).Secret;
        ScriptedSource source = new ScriptedSource("models:/secret-plans@champion").With("a", SmallModels.TwoClasses);
        await using RunningServer server = await RunningServer.StartAsync(new ModelSources(source), keys.Options with { Models = new ModelOptions { State = "nowhere" } });
        source.Failing = new IOException("/srv/plans is away");
        await RunningServer.UntilAsync(async () => (await server.GetAsync("/health")).Json.GetProperty("status").GetString() == "degraded", () => keys.Clock.Advance(TimeSpan.FromSeconds(1)));

        foreach (string? secret in (string?[])[null, other, "vigie_" + new string('A', 43), "no.such.token"])
        {
            Answer stranger = await AskAsync(server, "/health", secret);
            Assert.Equal(HttpStatusCode.OK, stranger.Status);
            Assert.Equal(["degraded", "status", "uptime_seconds"], stranger.Json.EnumerateObject().Select(field => field.Name).Order());
            Assert.Equal("""[{"part":"model"}]""", stranger.Json.GetProperty("degraded").GetRawText());
        }

        JsonElement told = (await AskAsync(server, "/health", keys.Secret)).Json;
        Assert.Equal("/srv/plans is away", told.GetProperty("degraded")[0].GetProperty("reason").GetString());
        Assert.Equal(source.Name, told.GetProperty("models")[0].GetProperty("source").GetString());
        Assert.Equal(SmallModels.TwoClasses.Digest, told.GetProperty("model").GetProperty("digest").GetString());
    }

    [Fact]
    public async Task Strangers_are_not_told_what_a_server_waits_for()
    {
        using TestKeys keys = await TestKeys.WithAsync("monitor", Scope.Read);
        var source = new ScriptedSource("models:/secret-plans@champion") { Failing = new IOException("/srv/plans is away") };
        await using RunningServer server = await RunningServer.StartAsync(new ModelSources(source), keys.Options with { Models = new ModelOptions { State = "nowhere" } });
        foreach (string path in (string[])["/health", "/health/ready"])
        {
            foreach (string? secret in (string?[])[null, keys.Secret])
            {
                using HttpResponseMessage waiting = await server.Client.SendAsync(Request(path, secret));
                Assert.Equal(HttpStatusCode.ServiceUnavailable, waiting.StatusCode);
                string text = await waiting.Content.ReadAsStringAsync();
                Assert.Equal(secret is not null, text.Contains("plans", StringComparison.Ordinal));
                Assert.Contains("scope read", secret is null ? text : "scope read", StringComparison.Ordinal);
            }
        }
    }

    // The servers of other tests, in this process, write to the same metric.
    private static IEnumerable<(string?, int)> Measured(RunningServer server) => server.Get<ServerHealth>().Measure().Select(one => (one.Tags[0].Value as string, one.Value));

    private static Task<Answer> AskAsync(RunningServer server, string path, string? secret) => server.SendAsync(Request(path, secret));

    private static HttpRequestMessage Request(string path, string? secret)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (secret is not null) request.Headers.Authorization = new("Bearer", secret);
        return request;
    }
}
