using Vigie.Networks;

namespace Vigie.Tests.Networks;

public class NetworkOptionsTests
{
    public static TheoryData<string, NetworkOptions> Wrong => new()
    {
        { "units 0", new NetworkOptions { Shape = new NetworkShape { Units = 0 } } },
        { "pooling", new NetworkOptions { Shape = new NetworkShape { Pooling = Pooling.None } } },
        { "pooling last", new NetworkOptions { Shape = new NetworkShape { Kind = NetworkKind.Cnn, Pooling = Pooling.Last } } },
        { "kernels 3,3", new NetworkOptions { Shape = new NetworkShape { Kind = NetworkKind.Cnn, Kernels = [3, 3] } } },
        { "layers 2", new NetworkOptions { Shape = new NetworkShape { Kind = NetworkKind.Cnn, Layers = 2 } } },
        { "dropout 1", new NetworkOptions { Dropout = 1 } },
        { "recurrent_dropout 0.5", new NetworkOptions { Shape = new NetworkShape { Kind = NetworkKind.Dense }, RecurrentDropout = 0.5 } },
        { "label_smoothing -0.1", new NetworkOptions { LabelSmoothing = -0.1 } },
        { "learning_rate 0", new NetworkOptions { LearningRate = 0 } },
        { "clip_norm", new NetworkOptions { ClipNorm = double.NaN } },
        { "patience 0", new NetworkOptions { Patience = 0 } },
        { "batch_size 0", new NetworkOptions { BatchSize = 0 } },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void A_wrong_setting_is_named(string says, NetworkOptions options) => Assert.StartsWith(says, Assert.Throws<InvalidInputException>(options.Validated).Message);

    [Fact]
    public void Rows_that_do_not_fit_together_are_refused()
    {
        var texts = new EncodedTexts(1, [1, 2, 5], [0, 2, 3]);
        var none = new EncodedTexts(1, [], [0]);
        var rows = new NetworkRows(texts, [0, 1], none, [], 2, 6);
        Assert.Same(rows, rows.Validated(4));
        Says("row 5 of 5", rows with { EmbeddingRows = 5 });
        Says("class 2 of 2", rows with { Labels = [0, 2] });
        Says("1 labels", rows with { Labels = [0] });
        Says("6 rows × 4", rows with { Embedding = new float[23] });
        Says("no training rows", rows with { Train = none, Labels = [] });

        static void Says(string what, NetworkRows rows) => Assert.Contains(what, Assert.Throws<InvalidInputException>(() => rows.Validated(4)).Message);
    }

    [Fact]
    public void Arrays_that_are_not_the_network_s_are_refused()
    {
        var shape = new NetworkShape { Kind = NetworkKind.Dense, Dimension = 2, Units = 3, Pooling = Pooling.Mean };
        NetworkArray[] arrays = [.. SmallNetworks.Draw(shape, 4).Arrays];
        Assert.Equal(["embedding", "dense.0.weight", "dense.0.bias", "head.weight", "head.bias"], new NetworkWeights(shape, 4, arrays.Reverse()).Arrays.Select(array => array.Name));
        Says("lacks the array head.bias", arrays[..^1]);
        Says("two arrays embedding", [arrays[0], .. arrays]);
        Says("expected 3 × 2", [.. arrays.Select(array => array.Name == "dense.0.weight" ? array with { Shape = [2, 3] } : array)]);
        Says("array tail", [.. arrays, new NetworkArray("tail", [1], [0])]);

        void Says(string what, NetworkArray[] given) => Assert.Contains(what, Assert.Throws<InvalidInputException>(() => new NetworkWeights(shape, 4, given)).Message);
    }
}
