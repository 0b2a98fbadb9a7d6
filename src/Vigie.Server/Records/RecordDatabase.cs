using System.Data.Common;
using System.Globalization;
using Microsoft.Data.Sqlite;
using SQLitePCL;
using static SQLitePCL.raw;

namespace Vigie.Server;

/// <summary>A connection to the database of the records, its tables brought up to date. Used by one thread at a time.</summary>
internal sealed class RecordDatabase : IDisposable, IRecordSql
{
    private const string MigrationFolder = "records/";

    private readonly SqliteConnection connection;
    private readonly List<RecordStatement> statements = [];

    private RecordDatabase(SqliteConnection connection) => this.connection = connection;

    /// <summary>Opens the database for the one who writes; makes it where it is missing.</summary>
    /// <exception cref="SqliteException">It cannot be opened, is locked or damaged.</exception>
    /// <exception cref="IOException">A newer version of this program wrote it, or it cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be made.</exception>
    public static RecordDatabase OpenToWrite(string path)
    {
        // SQLite would make it for everybody to read, in a folder that may be open to others; the log and its index get the mode that the database has.
        if (!OperatingSystem.IsWindows() && !File.Exists(path))
            new FileStream(path, new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.Write, UnixCreateMode = WholeFile.OwnerOnly }).Dispose();
        RecordDatabase database = Open(path, SqliteOpenMode.ReadWriteCreate);
        try
        {
            // Waits are short, because the one who writes tries again by itself and must be able to stop at any moment.
            foreach (string pragma in (string[])["busy_timeout=200", "journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", "cache_size=-16000", "wal_autocheckpoint=4000", "journal_size_limit=67108864"])
                database.Run($"PRAGMA {pragma}");
            database.Migrate(path);
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>Opens the database for questions.</summary>
    /// <exception cref="SqliteException">It is not there, or cannot be opened.</exception>
    public static RecordDatabase OpenToRead(string path)
    {
        RecordDatabase database = Open(path, SqliteOpenMode.ReadWrite); // a reader of a write-ahead log shares its index, and so writes that
        database.Run("PRAGMA busy_timeout=5000");
        database.Run("PRAGMA query_only=ON");
        return database;
    }

    /// <summary>Connects to the database for questions in SQL that other databases understand too.</summary>
    /// <exception cref="SqliteException">It is not there, or cannot be opened.</exception>
    public static DbConnection Connect(string path) => OpenToRead(path).connection;

    /// <summary>A statement that is run again and again; it goes with the connection.</summary>
    public RecordStatement Prepare(string sql)
    {
        SqliteException.ThrowExceptionForRC(sqlite3_prepare_v3(connection.Handle, sql, SQLITE_PREPARE_PERSISTENT, out sqlite3_stmt statement), connection.Handle);
        var prepared = new RecordStatement(connection, statement);
        statements.Add(prepared);
        return prepared;
    }

    /// <summary>Runs what gives nothing back.</summary>
    public void Run(string sql) => SqliteException.ThrowExceptionForRC(sqlite3_exec(connection.Handle, sql), connection.Handle);

    /// <summary>The first number of the first row.</summary>
    public long Number(string sql)
    {
        SqliteException.ThrowExceptionForRC(sqlite3_prepare_v2(connection.Handle, sql, out sqlite3_stmt statement), connection.Handle);
        using var once = new RecordStatement(connection, statement);
        return once.Step() ? once.Int64(0) : throw new InvalidOperationException($"'{sql}' has no row");
    }

    int IRecordSql.Run(string sql, params ReadOnlySpan<(string Name, object Value)> values)
    {
        using DbCommand command = connection.Command(sql, values);
        return command.ExecuteNonQuery();
    }

    List<T> IRecordSql.Rows<T>(string sql, Func<DbDataReader, T> read, params ReadOnlySpan<(string Name, object Value)> values)
    {
        using DbCommand command = connection.Command(sql, values);
        using DbDataReader row = command.ExecuteReader();
        var rows = new List<T>();
        while (row.Read()) rows.Add(read(row));
        return rows;
    }

    /// <summary>Takes back what is left of a transaction.</summary>
    public void Abandon()
    {
        if (sqlite3_get_autocommit(connection.Handle) == 0) Run("ROLLBACK");
    }

    public void Dispose()
    {
        foreach (RecordStatement statement in statements) statement.Dispose();
        connection.Dispose();
    }

    private static RecordDatabase Open(string path, SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, Mode = mode }.ToString());
        try
        {
            connection.Open();
            return new RecordDatabase(connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>What migrations need to know of the program's own forms.</summary>
    private void DefineFunctions()
    {
        connection.CreateFunction("minute_of", (byte[] id) => FigureBatch.MinuteOf(id), isDeterministic: true);
        connection.CreateFunction("millisecond_of", (byte[] id) => FigureBatch.MillisecondOf(id), isDeterministic: true);
        connection.CreateFunction("hint_of", (string text) => ReviewWriter.HintOf(System.Text.Encoding.UTF8.GetBytes(text)), isDeterministic: true);
        connection.CreateAggregate<long, LatencyHistogram?, byte[]>(
            "histogram_of",
            null,
            static (histogram, microseconds) =>
            {
                histogram ??= new LatencyHistogram();
                histogram.Add(microseconds);
                return histogram;
            },
            static histogram => histogram?.ToBytes() ?? []);
    }

    private void Migrate(string path)
    {
        var assembly = typeof(RecordDatabase).Assembly;
        string[] steps = [.. assembly.GetManifestResourceNames().Where(name => name.StartsWith(MigrationFolder, StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
        DefineFunctions();
        long found = Number("PRAGMA user_version");
        if (found > steps.Length)
            throw new IOException($"{path} has version {found}, written by a newer Vigie; this one knows up to {steps.Length}. Update Vigie, or name another records.folder");
        for (; found < steps.Length; found++)
        {
            using var text = new StreamReader(assembly.GetManifestResourceStream(steps[found])!);
            Run($"BEGIN IMMEDIATE;\n{text.ReadToEnd()}\nPRAGMA user_version={(found + 1).ToString(CultureInfo.InvariantCulture)};\nCOMMIT;");
        }
    }
}

/// <summary>A prepared statement: bind, step, read. Parameters count from 1, columns from 0, as SQLite has them.</summary>
internal sealed class RecordStatement(SqliteConnection connection, sqlite3_stmt statement) : IDisposable
{
    public RecordStatement Bind(int parameter, long value) => Checked(sqlite3_bind_int64(statement, parameter, value));

    public RecordStatement Bind(int parameter, long? value) => Checked(value is { } number ? sqlite3_bind_int64(statement, parameter, number) : sqlite3_bind_null(statement, parameter));

    public RecordStatement Bind(int parameter, double value) => Checked(sqlite3_bind_double(statement, parameter, value));

    public RecordStatement Bind(int parameter, string? value) => Checked(value is null ? sqlite3_bind_null(statement, parameter) : sqlite3_bind_text(statement, parameter, value));

    public RecordStatement BindBlob(int parameter, ReadOnlySpan<byte> value) => Checked(sqlite3_bind_blob(statement, parameter, value));

    /// <summary>A text in UTF-8.</summary>
    public RecordStatement BindText(int parameter, ReadOnlySpan<byte> value, bool present = true) => Checked(
        !present ? sqlite3_bind_null(statement, parameter) : value.IsEmpty ? sqlite3_bind_text(statement, parameter, "") : sqlite3_bind_text(statement, parameter, value));

    public RecordStatement BindNull(int parameter) => Checked(sqlite3_bind_null(statement, parameter));

    /// <summary>Goes to the next row; false, and ready for the next run, where there is none.</summary>
    public bool Step()
    {
        int result = sqlite3_step(statement);
        if (result == SQLITE_ROW) return true;
        int reset = sqlite3_reset(statement);
        SqliteException.ThrowExceptionForRC(result == SQLITE_DONE ? reset : result, connection.Handle);
        return false;
    }

    /// <summary>Runs it to its end.</summary>
    /// <returns>Rows changed.</returns>
    public int Run()
    {
        while (Step())
        {
        }

        return sqlite3_changes(connection.Handle);
    }

    /// <summary>Leaves the rows that were not read.</summary>
    public void Reset() => sqlite3_reset(statement);

    public double Double(int column) => sqlite3_column_double(statement, column);

    public long Int64(int column) => sqlite3_column_int64(statement, column);

    public bool IsNull(int column) => sqlite3_column_type(statement, column) == SQLITE_NULL;

    /// <summary>By its bytes: it may hold a NUL, at which a C string would end.</summary>
    public string Text(int column) => System.Text.Encoding.UTF8.GetString(sqlite3_column_blob(statement, column));

    public byte[] Blob(int column) => sqlite3_column_blob(statement, column).ToArray();

    /// <summary>The length of a text in UTF-8, or of a blob.</summary>
    public int Length(int column) => sqlite3_column_bytes(statement, column);

    public void Dispose() => statement.Dispose();

    private RecordStatement Checked(int result)
    {
        SqliteException.ThrowExceptionForRC(result, connection.Handle);
        return this;
    }
}
