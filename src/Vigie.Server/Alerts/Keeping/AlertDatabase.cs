using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Vigie.Server;

/// <summary>
/// Where alerts are kept: a SQLite file beside the records, or the PostgreSQL database that the records are in. The tables and statements are the same, written
/// in what both understand.
/// </summary>
internal sealed class AlertDatabase
{
    private const long MigrationLock = 0x5649474945414C31; // VIGIEAL1

    private readonly Func<DbConnection> connect;

    private AlertDatabase(string name, bool isShared, Func<DbConnection> connect) => (Name, IsShared, this.connect) = (name, isShared, connect);

    /// <summary>The file or address, without a password.</summary>
    public string Name { get; }

    /// <summary>Whether several servers share it.</summary>
    public bool IsShared { get; }

    /// <summary>A file; made where it is missing, for its owner alone.</summary>
    public static AlertDatabase InFile(string path) => new(path, isShared: false, () =>
    {
        if (!OperatingSystem.IsWindows() && !File.Exists(path))
            new FileStream(path, new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.Write, UnixCreateMode = WholeFile.OwnerOnly }).Dispose();
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = 5 }.ToString());
        try
        {
            connection.Open();
            foreach (string pragma in (string[])["busy_timeout=5000", "journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", "journal_size_limit=16777216"]) Run(connection, $"PRAGMA {pragma}");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    });

    /// <summary>The PostgreSQL of the records.</summary>
    public static AlertDatabase Shared(Func<DbConnection> connect) => new("the PostgreSQL of the records", isShared: true, connect);

    /// <summary>A connection, open; the caller's to dispose of.</summary>
    /// <exception cref="DbException">It cannot be had.</exception>
    public DbConnection Open() => connect();

    /// <summary>Brings the tables up to date.</summary>
    /// <exception cref="DbException">It cannot be.</exception>
    /// <exception cref="IOException">A newer version of this program wrote it.</exception>
    public static void Migrate(DbConnection connection, string name)
    {
        using DbTransaction transaction = connection.BeginTransaction();
        if (connection is not SqliteConnection) Run(connection, $"SELECT pg_advisory_xact_lock({MigrationLock})", transaction); // several servers may start at once; IF NOT EXISTS alone would have one of them fail
        Run(connection, "CREATE TABLE IF NOT EXISTS alert_schema (version BIGINT NOT NULL)", transaction);
        string[] steps = [.. typeof(AlertDatabase).Assembly.GetManifestResourceNames().Where(step => step.StartsWith("alert-migrations/", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
        using DbCommand ask = connection.CreateCommand();
        (ask.Transaction, ask.CommandText) = (transaction, "SELECT coalesce(max(version), 0) FROM alert_schema");
        long found = Convert.ToInt64(ask.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture);
        if (found > steps.Length) throw new IOException($"{name} has version {found} of the alerts, written by a newer Vigie; this one knows up to {steps.Length}. Update Vigie, or name another place for the records");
        foreach (string step in steps.Skip((int)found))
        {
            using var text = new StreamReader(typeof(AlertDatabase).Assembly.GetManifestResourceStream(step)!);
            Run(connection, text.ReadToEnd(), transaction);
            Run(connection, $"INSERT INTO alert_schema (version) VALUES ({++found})", transaction);
        }

        transaction.Commit();
    }

    /// <summary>Runs what gives nothing back.</summary>
    public static void Run(DbConnection connection, string sql, DbTransaction? transaction = null)
    {
        using DbCommand command = connection.CreateCommand();
        (command.CommandText, command.Transaction) = (sql, transaction);
        command.ExecuteNonQuery();
    }
}
