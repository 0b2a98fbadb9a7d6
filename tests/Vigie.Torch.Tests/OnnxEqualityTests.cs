using Vigie.Corpus;
using Vigie.Models;
using Vigie.Networks;
using Vigie.Tests.Networks;

namespace Vigie.Torch.Tests;

/// <summary>A network that is served by ONNX Runtime says what libtorch says, which trained it.</summary>
public sealed class OnnxEqualityTests
{
    private static readonly string[] Tweets = [.. CorpusGenerator.Generate(new CorpusOptions { Rows = 1_000, Seed = 5 }).Select(tweet => tweet.Text)];

    public static IEnumerable<TheoryDataRow<int, int>> All => Enumerable.Range(0, Shapes.Count).Select(shape => new TheoryDataRow<int, int>(shape, shape % 2 == 0 ? 0 : 500));

    // Those of every kind and pooling, and one of the size that is used.
    private static IReadOnlyList<NetworkShape> Shapes { get; } = [.. SmallNetworks.Shapes, new NetworkShape { Kind = NetworkKind.Bilstm, Dimension = 100, Units = 128, Pooling = Pooling.Last | Pooling.Max }];

    [Theory, MemberData(nameof(All))]
    public void A_thousand_tweets_score_the_same_within_a_hundred_thousandth(int shape, int bigramBuckets)
    {
        var text = new Vigie.Text.TextPipeline { NegationScope = 0 };
        var vocabulary = new TokenVocabulary(text, TokenVocabulary.CountWords(Tweets, text, 2_000, 2), 40, bigramBuckets);
        NetworkWeights weights = SmallNetworks.Draw(Shapes[shape], vocabulary.Rows);
        // A layer of so many inputs as the large network has gets weights as small as training gives them.
        if (weights.Shape.Units > 100)
        {
            foreach (NetworkArray array in weights.Arrays.Skip(1))
            {
                for (int i = 0; i < array.Values.Length; i++) array.Values[i] *= 0.2f;
            }
        }
        using var torch = new TorchNetworkScorer(weights);
        float[] expected = torch.Score(vocabulary.Encode(Tweets), TestContext.Current.CancellationToken);

        var model = new NetworkTextModel(vocabulary, weights);
        var found = new double[expected.Length];
        var evidence = new Evidence[Tweets.Length];
        model.Score(Tweets, found, evidence, TestContext.Current.CancellationToken);

        Assert.True(evidence.Count(one => !one.Unknown) > 990);
        double worst = Enumerable.Range(0, expected.Length).Where(i => !evidence[i / model.ScoreCount].Unknown).Max(i => Math.Abs(expected[i] - found[i]));
        Assert.True(worst < 1e-5, $"a difference of {worst}");
        Assert.True(expected.Max() - expected.Min() > 0.1, "the tweets hardly differ");
    }
}
