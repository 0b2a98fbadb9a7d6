using System.Net;
using System.Text.Json;

namespace Vigie.Server.Tests;

/// <summary>What callers see of the cache, in one process and across two through a real Redis.</summary>
public sealed class CachedAnswerTests
{
    private const string Text = "lovely crew, sesame-open-17";

    private static readonly CacheOptions All = new() { Models = CacheUse.All };

    [Fact]
    public async Task Only_what_the_model_says_is_remembered()
    {
        await using RunningServer server = await RunningServer.StartAsync(RunningServer.Unlimited with { Cache = All });
        JsonElement first = await AskAsync(server, """{"text":"lovely crew","id":1}""");
        JsonElement second = await AskAsync(server, """{"text":"lovely crew","id":"two","threshold":0.9999999}""");
        JsonElement explained = await AskAsync(server, """{"text":"lovely crew","explain":true}""");
        JsonElement again = await AskAsync(server, """{"text":"lovely crew","explain":true}""");

        Assert.Equal([false, true, false, true], new[] { first, second, explained, again }.Select(IsCached));
        Assert.NotEqual(first.GetProperty("prediction_id").GetString(), second.GetProperty("prediction_id").GetString());
        Assert.Equal(("two", "negative"), (second.GetProperty("id").GetString(), second.GetProperty("label").GetString()));
        Assert.Equal("positive", first.GetProperty("label").GetString());
        Assert.False(again.TryGetProperty("id", out _));
        Assert.Equal(first.GetProperty("probabilities").GetRawText(), second.GetProperty("probabilities").GetRawText());
        Assert.Equal(explained.GetProperty("explain").GetRawText(), again.GetProperty("explain").GetRawText());
        Assert.DoesNotContain("cached", (await server.PostAsync("/predict/batch", """["lovely crew"]""")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_model_is_asked_anew()
    {
        await using RunningServer server = await RunningServer.StartAsync(RunningServer.Unlimited with { Cache = All });
        await AskAsync(server, """{"text":"lovely crew"}""");
        server.Get<ModelHost>().Fix(SmallModels.ThreeClasses with { Digest = new string('8', 64) }, DateTimeOffset.UnixEpoch);
        JsonElement answer = await AskAsync(server, """{"text":"lovely crew"}""");
        Assert.False(IsCached(answer));
        Assert.True(answer.GetProperty("probabilities").TryGetProperty("neutral", out _));
    }

    [Fact]
    public async Task What_is_remembered_is_decided_by_what_the_model_takes_and_shown()
    {
        await using RunningServer server = await RunningServer.StartAsync(RunningServer.Unlimited), without = await RunningServer.StartAsync(RunningServer.Unlimited with { Cache = new CacheOptions { Models = CacheUse.None } });
        JsonElement shown = (await server.GetAsync("/model/info")).Json.GetProperty("cache");
        double least = ModelUse.LeastForMemory.TotalMilliseconds;
        Assert.Equal(shown.GetProperty("prediction_ms").GetDouble() >= least, shown.GetProperty("predictions").GetBoolean());
        Assert.Equal(shown.GetProperty("explanation_ms").GetDouble() >= least, shown.GetProperty("explanations").GetBoolean());
        Assert.True(shown.GetProperty("explanation_ms").GetDouble() > shown.GetProperty("prediction_ms").GetDouble());
        Assert.False((await without.GetAsync("/model/info")).Json.GetProperty("cache").GetProperty("explanations").GetBoolean());
    }

    [Fact]
    public async Task Replicas_share_what_they_found_out_and_forget_it_together()
    {
        await using RedisProcess redis = await RedisProcess.StartNewAsync();
        await using RunningServer one = await StartAsync(redis), two = await StartAsync(redis);
        string body = JsonSerializer.Serialize(new { text = Text, explain = true });
        JsonElement first = await AskAsync(one, body);
        await RedisProcess.Until(() => redis.AskAsync("KEYS vigie:cache:*"), keys => keys.StartsWith("*1\r", StringComparison.Ordinal), "the outcome is kept");
        JsonElement second = await AskAsync(two, body);
        Assert.Equal([false, true], new[] { first, second }.Select(IsCached));
        Assert.Equal(first.GetProperty("explain").GetRawText(), second.GetProperty("explain").GetRawText());
        Assert.Equal(first.GetProperty("probabilities").GetRawText(), second.GetProperty("probabilities").GetRawText());

        string key = (await redis.AskAsync("KEYS vigie:cache:*")).Split("\r\n")[2];
        Assert.Matches("^vigie:cache:[0-9a-f]{32}$", key);
        Assert.InRange(int.Parse((await redis.AskAsync($"TTL {key}")).Trim()[1..], System.Globalization.CultureInfo.InvariantCulture), 3500, 3600);
        Assert.Equal([1, 1], new[] { one, two }.Select(server => server.Get<ResultCache>().Count));

        Forget(one, new Erased([Text], false));
        await RedisProcess.Until(() => redis.AskAsync("KEYS vigie:cache:*"), keys => keys.StartsWith("*0", StringComparison.Ordinal), "Redis forgets it");
        await RedisProcess.Until(() => Task.FromResult(two.Get<ResultCache>().Count), count => count == 0, "the other replica forgets it too");
        Assert.False(IsCached(await AskAsync(two, body)));

        await AskAsync(one, """{"text":"another crew"}""");
        await RedisProcess.Until(() => redis.AskAsync("KEYS vigie:cache:*"), keys => keys.StartsWith("*2\r", StringComparison.Ordinal), "both outcomes are kept");
        Forget(one, new Erased([], true));
        await RedisProcess.Until(() => redis.AskAsync("KEYS vigie:cache:*"), keys => keys.StartsWith("*0", StringComparison.Ordinal), "Redis forgets everything");
        await RedisProcess.Until(() => Task.FromResult(one.Get<ResultCache>().Count + two.Get<ResultCache>().Count), count => count == 0, "both replicas forget everything");
    }

    [Fact]
    public async Task What_was_found_out_before_a_replica_has_heard_of_a_wish_is_not_kept()
    {
        await using RedisProcess redis = await RedisProcess.StartNewAsync();
        await using RunningServer one = await StartAsync(redis);
        RedisLevel level = one.Get<RedisLevel>();
        string before = level.Heard;
        Forget(one, new Erased([Text], false));
        await RedisProcess.Until(() => Task.FromResult(level.Heard), heard => heard != before, "the replica hears its own wish");

        var outcome = new Outcome(SmallModels.TwoClasses.Classifier.Predict(Text), null);
        level.Keep(new CacheKey(CacheKey.Hash(Text), 1, false), outcome, before);
        level.Keep(new CacheKey(CacheKey.Hash("another crew"), 1, false), outcome, level.Heard); // the two go in this order
        string keys = await RedisProcess.Until(() => redis.AskAsync("KEYS vigie:cache:*"), keys => !keys.StartsWith("*0", StringComparison.Ordinal), "the second is kept");
        Assert.StartsWith("*1\r", keys, StringComparison.Ordinal);
        Assert.DoesNotContain(CacheKey.Hash(Text).ToString("x32", System.Globalization.CultureInfo.InvariantCulture), keys, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("DEL vigie:forget")]
    [InlineData("XTRIM vigie:forget MAXLEN 1")]
    public async Task A_replica_that_may_have_missed_a_wish_forgets_everything(string command)
    {
        await using RedisProcess redis = await RedisProcess.StartNewAsync();
        await using RunningServer one = await StartAsync(redis);
        await AskAsync(one, $$"""{"text":"{{Text}}"}""");
        Assert.Equal(1, one.Get<ResultCache>().Count);
        await redis.AskAsync("XADD vigie:forget * texts 00000000000000000000000000000001\r\n" + command); // together, so that the replica hears of neither between
        await RedisProcess.Until(() => Task.FromResult(one.Get<ResultCache>().Count), count => count == 0, "the replica forgets everything");
        await AskAsync(one, """{"text":"another crew"}""");
        await RedisProcess.Until(() => redis.AskAsync("KEYS vigie:cache:*"), keys => keys.Contains(CacheKey.Hash("another crew").ToString("x32", System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal), "and goes on");
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public async Task An_erased_tweet_is_forgotten_here_and_in_Redis(bool keepText, bool othersStay)
    {
        using var folder = new RecordsFolder();
        await using RedisProcess redis = await RedisProcess.StartNewAsync();
        ServerOptions options = folder.Options;
        await using RunningServer server = await StartAsync(redis, options with { Records = options.Records with { KeepText = keepText } });
        await AskAsync(server, """{"text":"lovely crew","id":7}""");
        await AskAsync(server, """{"text":"smooth flight","id":8}""");
        await RedisProcess.Until(() => redis.AskAsync("KEYS vigie:cache:*"), keys => keys.StartsWith("*2\r", StringComparison.Ordinal), "both outcomes are kept");

        Answer erased = await server.SendAsync(new HttpRequestMessage(HttpMethod.Delete, "/tweets/7"));

        Assert.Equal("done", erased.Json.GetProperty("state").GetString());
        Assert.StartsWith(othersStay ? "*1" : "*0", await redis.AskAsync("KEYS vigie:cache:*"), StringComparison.Ordinal); // without texts, nobody knows which it was
        Assert.Equal(othersStay, IsCached(await AskAsync(server, """{"text":"smooth flight"}""")));
        Assert.False(IsCached(await AskAsync(server, """{"text":"lovely crew"}""")));
    }

    /// <summary>The worst that Redis can do to an erasure is to keep it from being called done.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_erasure_waits_for_Redis_and_nothing_else_waits_for_the_erasure(bool restarted)
    {
        using var folder = new RecordsFolder();
        await using RedisProcess redis = await RedisProcess.StartNewAsync();
        ServerOptions options = folder.Options with { Records = folder.Options.Records with { ErasureWaitSeconds = 1 } };
        RunningServer server = await StartAsync(redis, options);
        try
        {
            await AskAsync(server, """{"text":"lovely crew","id":7}""");
            await RedisProcess.Until(() => redis.AskAsync("KEYS vigie:cache:*"), keys => keys.StartsWith("*1\r", StringComparison.Ordinal), "the outcome is kept");
            await redis.SignalAsync("STOP");

            Answer waiting = await EraseAsync(server);
            Assert.Equal(("waiting", HttpStatusCode.Accepted), (waiting.Json.GetProperty("state").GetString(), waiting.Status));
            Assert.Contains("Redis has not answered yet", waiting.Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
            Assert.Empty(folder.FilesWith("lovely crew"));
            await AskAsync(server, """{"text":"smooth flight"}""");
            await folder.UntilAsync("SELECT count(*) FROM predictions WHERE text = 'smooth flight'", 1);

            if (restarted)
            {
                await server.DisposeAsync();
                Assert.Equal(1, folder.Ask("SELECT count(*) FROM journal WHERE copies_since IS NOT NULL"));
            }

            await redis.SignalAsync("CONT");
            if (restarted) server = await StartAsync(redis, options);
            await RedisProcess.Until(() => redis.AskAsync("KEYS vigie:cache:*"), keys => keys.StartsWith("*0", StringComparison.Ordinal), "Redis forgets it");
            await RedisProcess.Until(async () => (await EraseAsync(server)).Status, status => status == HttpStatusCode.OK, "the same request is done");
            await folder.UntilAsync("SELECT count(*) FROM journal WHERE copies_since IS NOT NULL", 0);
        }
        finally
        {
            await server.DisposeAsync();
        }

        static Task<Answer> EraseAsync(RunningServer server) => server.SendAsync(new HttpRequestMessage(HttpMethod.Delete, "/tweets/7"));
    }

    [Fact]
    public async Task Redis_away_or_full_of_rubbish_costs_no_answer()
    {
        await using RedisProcess redis = await RedisProcess.StartNewAsync();
        await using RunningServer one = await StartAsync(redis), two = await StartAsync(redis);
        await AskAsync(one, """{"text":"lovely crew"}""");
        await RedisProcess.Until(() => redis.AskAsync("KEYS vigie:cache:*"), keys => keys.StartsWith("*1\r", StringComparison.Ordinal), "the outcome is kept");
        string key = (await redis.AskAsync("KEYS vigie:cache:*")).Split("\r\n")[2], field = (await redis.AskAsync($"HKEYS {key}")).Split("\r\n")[2];
        await redis.AskAsync($"HSET {key} {field} \"\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\x0f[1]\"");
        Assert.False(IsCached(await AskAsync(two, """{"text":"lovely crew"}""")));

        await redis.KillAsync();
        Forget(one, new Erased(["lovely crew"], false));
        Assert.False(IsCached(await AskAsync(one, """{"text":"lovely crew"}""")));
        Assert.True(IsCached(await AskAsync(one, """{"text":"lovely crew"}""")));
    }

    private static async Task<RunningServer> StartAsync(RedisProcess redis, ServerOptions? options = null)
    {
        RunningServer server = await RunningServer.StartAsync((options ?? new ServerOptions()) with { RateLimit = RunningServer.Unlimited.RateLimit, Cache = All, Redis = new RedisOptions { Url = redis.Url, Timeout = TimeSpan.FromSeconds(2) } });
        RedisLink link = server.Get<RedisLink>();
        await RedisProcess.Until(() => Task.FromResult(link.IsUp), up => up, "the server reaches Redis");
        await RedisProcess.Until(() => Task.FromResult(server.Get<RedisLevel>().Heard), heard => heard.Length > 0, "the server knows what others want gone");
        return server;
    }

    private static void Forget(RunningServer server, Erased erased)
    {
        ResultCache cache = server.Get<ResultCache>();
        if (erased.AnyText) cache.ForgetAll();
        foreach (string text in erased.Texts) cache.Forget(CacheKey.Hash(text));
        server.Get<RedisForgetting>().Forget(erased);
    }

    private static bool IsCached(JsonElement answer) => answer.TryGetProperty("cached", out JsonElement cached) && cached.GetBoolean();

    private static async Task<JsonElement> AskAsync(RunningServer server, string body)
    {
        Answer answer = await server.PostAsync("/predict", body);
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        return answer.Json;
    }
}
