using System.Threading.Channels;
using Vigie.Models;
using Vigie.Tweets;

namespace Vigie.Server;

/// <summary>
/// Asks the shadow about tweets that the champion has answered, after the answer, and then has the prediction recorded with both. Where more tweets come than the shadow can read, those beyond
/// the queue are recorded without it and counted: the champion's callers wait for nobody.
/// </summary>
internal sealed partial class ShadowQueue(Recorder recorder, RequestBatchers batchers, Trials trials, ILogger<ShadowQueue> log) : BackgroundService
{
    private const int Room = 1_024, AtOnce = 64;

    private readonly Channel<Waiting> waiting = Channel.CreateBounded<Waiting>(new BoundedChannelOptions(Room) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true });

    /// <summary>Takes over the recording of a prediction. Returns at once.</summary>
    /// <param name="record">What the champion said.</param>
    /// <param name="shadow">Is asked too.</param>
    /// <param name="threshold">The caller's, by which both decide; null for their own.</param>
    public void Add(PredictionRecord record, ServedModel shadow, double? threshold)
    {
        if (waiting.Writer.TryWrite(new Waiting(record, shadow, threshold, null))) return;
        trials.Drop();
        if (recorder.IsOn) recorder.Record(record);
    }

    /// <summary>Completes when everything that was added before is recorded: an erasure that follows finds it.</summary>
    public async Task DrainedAsync()
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            await waiting.Writer.WriteAsync(new Waiting(null, null, null, reached));
            await reached.Task;
        }
        catch (ChannelClosedException)
        {
            await ExecuteTask!; // the server ends, and so does the queue
        }
    }

    /// <summary>Records what waits. That is done to the end, however little time the server has left: what was answered is not to be lost.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        waiting.Writer.TryComplete();
        await base.StopAsync(CancellationToken.None);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var batch = new List<Waiting>(AtOnce);
        while (await waiting.Reader.WaitToReadAsync(CancellationToken.None))
        {
            batch.Clear();
            while (batch.Count < AtOnce && waiting.Reader.TryRead(out Waiting one)) batch.Add(one);
            foreach (IGrouping<string, Waiting> some in batch.Where(one => one.Record is not null).GroupBy(one => one.Shadow!.Digest))
                await RecordAsync(some.First().Shadow!, [.. some], stoppingToken);
            foreach (Waiting one in batch) one.Reached?.SetResult();
        }
    }

    // At the end of the process, what waits is recorded without the shadow: the time left is for the records.
    private async Task RecordAsync(ServedModel shadow, Waiting[] tweets, CancellationToken ending)
    {
        Prediction[]? said = ending.IsCancellationRequested ? null : await AskAsync(shadow, tweets, ending);
        for (int i = 0; i < tweets.Length; i++)
        {
            PredictionRecord record = tweets[i].Record!;
            if (said is not null)
            {
                Sentiment label = Predictor.LabelOf(shadow, said[i], tweets[i].Threshold);
                trials.Compare(record.Model.Digest, shadow.Digest, label == record.Label);
                record = record with { Shadow = new ShadowPrediction(shadow, label, said[i].ProbabilityPositive) };
            }

            if (recorder.IsOn) recorder.Record(record);
        }
    }

    private async Task<Prediction[]?> AskAsync(ServedModel shadow, Waiting[] tweets, CancellationToken ending)
    {
        try
        {
            return await batchers.PredictAsync(shadow, [.. tweets.Select(one => one.Record!.Text)], ending);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception failure) // a model that is only tried must not take the server's records with it
        {
            Failed(log, shadow.Name, shadow.Version, failure);
            foreach (Waiting _ in tweets) trials.Drop();
            return null;
        }
    }

    /// <summary>A tweet that waits for the shadow, or somebody who waits for all that came before.</summary>
    private readonly record struct Waiting(PredictionRecord? Record, ServedModel? Shadow, double? Threshold, TaskCompletionSource? Reached);

    [LoggerMessage(Level = LogLevel.Error, Message = "The shadow {Name} version {Version} failed on some tweets; they are recorded without it")]
    private static partial void Failed(ILogger log, string name, string? version, Exception failure);
}
