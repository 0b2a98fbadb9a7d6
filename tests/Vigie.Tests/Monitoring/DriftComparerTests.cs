using System.Text.Json;
using System.Text.Json.Nodes;
using Vigie.Bundles;
using Vigie.Corpus;
using Vigie.Evaluation;
using Vigie.Features;
using Vigie.Models;
using Vigie.Monitoring;
using Vigie.Recipes;
using Vigie.Tweets;

namespace Vigie.Tests.Monitoring;

public sealed class DriftComparerTests
{
    private static readonly Sentiment[] Classes = [Sentiment.Negative, Sentiment.Positive];
    private static readonly Lazy<(TextClassifier Classifier, TrainingProfile Profile)> Trained = new(Train);

    private static TweetSet Tweets(ulong seed, int rows)
    {
        Tweet[] tweets = [.. CorpusGenerator.Generate(new CorpusOptions { Rows = rows, Seed = seed, FrenchShare = 0 })];
        return new TweetSet([.. tweets.Select(tweet => tweet.Text)], [.. tweets.Select(tweet => tweet.Label!.Value)]);
    }

    private static (TextClassifier, TrainingProfile) Train()
    {
        (TweetSet train, TweetSet held) = (Tweets(1, 4_000), Tweets(2, 2_000));
        TextClassifier classifier = new TextTrainer(RecipeCatalog.Find("tfidf-lr")).Train(train, held, Classes).Classifier;
        return (classifier, TrainingProfile.Measure(classifier, train.Texts, ClassColumns.Of(train.Labels, Classes), held.Texts));
    }

    private static DriftReport Compare(string[] texts) => new DriftComparer(Trained.Value.Classifier, Trained.Value.Profile).Compare(texts);

    private static DriftVerdict Of(DriftReport report, DriftSignal signal) => report.Signals.Single(own => own.Signal == signal).Verdict;

    [Fact]
    public void More_of_the_same_has_not_drifted()
    {
        DriftReport report = Compare(Tweets(3, 3_000).Texts);

        Assert.False(report.HasDrifted, string.Join("\n", report.Signals));
        Assert.Equal(Enum.GetValues<DriftSignal>(), report.Signals.Select(signal => signal.Signal));
        Assert.Equal([20, 200, 2_000, 3_000], report.Windows.Select(window => window.Texts));
        Assert.All(report.Windows, window => Assert.Equal(window.Texts, window.Counts.Sum()));
        Assert.All(report.Histograms, histogram => Assert.Equal(3_000, histogram.Current.Sum()));
    }

    [Fact]
    public void Twenty_complaints_are_seen()
    {
        TextClassifier classifier = Trained.Value.Classifier;
        string[] texts = Tweets(3, 3_000).Texts;
        string[] complaints = [.. texts.Where(text => classifier.Predict(text).Label == Sentiment.Negative).Take(18)], praise = [.. texts.Where(text => classifier.Predict(text).Label == Sentiment.Positive).Take(982)];
        DriftReport few = Compare([.. complaints, .. praise.Take(2)]), tail = Compare([.. praise.Take(500), .. texts.Where(text => !praise.Contains(text)).Take(480), .. complaints, .. praise.Skip(500).Take(2)]);

        Assert.Equal(DriftVerdict.Drifted, Of(few, DriftSignal.ClassMix));
        Golden.Near(Binomial.TwoSided(2, 20, Trained.Value.Profile.DecisionMix["positive"]), few.Windows.Single().P);
        Assert.Equal([18L, 2L], tail.Windows[0].Counts); // the newest stand last
        Assert.Equal(DriftVerdict.Drifted, Of(tail, DriftSignal.ClassMix));
        Assert.Equal(DriftVerdict.Untold, Of(Compare(complaints), DriftSignal.ClassMix)); // 18 are too few
    }

    [Fact]
    public void New_words_come_with_examples()
    {
        string[] texts = [.. Tweets(4, 1_000).Texts.Select((text, i) => i % 10 == 0 ? $"{text} bagagiste" : text)];
        DriftReport report = Compare(texts);
        RisingWord word = report.Words[0];

        Assert.Equal(("bagagiste", 100L, 0.1, true), (word.Word, word.Texts, word.Share, word.IsNew));
        Assert.True(word is { AdjustedP: < 1e-9, LogOdds: > 1 });
        Assert.Equal([texts[0], texts[10], texts[20]], word.Examples.Select(example => example.Text));
        Assert.Equal(DriftVerdict.Drifted, Of(report, DriftSignal.RisingWords));
        Assert.Contains("bagagiste (10.0 %, at most ", report.Signals.Single(signal => signal.Signal == DriftSignal.RisingWords).Says, StringComparison.Ordinal);
    }

    [Fact]
    public void Other_texts_differ_in_all_that_they_are()
    {
        DriftReport report = Compare([.. Enumerable.Range(0, 500).Select(i => $"zork {i} blimp {i % 7} gnusto rezrov")]);

        foreach (DriftSignal signal in new[] { DriftSignal.UnknownWords, DriftSignal.RisingWords, DriftSignal.Tokens, DriftSignal.Characters, DriftSignal.Confidence, DriftSignal.Embedding })
            Assert.Equal(DriftVerdict.Drifted, Of(report, signal));
        DriftComparison tokens = report.Signals.Single(signal => signal.Signal == DriftSignal.Tokens);
        Assert.True(tokens is { PopulationStabilityIndex: > 0.25, JensenShannon: > 0.5, Figure: > 0.5, HolmP: < 1e-6 });
    }

    [Fact]
    public void Sketches_travel_with_the_profile_and_older_profiles_have_none()
    {
        TrainingProfile profile = Trained.Value.Profile;
        string json = JsonSerializer.Serialize(profile, BundleJson.Default.TrainingProfile);
        TrainingProfile again = JsonSerializer.Deserialize(json, BundleJson.Default.TrainingProfile)!;
        JsonObject older = JsonNode.Parse(json)!.AsObject();

        Assert.Equal(TrainingProfile.MostSketches * TextSketch.Dimensions, TextSketch.Read(again.Sketches!).Length);
        Assert.True(older.Remove("sketches"));
        TrainingProfile old = older.Deserialize(BundleJson.Default.TrainingProfile)!;
        Assert.Null(old.Sketches);
        Assert.Equal(DriftVerdict.Untold, Of(new DriftComparer(Trained.Value.Classifier, old).Compare(Tweets(3, 50).Texts), DriftSignal.Embedding));
    }

    [Fact]
    public void Names_lead_back_to_words()
    {
        var buffer = new NgramBuffer(new Vigie.Text.Tokenizer(new Vigie.Text.TextPipeline()), Ngrams.Unigrams);
        buffer.Fill("@AirParadis not good!! http://t.co/x #fail 😡 l'été 3");
        for (int t = 0; t < buffer.Tokens.Count; t++) Assert.Equal(buffer.TokenFingerprints[t], WordName.FingerprintOf(buffer.Tokens.Name(t)));
    }
}
