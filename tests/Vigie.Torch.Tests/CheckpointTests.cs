using Vigie.Networks;

namespace Vigie.Torch.Tests;

public sealed class CheckpointTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("vigie-torch-").FullName;
    private readonly NetworkOptions options = Toys.Options(NetworkKind.Bilstm, Pooling.Max) with { RecurrentDropout = 0.1, Epochs = 4, Schedule = LearningRateSchedule.Plateau };

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData(0, false)] // killed within the first epoch
    [InlineData(2, false)] // within the third
    [InlineData(2, true)] // where only the ends of epochs are kept
    public void A_stopped_training_goes_on_to_the_same_network_to_the_bit(int epochsBefore, bool onlyEnds)
    {
        NetworkRows rows = Toys.Order(256, 64);
        TrainedNetwork whole = new TorchNetworkTrainer().Fit(options, rows, new NetworkFitContext());
        TimeSpan every = onlyEnds ? TimeSpan.FromHours(1) : TimeSpan.Zero;

        Assert.Throws<OperationCanceledException>(() => Stopped(rows, epochsBefore, every));
        Assert.True(File.Exists(Path.Combine(folder, "network.checkpoint")) || onlyEnds && epochsBefore == 0);
        var told = new List<int>();
        TrainedNetwork resumed = new TorchNetworkTrainer().Fit(
            options, rows, new NetworkFitContext { Checkpoints = folder, Progress = new Told(progress => told.AddRange(progress.Epoch is { } epoch ? [epoch.Number] : [])) });

        Assert.Equal(Toys.Bytes(whole), Toys.Bytes(resumed));
        Assert.Equal(whole.BestEpoch, resumed.BestEpoch);
        Assert.Equal(whole.Epochs.Select(Learnt), resumed.Epochs.Select(Learnt));
        Assert.Equal(whole.Epochs.Select(epoch => epoch.Number), told);
    }

    [Fact]
    public void A_finished_training_is_not_repeated()
    {
        NetworkRows rows = Toys.Order(256, 64);
        TrainedNetwork first = new TorchNetworkTrainer().Fit(options, rows, new NetworkFitContext { Checkpoints = folder });
        var told = new List<NetworkEpoch>();
        TrainedNetwork second = new TorchNetworkTrainer().Fit(options, rows, new NetworkFitContext { Checkpoints = folder, Progress = new Told(progress => told.Add(progress.Epoch!)) });
        Assert.Equal(Toys.Bytes(first), Toys.Bytes(second));
        Assert.Equal(first.Epochs, told); // the times of the first training too: nothing was learnt again
    }

    [Fact]
    public void A_checkpoint_of_another_training_is_refused()
    {
        NetworkRows rows = Toys.Order(256, 64);
        new TorchNetworkTrainer().Fit(options with { Epochs = 1 }, rows, new NetworkFitContext { Checkpoints = folder });
        Refused("other options, seed or rows", options with { Epochs = 2 }, rows, 1);
        Refused("other options, seed or rows", options with { Epochs = 1 }, rows, 2);
        Refused("other options, seed or rows", options with { Epochs = 1 }, rows with { Labels = [.. rows.Labels.Select(label => (byte)(1 - label))] }, 1);
    }

    [Fact]
    public void A_damaged_checkpoint_is_refused()
    {
        NetworkRows rows = Toys.Order(256, 64);
        new TorchNetworkTrainer().Fit(options with { Epochs = 1 }, rows, new NetworkFitContext { Checkpoints = folder });
        string file = Path.Combine(folder, "network.checkpoint");
        byte[] content = File.ReadAllBytes(file);
        content[content.Length / 2] ^= 1;
        File.WriteAllBytes(file, content);
        Refused("hash", options with { Epochs = 1 }, rows, 1);
        File.WriteAllBytes(file, content[..20]);
        Refused("20 bytes", options with { Epochs = 1 }, rows, 1);
    }

    private void Stopped(NetworkRows rows, int epochsBefore, TimeSpan every)
    {
        using var stop = new CancellationTokenSource();
        int epochs = 0;
        new TorchNetworkTrainer().Fit(options, rows, new NetworkFitContext
        {
            Checkpoints = folder,
            CheckpointEvery = every,
            Cancellation = stop.Token,
            Clock = new FastClock(),
            Progress = new Told(progress =>
            {
                if (progress.Epoch is not null) epochs++;
                else if (epochs == epochsBefore && progress.Share * 4 % 1 > 0.4) stop.Cancel();
            }),
        });
    }

    private void Refused(string why, NetworkOptions other, NetworkRows rows, int seed) => Assert.Contains(
        why, Assert.Throws<InvalidInputException>(() => new TorchNetworkTrainer().Fit(other, rows, new NetworkFitContext { Checkpoints = folder, Seed = seed })).Message);

    private static (double, double, double?, double) Learnt(NetworkEpoch epoch) => (epoch.TrainLoss, epoch.TrainAccuracy, epoch.ValidationLoss, epoch.LearningRate);

    /// <summary>Two seconds pass between any two looks at it, so that each batch is reported.</summary>
    private sealed class FastClock : TimeProvider
    {
        private long ticks;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => ticks += 2;
    }
}
