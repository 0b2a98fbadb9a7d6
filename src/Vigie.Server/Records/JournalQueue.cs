namespace Vigie.Server;

/// <summary>
/// What waits to be written to the journal. Predictions are copied into blocks and forgotten by those who made them, up to a bound; corrections and erasures
/// have somebody who waits until they are safe.
/// </summary>
/// <param name="mostBytes">Bound on the blocks that wait, those being written included.</param>
internal sealed class JournalQueue(long mostBytes)
{
    private const int BlockBytes = 256 << 10;
    private const int KeptBlocks = 4;

    private readonly Lock gate = new();
    private readonly Wakeup wake = new();
    private readonly Stack<JournalBlock> free = new();
    private List<JournalBlock> filled = [];
    private List<JournalEntry> entries = [];
    private long bytes;
    private bool idle;
    private bool closed;

    /// <summary>Bytes of predictions that wait.</summary>
    public long Bytes => Interlocked.Read(ref bytes);

    /// <summary>Adds a frame that nobody waits for.</summary>
    /// <returns>False where there is no room for it.</returns>
    public bool TryAdd(ReadOnlySpan<byte> frame)
    {
        bool signal;
        lock (gate)
        {
            if (closed || bytes + frame.Length > mostBytes) return false;
            JournalBlock? last = filled.Count > 0 ? filled[^1] : null;
            if (last is null || !last.TryAdd(frame))
            {
                last = frame.Length <= BlockBytes && free.TryPop(out JournalBlock? used) ? used : new JournalBlock(Math.Max(BlockBytes, frame.Length));
                last.TryAdd(frame);
                filled.Add(last);
            }

            bytes += frame.Length;
            signal = idle;
            idle = false;
        }

        if (signal) wake.Set();
        return true;
    }

    /// <summary>Adds a frame that somebody waits for.</summary>
    public Task AddAsync(byte[] frame)
    {
        var entry = new JournalEntry(frame);
        lock (gate)
        {
            if (closed) return Task.FromException(new IOException("the journal is closed"));
            entries.Add(entry);
            idle = false;
        }

        wake.Set();
        return entry.Written;
    }

    /// <summary>Waits until there is something to do, and then a moment more where nobody waits for it: what comes together is written together.</summary>
    /// <param name="linger">The moment.</param>
    public void Wait(TimeSpan linger)
    {
        lock (gate)
        {
            idle = filled.Count == 0 && entries.Count == 0 && !closed;
            if (!idle && (entries.Count > 0 || closed)) return;
        }

        // Woken while idle by the first prediction; while lingering by an entry or the end only.
        if (idle) wake.Wait();
        lock (gate)
        {
            idle = false;
            if (entries.Count > 0 || closed) return;
        }

        wake.Wait(linger);
    }

    /// <summary>Waits after a failure, until somebody needs an answer or the time is over.</summary>
    public void WaitAfterFailure(TimeSpan delay)
    {
        lock (gate)
        {
            if (entries.Count > 0 || closed) return;
        }

        wake.Wait(delay);
    }

    /// <summary>Takes what waits.</summary>
    /// <param name="blocks">Is added to.</param>
    /// <param name="waited">Is added to.</param>
    /// <returns>Whether more may come.</returns>
    public bool Take(Queue<JournalBlock> blocks, List<JournalEntry> waited)
    {
        lock (gate)
        {
            foreach (JournalBlock block in filled) blocks.Enqueue(block);
            filled.Clear();
            (entries, List<JournalEntry> taken) = ([], entries);
            waited.AddRange(taken);
            return !closed;
        }
    }

    /// <summary>Gives back a block whose frames are written.</summary>
    public void Return(JournalBlock block)
    {
        lock (gate)
        {
            bytes -= block.Length;
            if (block.Room != BlockBytes || free.Count == KeptBlocks) return;
            block.Clear();
            free.Push(block);
        }
    }

    /// <summary>Wakes the writer.</summary>
    public void Wake() => wake.Set();

    /// <summary>Takes nothing more.</summary>
    public void Close()
    {
        lock (gate) closed = true;
        wake.Set();
    }
}

/// <summary>Frames of predictions, one after the other.</summary>
internal sealed class JournalBlock(int room)
{
    private readonly byte[] bytes = GC.AllocateUninitializedArray<byte>(room);

    public int Room => bytes.Length;

    public int Length { get; private set; }

    public int Records { get; private set; }

    public ReadOnlySpan<byte> Bytes => bytes.AsSpan(0, Length);

    public bool TryAdd(ReadOnlySpan<byte> frame)
    {
        if (frame.Length > bytes.Length - Length) return false;
        frame.CopyTo(bytes.AsSpan(Length));
        Length += frame.Length;
        Records++;
        return true;
    }

    public void Clear() => Length = Records = 0;
}

/// <summary>A frame that somebody waits for.</summary>
internal sealed class JournalEntry(byte[] frame)
{
    private readonly TaskCompletionSource written = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public byte[] Frame => frame;

    public Task Written => written.Task;

    public void Succeed() => written.TrySetResult();

    public void Fail(IOException fault) => written.TrySetException(fault);
}
