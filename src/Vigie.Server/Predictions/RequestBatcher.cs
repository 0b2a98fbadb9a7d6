using Vigie.Models;

namespace Vigie.Server;

/// <summary>
/// Lets requests to a model that gains from it be predicted together. A request that finds a worker free runs at once, on its own thread; while all are busy, others wait, and those that wait run
/// together when one becomes free. So nobody waits for company, and the more come, the more they share.
/// </summary>
/// <param name="predict">Predicts texts together, on the thread that calls.</param>
/// <param name="workers">Runs at the same time.</param>
/// <param name="room">Most requests that wait.</param>
internal sealed class RequestBatcher(Func<IReadOnlyList<string>, Prediction[]> predict, int workers, int room)
{
    /// <summary>Most requests of one run: beyond it, the first would wait for the last.</summary>
    public const int Most = 64;

    private readonly Lock gate = new();
    private readonly Queue<Waiting> queue = new();
    private int running;

    /// <summary>Requests that wait at present; those that were cancelled are among them until they would have had their turn.</summary>
    public int Length
    {
        get
        {
            lock (gate) return queue.Count;
        }
    }

    /// <summary>Predicts one text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <exception cref="RequestException">503: more requests wait than there is room for.</exception>
    public ValueTask<Prediction> PredictAsync(string text, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        Waiting waiting;
        lock (gate)
        {
            if (running < workers && queue.Count == 0)
            {
                running++;
                waiting = null!;
            }
            else
            {
                if (queue.Count >= room) throw RequestException.Busy(room);
                queue.Enqueue(waiting = new Waiting(text));
            }
        }

        return waiting is null ? new ValueTask<Prediction>(RunAlone(text)) : waiting.Answer(cancellation);
    }

    private Prediction RunAlone(string text)
    {
        try
        {
            return predict([text])[0];
        }
        finally
        {
            // Who waits is predicted by another thread: this one has its own caller to answer.
            bool more;
            lock (gate)
            {
                more = queue.Count > 0;
                if (!more) running--;
            }

            if (more) ThreadPool.UnsafeQueueUserWorkItem(static batcher => batcher.RunTogether(), this, preferLocal: false);
        }
    }

    private void RunTogether()
    {
        var some = new List<Waiting>(Most);
        while (true)
        {
            some.Clear();
            lock (gate)
            {
                while (some.Count < Most && queue.TryDequeue(out Waiting? next))
                {
                    if (next.IsWanted) some.Add(next);
                }

                if (some.Count == 0)
                {
                    running--;
                    return;
                }
            }

            Run(some);
        }
    }

    private void Run(List<Waiting> some)
    {
        try
        {
            Prediction[] predictions = predict([.. some.Select(one => one.Text)]);
            for (int i = 0; i < predictions.Length; i++) some[i].Complete(predictions[i]);
        }
        catch (Exception failure) // it is theirs who wait for it
        {
            foreach (Waiting one in some) one.Fail(failure);
        }
    }

    private sealed class Waiting(string text)
    {
        // Asynchronous continuations: the thread that predicts must not be taken to write answers.
        private readonly TaskCompletionSource<Prediction> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string Text => text;

        public bool IsWanted => !answer.Task.IsCompleted;

        public void Complete(Prediction prediction) => answer.TrySetResult(prediction);

        public void Fail(Exception failure) => answer.TrySetException(failure);

        public async ValueTask<Prediction> Answer(CancellationToken cancellation)
        {
            await using CancellationTokenRegistration _ = cancellation.UnsafeRegister(static (waiting, token) => ((Waiting)waiting!).answer.TrySetCanceled(token), this);
            return await answer.Task;
        }
    }
}
