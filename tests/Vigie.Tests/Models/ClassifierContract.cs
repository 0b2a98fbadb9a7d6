using System.Collections.Concurrent;
using Vigie.Bundles;
using Vigie.Models;
using Vigie.Tests.Tweets;

namespace Vigie.Tests.Models;

/// <summary>What every classifier owes its caller, whatever the recipe and the number of classes.</summary>
public sealed class ClassifierContract
{
    private static readonly ConcurrentDictionary<(string, int), Lazy<TextClassifier>> Fitted = new();

    private static readonly string[] Hostile =
        [.. NaughtyStrings.Texts, "\0\0\0", "\uD83D", "\uDE00\uD83D", "a\uDC00b \uD800", string.Concat(Enumerable.Repeat("never again so rude :( \U0001F621 ", 33_000))];

    public static IEnumerable<TheoryDataRow<string, int>> All => TinyModels.Rows;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(All))]
    public void The_same_seed_gives_the_same_answers(string name, int classes)
    {
        string[] texts = TinyModels.Tweets(classes, 200, seed: 11).Texts;
        Assert.Equal(Of(name, classes).PredictProbabilities(texts, Cancel), TinyModels.Fit(name, classes, Cancel).PredictProbabilities(texts, Cancel));
    }

    [Theory, MemberData(nameof(All))]
    public void It_answers_the_same_after_saving_and_loading(string name, int classes)
    {
        using var temp = new TempFolder();
        string[] texts = [.. TinyModels.Tweets(classes, 200, seed: 11).Texts, .. NaughtyStrings.Texts.Take(100)];
        Bundle.Save(temp["m"], Of(name, classes), TinyModels.Info(name), cancellation: Cancel);
        Assert.Equal(Of(name, classes).PredictProbabilities(texts, Cancel), Bundle.Load(temp["m"], Cancel).Classifier.PredictProbabilities(texts, Cancel));
    }

    [Theory, MemberData(nameof(All))]
    public void It_learns(string name, int classes)
    {
        (string[] texts, Vigie.Tweets.Sentiment[] labels) = TinyModels.Tweets(classes, 300, seed: 11);
        int right = Of(name, classes).Predict(texts, Cancel).Zip(labels).Count(pair => pair.First.Label == pair.Second);
        Assert.True(right > 0.75 * texts.Length, $"{right} of {texts.Length} right");
    }

    [Theory, MemberData(nameof(All))]
    public void Any_text_gets_probabilities_that_sum_to_one(string name, int classes)
    {
        foreach (Prediction prediction in Of(name, classes).Predict(Hostile, Cancel))
        {
            Assert.All(prediction.Probabilities, probability => Assert.InRange(probability, 0, 1));
            Assert.Equal(1, prediction.Probabilities.Sum(), 1e-9);
            Assert.InRange(prediction.UnknownShare, 0, 1);
            Assert.Contains(prediction.Label, Of(name, classes).Classes);
        }
    }

    [Theory, MemberData(nameof(All))]
    public void A_text_without_words_gets_the_prior_and_is_marked_unknown(string name, int classes)
    {
        foreach (string text in new[] { "", " \t\r\n" })
        {
            Prediction prediction = Of(name, classes).Predict(text);
            Assert.True(prediction.Unknown);
            Assert.Equal(Of(name, classes).Prior, prediction.Probabilities);
        }
        Assert.False(Of(name, classes).Predict("thank you so much best crew ever").Unknown);
    }

    [Theory, MemberData(nameof(All))]
    public void A_text_of_unknown_words_gets_the_prior_where_words_are_kept(string name, int classes)
    {
        TextClassifier classifier = Of(name, classes);
        Assert.SkipWhen(classifier.Model is LinearTextModel { Vectorizer.Vocabulary: null }, "hashed features know every word");
        Prediction prediction = classifier.Predict("ŽŽŽŽ ΩΩΩΩ жжжж");
        Assert.True(prediction.Unknown);
        Assert.Equal(classifier.Prior, prediction.Probabilities);
        Assert.Equal(1, prediction.UnknownShare);
    }

    [Theory, MemberData(nameof(All))]
    public void Contributions_add_up_to_the_score(string name, int classes)
    {
        TextClassifier classifier = Of(name, classes);
        foreach (string text in TinyModels.Tweets(classes, 40, seed: 11).Texts.Concat(Hostile.Where(text => text.Length < 5_000)))
        {
            Explanation explanation = classifier.Explain(text);
            double tolerance = 1e-9 * Math.Max(1, explanation.Features.Sum(feature => Math.Abs(feature.Contribution)));
            Assert.Equal(explanation.Score, explanation.Intercept + explanation.Words.Sum(word => word.Contribution), tolerance);
            if (explanation.Exact) Assert.Equal(explanation.Score, explanation.Intercept + explanation.Features.Sum(feature => feature.Contribution), tolerance);
            double[] scores = classifier.Decide([text], Cancel);
            double decided = scores.Length == 1 ? scores[0] : scores[classifier.Classes.ToList().IndexOf(explanation.Class)];
            // Left out word by word, a text of which nothing is known speaks neither way.
            Assert.Equal(explanation.Exact || !explanation.Prediction.Unknown ? decided : 0, explanation.Score, tolerance);
            Assert.All(explanation.Words, word => Assert.True(0 <= word.Start && word.Start < word.End && word.End <= text.Length, $"{word} lies outside a text of {text.Length}"));
            Assert.Equal(classifier.Predict(text).Probabilities, explanation.Prediction.Probabilities);
        }
    }

    [Theory, MemberData(nameof(All))]
    public void A_batch_and_many_threads_answer_as_one_text_at_a_time(string name, int classes)
    {
        TextClassifier classifier = Of(name, classes);
        string[] texts = [.. TinyModels.Tweets(classes, 200, seed: 11).Texts, .. NaughtyStrings.Texts.Where(text => text.Length < 1_000)];
        double[] one = [.. texts.SelectMany(text => classifier.Predict(text).Probabilities)];
        Assert.Equal(one, classifier.PredictProbabilities(texts, Cancel));
        Assert.Equal(one, classifier.Predict(texts, Cancel).SelectMany(prediction => prediction.Probabilities));
        var threads = new double[texts.Length][];
        Parallel.For(0, texts.Length, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i => threads[i] = classifier.Predict(texts[i]).Probabilities);
        Assert.Equal(one, threads.SelectMany(probabilities => probabilities));
    }

    [Theory, MemberData(nameof(All))]
    public void A_cancelled_training_ends_without_a_classifier(string name, int classes)
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => TinyModels.Fit(name, classes, cancelled.Token));
    }

    private static TextClassifier Of(string name, int classes) => Fitted.GetOrAdd((name, classes), key => new Lazy<TextClassifier>(() => TinyModels.Fit(key.Item1, key.Item2))).Value;
}
