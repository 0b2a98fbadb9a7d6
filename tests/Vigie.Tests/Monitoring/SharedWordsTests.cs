using Vigie.Bundles;
using Vigie.Corpus;
using Vigie.Evaluation;
using Vigie.Models;
using Vigie.Monitoring;
using Vigie.Recipes;
using Vigie.Text;
using Vigie.Tweets;

namespace Vigie.Tests.Monitoring;

public sealed class SharedWordsTests
{
    private static readonly TextPipeline Pipeline = new();

    [Fact]
    public void The_most_telling_word_comes_first()
    {
        IReadOnlyList<string> words = SharedWords.Of(["my bag is gone in Lyon", "the bag never came to Lyon", "lyon again: no bag", "the crew was rude"], Pipeline, null);
        Assert.Equal(["bag", "lyon", "the"], words); // "the" stands in two, the others in three
    }

    [Fact]
    public void Words_that_texts_have_anyway_tell_nothing()
    {
        Tweet[] tweets = [.. CorpusGenerator.Generate(new CorpusOptions { Rows = 2_000, FrenchShare = 0 })];
        var all = new TweetSet([.. tweets.Select(tweet => tweet.Text)], [.. tweets.Select(tweet => tweet.Label!.Value)]);
        Sentiment[] classes = [Sentiment.Negative, Sentiment.Positive];
        TextClassifier classifier = new TextTrainer(RecipeCatalog.Find("tfidf-nb")).Train(all, all, classes).Classifier;
        TrainingProfile profile = TrainingProfile.Measure(classifier, all.Texts, ClassColumns.Of(all.Labels, classes), all.Texts);
        Assert.True(profile.TopWords["the"] > 0.1);
        Assert.Equal(["bag"], SharedWords.Of(["the bag", "the bag is the bag"], Pipeline, profile));
    }

    [Fact]
    public void A_text_shares_nothing_with_its_own_copy() => Assert.Empty(SharedWords.Of(["the bag is gone", "the bag is gone"], Pipeline, null));

    [Fact]
    public void Negated_words_stand_as_they_are_written() => Assert.Contains("working", SharedWords.Of(["the app is not working", "my app never working"], Pipeline, null));

    [Fact]
    public void Nothing_comes_of_no_texts() => Assert.Empty(SharedWords.Of([], Pipeline, null));
}
