using System.Text;
using Vigie.Client;

namespace Vigie.Server.Tests;

/// <summary>What the client gives is what the server says, in every method.</summary>
public sealed class VigieClientTests : IAsyncLifetime
{
    private readonly RecordsFolder folder = new();
    private RunningServer server = null!;
    private VigieClient client = null!;

    public async ValueTask InitializeAsync()
    {
        server = await RunningServer.StartAsync(folder.Options);
        client = new VigieClient(new VigieClientOptions { Address = server.Address });
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await server.DisposeAsync();
        folder.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_prediction_is_the_classifiers_own(bool withNeutral)
    {
        ServedModel model = withNeutral ? SmallModels.ThreeClasses : SmallModels.TwoClasses;
        await using RunningServer other = await RunningServer.StartAsync(model: model);
        using var asking = new VigieClient(new VigieClientOptions { Address = other.Address });
        foreach (string text in (string[])["Three hours late and nobody tells us anything", "lovely crew, thank you 😀", "Which terminal does flight 12 leave from?", "", "qwzx vbnk"])
        {
            Models.Prediction expected = model.Classifier.Predict(text);
            Prediction got = await asking.PredictAsync(text);
            Assert.Equal(expected.Label.ToString(), got.Label.ToString());
            Assert.Equal(expected.ProbabilityPositive, got.ProbabilityPositive);
            double?[] all = withNeutral ? [got.Probabilities.Negative, got.Probabilities.Neutral, got.Probabilities.Positive] : [got.Probabilities.Negative, got.Probabilities.Positive];
            Assert.Equal(expected.Probabilities.Select(one => (double?)one), all);
            Assert.Equal(withNeutral, got.Probabilities.Neutral is not null);
            Assert.Equal(all.Max(), got.Confidence);
            Assert.Equal((expected.Unknown, expected.UnknownShare), (got.Unknown, got.UnknownShare));
            Assert.Equal(new ModelName(model.Name, model.Digest, model.Version), got.Model);
            Assert.True(got.LatencyMs > 0);
            Assert.Matches("^[0-9a-f]{32}$", got.PredictionId);
            Assert.Null(got.Id);
            Assert.Null(got.Explain);
        }
    }

    [Fact]
    public async Task Everything_that_a_tweet_may_say_reaches_the_server()
    {
        const string text = "not a great flight, rude crew 😡 @AirParadis";
        double probability = SmallModels.TwoClasses.Classifier.Predict(text).ProbabilityPositive;
        var tweet = new Tweet(text) { Id = "17", Author = "@anna", Language = "en", Explain = true, Threshold = Math.BitDecrement(probability) };

        Prediction got = await client.PredictAsync(tweet);

        Assert.Equal(("17", Sentiment.Positive), (got.Id, got.Label)); // by the threshold
        Explanation why = got.Explain!;
        Assert.Equal(why.Score, why.Intercept + why.Words.Sum(word => word.Contribution), 1e-9);
        Assert.Equal(Sentiment.Positive, why.Class);
        Word rude = why.Words.Single(word => word.Text == "rude");
        Assert.Equal(("rude", true), (text[rude.Start..rude.End], rude.Known && rude.Contribution < 0));
        await folder.UntilAsync("SELECT count(*) FROM predictions WHERE tweet_id = '17' AND author IS NOT NULL AND language = 'en'", 1);
    }

    [Fact]
    public async Task Corrections_are_kept_and_erasures_carried_out()
    {
        Prediction one = await client.PredictAsync(new Tweet("open sesame") { Id = "17", Author = "@anna" }), two = await client.PredictAsync(new Tweet("open sesame, too") { Id = "18", Author = "@anna" });
        Assert.Matches("^[0-9a-f]{32}$", (await client.CorrectAsync(one.PredictionId, Sentiment.Negative, "@ben", "says sesame")).FeedbackId);
        await client.CorrectAsync(two.PredictionId, Sentiment.Positive);
        await client.CorrectAsync("gone long ago", Sentiment.Positive, Sentiment.Negative, "@anna", "an old one");
        await folder.UntilAsync("SELECT count(*) FROM feedback", 3);
        Assert.Equal(1, folder.Ask("SELECT count(*) FROM feedback AS f JOIN predictions AS p ON p.id = f.prediction WHERE p.text = 'open sesame' AND f.label = 0 AND f.comment = 'says sesame' AND f.reporter IS NOT NULL"));
        Assert.Equal(1, folder.Ask("SELECT count(*) FROM feedback WHERE text = 'gone long ago' AND predicted = 2 AND label = 0 AND comment = 'an old one'"));

        Erasure tweet = await client.EraseTweetAsync("17"), author = await client.EraseAuthorAsync("@anna");
        Assert.Equal((true, 1, 1), (tweet.IsDone, tweet.Predictions, tweet.Corrections));
        Assert.Equal((true, 1, 2), (author.IsDone, author.Predictions, author.Corrections));
        Assert.Empty(folder.FilesWith("sesame"));
        foreach (string name in (string[])["", ".", "..", "a\0b"]) await Assert.ThrowsAsync<ArgumentException>(() => client.EraseTweetAsync(name));
    }

    [Fact]
    public async Task An_erasure_that_waits_says_so()
    {
        using var other = new RecordsFolder();
        await using RunningServer busy = await RunningServer.StartAsync(other.Options with { Records = other.Options.Records with { ErasureWaitSeconds = 0 } });
        using var asking = new VigieClient(new VigieClientOptions { Address = busy.Address });
        await asking.PredictAsync(new Tweet("open sesame") { Id = "5" });
        await other.UntilAsync("SELECT count(*) FROM predictions", 1);
        using RecordDatabase holder = RecordDatabase.OpenToWrite(other.Database);
        holder.Run("BEGIN IMMEDIATE");

        Erasure waiting = await asking.EraseTweetAsync("5");

        Assert.Equal((false, "waiting", null, null), (waiting.IsDone, waiting.State, waiting.Predictions, waiting.Corrections));
        Assert.NotEmpty(waiting.Detail!);
        holder.Run("ROLLBACK");
    }

    [Fact]
    public async Task Models_are_described_and_asked_for_by_name()
    {
        ModelInfo info = await client.ModelAsync();
        Assert.Equal(("air-paradis", "3", "tfidf-lr", SmallModels.TwoClasses.Digest, (double?)SmallModels.TwoClasses.Classifier.Threshold), (info.Name, info.Version, info.Recipe, info.Digest, info.Threshold));
        Assert.Equal([Sentiment.Negative, Sentiment.Positive], info.Classes);

        using var state = new TempState();
        var sources = new ModelSources(new ScriptedSource("c").With("a", SmallModels.ThreeClasses)) { Others = new Dictionary<string, IModelSource> { ["été-1"] = new ScriptedSource("f") { Now = "b" }.With("b", FourModels.All[0]) } };
        await using RunningServer several = await RunningServer.StartAsync(sources, state.Options);
        using var asking = new VigieClient(new VigieClientOptions { Address = several.Address });
        ModelInfo champion = await asking.ModelAsync(), named = await asking.ModelAsync("été-1");
        Assert.Equal([Sentiment.Negative, Sentiment.Neutral, Sentiment.Positive], champion.Classes);
        Assert.Null(champion.Threshold);
        Assert.Equal(FourModels.All[0].Digest, named.Digest);
        double expected = FourModels.All[0].Classifier.Predict("late again").ProbabilityPositive;
        Assert.Equal(expected, (await asking.PredictAsync(new Tweet("late again"), "été-1")).ProbabilityPositive);
        Assert.Equal([expected], await asking.PredictAsync([new Tweet("late again")], "été-1").Select(each => each.ProbabilityPositive).ToListAsync());
        VigieProblemException refused = await Assert.ThrowsAsync<VigieProblemException>(() => asking.PredictAsync(new Tweet("late again"), "a&b=c"));
        Assert.Equal(("urn:vigie:problem:no-such-model", "model"), (refused.Problem!.Type, refused.Problem.Field));
        Assert.Contains("'a&b=c' is not served; there are air-paradis, été-1 (404)", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ten_thousand_tweets_come_back_in_order_and_one_batch_is_held_at_a_time()
    {
        using var asking = new VigieClient(new VigieClientOptions { Address = server.Address, BatchSize = 700 });
        string[] texts = [.. Corpus.CorpusGenerator.Generate(new Corpus.CorpusOptions { Rows = 10_000, Seed = 3 }).Select(tweet => tweet.Text)];
        int drawn = 0, furthest = 0, count = 0;
        await foreach (Prediction got in asking.PredictAsync(texts.Select((text, i) =>
        {
            drawn++;
            return new Tweet(text) { Id = $"{i}" };
        })))
        {
            furthest = Math.Max(furthest, drawn - count);
            Assert.Equal($"{count}", got.Id);
            Assert.Equal(SmallModels.TwoClasses.Classifier.Predict(texts[count]).ProbabilityPositive, got.ProbabilityPositive);
            Assert.Null(got.Model);
            count++;
        }

        Assert.Equal((10_000, 700), (count, furthest));
    }

    [Fact]
    public async Task A_batch_of_long_texts_ends_before_the_server_refuses_it()
    {
        await using RunningServer small = await RunningServer.StartAsync(RunningServer.Unlimited with { MaxBodyBytes = 9 << 20 });
        using var asking = new VigieClient(new VigieClientOptions { Address = small.Address, BatchSize = 100_000 });
        string text = string.Concat(Enumerable.Repeat("une journée perdue à l'aéroport ", 281));
        Assert.Equal(2_000, await asking.PredictAsync(Enumerable.Repeat(new Tweet(text), 2_000)).CountAsync()); // 18 MB
    }

    [Fact]
    public async Task No_tweets_are_no_request()
    {
        using var nowhere = new VigieClient(new VigieClientOptions { Address = new Uri("http://127.0.0.1:9"), Retries = 0 });
        Assert.Empty(await nowhere.PredictAsync([]).ToListAsync());
        await Assert.ThrowsAsync<HttpRequestException>(async () => await nowhere.PredictAsync([new Tweet("a")]).ToListAsync());
    }

    [Fact]
    public async Task A_stream_that_is_left_or_cancelled_draws_no_more_tweets_and_troubles_no_one()
    {
        int drawn = 0;
        IEnumerable<Tweet> Endless()
        {
            while (true) yield return new Tweet($"late again {drawn++}");
        }

        using var asking = new VigieClient(new VigieClientOptions { Address = server.Address, BatchSize = 500 });
        Assert.Equal(5, await asking.PredictAsync(Endless()).Take(5).CountAsync());
        Assert.Equal(500, drawn);

        using var stop = new CancellationTokenSource();
        int count = 0;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (Prediction _ in asking.PredictAsync(Endless(), cancellation: stop.Token))
            {
                if (++count == 501) await stop.CancelAsync();
            }
        });
        Assert.Equal(1_500, drawn);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking.PredictAsync("late again", stop.Token));
        Assert.Equal("late again", (await asking.PredictAsync(new Tweet("late again") { Id = "late again" })).Id);
        Assert.Empty(server.Log.Lines);
    }

    [Fact]
    public async Task Naughty_strings_come_back_byte_for_byte_and_can_be_erased()
    {
        // JSON and paths have no half surrogate pairs: they become U+FFFD on the way.
        string[] ids = [.. NaughtyStrings.Texts.Where((_, i) => i < 30 || i % 20 == 0).Select(text => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text))).Where(text => text.Length <= 200).Distinct()];
        List<Prediction> many = await client.PredictAsync(NaughtyStrings.Texts.Where(text => text.Length <= 200).Select(text => new Tweet(text) { Id = text })).ToListAsync();
        Assert.Equal(NaughtyStrings.Texts.Where(text => text.Length <= 200).Select(text => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text))), many.Select(got => got.Id));
        foreach (string id in ids) Assert.Equal(id, (await client.PredictAsync(new Tweet(id) { Id = id })).Id);
        await folder.UntilAsync("SELECT count(*) FROM predictions", many.Count + ids.Length);
        var missed = new List<string>();
        foreach (string id in ids.Where(id => id is not ("" or "\0")))
        {
            try
            {
                if ((await client.EraseTweetAsync(id)).Predictions < 2) missed.Add(id);
            }
            catch (VigieProblemException refused)
            {
                missed.Add($"{id}: {refused.Message}");
            }
        }

        Assert.Empty(missed);
    }
}
