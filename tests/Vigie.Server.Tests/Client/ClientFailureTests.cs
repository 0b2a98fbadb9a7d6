using Vigie.Client;

namespace Vigie.Server.Tests;

/// <summary>What the client makes of a server that is away, silent, broken, or none of ours.</summary>
public sealed class ClientFailureTests
{
    private static readonly VigieClientOptions AtOnce = new() { Address = new Uri("http://127.0.0.1:9"), RetryDelay = TimeSpan.Zero };

    [Fact]
    public async Task A_server_that_is_away_is_asked_again_even_to_correct_since_nothing_reached_it()
    {
        using var away = new VigieClient(AtOnce);
        Assert.Equal(HttpRequestError.ConnectionError, (await Assert.ThrowsAsync<HttpRequestException>(() => away.PredictAsync("a"))).HttpRequestError);

        int port;
        await using (ScriptedApi free = await ScriptedApi.StartAsync(ScriptedApi.Problem(500))) port = free.Address.Port;
        var clock = new WatchedClock();
        using var client = new VigieClient(new VigieClientOptions { Address = new Uri($"http://127.0.0.1:{port}"), Clock = clock, Retries = 1 });
        Task<Correction> waiting = client.CorrectAsync(new string('0', 32), Sentiment.Negative);
        await RunningServer.UntilAsync(() => Task.FromResult(clock.Waits.Any(wait => wait < TimeSpan.FromSeconds(50)))); // between the two attempts
        await using ScriptedApi api = await ScriptedApi.StartAsync(port, ScriptedApi.Json("""{"feedback_id":"1"}""", 201));
        clock.Advance(TimeSpan.FromSeconds(50));
        Assert.Equal("1", (await waiting).FeedbackId);
        Assert.Single(api.Requests);
    }

    [Theory]
    [InlineData(ScriptedApi.Prediction + "\n" + ScriptedApi.Prediction + "\n", "2 answers of this batch came")]
    [InlineData(ScriptedApi.Prediction + "\n" + ScriptedApi.Prediction + "\n{\"prediction_id\":", "2 answers of this batch came")]
    [InlineData("", "0 answers of this batch came")]
    public async Task A_batch_that_breaks_off_is_told_behind_the_answers_that_came(string begun, string said)
    {
        await using ScriptedApi api = await ScriptedApi.StartAsync(ScriptedApi.BreakOff(begun));
        using var client = new VigieClient(AtOnce with { Address = api.Address });
        int count = 0;
        HttpRequestException broken = await Assert.ThrowsAsync<HttpRequestException>(async () =>
        {
            await foreach (Prediction _ in client.PredictAsync([new Tweet("a"), new Tweet("b"), new Tweet("c")])) count++;
        });
        Assert.Contains(said, broken.Message, StringComparison.Ordinal);
        Assert.Equal((HttpRequestError.ResponseEnded, begun.Count(c => c == '\n')), (broken.HttpRequestError, count));
        Assert.Single(api.Requests); // some answers may have been used already
    }

    [Theory]
    [InlineData(ScriptedApi.Prediction + "\n", "3 tweets were sent and 1 answers came")]
    [InlineData(ScriptedApi.Prediction, "3 tweets were sent and 0 answers came")] // a line that does not end
    public async Task A_batch_with_too_few_answers_is_no_whole_one(string lines, string said)
    {
        await using ScriptedApi api = await ScriptedApi.StartAsync(ScriptedApi.Answer(200, "application/x-ndjson", lines));
        using var client = new VigieClient(AtOnce with { Address = api.Address });
        HttpRequestException broken = await Assert.ThrowsAsync<HttpRequestException>(async () => await client.PredictAsync([new Tweet("a"), new Tweet("b"), new Tweet("c")]).ToListAsync());
        Assert.Contains(said, broken.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_single_answer_that_breaks_off_is_told()
    {
        await using ScriptedApi api = await ScriptedApi.StartAsync(ScriptedApi.BreakOff(ScriptedApi.Prediction[..40]));
        using var client = new VigieClient(AtOnce with { Address = api.Address });
        HttpRequestException broken = await Assert.ThrowsAsync<HttpRequestException>(() => client.CorrectAsync(new string('0', 32), Sentiment.Negative));
        Assert.Contains("broke off", broken.Message, StringComparison.Ordinal);
        Assert.Single(api.Requests);
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData(ScriptedApi.Prediction + "\n", 1)]
    public async Task Silence_ends_after_the_timeout_before_an_answer_and_within_one(string begun, int answers)
    {
        var clock = new WatchedClock();
        await using ScriptedApi api = await ScriptedApi.StartAsync(ScriptedApi.FallSilent(begun));
        using var client = new VigieClient(AtOnce with { Address = api.Address, Clock = clock, Timeout = TimeSpan.FromSeconds(7) });
        await using IAsyncEnumerator<Prediction> many = client.PredictAsync([new Tweet("a"), new Tweet("b")]).GetAsyncEnumerator();
        for (int i = 0; i < answers; i++) Assert.True(await many.MoveNextAsync());
        int before = clock.Waits.Count;
        Task<bool> next = many.MoveNextAsync().AsTask();
        await RunningServer.UntilAsync(() => Task.FromResult(clock.Waits.Count > before && !api.Requests.IsEmpty));
        clock.Advance(TimeSpan.FromSeconds(6.9));
        Assert.False(next.IsCompleted);
        await RunningServer.UntilAsync(() => Task.FromResult(next.IsCompleted), () => clock.Advance(TimeSpan.FromSeconds(7)));
        Assert.Equal("the server was silent for 7 s", (await Assert.ThrowsAsync<HttpRequestException>(() => next)).Message);
        Assert.Single(api.Requests);
    }

    [Theory]
    [InlineData("<html>welcome</html>")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("")]
    [InlineData("""{"prediction_id":null,"label":"positive","probabilities":{},"probability_positive":0.75,"confidence":0.75,"unknown":false,"unknown_share":0}""")]
    [InlineData("""{"prediction_id":"1","label":"furious","probabilities":{},"probability_positive":0.75,"confidence":0.75,"unknown":false,"unknown_share":0}""")]
    public async Task What_is_no_answer_of_this_API_is_said_to_be_none(string body)
    {
        await using ScriptedApi api = await ScriptedApi.StartAsync(ScriptedApi.Json(body));
        using var client = new VigieClient(AtOnce with { Address = api.Address });
        HttpRequestException single = await Assert.ThrowsAsync<HttpRequestException>(() => client.PredictAsync("a"));
        Assert.Equal(HttpRequestError.InvalidResponse, single.HttpRequestError);
        Assert.StartsWith("the answer is not one of this API", single.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<HttpRequestException>(async () => await client.PredictAsync([new Tweet("a")]).ToListAsync());
        await Assert.ThrowsAsync<HttpRequestException>(() => client.ModelAsync());
        Assert.Equal(3, api.Requests.Count);
    }

    [Fact]
    public async Task Another_servers_refusal_and_its_redirection_are_told_as_they_are()
    {
        await using ScriptedApi api = await ScriptedApi.StartAsync(ScriptedApi.Answer(404, "text/html", "<html>"), context =>
        {
            context.Response.Redirect("https://vigie.example.org/v1/predict", permanent: true);
            return Task.CompletedTask;
        });
        using var client = new VigieClient(AtOnce with { Address = new Uri(api.Address, "/below/") });
        VigieProblemException missing = await Assert.ThrowsAsync<VigieProblemException>(() => client.PredictAsync("a"));
        Assert.Equal(("the server answered 404", null), (missing.Message, missing.Problem));
        Assert.Equal("the server sends to https://vigie.example.org/v1/predict; use that address", (await Assert.ThrowsAsync<HttpRequestException>(() => client.PredictAsync("a"))).Message);
        Assert.Equal(["POST /below/v1/predict", "POST /below/v1/predict"], api.Requests.Select(asked => asked.Line));
    }

    [Fact]
    public void Options_out_of_range_are_named()
    {
        (VigieClientOptions, string)[] wrong =
        [
            (AtOnce with { Address = new Uri("ftp://127.0.0.1") }, "address 'ftp://127.0.0.1/': expected http://HOST:PORT"),
            (AtOnce with { Address = new Uri("/predict", UriKind.Relative) }, "address '/predict'"),
            (AtOnce with { Address = new Uri("http://127.0.0.1/?a=b") }, "expected a host, and at most a path"),
            (AtOnce with { Address = new Uri("http://ada:secret@127.0.0.1/") }, "give a key instead"),
            (AtOnce with { Key = "" }, "the key is empty"),
            (AtOnce with { Key = "vigie_a\n" }, "was it copied whole?"),
            (AtOnce with { Retries = -1 }, "retries -1"),
            (AtOnce with { RetryDelay = TimeSpan.FromSeconds(-1) }, "retry delay -00:00:01"),
            (AtOnce with { LongestRetryDelay = TimeSpan.FromDays(2) }, "longest retry delay 2.00:00:00"),
            (AtOnce with { Timeout = TimeSpan.Zero }, "timeout 00:00:00"),
            (AtOnce with { BatchSize = 0 }, "batch size 0"),
            (AtOnce with { BatchSize = 100_001 }, "batch size 100001"),
        ];
        foreach ((VigieClientOptions options, string said) in wrong)
        {
            string message = Assert.Throws<ArgumentException>(() => new VigieClient(options)).Message;
            Assert.Contains(said, message, StringComparison.Ordinal);
            Assert.DoesNotContain("secret", message, StringComparison.Ordinal);
        }
    }
}
