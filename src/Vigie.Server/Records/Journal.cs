using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using Vigie.Bundles;

namespace Vigie.Server;

/// <summary>
/// The local log that every prediction and correction goes through. One thread writes and flushes what has come together (group commit); whoever waits is
/// answered after the flush. A disk that takes nothing costs those who wait their answer, and nobody else anything: predictions stay in memory and are
/// written once it takes them again.
/// </summary>
internal sealed class Journal : IDisposable
{
    /// <summary>How long predictions that nobody waits for may gather: a hundred flushes a second cost less than one percent of a processor.</summary>
    private static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(10);

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100), LongestPause = TimeSpan.FromSeconds(2);

    private readonly string folder;
    private readonly long segmentBytes;
    private readonly TimeProvider clock;
    private readonly ILogger log;
    private readonly JournalQueue queue;
    private readonly Thread writer;
    private readonly FileStream owner;
    private readonly Lock place = new();
    private readonly Queue<JournalBlock> blocks = new();
    private readonly List<JournalEntry> entries = [];
    private SafeFileHandle file;
    private JournalPosition durable;
    private JournalPosition written;
    private long dropped, droppedBefore, records;
    private volatile bool rolls, ended;
    private volatile string? failure;

    private Journal(string folder, RecordOptions options, TimeProvider clock, ILogger log, FileStream owner)
    {
        (this.folder, segmentBytes, this.clock, this.log, this.owner) = (folder, options.SegmentBytes, clock, log, owner);
        Salt = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long)));
        queue = new JournalQueue(options.MemoryBytes);
        long[] before = JournalSegment.In(folder);
        file = Begin(before.Length > 0 ? before[^1] : 0);
        writer = new Thread(Write) { Name = "journal", IsBackground = true };
    }

    /// <summary>Seeds the hashes of this journal's frames.</summary>
    public long Salt { get; }

    /// <summary>Where what is safe ends.</summary>
    public JournalPosition Durable
    {
        get
        {
            lock (place) return durable;
        }
    }

    /// <summary>Records that are safe, since the start.</summary>
    public long Records => Interlocked.Read(ref records);

    /// <summary>Predictions that were not kept because the memory for them was full, since the start.</summary>
    public long Dropped => Interlocked.Read(ref dropped);

    /// <summary>Bytes of predictions that wait in memory.</summary>
    public long BytesInMemory => queue.Bytes;

    /// <summary>Why nothing can be written at present; null where all is well.</summary>
    public string? Failure => failure;

    /// <summary>Told when more is safe, on the writer's thread.</summary>
    public Action Advanced { get; set; } = static () => { };

    /// <summary>Opens the journal in a folder, which is made where it is missing, and begins a new segment.</summary>
    /// <exception cref="InvalidInputException">Another server uses the folder, or it cannot be written.</exception>
    public static Journal Open(string folder, RecordOptions options, TimeProvider clock, ILogger log)
    {
        FileStream? owner = null;
        try
        {
            Directory.CreateDirectory(folder);
            // Held for as long as the process lives, whatever it dies of.
            owner = new FileStream(Path.Combine(folder, "owner"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            if (OperatingSystem.IsLinux())
            {
                for (string? named = Path.GetFullPath(folder); named is not null && named.Length >= Path.GetFullPath(options.Folder!).Length; named = Path.GetDirectoryName(named))
                    LinuxFolder.Flush(Path.GetDirectoryName(named) ?? named); // each new folder is a name in the one above it
            }

            var journal = new Journal(folder, options, clock, log, owner);
            journal.writer.Start();
            return journal;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            owner?.Dispose();
            throw new InvalidInputException($"records.folder {options.Folder}: {fault.Message} Name a folder that this server can write and no other one uses, or turn records.enabled off", fault);
        }
    }

    /// <summary>Adds a frame and returns at once. Where there is no room it is dropped, and counted.</summary>
    public void Add(ReadOnlySpan<byte> frame)
    {
        if (queue.TryAdd(frame)) return;
        if (Interlocked.Increment(ref dropped) == Interlocked.Read(ref droppedBefore) + 1 && !ended) log.MemoryFull(queue.Bytes, failure ?? "the disk is too slow");
    }

    /// <summary>Adds a frame; completes when it is safe from a loss of power.</summary>
    /// <exception cref="IOException">It could not be written.</exception>
    public Task AddAsync(byte[] frame) => queue.AddAsync(frame);

    /// <summary>Begins a new segment as soon as the disk allows, so that the ones before it can go.</summary>
    public void Roll()
    {
        rolls = true;
        queue.Wake();
    }

    /// <summary>Deletes the segments before one, all of whose records are safe elsewhere.</summary>
    public void DeleteBefore(long segment)
    {
        bool deleted = false;
        foreach (long number in JournalSegment.In(folder).TakeWhile(number => number < segment))
        {
            File.Delete(JournalSegment.PathOf(folder, number));
            deleted = true;
        }

        if (deleted && OperatingSystem.IsLinux()) LinuxFolder.Flush(folder);
    }

    /// <summary>Writes what waits and ends.</summary>
    public void Dispose()
    {
        if (ended) return;
        ended = true;
        queue.Close();
        writer.Join();
        file.Dispose();
        owner.Dispose();
    }

    private void Write()
    {
        TimeSpan pause = TimeSpan.Zero;
        for (bool more = true; more;)
        {
            if (pause == TimeSpan.Zero) queue.Wait(Linger);
            else queue.WaitAfterFailure(pause);
            more = queue.Take(blocks, entries);
            if (TryWriteAll() is not { } fault)
            {
                pause = TimeSpan.Zero;
                if (failure is not null) Recovered();
            }
            else
            {
                pause = pause == TimeSpan.Zero ? FirstPause : TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, LongestPause.Ticks));
                if (failure is null) log.JournalFails(folder, fault.Message);
                failure = fault.Message;
                foreach (JournalEntry entry in entries) entry.Fail(new IOException(fault.Message, fault));
                entries.Clear();
            }
        }

        if (blocks.Count > 0) log.LostAtEnd(blocks.Sum(block => block.Records), failure);
    }

    private void Recovered()
    {
        failure = null;
        long lost = Dropped - Interlocked.Exchange(ref droppedBefore, Dropped);
        log.JournalRecovered(folder, lost);
    }

    /// <summary>Writes and flushes what was taken: the predictions first, because a correction may be about one of them.</summary>
    private Exception? TryWriteAll()
    {
        Exception? fault = null;
        int whole = 0;
        try
        {
            if (rolls || written.Offset >= segmentBytes) NextSegment();
            foreach (JournalBlock block in blocks)
            {
                Append(block.Bytes);
                whole++;
            }

            foreach (JournalEntry entry in entries) Append(entry.Frame);
        }
        catch (Exception full) when (full is IOException or UnauthorizedAccessException)
        {
            fault = full;
        }

        try
        {
            if (fault is not null) Cut(whole);
            else if (whole == 0 && entries.Count == 0) return null;
            RandomAccess.FlushToDisk(file);
        }
        catch (Exception broken) when (broken is IOException or UnauthorizedAccessException)
        {
            Abandon();
            return broken;
        }

        Settle(whole, fault is null);
        return fault;
    }

    /// <summary>Takes back what follows the last whole block: half a record, and those that somebody is told have failed.</summary>
    private void Cut(int whole)
    {
        written = durable with { Offset = durable.Offset + blocks.Take(whole).Sum(block => (long)block.Length) };
        RandomAccess.SetLength(file, written.Offset);
    }

    /// <summary>After a failed flush nobody knows what the disk holds: on with a new segment. What is written twice is known by its number.</summary>
    private void Abandon()
    {
        written = durable;
        rolls = true;
    }

    private void Settle(int whole, bool all)
    {
        int count = 0;
        for (; whole > 0; whole--)
        {
            JournalBlock block = blocks.Dequeue();
            count += block.Records;
            queue.Return(block);
        }

        if (all) count += entries.Count(entry => entry.Frame[JournalFrame.HeaderBytes] != (byte)RecordKind.Traffic); // which nobody sent
        Interlocked.Add(ref records, count);
        lock (place) durable = written;
        if (all)
        {
            foreach (JournalEntry entry in entries) entry.Succeed();
            entries.Clear();
        }

        Advanced();
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        RandomAccess.Write(file, bytes, written.Offset);
        written = written with { Offset = written.Offset + bytes.Length };
    }

    private void NextSegment()
    {
        SafeFileHandle before = file;
        file = Begin(written.Segment);
        before.Dispose();
        rolls = false;
        Advanced();
    }

    // Numbered by the clock: a journal whose folder was emptied must not begin again with numbers that its database knows as moved.
    private SafeFileHandle Begin(long before)
    {
        long number = Math.Max(before + 1, clock.GetUtcNow().ToUnixTimeMilliseconds());
        SafeFileHandle next = JournalSegment.Create(folder, number, Salt);
        lock (place) durable = written = new JournalPosition(number, JournalSegment.HeaderBytes);
        return next;
    }
}
