using System.Collections.Concurrent;

namespace Vigie.Server;

/// <summary>
/// Moves records from the journal into the store, carries erasures out in their order, and removes what is too old: one thread, so that nothing of this ever
/// waits for another part of it. What fails is tried again, and nobody else notices.
/// </summary>
internal sealed class RecordMover : IDisposable
{
    /// <summary>How long records may gather: fifty transactions a second cost less than one percent of a processor.</summary>
    private static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(20);

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100), LongestPause = TimeSpan.FromSeconds(2), Day = TimeSpan.FromDays(1), Hour = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<PredictionId, TaskCompletionSource<ErasureCounts>> awaited = [];
    private readonly List<(long Segment, long Wish, PredictionId Id, ErasureCounts Counts)> erased = [];
    private readonly TaskCompletionSource opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Wakeup wake = new();
    private readonly ManualResetEventSlim stopping = new(false);
    private readonly Journal journal;
    private readonly JournalReader reader;
    private readonly IRecordSource source;
    private readonly RecordOptions options;
    private readonly CancellationTokenSource ending = new();
    private readonly Action<Erased> erasing;
    private readonly ISharedCopies? copies;
    private readonly TimeProvider clock;
    private readonly ILogger log;
    private readonly ITimer timer;
    private readonly Thread thread;
    private IRecordStore? store;
    private DateTimeOffset nextRemoval;
    private JournalPosition moved;
    private long records, wish;
    private bool dirty, disposed;
    private volatile string? failure;

    /// <param name="journal">From where.</param>
    /// <param name="journalFolder">The journal's folder.</param>
    /// <param name="source">The database.</param>
    /// <param name="options">The settings.</param>
    /// <param name="erasing">Told of what is erased, before it is, on the mover's thread. Must not wait for anything; where it throws, it is told again later.</param>
    /// <param name="copies">Where copies of texts lie that have to go with them; null for nowhere.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="log">Is told what fails.</param>
    public RecordMover(Journal journal, string journalFolder, IRecordSource source, RecordOptions options, Action<Erased> erasing, ISharedCopies? copies, TimeProvider clock, ILogger log)
    {
        (this.journal, this.source, this.options, this.erasing, this.copies, this.clock, this.log) = (journal, source, options, erasing, copies, clock, log);
        reader = new JournalReader(journalFolder, log);
        journal.Advanced = () => wake.Set();
        if (copies is not null) copies.Advanced = () => wake.Set();
        nextRemoval = clock.GetUtcNow();
        timer = clock.CreateTimer(_ => wake.Set(), null, Hour, Hour);
        thread = new Thread(Run) { Name = "records", IsBackground = true };
        thread.Start();
    }

    /// <summary>Records moved since the start, those among them that were in the journal before.</summary>
    public long Records => Interlocked.Read(ref records);

    /// <summary>Completes when the database has been opened for the first time.</summary>
    public Task Opened => opened.Task;

    /// <summary>Told when the database has taken corrections over, on the mover's thread.</summary>
    public Action Corrected { get; set; } = static () => { };

    /// <summary>Why nothing can be moved at present; null where all is well.</summary>
    public string? Failure => failure;

    /// <summary>Bytes of the journal that are not in the store yet.</summary>
    public long BytesBehind => reader.BytesBetween(Moved, journal.Durable);

    private JournalPosition Moved
    {
        get
        {
            lock (erased) return moved;
        }

        set
        {
            lock (erased) moved = value;
        }
    }

    /// <summary>Completes when an erasure is carried out. To be asked before the erasure is in the journal.</summary>
    public Task<ErasureCounts> DoneAsync(PredictionId erasure) => awaited.GetOrAdd(erasure, static _ => new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <summary>Waits no longer for an erasure.</summary>
    public void Forget(PredictionId erasure) => awaited.TryRemove(erasure, out _);

    /// <summary>Ends the transaction under way, one way or the other; the rest waits in the journal.</summary>
    public void Dispose()
    {
        if (disposed) return;
        disposed = true;
        stopping.Set();
        ending.Cancel();
        wake.Set();
        thread.Join();
        journal.Advanced = static () => { };
        if (copies is not null) copies.Advanced = static () => { };
        timer.Dispose();
        store?.Dispose();
        reader.Dispose();
        stopping.Dispose();
        ending.Dispose();
    }

    private void Run()
    {
        TimeSpan pause = FirstPause;
        while (!stopping.IsSet)
        {
            try
            {
                store ??= Open();
                opened.TrySetResult();
                while (!stopping.IsSet && (Move(store) | Remove(store) | FinishErasures(store)))
                    Well(ref pause);
                Well(ref pause);
                wake.Wait();
                if (awaited.IsEmpty) stopping.Wait(Linger); // what comes together is moved together
            }
            catch (OperationCanceledException) when (stopping.IsSet)
            {
                return; // what was not committed waits in the journal
            }
            catch (Exception fault) when (fault is not OutOfMemoryException) // whatever it is must not end the server, whose predictions need nothing of this
            {
                Failed(fault);
                stopping.Wait(pause);
                pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, LongestPause.Ticks));
            }
        }
    }

    private IRecordStore Open()
    {
        IRecordStore found = source.Open(clock, Erasing, ending.Token);
        if (wish == 0 && found.CopiesSince is { } since) wish = copies?.ForgetAll(since) ?? 0; // an earlier run had no time to, and which texts they were went with it
        // A database that knows a later place than the journal has: the journal was emptied under a clock that ran behind. Ids keep rows from coming twice.
        Moved = found.Moved.Segment > journal.Durable.Segment ? default : found.Moved;
        return found;
    }

    private bool Erasing(Erased gone)
    {
        erasing(gone);
        if (copies is null) return false;
        wish = copies.Forget(gone);
        return true;
    }

    /// <summary>Moves some records.</summary>
    /// <returns>Whether there may be more.</returns>
    private bool Move(IRecordStore to)
    {
        JournalPosition from = Moved, durable = journal.Durable;
        if (from == durable) return false;
        JournalPosition end = reader.Read(from, durable);
        int waiting = erased.Count;
        foreach ((PredictionId id, ErasureCounts counts) in to.Take(reader.Payloads, end)) erased.Add((end.Segment, wish, id, counts));
        Moved = end;
        Interlocked.Add(ref records, reader.Payloads.Count(payload => payload.Span[0] != (byte)RecordKind.Traffic)); // which nobody sent
        dirty |= erased.Count > waiting;
        if (reader.Payloads.Any(payload => payload.Span[0] is (byte)RecordKind.Feedback or (byte)RecordKind.Review)) Corrected();
        if (end.Segment != from.Segment) journal.DeleteBefore(end.Segment);
        return end != durable || erased.Count > waiting;
    }

    /// <summary>Removes some of what is too old, once a day.</summary>
    private bool Remove(IRecordStore from)
    {
        if (!from.Remover.IsBusy)
        {
            if (clock.GetUtcNow() < nextRemoval) return false;
            nextRemoval = clock.GetUtcNow() + Day;
            from.Remover.Begin(clock.GetUtcNow() - TimeSpan.FromDays(options.RetentionDays));
            journal.Roll(); // a quiet server's journal must not outlast its records
        }

        from.Remover.Go();
        if (!from.Remover.IsBusy) from.Purge();
        return from.Remover.IsBusy;
    }

    /// <summary>
    /// What an erasure leaves to do once it is committed: older states of the database's pages in its log, the journal's files up to the erasure itself, and copies
    /// elsewhere, which are waited for and keep nothing else waiting.
    /// </summary>
    /// <returns>Whether there may be something to move behind it.</returns>
    private bool FinishErasures(IRecordStore from)
    {
        long gone = copies?.Done ?? wish;
        if (from.CopiesSince is not null && gone >= wish) from.CopiesGone();
        if (erased.Count == 0) return false;
        if (dirty)
        {
            from.Purge();
            dirty = false;
            journal.Roll();
        }

        // Those in whose files the journal has rolled on, of which it tells; others that came meanwhile must not keep them waiting.
        int finished = erased.TakeWhile(erasure => erasure.Segment < Moved.Segment && erasure.Wish <= gone).Count();
        if (finished == 0) return false;
        foreach ((_, _, PredictionId id, ErasureCounts counts) in erased[..finished])
        {
            if (awaited.TryRemove(id, out TaskCompletionSource<ErasureCounts>? done)) done.TrySetResult(counts);
        }

        erased.RemoveRange(0, finished);
        return true;
    }

    private void Well(ref TimeSpan pause)
    {
        pause = FirstPause;
        if (failure is null) return;
        failure = null;
        log.StoreRecovered(source.Name);
    }

    private void Failed(Exception fault)
    {
        if (failure is null) log.StoreFails(source.Name, fault.Message);
        failure = fault.Message;
        if (fault is FileNotFoundException) journal.Roll(); // somebody took the journal's file away while it was written
        store?.Dispose(); // the next try begins afresh: whatever was wrong with the file or the connection, it is looked at anew
        store = null;
    }
}
