using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;
using Npgsql;
using Vigie.Mlflow;

namespace Vigie.Server;

/// <summary>A PostgreSQL that servers share, in a schema of its own.</summary>
internal sealed class PostgresSource : IRecordSource
{
    public const string Schema = "vigie_records";

    private const int ReplicaBytes = 16;

    private readonly NpgsqlConnectionStringBuilder writing;
    private readonly NpgsqlDataSource reading;
    private readonly byte[] replica;

    private PostgresSource(NpgsqlConnectionStringBuilder connection, byte[] replica)
    {
        this.replica = replica;
        Name = string.Create(CultureInfo.InvariantCulture, $"PostgreSQL {connection.Database} at {connection.Host}:{connection.Port}");
        // An answer that does not come is one that never will: the journal keeps what is to be written, and the next try finds out how it stands.
        writing = new NpgsqlConnectionStringBuilder(connection.ConnectionString)
        {
            Pooling = false,
            Timeout = 5,
            CommandTimeout = 10,
            CancellationTimeout = 500,
            // What is acknowledged is on its disk, whatever its default; a server that hangs in the midst of a transaction does not keep the others from writing.
            Options = "-c synchronous_commit=on -c idle_in_transaction_session_timeout=30s",
        };
        reading = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connection.ConnectionString) { MaxPoolSize = 10, Timeout = 5, CommandTimeout = 30 });
    }

    public string Name { get; }

    /// <summary>The database of an address.</summary>
    /// <param name="address">As <see cref="RecordOptions.Database"/> has it.</param>
    /// <param name="journal">The journal's folder, which holds the number that this server writes under.</param>
    /// <exception cref="InvalidInputException">The address cannot be understood, or the number not be read.</exception>
    public static PostgresSource Of(string address, string journal)
    {
        string file = Path.Combine(journal, "replica");
        WholeFile.TryCreate(file, RandomNumberGenerator.GetBytes(ReplicaBytes));
        byte[] replica = File.ReadAllBytes(file);
        return replica.Length == ReplicaBytes
            ? new PostgresSource(ConnectionOf(address), replica)
            : throw new InvalidInputException($"{file}: {replica.Length} bytes, expected {ReplicaBytes}. Delete it, and the server gets another number; what its journal still holds is then written once more, and known by its ids");
    }

    /// <summary>How to connect to an address. No message repeats it: it may hold a password.</summary>
    /// <exception cref="InvalidInputException">It cannot be understood.</exception>
    public static NpgsqlConnectionStringBuilder ConnectionOf(string address)
    {
        try
        {
            NpgsqlConnectionStringBuilder connection = PostgresAddress.IsOne(address) ? PostgresAddress.Parse(address) : new NpgsqlConnectionStringBuilder(address);
            if (string.IsNullOrEmpty(connection.Host) || string.IsNullOrEmpty(connection.Database)) throw Wrong("it names no host, or no database", null);
            connection.SearchPath = Schema;
            connection.ApplicationName ??= "vigie";
            return connection;
        }
        catch (StoreException fault)
        {
            throw Wrong(fault.Message, fault);
        }
        catch (Exception fault) when (fault is ArgumentException or FormatException or KeyNotFoundException)
        {
            throw Wrong("it is no address and no list of settings", fault);
        }
    }

    public IRecordStore Open(TimeProvider clock, Func<Erased, bool> erased, CancellationToken ending) => PostgresStore.Open(writing.ConnectionString, replica, clock, erased, ending);

    public DbConnection Connect()
    {
        for (bool again = false; ; again = true)
        {
            NpgsqlConnection connection = reading.OpenConnection();
            try
            {
                using NpgsqlCommand alive = new("SELECT 1", connection);
                alive.ExecuteScalar();
                return connection;
            }
            catch (NpgsqlException) when (!again)
            {
                connection.Dispose();
                reading.Clear(); // the server was started anew, and the pool's connections are of its former life
            }
            catch
            {
                connection.Dispose();
                throw;
            }
        }
    }

    public void Dispose() => reading.Dispose();

    private static InvalidInputException Wrong(string reason, Exception? fault)
    {
        string message = $"records.database cannot be understood: {reason}. Expected postgresql://USER:PASSWORD@HOST:PORT/NAME, or Host=…;Database=…";
        return fault is null ? new InvalidInputException(message) : new InvalidInputException(message, fault);
    }
}
