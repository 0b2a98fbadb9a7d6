using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Vigie.Evaluation;

namespace Vigie.Server.Tests;

/// <summary>A challenger is tried beside the champion, in the shadow or on a share of the traffic, and what comes of it is told.</summary>
public sealed class TrialTests : IDisposable
{
    private static readonly string[] Texts = [.. Corpus.CorpusGenerator.Generate(new Corpus.CorpusOptions { Rows = 300, Seed = 77 }).Select(tweet => tweet.Text)];
    private readonly TempState state = new();

    public void Dispose() => state.Dispose();

    [Fact]
    public async Task A_shadow_is_asked_about_every_tweet_and_answers_none()
    {
        await using RunningServer server = await StartAsync(0);
        foreach (string text in Texts)
            Assert.Equal(FourModels.All[0].Digest, (await server.PostAsync("/predict", JsonSerializer.Serialize(new { text }))).Headers.GetValues("Vigie-Model-Digest").Single());

        await RunningServer.UntilAsync(async () => (await TrialAsync(server)).GetProperty("agreement").GetProperty("compared").GetInt64() == Texts.Length);
        JsonElement trial = await TrialAsync(server);
        int agreed = Texts.Count(text => FourModels.All[0].Classifier.Predict(text).Label == FourModels.All[1].Classifier.Predict(text).Label);
        Assert.InRange(agreed, 1, Texts.Length - 1); // or this test could not fail
        Assert.Equal(agreed, trial.GetProperty("agreement").GetProperty("agreed").GetInt64());
        Assert.Equal((double)agreed / Texts.Length, trial.GetProperty("agreement").GetProperty("rate").GetDouble());
        Assert.Equal(0, trial.GetProperty("agreement").GetProperty("dropped").GetInt64());
        Assert.Equal(("shadow", FourModels.All[0].Digest, FourModels.All[1].Digest), (trial.GetProperty("mode").GetString(), trial.GetProperty("champion").GetString(), trial.GetProperty("challenger").GetString()));
        Assert.False(trial.TryGetProperty("verdict", out _)); // nothing is recorded here
    }

    [Fact]
    public async Task A_slow_shadow_keeps_nobody_waiting_and_what_is_too_much_for_it_is_counted()
    {
        using var gate = new ManualResetEventSlim();
        var slow = new GatedModel(FourModels.All[1].Classifier, gate);
        ServedModel shadow = FourModels.All[1] with { Classifier = slow.Classifier };
        await using RunningServer server = await StartAsync(0, shadow: shadow);
        slow.IsShut = true; // it has been warmed
        const int sent = 1_300;
        await Parallel.ForEachAsync(Enumerable.Range(0, sent), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, _) =>
            Assert.Equal(HttpStatusCode.OK, (await server.PostAsync("/predict", JsonSerializer.Serialize(new { text = Texts[i % Texts.Length] }))).Status));

        long dropped = (await TrialAsync(server)).GetProperty("agreement").GetProperty("dropped").GetInt64();
        Assert.InRange(dropped, sent - 1_024 - 64, sent - 1_024); // what waits, and what the shadow has taken and is stuck on
        gate.Set();
        await RunningServer.UntilAsync(async () => (await TrialAsync(server)).GetProperty("agreement").GetProperty("compared").GetInt64() == sent - dropped);
    }

    [Fact]
    public async Task What_waits_for_the_shadow_at_the_end_is_recorded()
    {
        using var records = new RecordsFolder();
        using var gate = new ManualResetEventSlim();
        var slow = new GatedModel(FourModels.All[1].Classifier, gate);
        await using RunningServer server = await StartAsync(0, records.Options with { Models = state.Options.Models }, FourModels.All[1] with { Classifier = slow.Classifier });
        slow.IsShut = true;
        foreach (string text in Texts) await server.PostAsync("/predict", JsonSerializer.Serialize(new { text }));

        using var hurry = new CancellationTokenSource();
        Task stopped = server.Get<Microsoft.Extensions.Hosting.IHost>().StopAsync(hurry.Token);
        await hurry.CancelAsync(); // no time is left at all
        gate.Set();
        await stopped;
        await using RunningServer next = await RunningServer.StartAsync(records.Options);
        await records.UntilAsync("SELECT count(*) FROM predictions", Texts.Length);
    }

    [Fact]
    public async Task A_tweet_that_waits_for_the_shadow_is_erased_with_the_others()
    {
        using var records = new RecordsFolder();
        using var gate = new ManualResetEventSlim();
        var slow = new GatedModel(FourModels.All[1].Classifier, gate);
        await using RunningServer server = await StartAsync(0, records.Options with { Models = state.Options.Models }, FourModels.All[1] with { Classifier = slow.Classifier });
        slow.IsShut = true;
        await server.PostAsync("/predict", """{"text":"open sesame","id":17}""");
        Task<Answer> erased = server.SendAsync(new HttpRequestMessage(HttpMethod.Delete, "/tweets/17"));
        await server.PostAsync("/predict", """{"text":"stays","id":18}"""); // the erasure is on its way, or follows; either way the gate opens behind it
        gate.Set();
        Assert.Equal(1, (await erased).Json.GetProperty("predictions").GetInt32());
        Assert.Empty(records.FilesWith("open sesame"));
    }

    [Fact]
    public async Task Both_decide_by_the_callers_threshold()
    {
        await using RunningServer server = await StartAsync(0);
        const double threshold = 0.999999; // by which everything is negative, whatever the models' own says
        Assert.Contains(Texts, text => FourModels.All[1].Classifier.Predict(text) is { Label: Tweets.Sentiment.Positive, ProbabilityPositive: < threshold }); // or this test could not fail
        foreach (string text in Texts) await server.PostAsync("/predict", JsonSerializer.Serialize(new { text, threshold }));
        await RunningServer.UntilAsync(async () => (await TrialAsync(server)).GetProperty("agreement").GetProperty("compared").GetInt64() == Texts.Length);
        int agreed = Texts.Count(text => FourModels.All[0].Classifier.Predict(text).ProbabilityPositive >= threshold == FourModels.All[1].Classifier.Predict(text).ProbabilityPositive >= threshold);
        Assert.Equal(agreed, (await TrialAsync(server)).GetProperty("agreement").GetProperty("agreed").GetInt64());
    }

    [Fact]
    public async Task A_canary_answers_its_share_and_says_so()
    {
        ServerOptions options = state.Options with { Secret = new byte[32], Process = 1 };
        await using RunningServer server = await StartAsync(0.2, options);
        int canary = 0;
        foreach (string text in Texts)
        {
            Answer answer = await server.PostAsync("/predict", JsonSerializer.Serialize(new { text }));
            string digest = answer.Json.GetProperty("model").GetProperty("digest").GetString()!;
            ServedModel model = FourModels.All.Single(one => one.Digest == digest);
            Assert.Equal(model.Classifier.Predict(text).ProbabilityPositive, answer.Json.GetProperty("probability_positive").GetDouble());
            if (model == FourModels.All[1]) canary++;
        }

        Assert.True(Binomial.TwoSided(canary, Texts.Length, 0.2) > 1e-6, $"{canary} of {Texts.Length}");
        JsonElement trial = await TrialAsync(server);
        Assert.Equal(("canary", 0.2), (trial.GetProperty("mode").GetString(), trial.GetProperty("share").GetDouble()));
        Assert.False(trial.TryGetProperty("agreement", out _));
    }

    [Theory]
    [InlineData(0.01)]
    [InlineData(0.2)]
    [InlineData(0.75)]
    public void The_draw_gives_the_challenger_its_share(double share)
    {
        var ids = new PredictionIds(new FakeTimeProvider(), new byte[32], 7);
        var duty = new Duty(FourModels.All[0]) { Challenge = new Challenge(FourModels.All[1], share) };
        const int requests = 100_000;
        int canary = Enumerable.Range(0, requests).Count(_ => ModelRoute.Of(duty, null, ids.Next().Draw).Part == ModelPart.Challenger);
        double p = Binomial.TwoSided(canary, requests, share);
        Assert.True(p > 0.001, $"{canary} of {requests}, p = {p}"); // the ids are the same in every run
        Assert.Equal(ModelPart.Named, ModelRoute.Of(duty, "challenger", 0.999).Part);
    }

    [Fact]
    public async Task A_trial_ends_when_its_alias_goes_and_when_the_challenger_is_promoted()
    {
        await using TestRegistry registry = await TestRegistry.CreateAsync();
        string first = await registry.AddAsync(FourModels.All[0].Classifier, 1), second = await registry.AddAsync(FourModels.All[1].Classifier, 2);
        await registry.PromoteAsync(1);
        ModelOptions models = registry.Options with { Challenger = "models:/sentiment@challenger", ChallengerShare = 0.5 };
        await using var sources = ModelSources.Of(models, TimeProvider.System, _ => null);
        await using RunningServer server = await RunningServer.StartAsync(sources, RunningServer.Unlimited with { Models = models }); // there is no such alias yet, and that is no fault
        Assert.Equal("ok", (await server.GetAsync("/health")).Json.GetProperty("status").GetString());
        Assert.False((await server.GetAsync("/model/info")).Json.TryGetProperty("trial", out _));

        await registry.Store.Registry.SetAliasAsync(TestRegistry.Name, "challenger", "2");
        await RunningServer.UntilAsync(async () => (await server.GetAsync("/model/info")).Json.TryGetProperty("trial", out _));
        await RunningServer.UntilAsync(async () => await server.DigestAsync() == second);

        await registry.Store.Registry.DeleteAliasAsync(TestRegistry.Name, "challenger");
        await RunningServer.UntilAsync(async () => !(await server.GetAsync("/model/info")).Json.TryGetProperty("trial", out _));
        for (int i = 0; i < 60; i++) Assert.Equal(first, await server.DigestAsync());

        await registry.Store.Registry.SetAliasAsync(TestRegistry.Name, "challenger", "2");
        await RunningServer.UntilAsync(async () => (await server.GetAsync("/model/info")).Json.TryGetProperty("trial", out _));
        await registry.PromoteAsync(2);
        await RunningServer.UntilAsync(async () => !(await server.GetAsync("/model/info")).Json.TryGetProperty("trial", out _));
        for (int i = 0; i < 60; i++) Assert.Equal(second, await server.DigestAsync());
    }

    [Theory]
    [InlineData(0, "shadow")]
    [InlineData(0.4, "canary")]
    public async Task Corrections_decide_a_trial(double share, string mode)
    {
        using var records = new RecordsFolder();
        ServerOptions kept = records.Options with { Models = state.Options.Models };
        await using RunningServer server = await StartAsync(share, kept);
        var counts = new Dictionary<string, long>();
        foreach (string text in Texts)
        {
            Answer answer = await server.PostAsync("/predict", JsonSerializer.Serialize(new { text }));
            string said = answer.Json.GetProperty("label").GetString()!, other = said == "positive" ? "negative" : "positive";
            bool champion = answer.Headers.GetValues("Vigie-Model-Digest").Single() == FourModels.All[0].Digest;
            bool agree = FourModels.All[0].Classifier.Predict(text).Label == FourModels.All[1].Classifier.Predict(text).Label;
            Count(champion ? "champion_answers" : "challenger_answers");
            // Where the two differ the challenger is right; all else is as the one who answered said.
            string right = agree || !champion ? said : other;
            await server.PostAsync("/feedback", JsonSerializer.Serialize(new { prediction_id = answer.Json.GetProperty("prediction_id").GetString(), label = right }));
            Count(agree ? "both_right" : "only_challenger_right");
            if (right != said) Count("champion_wrong");
        }

        await server.PostAsync("/predict/batch", JsonSerializer.Serialize(Texts)); // asks one model about all, and is no part of the trial
        await records.UntilAsync("SELECT count(*) FROM predictions", 2 * Texts.Length);
        string[] expected = share == 0 ? ["both_right", "only_challenger_right"] : ["champion_answers", "challenger_answers", "champion_wrong"];
        JsonElement verdict = (await TrialAsync(server)).GetProperty("verdict");
        Assert.All(expected, name => Assert.Equal(counts[name], verdict.GetProperty("counts").GetProperty(name).GetInt64()));
        Assert.Equal(mode, (await TrialAsync(server)).GetProperty("mode").GetString());
        Assert.Equal("challenger_better", verdict.GetProperty("decision").GetString());

        void Count(string what) => counts[what] = counts.GetValueOrDefault(what) + 1;
    }

    [Fact]
    public async Task The_verdict_is_told_from_what_the_records_count()
    {
        TrialPeriod? asked = null;
        TrialLedger ledger = (period, _) =>
        {
            asked = period;
            return Task.FromResult(new TrialCounts { BothRight = 10, OnlyChampionRight = 2, OnlyChallengerRight = 20, BothWrong = 3 });
        };
        await using RunningServer server = await StartAsync(0, services: services => services.AddSingleton(ledger));
        JsonElement verdict = (await TrialAsync(server)).GetProperty("verdict");
        Assert.Equal((FourModels.All[0].Digest, FourModels.All[1].Digest, 0.0), (asked!.Champion, asked.Challenger, asked.Share));
        Assert.Equal("challenger_better", verdict.GetProperty("decision").GetString());
        Assert.Equal(new SequentialShareTest(20, 22, 0.5).EValue, verdict.GetProperty("e_value").GetDouble());
        Assert.Equal(new McNemarTest(2, 20).ExactP, verdict.GetProperty("mcnemar_p").GetDouble());
        Assert.Equal((0.05, 20), (verdict.GetProperty("level").GetDouble(), verdict.GetProperty("counts").GetProperty("only_challenger_right").GetInt64()));
    }

    [Fact]
    public async Task Records_that_cannot_be_read_cost_the_verdict_and_no_more()
    {
        TrialLedger ledger = (_, _) => Task.FromException<TrialCounts>(new Microsoft.Data.Sqlite.SqliteException("the file is not a database", 26));
        await using RunningServer server = await StartAsync(0, services: services => services.AddSingleton(ledger));
        JsonElement trial = await TrialAsync(server);
        Assert.Equal("shadow", trial.GetProperty("mode").GetString());
        Assert.False(trial.TryGetProperty("verdict", out _));
        Assert.Contains("not a database", trial.GetProperty("verdict_failure").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(9_000, 1_000, 90, 10, TrialDecision.Undecided)] // one in ten of both
    [InlineData(9_000, 1_000, 90, 40, TrialDecision.ChampionBetter)]
    [InlineData(5_000, 5_000, 90, 30, TrialDecision.ChallengerBetter)]
    [InlineData(9_000, 0, 90, 0, TrialDecision.Undecided)] // it has answered nothing yet
    [InlineData(0, 0, 0, 0, TrialDecision.Undecided)]
    public void A_canary_is_judged_by_its_share_of_the_reports(long champion, long challenger, long championWrong, long challengerWrong, object decision) =>
        Assert.Equal(decision, TrialVerdict.Of(
            new TrialPeriod("a", "b", 0.1, DateTimeOffset.UnixEpoch),
            new TrialCounts { ChampionAnswers = champion, ChallengerAnswers = challenger, ChampionWrong = championWrong, ChallengerWrong = challengerWrong }, 0.05).Decision);

    [Fact]
    public async Task A_canary_of_three_classes_refuses_no_threshold_that_the_champion_takes()
    {
        await using RunningServer server = await StartAsync(0.99, shadow: SmallModels.ThreeClasses);
        await RunningServer.UntilAsync(async () => await server.DigestAsync() == SmallModels.ThreeClasses.Digest); // without one it answers, as soon as it is loaded
        for (int i = 0; i < 20; i++)
        {
            Answer answer = await server.PostAsync("/predict", """{"text":"late again","threshold":0.3}""");
            Assert.Equal((HttpStatusCode.OK, FourModels.All[0].Digest), (answer.Status, answer.Headers.GetValues("Vigie-Model-Digest").Single()));
        }

        (await server.PostAsync("/predict?model=challenger", """{"text":"late again","threshold":0.3}""")).Problem(HttpStatusCode.BadRequest, "threshold");
    }

    [Fact]
    public async Task A_canary_takes_no_threshold_where_the_champion_takes_none()
    {
        var sources = new ModelSources(new ScriptedSource("champion").With("a", SmallModels.ThreeClasses)) { Challenger = new ScriptedSource("challenger") { Now = "b" }.With("b", FourModels.All[1]) };
        ServerOptions options = state.Options;
        await using RunningServer server = await RunningServer.StartAsync(sources, options with { RateLimit = RunningServer.Unlimited.RateLimit, Models = options.Models with { Challenger = "out/c", ChallengerShare = 0.5 } });
        await RunningServer.UntilAsync(async () => await server.DigestAsync() == FourModels.All[1].Digest);
        for (int i = 0; i < 40; i++) (await server.PostAsync("/predict", """{"text":"late again","threshold":0.3}""")).Problem(HttpStatusCode.BadRequest, "threshold");
    }

    [Fact]
    public void A_trial_goes_on_after_a_restart_and_begins_anew_with_another_pair_or_share()
    {
        var clock = new FakeTimeProvider();
        string file = Path.Combine(state.Path, "trial.json");
        var duty = new Duty(FourModels.All[0]) { Challenge = new Challenge(FourModels.All[1], 0.1) };
        TrialPeriod begun = new Trials(file, clock).Of(duty)!;
        clock.Advance(TimeSpan.FromDays(3));
        Assert.Equal(begun, new Trials(file, clock).Of(duty));
        Assert.Equal(clock.GetUtcNow(), new Trials(file, clock).Of(duty with { Challenge = new Challenge(FourModels.All[1], 0.2) })!.Since);
        clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(clock.GetUtcNow(), new Trials(file, clock).Of(duty with { Champion = FourModels.All[2] })!.Since);
        File.WriteAllText(file, "{");
        using (new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.None)) Assert.Equal(clock.GetUtcNow(), new Trials(file, clock).Of(duty)!.Since);
        File.WriteAllText(file, "{");
        Assert.Equal(clock.GetUtcNow(), new Trials(file, clock).Of(duty)!.Since);
        Assert.Null(new Trials(file, clock).Of(duty with { Challenge = null }));
    }

    private Task<RunningServer> StartAsync(double share, ServerOptions? given = null, ServedModel? shadow = null, Action<IServiceCollection>? services = null)
    {
        ServerOptions options = given ?? state.Options;
        var sources = new ModelSources(new ScriptedSource("champion").With("a", FourModels.All[0])) { Challenger = new ScriptedSource("challenger") { Now = "b" }.With("b", shadow ?? FourModels.All[1]) };
        return RunningServer.StartAsync(sources, options with { RateLimit = RunningServer.Unlimited.RateLimit, Models = options.Models with { Challenger = "out/c", ChallengerShare = share } }, services);
    }

    private static async Task<JsonElement> TrialAsync(RunningServer server) => (await server.GetAsync("/model/info")).Json.GetProperty("trial");
}
