using System.Net;
using System.Text;
using System.Text.Json;
using Vigie.Models;
using Vigie.Tests.Networks;

namespace Vigie.Server.Tests;

/// <summary>Whatever a network is asked, it runs as often at the same time as it may, and nobody who asks for much keeps out those who ask for little.</summary>
public sealed class NetworkTurnsTests : IDisposable
{
    private const string Plain = """{"text":"late again"}""";
    private static readonly string Long = string.Join(' ', Enumerable.Repeat("late", 150));
    private static readonly string Explained = JsonSerializer.Serialize(new { text = Long, explain = true });

    private readonly TurnstileModel network = new(SmallModels.TwoClasses);

    public void Dispose() => network.Dispose();

    [Fact]
    public async Task Predictions_are_made_during_an_explanation()
    {
        await using RunningServer server = await StartAsync();
        Task<Answer> explained = server.PostAsync("/predict", Explained);
        await OvertakenAsync(server, explained, 5); // 1 + 128 + 128 texts, 64 a turn
        JsonElement why = (await explained).Json.GetProperty("explain");
        Assert.Equal((128, 22), (why.GetProperty("words").GetArrayLength(), why.GetProperty("words_left_out").GetInt32()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("?explain=true")]
    public async Task Predictions_are_made_during_a_batch(string query)
    {
        await using RunningServer server = await StartAsync();
        const int tweets = 2_000;
        Task<Answer> batch = server.PostAsync("/predict/batch" + query, JsonSerializer.Serialize(Enumerable.Repeat("late again", tweets)));
        await OvertakenAsync(server, batch, query.Length == 0 ? 16 : tweets);
        Assert.Equal(tweets, (await batch).Json.GetArrayLength());
    }

    [Fact]
    public async Task A_shadow_runs_in_turns_with_those_who_ask_it_by_name()
    {
        using var state = new TempState();
        ScriptedSource champion = new ScriptedSource("champion").With("a", FourModels.All[0]), challenger = new ScriptedSource("challenger") { Now = "b" }.With("b", network.Served with { Digest = new string('e', 64) });
        await using RunningServer server = await RunningServer.StartAsync(new ModelSources(champion) { Challenger = challenger }, RunningServer.Unlimited with
        {
            Models = state.Options.Models with { Challenger = "out/c", NetworkWorkers = 1 },
            Cache = new CacheOptions { Models = CacheUse.None },
        });
        network.IsShut = true;
        Assert.Equal(HttpStatusCode.OK, (await server.PostAsync("/predict", Plain)).Status); // the champion's caller waits for nobody
        await network.EnteredAsync(1);
        Task<Answer> named = server.PostAsync("/predict?model=challenger", Plain);
        await RunningServer.UntilAsync(() => Task.FromResult(server.Get<RequestBatchers>().Of(network.Served)!.Length == 1));
        network.Pass(2);
        Assert.Equal(new string('e', 64), (await named).Headers.GetValues("Vigie-Model-Digest").Single());
        Assert.Equal((2, 1), (network.Entered, network.Most));
    }

    [Fact]
    public async Task Those_for_whom_there_is_no_room_are_turned_away()
    {
        await using RunningServer server = await StartAsync(room: 2);
        Task<Answer> explained = server.PostAsync("/predict", Explained);
        await network.EnteredAsync(1);
        Task<Answer> waiting = server.PostAsync("/predict", Plain);
        await RunningServer.UntilAsync(() => Task.FromResult(server.Get<RequestBatchers>().Of(network.Served)!.Length == 1));
        foreach ((string path, string body) in new[] { ("/predict", Plain), ("/predict", Explained), ("/predict/batch", """["late again"]""") })
        {
            using HttpResponseMessage refused = await server.Client.PostAsync(new Uri(path, UriKind.Relative), new StringContent(body, Encoding.UTF8, "application/json"));
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.Equal("urn:vigie:problem:busy", JsonDocument.Parse(await refused.Content.ReadAsStringAsync()).RootElement.GetProperty("type").GetString());
            Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter?.Delta);
        }

        network.Pass(6);
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK], (await Task.WhenAll(explained, waiting)).Select(answer => answer.Status));
        network.Pass();
        Assert.Equal(HttpStatusCode.OK, (await server.PostAsync("/predict", Plain)).Status); // there is room again
    }

    [Theory]
    [InlineData(CacheUse.None)]
    [InlineData(CacheUse.All)]
    public async Task An_explanation_that_nobody_waits_for_any_more_ends_with_its_turn(CacheUse cached)
    {
        await using RunningServer server = await StartAsync(room: 1, cached: cached);
        await LeaveAsync(async token => await server.Get<Predictor>().AnswerAsync(new PredictionRequest { Text = Long, Explain = true }, server.Recorder.NextId(), Route(server), 0, token));
        server.Get<RequestBatchers>().Of(network.Served)!.Enter().Dispose(); // the place is free
        Assert.Equal(HttpStatusCode.OK, (await server.PostAsync("/predict", Explained)).Status);
    }

    [Fact]
    public async Task A_batch_that_nobody_waits_for_any_more_ends_with_its_turn()
    {
        await using RunningServer server = await StartAsync();
        PredictionRequest[] tweets = [.. Enumerable.Repeat(new PredictionRequest { Text = "late again", Explain = true }, 50)];
        await LeaveAsync(async token => await server.Get<Predictor>().AnswerAsync(tweets, Route(server), 0, token));
        Assert.Equal(HttpStatusCode.OK, (await server.PostAsync("/predict", Plain)).Status);
    }

    [Fact]
    public async Task A_network_explains_short_texts_whole_and_as_ever()
    {
        TextClassifier classifier = SmallNetwork.Classifier();
        await using RunningServer server = await RunningServer.StartAsync(model: SmallNetwork.Served('n') with { Classifier = classifier });
        foreach (string text in SmallNetworks.Texts(20, longest: 30))
        {
            JsonElement why = (await server.PostAsync("/predict", JsonSerializer.Serialize(new { text, explain = true }))).Json.GetProperty("explain");
            Explanation expected = classifier.Explain(text);
            Assert.Equal(expected.Words.Select(word => word.Contribution), why.GetProperty("words").EnumerateArray().Select(word => word.GetProperty("contribution").GetDouble()));
            Assert.Equal((expected.Score, expected.Intercept), (why.GetProperty("score").GetDouble(), why.GetProperty("intercept").GetDouble()));
            Assert.False(why.TryGetProperty("words_left_out", out _));
        }
    }

    private static ModelRoute Route(RunningServer server) => new(server.Get<ModelHost>().Duty.Champion, ModelPart.Champion, null);

    // Whoever asks leaves in the middle of the first turn.
    private async Task LeaveAsync(Func<CancellationToken, Task> ask)
    {
        using var gone = new CancellationTokenSource();
        Task asked = Task.Run(() => ask(gone.Token));
        await network.EnteredAsync(1);
        await gone.CancelAsync();
        network.Pass();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
        Assert.Equal(1, network.Entered);
        network.IsShut = false;
    }

    // A prediction that comes while the long request's first turn runs is made before its second.
    private async Task OvertakenAsync(RunningServer server, Task<Answer> longer, int turns)
    {
        await network.EnteredAsync(1);
        Task<Answer> plain = server.PostAsync("/predict", Plain);
        await RunningServer.UntilAsync(() => Task.FromResult(server.Get<RequestBatchers>().Of(network.Served)!.Length == 1));
        network.Pass(2);
        Assert.Equal(HttpStatusCode.OK, (await plain).Status);
        Assert.False(longer.IsCompleted);
        network.Pass(turns - 1);
        await longer;
        Assert.Equal((turns + 1, 1), (network.Entered, network.Most));
    }

    private async Task<RunningServer> StartAsync(int room = 1_000, CacheUse cached = CacheUse.None)
    {
        RunningServer server = await RunningServer.StartAsync(
            RunningServer.Unlimited with { Models = new ModelOptions { NetworkWorkers = 1, NetworkQueue = room }, Cache = new CacheOptions { Models = cached } }, network.Served);
        _ = server.Get<ResultCache>().UseOf(network.Served); // measured while open
        network.IsShut = true;
        return server;
    }
}
