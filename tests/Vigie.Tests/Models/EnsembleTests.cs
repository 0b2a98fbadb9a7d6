using Vigie.Bundles;
using Vigie.Models;
using Vigie.Recipes;
using Vigie.Tests.Tweets;
using Vigie.Tweets;

namespace Vigie.Tests.Models;

public sealed class EnsembleTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static readonly Lazy<EnsembleMember[]> Two = new(() => Members(2));
    private static readonly Lazy<EnsembleMember[]> Three = new(() => Members(3));

    [Fact]
    public void Soft_voting_is_the_weighted_mean_of_the_members_probabilities()
    {
        TextClassifier both = Combine(Combination.Voting, 2, [3, 1]);

        foreach (string text in TinyModels.Tweets(2, 20, seed: 9).Texts)
        {
            double expected = ((3 * Two.Value[0].Classifier.Predict(text).ProbabilityPositive) + Two.Value[1].Classifier.Predict(text).ProbabilityPositive) / 4;
            Assert.Equal(expected, both.Predict(text).ProbabilityPositive, 1e-5);
        }
    }

    [Fact]
    public void Soft_voting_of_three_classes_gives_probabilities()
    {
        TextClassifier both = Combine(Combination.Voting, 3);
        Prediction prediction = both.Predict("worst flight ever");
        double[] expected = [.. Enumerable.Range(0, 3).Select(c => Three.Value.Average(member => member.Classifier.Predict("worst flight ever").Probabilities[c]))];
        for (int c = 0; c < 3; c++) Assert.Equal(expected[c], prediction.Probabilities[c], 1e-5);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Stacking_is_not_worse_than_its_members_on_the_rows_it_learns_on(int classes)
    {
        TweetSet rows = TinyModels.Tweets(classes, 120, seed: 8);
        TextClassifier stacked = Combine(Combination.Stacking, classes);
        double loss = Loss(stacked, rows);
        foreach (EnsembleMember member in classes == 2 ? Two.Value : Three.Value) Assert.True(loss <= Loss(member.Classifier, rows) + 1e-3, $"{loss} against {Loss(member.Classifier, rows)} of {member.Recipe}");
    }

    [Fact]
    public void Stacking_turns_a_member_around_that_is_always_wrong()
    {
        EnsembleMember liar = Two.Value[0] with { Name = "liar", Classifier = new TextClassifier(TinyModels.Classes(2), new Turned(Two.Value[0].Classifier.Model), [0.5, 0.5]) };
        TweetSet rows = TinyModels.Tweets(2, 200, seed: 3);
        byte[] labels = [.. rows.Labels.Select(label => (byte)(label == Sentiment.Positive ? 1 : 0))];
        double[][] said = [liar.Classifier.PredictProbabilities(rows.Texts, Cancel), liar.Classifier.PredictProbabilities(rows.Texts, Cancel)];

        var stacking = Stacking.Fit(said, labels, 2, Cancel);

        Assert.All(stacking.Coefficients[0], weight => Assert.True(weight < 0));
    }

    [Theory]
    [InlineData(Combination.Voting, 2)]
    [InlineData(Combination.Stacking, 2)]
    [InlineData(Combination.Stacking, 3)]
    public void A_bundle_gives_back_the_same_ensemble(Combination combination, int classes)
    {
        using var temp = new TempFolder();
        TextClassifier saved = Combine(combination, classes);
        string digest = Bundle.Save(temp["m"], saved, TinyModels.Info(), cancellation: Cancel);

        Bundle loaded = Bundle.Load(temp["m"], Cancel);

        string[] texts = TinyModels.Tweets(classes, 50, seed: 4).Texts;
        Assert.Equal(saved.PredictProbabilities(texts, Cancel), loaded.Classifier.PredictProbabilities(texts, Cancel));
        Assert.Equal(digest, loaded.Digest);
        Bundle member = Bundle.Load(Path.Combine(temp["m"], "members", "1"), Cancel); // fit to be copied out
        Assert.Equal(((EnsembleModel)saved.Model).Members[1].Classifier.PredictProbabilities(texts, Cancel), member.Classifier.PredictProbabilities(texts, Cancel));
        Bundle.Save(temp["m"], saved, TinyModels.Info(), cancellation: Cancel);
        Assert.Equal(digest, Bundle.Verify(temp["m"], Cancel));
    }

    [Theory]
    [InlineData("members/0/weights.safetensors")]
    [InlineData("members/1/model.json")]
    [InlineData("members/1/manifest.json")]
    [InlineData("ensemble.json")]
    public void A_changed_file_of_a_member_is_refused(string file)
    {
        using var temp = new TempFolder();
        Bundle.Save(temp["m"], Combine(Combination.Voting, 2), TinyModels.Info(), cancellation: Cancel);
        string path = Path.Combine(temp["m"], file);
        byte[] bytes = File.ReadAllBytes(path);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(path, bytes);

        Assert.Contains(file, Assert.Throws<BundleException>(() => Bundle.Load(temp["m"], Cancel)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Members_that_do_not_fit_together_are_refused()
    {
        Assert.Contains("same classes", Assert.Throws<InvalidInputException>(() => new EnsembleModel([Two.Value[0], Three.Value[0]], new SoftVote([1, 1]))).Message, StringComparison.Ordinal);
        Assert.Contains("2 to 100", Assert.Throws<InvalidInputException>(() => new EnsembleModel([Two.Value[0]], new SoftVote([1]))).Message, StringComparison.Ordinal);
        Assert.Contains("3 weights for 2 members", Assert.Throws<InvalidInputException>(() => new EnsembleModel(Two.Value, new SoftVote([1, 1, 1]))).Message, StringComparison.Ordinal);
        Assert.Contains("not all 0", Assert.Throws<InvalidInputException>(() => new EnsembleModel(Two.Value, new SoftVote([0, 0]))).Message, StringComparison.Ordinal);
        EnsembleMember nested = new("both", "voting", new string('b', 64), Combine(Combination.Voting, 2));
        Assert.Contains("ensemble itself", Assert.Throws<InvalidInputException>(() => new EnsembleModel([Two.Value[0], nested], new SoftVote([1, 1]))).Message, StringComparison.Ordinal);
        Assert.Contains("validation rows", Assert.Throws<InvalidInputException>(() => Train(Combination.Stacking, 2, null, TweetSet.Empty)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Words_are_explained_by_leaving_each_out()
    {
        Explanation explanation = Combine(Combination.Voting, 2).Explain("thank you so much zzyzx");

        Assert.False(explanation.Exact);
        Assert.Equal(explanation.Score, explanation.Intercept + explanation.Words.Sum(word => word.Contribution), 1e-9);
        Assert.Equal("thank", explanation.Words[0].Text);
        Assert.True(explanation.Words[0].Contribution > 0);
        WordContribution unknown = explanation.Words[^1];
        Assert.Equal(("zzyzx", false), (unknown.Text, unknown.Known));
        Assert.True(explanation.Words[0].Known);
    }

    [Fact]
    public void A_long_text_is_explained_in_runs_of_words()
    {
        string text = string.Join(' ', Enumerable.Repeat("thank you so much", 300));
        Explanation explanation = Combine(Combination.Voting, 2).Explain(text);
        Assert.Equal(1200, explanation.Words.Count);
        Assert.Equal(explanation.Score, explanation.Intercept + explanation.Words.Sum(word => word.Contribution), 1e-9);
    }

    private static EnsembleMember[] Members(int classes) =>
        [.. new[] { "tfidf-lr", "tfidf-nb" }.Select(recipe => new EnsembleMember($"{recipe} on tweets", recipe, new string('a', 64), TinyModels.Fit(recipe, classes, Cancel)))];

    private static TextClassifier Combine(Combination combination, int classes, double[]? weights = null) =>
        Train(combination, classes, weights, TinyModels.Tweets(classes, 120, seed: 8));

    private static TextClassifier Train(Combination combination, int classes, double[]? weights, TweetSet validation)
    {
        var recipe = new Recipe("both", "two models", new EnsembleLearner(classes == 2 ? Two.Value : Three.Value, combination) { Weights = weights });
        return new TextTrainer(recipe).Train(TinyModels.Tweets(classes), validation, TinyModels.Classes(classes), null, Cancel).Classifier;
    }

    private static double Loss(TextClassifier classifier, TweetSet rows)
    {
        double[] probabilities = classifier.PredictProbabilities(rows.Texts, Cancel);
        int classes = classifier.Classes.Count;
        return rows.Labels.Select((label, i) => -Math.Log(Math.Max(1e-6, probabilities[(i * classes) + classifier.Classes.ToList().IndexOf(label)]))).Average();
    }

    private sealed class Turned(TextModel inner) : TextModel
    {
        public override int ScoreCount => 1;

        public override Vigie.Text.TextPipeline Text => inner.Text;

        public override int FeatureCount => inner.FeatureCount;

        public override TextScorer NewScorer() => new Scorer(inner.NewScorer());

        private sealed class Scorer(TextScorer scorer) : TextScorer
        {
            public override Evidence Score(string text, Span<double> scores)
            {
                Evidence evidence = scorer.Score(text, scores);
                scores[0] = -scores[0];
                return evidence;
            }
        }
    }
}
