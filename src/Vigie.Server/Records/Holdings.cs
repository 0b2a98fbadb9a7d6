using System.Data.Common;
using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Vigie.Server;

/// <summary>How much is kept.</summary>
/// <param name="Predictions">Predictions.</param>
/// <param name="Corrections">Corrections.</param>
/// <param name="Oldest">When the oldest prediction was made; null where there is none.</param>
/// <param name="Bytes">Bytes on the disk: journal, records and alerts, or the journal and the PostgreSQL database.</param>
/// <param name="Erasures">How often something was erased.</param>
/// <param name="LastErasure">When that was last done; null for never.</param>
internal sealed record HeldRecords(long Predictions, long Corrections, DateTimeOffset? Oldest, long Bytes, long Erasures, DateTimeOffset? LastErasure);

/// <summary>Looks how much is kept. Predictions are added up from their figures: counting ten million rows would take seconds.</summary>
internal sealed class Holdings(RecordOptions options, Func<DbConnection> connect)
{
    /// <summary>Looks.</summary>
    /// <exception cref="DbException">The database cannot be read.</exception>
    /// <exception cref="IOException">The server has not started, or the folder cannot be read.</exception>
    public HeldRecords Look()
    {
        using DbConnection connection = connect();
        long bytes = new DirectoryInfo(options.Folder!).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);
        if (connection is not SqliteConnection) bytes += Number(connection, "SELECT pg_database_size(current_database())") ?? 0;
        return new HeldRecords(
            Number(connection, "SELECT CAST(sum(negative + neutral + positive) AS bigint) FROM figures") ?? 0,
            Number(connection, "SELECT count(*) FROM feedback") ?? 0,
            Time(Number(connection, "SELECT at FROM predictions ORDER BY id LIMIT 1")),
            bytes,
            Number(connection, "SELECT count(*) FROM erasures") ?? 0,
            Time(Number(connection, "SELECT max(done_at) FROM erasures")));
    }

    private static DateTimeOffset? Time(long? milliseconds) => milliseconds is { } some ? DateTimeOffset.FromUnixTimeMilliseconds(some) : null;

    private static long? Number(DbConnection connection, string sql)
    {
        using DbCommand command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar() is { } value and not DBNull ? Convert.ToInt64(value, CultureInfo.InvariantCulture) : null;
    }
}
