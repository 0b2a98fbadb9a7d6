using Vigie.Networks;

namespace Vigie.Torch.Tests;

public class TorchNetworkTrainerTests
{
    private static readonly TorchNetworkTrainer Trainer = new();

    [Theory]
    [InlineData(NetworkKind.Lstm, Pooling.Last, 1)]
    [InlineData(NetworkKind.Bilstm, Pooling.Max, 1)]
    [InlineData(NetworkKind.Bilstm, Pooling.Last | Pooling.Attention, 2)]
    [InlineData(NetworkKind.Cnn, Pooling.Max, 1)]
    [InlineData(NetworkKind.Lstm, Pooling.Mean, 1)]
    public void What_sees_order_learns_order(NetworkKind kind, Pooling pooling, int layers)
    {
        NetworkOptions options = Toys.Options(kind, pooling) with { Epochs = 12, Patience = 12 };
        if (kind == NetworkKind.Cnn) options = options with { Shape = options.Shape with { Kernels = [1, 7] } };
        TrainedNetwork network = Trainer.Fit(options with { Shape = options.Shape with { Layers = layers } }, Toys.Order(), new NetworkFitContext());
        Assert.True(network.Epochs[network.BestEpoch - 1].ValidationAccuracy > 0.9, $"validation accuracy {network.Epochs[network.BestEpoch - 1].ValidationAccuracy}");
    }

    [Fact]
    public void What_is_blind_to_order_does_not()
    {
        TrainedNetwork network = Trainer.Fit(Toys.Options(NetworkKind.Dense, Pooling.Mean), Toys.Order(), new NetworkFitContext());
        Assert.InRange(network.Epochs[network.BestEpoch - 1].ValidationAccuracy!.Value, 0.3, 0.7);
    }

    [Theory]
    [InlineData(NetworkKind.Dense, Pooling.Mean, 2)]
    [InlineData(NetworkKind.Dense, Pooling.Max | Pooling.Attention, 4)]
    [InlineData(NetworkKind.Bilstm, Pooling.Max | Pooling.Mean, 3)]
    public void Several_classes_are_learnt(NetworkKind kind, Pooling pooling, int classes)
    {
        NetworkOptions options = Toys.Options(kind, pooling) with { LabelSmoothing = 0.05, Schedule = LearningRateSchedule.Cosine, WarmUp = 0.1, Epochs = 10 };
        TrainedNetwork network = Trainer.Fit(options, Toys.Presence(classes), new NetworkFitContext());
        Assert.True(network.Epochs[^1].ValidationAccuracy > 0.95, $"validation accuracy {network.Epochs[^1].ValidationAccuracy}");
        Assert.Equal(classes == 2 ? 1 : classes, network.Weights.Shape.Scores);
    }

    [Fact]
    public void The_network_handed_out_is_the_one_that_was_measured()
    {
        NetworkRows rows = Toys.Order();
        TrainedNetwork network = Trainer.Fit(Toys.Options(NetworkKind.Bilstm, Pooling.Max) with { Precision = NetworkPrecision.Bfloat16 }, rows, new NetworkFitContext());
        using var scorer = new TorchNetworkScorer(network.Weights);
        float[] scores = scorer.Score(rows.Validation);
        double loss = scores.Zip(rows.ValidationLabels, (score, label) => Math.Log(1 + Math.Exp(label == 1 ? -score : score))).Average();
        Assert.Equal(network.Epochs[network.BestEpoch - 1].ValidationLoss!.Value, loss, 1e-6);
    }

    [Fact]
    public void The_same_seed_gives_the_same_network_to_the_bit_and_another_one_another()
    {
        NetworkOptions options = Toys.Options(NetworkKind.Bilstm, Pooling.Max) with { RecurrentDropout = 0.2, Epochs = 2 };
        byte[] first = Toys.Bytes(Trainer.Fit(options, Toys.Order(), new NetworkFitContext { Seed = 5 }));
        Assert.Equal(first, Toys.Bytes(Trainer.Fit(options, Toys.Order(), new NetworkFitContext { Seed = 5 })));
        Assert.NotEqual(first, Toys.Bytes(Trainer.Fit(options, Toys.Order(), new NetworkFitContext { Seed = 6 })));
    }

    [Fact]
    public void The_epoch_with_the_lowest_validation_loss_is_kept_and_training_ends_when_it_stalls()
    {
        NetworkOptions options = Toys.Options(NetworkKind.Bilstm, Pooling.Max) with { Dropout = 0, Epochs = 30, Patience = 2 };
        TrainedNetwork network = Trainer.Fit(options, Toys.Noise(64, 64), new NetworkFitContext());
        double lowest = network.Epochs.Min(epoch => epoch.ValidationLoss!.Value);
        Assert.Equal(lowest, network.Epochs[network.BestEpoch - 1].ValidationLoss);
        Assert.Equal(network.BestEpoch + 2, network.Epochs.Count);
        // Trained for no longer than to the best epoch, it is the same.
        TrainedNetwork shorter = Trainer.Fit(options with { Epochs = network.BestEpoch }, Toys.Noise(64, 64), new NetworkFitContext());
        Assert.Equal(Toys.Bytes(shorter), Toys.Bytes(network));
    }

    [Fact]
    public void Without_validation_rows_the_last_epoch_is_kept()
    {
        TrainedNetwork network = Trainer.Fit(Toys.Options(NetworkKind.Dense, Pooling.Mean) with { Epochs = 3, Patience = 1 }, Toys.Presence(2, validation: 0), new NetworkFitContext());
        Assert.Equal((3, 3), (network.BestEpoch, network.Epochs.Count));
        Assert.Null(network.Epochs[^1].ValidationLoss);
    }

    [Fact]
    public void A_given_table_stays_as_it_is_when_frozen_and_moves_where_it_is_used_when_tuned()
    {
        float[] table = [.. Enumerable.Range(0, Toys.Rows * 8).Select(i => i < 8 ? 0 : (i * 37 % 19 - 9) / 20f)];
        NetworkRows rows = Toys.Presence(2) with { Embedding = table };
        NetworkOptions options = Toys.Options(NetworkKind.Dense, Pooling.Mean) with { Epochs = 2 };
        Assert.Equal(table, Trainer.Fit(options with { TuneEmbeddings = false }, rows, new NetworkFitContext()).Weights["embedding"].Values);
        float[] tuned = Trainer.Fit(options, rows, new NetworkFitContext()).Weights["embedding"].Values;
        Assert.Equal(table[..16], tuned[..16]); // padding and the unknown word do not occur
        Assert.Equal(table[(4 * 8)..(6 * 8)], tuned[(4 * 8)..(6 * 8)]); // nor do the words of other classes
        Assert.DoesNotContain(Enumerable.Range(16, 16), i => tuned[i] == table[i]);
    }

    [Fact]
    public void A_diverging_training_says_so()
    {
        NetworkOptions options = Toys.Options(NetworkKind.Dense, Pooling.Mean) with { LearningRate = 1e30, ClipNorm = 0 };
        Assert.Contains("learning_rate", Assert.Throws<InvalidInputException>(() => Trainer.Fit(options, Toys.Presence(2), new NetworkFitContext())).Message);
    }

    [Fact]
    public void A_graphics_card_that_is_not_there_is_an_error_that_says_what_to_do()
    {
        Assert.SkipWhen(TorchSharp.torch.cuda_is_available(), "there is a CUDA device");
        var error = Assert.Throws<InvalidInputException>(() => Trainer.Fit(Toys.Options(NetworkKind.Dense, Pooling.Mean) with { Device = NetworkDevice.Cuda }, Toys.Presence(2), new NetworkFitContext()));
        Assert.Contains("device=cpu", error.Message);
    }

    [Fact]
    public void Epochs_are_reported_with_all_their_figures()
    {
        var epochs = new List<NetworkEpoch>();
        TrainedNetwork network = Trainer.Fit(
            Toys.Options(NetworkKind.Cnn, Pooling.Max) with { Epochs = 2, Schedule = LearningRateSchedule.Linear }, Toys.Presence(2),
            new NetworkFitContext { Progress = new Told(progress => epochs.AddRange(progress.Epoch is { } epoch ? [epoch] : [])) });
        Assert.Equal(network.Epochs, epochs);
        Assert.Equal([1, 2], epochs.Select(epoch => epoch.Number));
        Assert.All(epochs, epoch => Assert.True(epoch is { TrainLoss: > 0, TrainAccuracy: > 0, ValidationLoss: > 0, ValidationAccuracy: > 0, Seconds: > 0, CpuSeconds: > 0, PeakMemory: > 1 << 20 }, epoch.ToString()));
        Assert.True(epochs[1].LearningRate < epochs[0].LearningRate && epochs[1].TrainLoss < epochs[0].TrainLoss);
        Assert.InRange(epochs[0].PaddedShare, 0, 0.05);
    }
}

internal sealed class Told(Action<NetworkProgress> tell) : IProgress<NetworkProgress>
{
    public void Report(NetworkProgress value) => tell(value);
}
