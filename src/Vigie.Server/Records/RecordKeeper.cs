using System.Data.Common;

namespace Vigie.Server;

/// <summary>Keeps the records while the server runs: opens journal and database before the first request, and closes them after the last.</summary>
internal sealed class RecordKeeper(ServerOptions options, ILogger<RecordKeeper> log, ISharedCopies? copies = null) : IHostedService, IDisposable
{
    private const int HeaderRoom = JournalFrame.HeaderBytes;

    private readonly string folder = Path.GetFullPath(options.Records.Folder ?? "."); // checked to be there where it is used
    private readonly RecordFormat format = new(new AuthorHash(options.Secret), options.Records.KeepText);
    private readonly List<Action<Erased>> onErase = [];
    private readonly List<Action> onCorrected = [];
    private Journal? journal;
    private RecordMover? mover;
    private IRecordSource? source;

    /// <summary>Whether records are kept.</summary>
    public bool IsOn => options.Records.Enabled;

    /// <summary>Records that the journal has taken since the start.</summary>
    public long Written => journal?.Records ?? 0;

    /// <summary>Records that the database has taken since the start.</summary>
    public long Moved => mover?.Records ?? 0;

    /// <summary>Predictions that were answered and not kept.</summary>
    public long Dropped => journal?.Dropped ?? 0;

    /// <summary>Bytes of predictions that wait in memory for the disk.</summary>
    public long BytesInMemory => journal?.BytesInMemory ?? 0;

    /// <summary>Bytes of the journal that the database has not taken yet; found out from its folder, so not to be asked for with every request.</summary>
    public long BytesBehind => mover?.BytesBehind ?? 0;

    /// <summary>Why journal or database cannot be written at present; null where both can.</summary>
    public string? Failure => journal?.Failure ?? mover?.Failure;

    /// <summary>How it stands with the records.</summary>
    public RecordsState State => journal is null || mover is null
        ? new RecordsState()
        : new RecordsState
        {
            Written = Written,
            Dropped = Dropped,
            BytesInMemory = BytesInMemory,
            Moved = Moved,
            BytesBehind = BytesBehind,
            JournalFailure = journal.Failure,
            StoreFailure = mover.Failure,
            CopiesWaiting = copies?.Waiting,
        };

    /// <summary>Has somebody told of every text before it is erased, on a thread of the records'. It must be quick; where it throws, it is told again.</summary>
    public void OnErase(Action<Erased> told)
    {
        lock (onErase) onErase.Add(told);
    }

    /// <summary>Writes a prediction to the journal's memory.</summary>
    public void Add(PredictionRecord prediction)
    {
        if (journal is not { } open) return; // it came after the end
        byte[] room = System.Buffers.ArrayPool<byte>.Shared.Rent(HeaderRoom + format.MostBytes(prediction));
        Span<byte> frame = room.AsSpan(0, HeaderRoom + format.Write(prediction, room.AsSpan(HeaderRoom)));
        JournalFrame.Seal(frame, open.Salt);
        open.Add(frame);
        System.Buffers.ArrayPool<byte>.Shared.Return(room);
    }

    /// <summary>Writes a correction; completes when it is safe.</summary>
    /// <exception cref="IOException">It could not be written.</exception>
    public Task AddAsync(FeedbackRecord feedback) => AddAsync(format.Write(feedback));

    /// <summary>Has something forgotten; completes when the wish itself is safe.</summary>
    /// <returns>Completes when it is carried out.</returns>
    /// <exception cref="IOException">It could not be written.</exception>
    public async Task<Task<ErasureCounts>> AddAsync(ErasureRecord erasure)
    {
        RecordMover by = mover ?? throw Closed();
        Task<ErasureCounts> done = by.DoneAsync(erasure.Id);
        try
        {
            await AddAsync(RecordFormat.Write(erasure));
            return done;
        }
        catch (IOException)
        {
            by.Forget(erasure.Id);
            throw;
        }
    }

    /// <summary>Writes counts of requests; completes when they are safe.</summary>
    /// <exception cref="IOException">They could not be written.</exception>
    public Task AddAsync(TrafficRecord traffic) => AddAsync(RecordFormat.Write(traffic));

    /// <summary>Has somebody told whenever the database has taken corrections over. On the mover's thread: nothing may be waited for.</summary>
    public void OnCorrected(Action told)
    {
        lock (onErase) onCorrected.Add(told);
    }

    /// <summary>Connects to the database for questions.</summary>
    /// <exception cref="DbException">It is not there yet, or cannot be opened.</exception>
    /// <exception cref="IOException">The server has not started.</exception>
    public DbConnection OpenToRead() => source?.Connect() ?? throw Closed();

    /// <summary>Completes when the database has been opened for the first time.</summary>
    public Task Opened => mover?.Opened ?? Task.FromException(Closed());

    /// <summary>Waits no longer for an erasure.</summary>
    public void Forget(PredictionId erasure) => mover?.Forget(erasure);

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (!IsOn) return Task.CompletedTask;
        MakePrivate();
        string inside = Path.Combine(folder, "journal");
        journal = Journal.Open(inside, options.Records, options.Clock, log);
        source = options.Records.Database is { } address ? PostgresSource.Of(address, inside) : new SqliteSource(Path.Combine(folder, "records.db"));
        mover = new RecordMover(journal, inside, source, options.Records, Tell, copies, options.Clock, log) { Corrected = TellCorrected };
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    /// <summary>Writes what waits to the journal, and leaves moving it to the next start.</summary>
    public void Dispose()
    {
        mover?.Dispose();
        journal?.Dispose();
        source?.Dispose();
    }

    // What people wrote is nobody's but the server's to read.
    private void MakePrivate()
    {
        Directory.CreateDirectory(folder);
        const UnixFileMode mine = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        if (OperatingSystem.IsWindows() || (File.GetUnixFileMode(folder) & ~mine) == 0) return;
        try
        {
            File.SetUnixFileMode(folder, mine);
        }
        catch (UnauthorizedAccessException refused)
        {
            log.NotPrivate(folder, refused.Message); // a volume that somebody else made, and whose mode is theirs to choose
        }
    }

    private Task AddAsync(byte[] payload)
    {
        if (journal is not { } open) return Task.FromException(Closed());
        byte[] frame = new byte[HeaderRoom + payload.Length];
        payload.CopyTo(frame, HeaderRoom);
        JournalFrame.Seal(frame, open.Salt);
        return open.AddAsync(frame);
    }

    private void Tell(Erased erased)
    {
        Action<Erased>[] all;
        lock (onErase) all = [.. onErase];
        foreach (Action<Erased> told in all) told(erased);
    }

    private void TellCorrected()
    {
        Action[] all;
        lock (onErase) all = [.. onCorrected];
        foreach (Action told in all) told();
    }

    private static IOException Closed() => new("the records are not open");
}

/// <summary>How it stands with the records, since the start.</summary>
internal sealed record RecordsState
{
    /// <summary>Predictions, corrections and erasures that the journal has taken.</summary>
    public long Written { get; init; }

    /// <summary>Predictions that were answered and not kept, because the disk took none and the memory for them was full.</summary>
    public long Dropped { get; init; }

    /// <summary>Bytes of predictions that wait in memory for the disk.</summary>
    public long BytesInMemory { get; init; }

    /// <summary>Records that the database has taken; those that an earlier run left in the journal count too.</summary>
    public long Moved { get; init; }

    /// <summary>Bytes of the journal that the database has not taken yet.</summary>
    public long BytesBehind { get; init; }

    /// <summary>Why the journal cannot be written at present; null where it can.</summary>
    public string? JournalFailure { get; init; }

    /// <summary>Why the database cannot be written at present; null where it can.</summary>
    public string? StoreFailure { get; init; }

    /// <summary>What the deletion of erased texts' copies elsewhere waits for; null where none are to be deleted.</summary>
    public string? CopiesWaiting { get; init; }
}
