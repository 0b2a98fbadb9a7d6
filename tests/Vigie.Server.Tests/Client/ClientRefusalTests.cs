using System.Net;
using Vigie.Client;

namespace Vigie.Server.Tests;

/// <summary>What the client makes of a server that refuses, and when it asks again.</summary>
public sealed class ClientRefusalTests
{
    private static readonly VigieClientOptions AtOnce = new() { Address = new Uri("http://127.0.0.1:9"), RetryDelay = TimeSpan.Zero };

    [Fact]
    public async Task A_wrong_field_and_an_unknown_prediction_are_named()
    {
        using var folder = new RecordsFolder();
        await using RunningServer server = await RunningServer.StartAsync(folder.Options);
        using var client = new VigieClient(AtOnce with { Address = server.Address });

        VigieProblemException field = await Assert.ThrowsAsync<VigieProblemException>(() => client.PredictAsync(new Tweet("a") { Threshold = 2 }));
        Assert.Equal((HttpStatusCode.BadRequest, "urn:vigie:problem:wrong-field", "threshold"), (field.Status, field.Problem!.Type, field.Problem.Field));
        Assert.Equal($"{field.Problem.Detail} (400)", field.Message);
        Assert.NotEmpty(field.Problem.RequestId!);
        VigieProblemException line = await Assert.ThrowsAsync<VigieProblemException>(async () => await client.PredictAsync([new Tweet("a"), new Tweet("b") { Threshold = 2 }]).ToListAsync());
        Assert.Equal("line 2.threshold", line.Problem!.Field);
        VigieProblemException unknown = await Assert.ThrowsAsync<VigieProblemException>(() => client.CorrectAsync(new string('0', 32), Sentiment.Positive));
        Assert.Equal((HttpStatusCode.NotFound, "prediction_id", null), (unknown.Status, unknown.Problem!.Field, unknown.RetryAfter));
    }

    [Fact]
    public async Task A_key_opens_what_its_scopes_allow_and_is_in_no_message()
    {
        using TestKeys keys = await TestKeys.WithAsync("ada", Scope.Predict);
        await using RunningServer server = await RunningServer.StartAsync(keys.Options);
        VigieClientOptions options = AtOnce with { Address = server.Address, Key = keys.Secret };
        using var client = new VigieClient(options);
        Assert.Equal(Sentiment.Positive, (await client.PredictAsync("lovely crew")).Label);

        VigieProblemException forbidden = await Assert.ThrowsAsync<VigieProblemException>(() => client.CorrectAsync(new string('0', 32), Sentiment.Positive));
        Assert.Equal(HttpStatusCode.Forbidden, forbidden.Status);
        Assert.Contains("the scope feedback", forbidden.Message, StringComparison.Ordinal);
        string wrongKey = "vigie_" + new string('A', 43);
        using var nobody = new VigieClient(options with { Key = null });
        using var wrong = new VigieClient(options with { Key = wrongKey });
        var refusals = new List<VigieProblemException> { forbidden };
        foreach (VigieClient other in new[] { nobody, wrong })
        {
            refusals.Add(await Assert.ThrowsAsync<VigieProblemException>(() => other.PredictAsync("lovely crew")));
            refusals.Add(await Assert.ThrowsAsync<VigieProblemException>(async () => await other.PredictAsync([new Tweet("a")]).ToListAsync()));
            refusals.Add(await Assert.ThrowsAsync<VigieProblemException>(() => other.ModelAsync()));
        }

        Assert.All(refusals.Skip(1), refused => Assert.Equal(HttpStatusCode.Unauthorized, refused.Status));
        string said = string.Join('\n', refusals.Select(refused => $"{refused} {refused.Problem}")) + options + Assert.Throws<ArgumentException>(() => new VigieClient(options with { Key = keys.Secret + " " }));
        Assert.DoesNotContain(keys.Secret[6..], said, StringComparison.Ordinal);
        Assert.DoesNotContain(wrongKey[6..], said, StringComparison.Ordinal);
        using var away = new VigieClient(options with { Address = new Uri("http://127.0.0.1:9") });
        Assert.DoesNotContain(keys.Secret[6..], (await Assert.ThrowsAsync<HttpRequestException>(() => away.PredictAsync("a"))).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_used_up_limit_is_waited_for_as_long_as_the_server_says()
    {
        var serverClock = new WatchedClock();
        var clock = new WatchedClock();
        await using RunningServer server = await RunningServer.StartAsync(new ServerOptions { Clock = serverClock, RateLimit = new RateLimitOptions { Requests = 1 } });
        using var client = new VigieClient(AtOnce with { Address = server.Address, Clock = clock });
        using var impatient = new VigieClient(AtOnce with { Address = server.Address, Clock = clock, LongestRetryDelay = TimeSpan.FromSeconds(60) });
        await client.PredictAsync("lovely crew");

        VigieProblemException refused = await Assert.ThrowsAsync<VigieProblemException>(() => impatient.PredictAsync("lovely crew"));
        Assert.Equal((HttpStatusCode.TooManyRequests, TimeSpan.FromSeconds(61)), (refused.Status, refused.RetryAfter));
        Task<Prediction> waiting = client.PredictAsync("lovely crew");
        await clock.UntilWaitedForAsync(TimeSpan.FromSeconds(61));
        serverClock.Advance(TimeSpan.FromSeconds(61));
        clock.Advance(TimeSpan.FromSeconds(60.9));
        Assert.False(waiting.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal(Sentiment.Positive, (await waiting).Label);
    }

    [Fact]
    public async Task A_server_that_still_loads_is_asked_again()
    {
        var clock = new WatchedClock();
        var source = new ScriptedSource("c") { Failing = new IOException("the tracking server is away") }.With("a", SmallModels.TwoClasses);
        using var state = new TempState();
        await using RunningServer server = await RunningServer.StartAsync(new ModelSources(source), state.Options);
        using var client = new VigieClient(AtOnce with { Address = server.Address, Clock = clock, Retries = 1 });
        Task<List<Prediction>> waiting = client.PredictAsync([new Tweet("lovely crew")]).ToListAsync().AsTask();
        await clock.UntilWaitedForAsync(TimeSpan.FromSeconds(1));
        source.Failing = null;
        await RunningServer.UntilAsync(async () =>
        {
            using HttpResponseMessage ready = await server.Client.GetAsync("/health/ready");
            return ready.IsSuccessStatusCode;
        });
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(Sentiment.Positive, Assert.Single(await waiting).Label);
    }

    [Theory]
    [InlineData(429, "0", true, true)]
    [InlineData(429, null, true, true)]
    [InlineData(503, "0", true, true)]
    [InlineData(503, null, true, false)] // it may have been kept
    [InlineData(503, "0", false, false)] // says a proxy, who may have passed it on
    [InlineData(502, null, false, false)]
    [InlineData(504, "0", false, false)]
    [InlineData(0, null, false, false)] // the connection ends without an answer
    public async Task What_changes_something_is_sent_again_only_where_nothing_was_done(int status, string? retryAfter, bool byTheServer, bool correctedAgain)
    {
        var refusal = status == 0 ? ScriptedApi.HangUp : byTheServer ? ScriptedApi.Problem(status, retryAfter) : ScriptedApi.Answer(status, "text/html", "<html>", retryAfter);
        await using ScriptedApi asked = await ScriptedApi.StartAsync(refusal, refusal, ScriptedApi.Json(ScriptedApi.Prediction));
        using var asking = new VigieClient(AtOnce with { Address = asked.Address });
        Assert.Equal(Sentiment.Positive, (await asking.PredictAsync(new Tweet("é") { Author = "@anna" })).Label);
        Assert.Equal(Enumerable.Repeat(("POST /v1/predict", """{"text":"é","author":"@anna"}""", (string?)null), 3), asked.Requests);

        await using ScriptedApi told = await ScriptedApi.StartAsync(refusal, refusal, ScriptedApi.Json("""{"feedback_id":"019aad3e7a4c5b21d90003e9f60c7d12"}""", 201));
        using var telling = new VigieClient(AtOnce with { Address = told.Address });
        Task<Correction> correction = telling.CorrectAsync("019aad3e7a4c5b21d90003e9f60c7d12", Sentiment.Negative);
        if (correctedAgain) await correction;
        else if (status == 0) await Assert.ThrowsAsync<HttpRequestException>(() => correction);
        else Assert.Equal(status, (int)(await Assert.ThrowsAsync<VigieProblemException>(() => correction)).Status);
        Assert.Equal(correctedAgain ? 3 : 1, told.Requests.Count);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(500)]
    [InlineData(501)]
    public async Task What_will_not_get_better_is_not_asked_again(int status)
    {
        await using ScriptedApi api = await ScriptedApi.StartAsync(ScriptedApi.Problem(status));
        using var client = new VigieClient(AtOnce with { Address = api.Address });
        Assert.Equal($"not now ({status})", (await Assert.ThrowsAsync<VigieProblemException>(() => client.PredictAsync("a"))).Message);
        Assert.Single(api.Requests);
    }

    [Fact]
    public async Task Retries_end_and_the_last_refusal_is_told()
    {
        await using ScriptedApi api = await ScriptedApi.StartAsync(ScriptedApi.Problem(503, "0"));
        using var client = new VigieClient(AtOnce with { Address = api.Address, Retries = 2, Key = "vigie_key" });
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await Assert.ThrowsAsync<VigieProblemException>(() => client.EraseAuthorAsync("@anna/é"))).Status);
        Assert.Equal(Enumerable.Repeat(("DELETE /v1/authors/@anna%2F%C3%A9", "", (string?)"Bearer vigie_key"), 3), api.Requests);
        using var once = new VigieClient(AtOnce with { Address = api.Address, Retries = 0 });
        await Assert.ThrowsAsync<VigieProblemException>(() => once.ModelAsync());
        Assert.Equal(4, api.Requests.Count);
    }

    [Fact]
    public async Task A_disk_that_does_not_say_whether_it_took_something_is_not_asked_again()
    {
        RequestException unsure = await Assert.ThrowsAsync<RequestException>(() => Durably.DoAsync(Task.FromException(new TimeoutException())));
        RequestException sure = await Assert.ThrowsAsync<RequestException>(() => Durably.DoAsync(Task.FromException(new IOException())));
        Assert.Equal((503, null), (unsure.Problem.Status, unsure.RetryAfter));
        Assert.Equal((503, TimeSpan.FromSeconds(5)), (sure.Problem.Status, sure.RetryAfter));
    }
}
