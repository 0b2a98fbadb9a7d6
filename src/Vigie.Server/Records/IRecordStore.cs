using System.Data.Common;

namespace Vigie.Server;

/// <summary>A database that the mover writes the records of one journal to. What comes goes in with the place up to which the journal was read, in one transaction: a crash anywhere leaves nothing out and brings nothing twice.</summary>
internal interface IRecordStore : IDisposable
{
    /// <summary>Up to where the journal is in this database, safe from a loss of power.</summary>
    JournalPosition Moved { get; }

    /// <summary>Since when copies of erased texts that lie elsewhere have been to go; null where none are.</summary>
    DateTimeOffset? CopiesSince { get; }

    /// <summary>Removes what is too old.</summary>
    IRecordRemover Remover { get; }

    /// <summary>Takes records over, in their order.</summary>
    /// <param name="payloads">As <see cref="RecordFormat"/> wrote them.</param>
    /// <param name="end">The place in the journal behind the last one.</param>
    /// <returns>The erasures among them. Their texts are gone from the files once <see cref="Purge"/> has succeeded.</returns>
    /// <exception cref="DbException">Nothing was taken over, or it is not known whether it was: open the database anew.</exception>
    IReadOnlyList<(PredictionId Id, ErasureCounts Counts)> Take(IEnumerable<ReadOnlyMemory<byte>> payloads, JournalPosition end);

    /// <summary>No copies of erased texts are left elsewhere.</summary>
    /// <exception cref="DbException">It could not be noted.</exception>
    void CopiesGone();

    /// <summary>Drops what the database keeps of earlier states of its rows.</summary>
    /// <exception cref="DbException">It could not; try again.</exception>
    /// <exception cref="IOException">A reader is in the way; try again.</exception>
    void Purge();
}

/// <summary>Removes what is older than a day, a part at a time.</summary>
internal interface IRecordRemover
{
    /// <summary>Whether something is left to do.</summary>
    bool IsBusy { get; }

    /// <summary>Begins to remove what is older than a day.</summary>
    void Begin(DateTimeOffset day);

    /// <summary>Does a part of it, in a transaction.</summary>
    void Go();
}

/// <summary>Where the database of the records is.</summary>
internal interface IRecordSource : IDisposable
{
    /// <summary>What it is called in the log: without secrets.</summary>
    string Name { get; }

    /// <summary>Opens the database for the one who writes; makes its tables where they are missing.</summary>
    /// <param name="clock">Says when an erasure was done.</param>
    /// <param name="erased">Told of what is erased, before it is; may be told twice. Answers whether copies of it lie elsewhere, whose deletion has to be waited for: the store remembers that until <see cref="IRecordStore.CopiesGone"/>.</param>
    /// <param name="ending">The writing is to end soon.</param>
    /// <exception cref="DbException">It cannot be opened, is locked or damaged.</exception>
    /// <exception cref="IOException">A newer version of this program wrote it.</exception>
    IRecordStore Open(TimeProvider clock, Func<Erased, bool> erased, CancellationToken ending);

    /// <summary>Connects to the database for questions, in SQL that SQLite and PostgreSQL understand alike. The caller closes the connection.</summary>
    /// <exception cref="DbException">It is not there yet, or cannot be opened.</exception>
    DbConnection Connect();
}

/// <summary>SQLite, in a file beside the journal.</summary>
internal sealed class SqliteSource(string path) : IRecordSource
{
    public string Name => path;

    // It waits for a lock no longer than 200 ms.
    public IRecordStore Open(TimeProvider clock, Func<Erased, bool> erased, CancellationToken ending) => RecordStore.Open(path, clock, erased);

    public DbConnection Connect() => RecordDatabase.Connect(path);

    public void Dispose()
    {
    }
}
