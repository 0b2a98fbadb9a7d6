using System.Globalization;

namespace Vigie.Server;

/// <summary>Which predictions and corrections are kept, where, and for how long.</summary>
public sealed record RecordOptions
{
    /// <summary>Keep predictions and corrections. Off unless told otherwise; <c>vigie serve</c> turns it on.</summary>
    public bool Enabled { get; init; }

    /// <summary>Where they are kept: a folder of this server alone. Made where it is missing; nothing is chosen where it is not named.</summary>
    public string? Folder { get; init; }

    /// <summary>
    /// A PostgreSQL for all replicas, where the journal's records go instead of a file beside it: <c>postgresql://USER:PASSWORD@HOST:PORT/NAME</c>, or <c>Host=…;Database=…</c>. Null for SQLite in <see cref="Folder"/>.
    /// </summary>
    [Secret]
    public string? Database { get; init; }

    /// <summary>Keep the texts. Without them corrections cannot teach a later model, and an erasure drops everything that is cached.</summary>
    public bool KeepText { get; init; } = true;

    /// <summary>Days after which a prediction and what belongs to it are removed; 1 to 3650.</summary>
    public int RetentionDays { get; init; } = 90;

    /// <summary>Most bytes of records that wait in memory while the disk takes none; 1 MiB to 4 GiB. Predictions beyond it are not kept, and counted.</summary>
    public long MemoryBytes { get; init; } = 64 << 20;

    /// <summary>Size of one file of the journal, in bytes; 64 KiB to 1 GiB.</summary>
    public long SegmentBytes { get; init; } = 16 << 20;

    /// <summary>Seconds that a request for erasure waits for its end before it is answered 202; 0 to 60.</summary>
    public int ErasureWaitSeconds { get; init; } = 3;

    /// <summary>Without the database's password.</summary>
    public override string ToString() => $"records {(Enabled ? "on" : "off")} in {Folder ?? "no folder"}{(Database is null ? "" : " and a PostgreSQL")}";

    /// <summary>Checks every value.</summary>
    /// <exception cref="InvalidInputException">A value is missing or out of range.</exception>
    internal void Check()
    {
        if (Enabled && string.IsNullOrWhiteSpace(Folder))
            throw new InvalidInputException("records.enabled is true and records.folder is not set; name a folder that no other server uses, or turn records.enabled off");
        if (Database is not null) PostgresSource.ConnectionOf(Database);
        Range("records.retention_days", RetentionDays, 1, 3650);
        Range("records.memory_bytes", MemoryBytes, 1 << 20, 4L << 30);
        Range("records.segment_bytes", SegmentBytes, 64 << 10, 1 << 30);
        Range("records.erasure_wait_seconds", ErasureWaitSeconds, 0, 60);
    }

    private static void Range(string name, long value, long least, long most)
    {
        if (value < least || value > most)
            throw new InvalidInputException(string.Create(CultureInfo.InvariantCulture, $"{name} is {value}, expected {least} to {most}"));
    }
}
