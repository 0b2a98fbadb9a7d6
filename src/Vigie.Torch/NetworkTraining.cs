using System.Diagnostics;
using System.Numerics.Tensors;
using TorchSharp;
using Vigie.Networks;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace Vigie.Torch;

/// <summary>One training, from its first or last checkpoint to its end.</summary>
internal sealed class NetworkTraining : IDisposable
{
    private const int StepsAtOnce = 4096;
    private readonly NetworkOptions options;
    private readonly NetworkRows rows;
    private readonly NetworkFitContext context;
    private readonly TrainingState state;
    private readonly Checkpoint? checkpoint;
    private readonly ClassificationLoss loss;
    private readonly LengthBuckets buckets;
    private readonly RateSchedule schedule;
    private readonly Precise training;
    private readonly NetworkGraph graph;
    private readonly NetworkGraph scoring; // in 32 bits: the figures that choose an epoch are those of the network handed out
    private readonly NetworkGraph[] graphs;
    private readonly IReadOnlyList<TextBatch> validationBatches;
    private long lastReport, lastCheckpoint, lastClock;
    private TimeSpan lastCpu;

    public NetworkTraining(NetworkOptions options, NetworkRows rows, NetworkFitContext context, Device device)
    {
        (this.options, this.rows, this.context) = (options, rows, context);
        state = new TrainingState(options, rows, context.Seed);
        if (context.Checkpoints is not null)
        {
            checkpoint = new Checkpoint(context.Checkpoints, Checkpoint.Identify(options, rows, context.Seed));
            checkpoint.Read(state);
        }
        loss = new ClassificationLoss(options.Shape.Scores, options.LabelSmoothing);
        buckets = new LengthBuckets(rows.Train, options.BatchSize);
        schedule = new RateSchedule(options, buckets.Count);
        validationBatches = new LengthBuckets(rows.Validation, 128).InOrder();
        training = new Precise(device, options.Precision == NetworkPrecision.Bfloat16 ? ScalarType.BFloat16 : ScalarType.Float32);
        var exact = new Precise(device, ScalarType.Float32);
        graph = new NetworkGraph(options.Shape, state.Parameters, training);
        scoring = training == exact ? graph : new NetworkGraph(options.Shape, state.Parameters, exact);
        graphs = scoring == graph ? [graph] : [graph, scoring];
        lastReport = lastCheckpoint = lastClock = context.Clock.GetTimestamp();
        lastCpu = Environment.CpuUsage.TotalTime;
    }

    public TrainedNetwork Run()
    {
        foreach (NetworkEpoch epoch in state.Epochs) Report(epoch); // of the process that was stopped: whoever listens now hears of the whole training
        while (state.Epochs.Count < options.Epochs && !HasStalled)
        {
            Learn();
            Conclude();
        }
        return new TrainedNetwork(state.BestWeights(options.Shape, rows.EmbeddingRows), state.Epochs, state.BestEpoch);
    }

    private bool HasStalled => state.Epochs.Count - state.BestEpoch >= options.Patience && rows.Validation.Count > 0;

    // The rest of the current epoch.
    private void Learn()
    {
        IReadOnlyList<TextBatch> batches = buckets.Shuffled(context.Seed, state.Epochs.Count + 1);
        while (state.Batch < batches.Count)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            Learn(batches[state.Batch]);
            state.Batch++;
            if (context.Clock.GetElapsedTime(lastReport) >= TimeSpan.FromSeconds(1)) Report(null);
            if (context.Clock.GetElapsedTime(lastCheckpoint) >= context.CheckpointEvery) Save();
        }
    }

    private void Learn(TextBatch batch)
    {
        var dropout = new Dropout(context.Seed, state.Step, options.Dropout, options.RecurrentDropout);
        using (NewDisposeScope()) graph.Load(dropout);
        foreach (Parameter parameter in state.Parameters) Array.Clear(parameter.Gradient);
        state.Embedding.Clear();
        // Long texts are computed in parts, whose gradients add up: memory stays the same and what is worked on stays in the cache.
        int part = Math.Max(1, StepsAtOnce / batch.Steps);
        for (int first = 0; first < batch.Texts.Length; first += part)
            Learn(batch with { Texts = batch.Texts[first..Math.Min(first + part, batch.Texts.Length)] }, batch.Texts.Length, dropout);
        Move();
    }

    private void Learn(TextBatch part, int batch, Dropout dropout)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor steps = state.Embedding.Embed(rows.Train, part, training.Device);
        if (state.Embedding.Tuned) steps.requires_grad = true;
        Tensor scores = graph.Scores(steps, NetworkGraph.Lengths(rows.Train, part), dropout);
        var gradient = new float[part.Texts.Length * options.Shape.Scores];
        LossSum learnt = loss.Of(Binding.Floats(scores), Labels(rows.Labels, part), gradient, batch);
        if (!double.IsFinite(learnt.Loss)) throw new InvalidInputException($"the training loss is no longer a number in epoch {state.Epochs.Count + 1}, batch {state.Batch + 1}; take a lower learning_rate than {options.LearningRate}");
        state.Train += learnt;
        graph.Return(scores, tensor(gradient, scores.shape).to(training.Device));
        if (state.Embedding.Tuned) state.Embedding.Collect(rows.Train, part, Binding.Floats(steps.grad ?? throw new InvalidOperationException("the embedded steps have no gradient")));
    }

    // One step of the optimiser, along gradients scaled down to the longest allowed.
    private void Move()
    {
        double squares = state.Embedding.Tuned ? TensorPrimitives.SumOfSquares(state.Embedding.Gradients) : 0;
        foreach (Parameter parameter in state.Parameters) squares += TensorPrimitives.SumOfSquares(parameter.Gradient);
        float scale = ClipScale(Math.Sqrt(squares), options.ClipNorm);
        double rate = schedule.At(state.Step, state.Failures);
        state.Step++;
        var adam = new Adam(rate, state.Step);
        foreach (Parameter parameter in state.Parameters)
            adam.Step(parameter.Values, parameter.Gradient, parameter.FirstMoment, parameter.SecondMoment, scale, parameter.Decays ? (float)(rate * options.WeightDecay) : 0);
        if (state.Embedding.Tuned) state.Embedding.Step(new Adam(rate * options.EmbeddingRate, state.Step), scale);
    }

    /// <summary>What a gradient of a length is multiplied by.</summary>
    internal static float ClipScale(double norm, double longest) => longest > 0 && norm > longest ? (float)(longest / norm) : 1;

    private void Conclude()
    {
        LossSum validation = Validate();
        TakeTime();
        var epoch = new NetworkEpoch
        {
            Number = state.Epochs.Count + 1,
            TrainLoss = state.Train.MeanLoss,
            TrainAccuracy = state.Train.Accuracy,
            ValidationLoss = validation.Rows == 0 ? null : validation.MeanLoss,
            ValidationAccuracy = validation.Rows == 0 ? null : validation.Accuracy,
            LearningRate = schedule.At(state.Step - 1, state.Failures),
            CpuSeconds = state.CpuSeconds,
            Seconds = state.Seconds,
            PeakMemory = PeakMemory(),
            PaddedShare = LengthBuckets.PaddedShare(buckets.InOrder(), rows.Train),
        };
        double? best = state.BestEpoch == 0 ? null : state.Epochs[state.BestEpoch - 1].ValidationLoss;
        state.Epochs.Add(epoch);
        (state.Batch, state.Train, state.CpuSeconds, state.Seconds) = (0, default, 0, 0);
        if (best is null || epoch.ValidationLoss < best) state.KeepAsBest();
        else state.Failures++;
        Save();
        Report(epoch);
    }

    private LossSum Validate()
    {
        var sum = new LossSum();
        scoring.Load(null);
        foreach (TextBatch batch in validationBatches)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            using DisposeScope scope = NewDisposeScope();
            using IDisposable untracked = no_grad();
            Tensor scores = scoring.Scores(state.Embedding.Embed(rows.Validation, batch, training.Device), NetworkGraph.Lengths(rows.Validation, batch), null);
            sum += loss.Of(Binding.Floats(scores), Labels(rows.ValidationLabels, batch), [], 1);
        }
        return sum;
    }

    private static byte[] Labels(byte[] labels, TextBatch batch)
    {
        var own = new byte[batch.Texts.Length];
        for (int i = 0; i < own.Length; i++) own[i] = labels[batch.Texts.Span[i]];
        return own;
    }

    private void Save()
    {
        if (checkpoint is null) return;
        TakeTime();
        checkpoint.Write(state);
        lastCheckpoint = context.Clock.GetTimestamp();
    }

    private void TakeTime()
    {
        (long clock, TimeSpan cpu) = (context.Clock.GetTimestamp(), Environment.CpuUsage.TotalTime);
        state.Seconds += context.Clock.GetElapsedTime(lastClock, clock).TotalSeconds;
        state.CpuSeconds += (cpu - lastCpu).TotalSeconds;
        (lastClock, lastCpu) = (clock, cpu);
    }

    private void Report(NetworkEpoch? epoch)
    {
        context.Progress?.Report(new NetworkProgress(Math.Min(1, (state.Epochs.Count + (double)state.Batch / buckets.Count) / options.Epochs)) { Epoch = epoch });
        lastReport = context.Clock.GetTimestamp();
    }

    private static long PeakMemory()
    {
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }

    public void Dispose()
    {
        foreach (NetworkGraph own in graphs) own.Dispose();
    }
}
