using Vigie.Models;
using Vigie.Networks;
using Vigie.Tweets;

namespace Vigie.Tests.Networks;

public sealed class NetworkTextModelTests
{
    public static IEnumerable<TheoryDataRow<int>> All => Enumerable.Range(0, SmallNetworks.Shapes.Count).Select(shape => new TheoryDataRow<int>(shape));

    [Theory, MemberData(nameof(All))]
    public void A_text_gets_the_scores_of_its_ids(int shape)
    {
        (NetworkTextModel model, NetworkWeights weights) = Model(shape);
        var reference = new ReferenceNetwork(weights);
        TokenEncoder encoder = model.Vocabulary.NewEncoder();
        TextScorer scorer = model.NewScorer();
        double[] scores = new double[model.ScoreCount];
        foreach (string text in SmallNetworks.Texts(30))
        {
            encoder.Encode(text);
            if (scorer.Score(text, scores).Unknown) continue;
            double[] expected = reference.Scores(encoder.Ids, model.Vocabulary.Columns);
            for (int s = 0; s < scores.Length; s++) Assert.Equal(expected[s], scores[s], 1e-5);
        }
    }

    [Theory, MemberData(nameof(All))]
    public void A_text_scores_the_same_alone_and_among_others(int shape)
    {
        (NetworkTextModel model, _) = Model(shape);
        string[] texts = [.. SmallNetworks.Texts(500, longest: 50), .. NaughtyStrings.Texts.Take(50), ""];
        double[] alone = new double[texts.Length * model.ScoreCount], together = new double[alone.Length], threads = new double[alone.Length];
        var evidence = new Evidence[texts.Length];
        var evidenceTogether = new Evidence[texts.Length];
        TextScorer scorer = model.NewScorer();
        for (int i = 0; i < texts.Length; i++) evidence[i] = scorer.Score(texts[i], alone.AsSpan(i * model.ScoreCount, model.ScoreCount));
        model.Score(texts, together, evidenceTogether, TestContext.Current.CancellationToken);
        Parallel.For(0, texts.Length, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i => model.NewScorer().Score(texts[i], threads.AsSpan(i * model.ScoreCount, model.ScoreCount)));
        double[] here = new double[alone.Length];
        var evidenceHere = new Evidence[texts.Length];
        for (int i = 0; i < 3; i++) // its buffers are used again
            model.ScoreTogether(texts, here, evidenceHere);
        Assert.Equal(alone, together);
        Assert.Equal(alone, threads);
        Assert.Equal(alone, here);
        Assert.Equal(evidence, evidenceHere);
        Assert.Equal(evidence, evidenceTogether);
    }

    [Theory, MemberData(nameof(All))]
    public void An_explanation_in_steps_is_the_same_and_leaves_out_what_is_too_much(int shape)
    {
        (NetworkTextModel model, _) = Model(shape);
        Sentiment[] classes = model.ScoreCount == 1 ? [Sentiment.Negative, Sentiment.Positive] : [Sentiment.Negative, Sentiment.Neutral, Sentiment.Positive];
        var classifier = new TextClassifier(classes, model, [.. classes.Select(_ => 1.0 / classes.Length)]);
        foreach (string text in (string[])[.. SmallNetworks.Texts(5, longest: 60), "", "zzz", string.Join(' ', SmallNetworks.Texts(3, longest: 100, seed: 9))])
        {
            Explanation whole = classifier.Explain(text), stepped = InSteps(classifier, text, 256), cut = InSteps(classifier, text, 7);
            Assert.Equal(whole.Words, stepped.Words);
            Assert.Equal((whole.Score, whole.Intercept, whole.Class, whole.Exact, 0), (stepped.Score, stepped.Intercept, stepped.Class, stepped.Exact, stepped.WordsLeftOut));
            Assert.Equal(whole.Prediction.Probabilities, stepped.Prediction.Probabilities);
            Assert.Equal(whole.Words.Take(7), cut.Words);
            Assert.Equal(Math.Max(0, whole.Words.Count - 7), cut.WordsLeftOut);
            Assert.Equal(cut.Score, cut.Intercept + cut.Words.Sum(word => word.Contribution), 1e-9);
        }
    }

    [Fact]
    public void A_text_without_a_known_word_is_unknown()
    {
        (NetworkTextModel model, _) = Model(7);
        TextScorer scorer = model.NewScorer();
        double[] score = [7];
        Assert.Equal(new Evidence(true, 0), scorer.Score("", score));
        Assert.Equal([0], score);
        Assert.Equal(new Evidence(true, 1), scorer.Score("zzz yyy", score));
        Assert.Equal(new Evidence(false, 0.25), scorer.Score("thank you zzz !", score));
        Assert.NotEqual([0], score);
    }

    [Fact]
    public void Half_a_surrogate_pair_is_no_word()
    {
        var text = new Vigie.Text.TextPipeline { Normalize = false };
        Assert.Equal(["ok", "\U0001F600"], TokenVocabulary.CountWords(["ok \uD83D ok \uDE00", "ok \U0001F600 \uD83D"], text, 10, 1));
    }

    [Fact]
    public void A_cancelled_run_ends()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        string[] texts = SmallNetworks.Texts(100);
        Assert.ThrowsAny<OperationCanceledException>(() => Model(7).Model.Score(texts, new double[100], new Evidence[100], cancelled.Token));
    }

    [Fact]
    public void A_vocabulary_that_does_not_go_with_the_network_is_refused()
    {
        byte[] graph = Model(7).Model.Graph.ToArray();
        Assert.Contains("embedding table is 19 × 10, and the vocabulary has 29 rows", Refusal(graph, SmallNetworks.Vocabulary(bigramBuckets: 10)), StringComparison.Ordinal);
        byte[] pairs = OnnxNetwork.Write(SmallNetworks.Draw(SmallNetworks.Shapes[7], 19), 2);
        Assert.Contains("ids is Int32 (-1, -1, 2); expected Int32 (-1, -1)", Refusal(pairs, SmallNetworks.Vocabulary()), StringComparison.Ordinal);
    }

    /// <summary>A file may be cut off or changed anywhere: it is refused, or it is still a network of the same sides.</summary>
    [Fact]
    public void A_damaged_file_is_refused_or_gives_scores()
    {
        byte[] whole = OnnxNetwork.Write(SmallNetworks.Draw(SmallNetworks.Shapes[0] with { Dimension = 2, Units = 2 }, 19), 1);
        for (int length = 0; length < whole.Length; length += 7) Assert.Contains("network.onnx: ", Refusal(whole[..length], SmallNetworks.Vocabulary()), StringComparison.Ordinal);
        var random = new Xoshiro256(8);
        int refused = 0;
        for (int i = 0; i < 400; i++)
        {
            byte[] damaged = [.. whole];
            damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            try
            {
                new NetworkTextModel(SmallNetworks.Vocabulary(), damaged).NewScorer().Score("thank you", new double[1]);
            }
            catch (InvalidInputException)
            {
                refused++;
            }
        }
        Assert.InRange(refused, 100, 399);
    }

    private static string Refusal(byte[] graph, TokenVocabulary vocabulary) => Assert.Throws<InvalidInputException>(() => new NetworkTextModel(vocabulary, graph)).Message;

    private static Explanation InSteps(TextClassifier classifier, string text, int mostWords)
    {
        SteppedExplanation steps = classifier.ExplainInSteps(text, mostWords);
        while (true)
        {
            if (steps.Step() is { } explanation) return explanation;
        }
    }

    private static (NetworkTextModel Model, NetworkWeights Weights) Model(int shape)
    {
        TokenVocabulary vocabulary = SmallNetworks.Vocabulary(bigramBuckets: shape % 3 == 0 ? 64 : 0);
        NetworkWeights weights = SmallNetworks.Draw(SmallNetworks.Shapes[shape], vocabulary.Rows);
        return (new NetworkTextModel(vocabulary, weights), weights);
    }
}
