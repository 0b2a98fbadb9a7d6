using Vigie.Models;

namespace Vigie.Server;

/// <summary>
/// Through which everything that a model is asked has to go where it gains from predicting together. A request that finds a worker free runs at once, on its own thread; while all are busy, others
/// wait, and those that wait run together when one becomes free. So nobody waits for company, and the more come, the more they share. What takes longer, batches, explanations and a shadow's
/// tweets, goes in turns: after each turn those who wait for one prediction go first, and after those the next turn.
/// </summary>
/// <param name="predict">Predicts texts together, on the thread that calls.</param>
/// <param name="workers">Runs at the same time.</param>
/// <param name="room">Most requests that wait.</param>
internal sealed class RequestBatcher(Func<IReadOnlyList<string>, Prediction[]> predict, int workers, int room)
{
    /// <summary>Most requests of one run: beyond it, the first would wait for the last.</summary>
    public const int Most = 64;

    private readonly Lock gate = new();
    private readonly LinkedList<Waiting> singles = new();
    private readonly LinkedList<Waiting> turns = new();
    private int running;
    private int places;

    /// <summary>Requests for one prediction that wait at present.</summary>
    public int Length
    {
        get
        {
            lock (gate) return singles.Count;
        }
    }

    /// <summary>Predicts one text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <exception cref="RequestException">503: more requests wait than there is room for.</exception>
    public ValueTask<Prediction> PredictAsync(string text, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        Single waiting;
        lock (gate)
        {
            if (TryBegin())
            {
                waiting = null!;
            }
            else
            {
                CheckRoom();
                singles.AddLast((waiting = new Single(this, text)).Node);
            }
        }

        return waiting is null ? new ValueTask<Prediction>(RunAlone(text)) : waiting.WaitAsync(cancellation);
    }

    /// <summary>Takes a place among those who wait, for a request that takes several turns: it keeps the place until it is done.</summary>
    /// <exception cref="RequestException">503: more requests wait than there is room for.</exception>
    public Place Enter()
    {
        lock (gate)
        {
            CheckRoom();
            places++;
        }

        return new Place(this);
    }

    /// <summary>Runs something that asks the model and takes some milliseconds, once it is its turn.</summary>
    /// <param name="run">Is run on a thread of the pool, or at once.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    public async ValueTask<T> RunAsync<T>(Func<T> run, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        Turn? turn = null;
        lock (gate)
        {
            if (!TryBegin()) turns.AddLast((turn = new Turn(this)).Node);
        }

        if (turn is not null) await turn.WaitAsync(cancellation);
        try
        {
            cancellation.ThrowIfCancellationRequested();
            return run();
        }
        finally
        {
            PassOn(afterTurn: true);
        }
    }

    private bool TryBegin()
    {
        if (running == workers || singles.Count > 0 || turns.Count > 0) return false;
        running++;
        return true;
    }

    private void CheckRoom()
    {
        if (singles.Count + places >= room) throw RequestException.Busy(room);
    }

    private Prediction RunAlone(string text)
    {
        try
        {
            return predict([text])[0];
        }
        finally
        {
            PassOn(afterTurn: false);
        }
    }

    private void RunTogether()
    {
        var some = new List<Single>(Most);
        lock (gate) Take(some);
        Run(some);
        PassOn(afterTurn: false);
    }

    /// <summary>Gives the worker to whoever is next. They run on another thread: this one has its own caller to answer, and until that thread has come others may join them.</summary>
    private void PassOn(bool afterTurn)
    {
        Turn? turn = null;
        lock (gate)
        {
            if (turns.First is { } first && (!afterTurn || singles.Count == 0))
            {
                turns.RemoveFirst();
                turn = (Turn)first.Value;
            }
            else if (singles.Count == 0)
            {
                running--;
                return;
            }
        }

        if (turn is not null) turn.Begin();
        else ThreadPool.UnsafeQueueUserWorkItem(static batcher => batcher.RunTogether(), this, preferLocal: false);
    }

    private void Take(List<Single> some)
    {
        while (some.Count < Most && singles.First is { } next)
        {
            singles.RemoveFirst();
            some.Add((Single)next.Value);
        }
    }

    private void Run(List<Single> some)
    {
        if (some.Count == 0) return; // all of them have left
        try
        {
            Prediction[] predictions = predict([.. some.Select(one => one.Text)]);
            for (int i = 0; i < predictions.Length; i++) some[i].Complete(predictions[i]);
        }
        catch (Exception failure) // it is theirs who wait for it
        {
            foreach (Single one in some) one.Fail(failure);
        }
    }

    private void Leave()
    {
        lock (gate) places--;
    }

    /// <summary>The place of a request that takes several turns.</summary>
    public sealed class Place(RequestBatcher batcher) : IDisposable
    {
        private int left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref left, 1) == 0) batcher.Leave();
        }
    }

    /// <summary>Somebody in one of the lists; who leaves it while there frees the place at once, and who has left it is past cancelling.</summary>
    private abstract class Waiting
    {
        private readonly RequestBatcher batcher;

        protected Waiting(RequestBatcher batcher)
        {
            this.batcher = batcher;
            Node = new LinkedListNode<Waiting>(this);
        }

        public LinkedListNode<Waiting> Node { get; }

        public CancellationTokenRegistration LeaveWith(CancellationToken cancellation) => cancellation.UnsafeRegister(static (waiting, token) => ((Waiting)waiting!).Leave(token), this);

        protected abstract void Cancel(CancellationToken cancellation);

        private void Leave(CancellationToken cancellation)
        {
            lock (batcher.gate)
            {
                if (Node.List is not { } list) return;
                list.Remove(Node);
            }

            Cancel(cancellation);
        }
    }

    // Asynchronous continuations: the thread that predicts must not be taken to write answers.
    private sealed class Single(RequestBatcher batcher, string text) : Waiting(batcher)
    {
        private readonly TaskCompletionSource<Prediction> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string Text => text;

        public void Complete(Prediction prediction) => answer.SetResult(prediction);

        public void Fail(Exception failure) => answer.SetException(failure);

        public async ValueTask<Prediction> WaitAsync(CancellationToken cancellation)
        {
            await using CancellationTokenRegistration _ = LeaveWith(cancellation);
            return await answer.Task;
        }

        protected override void Cancel(CancellationToken cancellation) => answer.SetCanceled(cancellation);
    }

    private sealed class Turn(RequestBatcher batcher) : Waiting(batcher)
    {
        private readonly TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Begin() => begun.SetResult();

        public async ValueTask WaitAsync(CancellationToken cancellation)
        {
            await using CancellationTokenRegistration _ = LeaveWith(cancellation);
            await begun.Task;
        }

        protected override void Cancel(CancellationToken cancellation) => begun.SetCanceled(cancellation);
    }
}
