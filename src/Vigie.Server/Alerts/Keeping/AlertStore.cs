using System.Data.Common;
using System.Text.Json;

namespace Vigie.Server;

/// <summary>
/// Alerts, the outbox and what the engine knows, in one database: what a step brings is committed with how far it has read, so that after a crash nothing is
/// forgotten and nothing comes twice. Whoever asks shares one connection, in turns: there is little to ask.
/// </summary>
internal sealed partial class AlertStore : IDisposable
{
    /// <summary>The lock that one of several servers holds: 'vigie al' in ASCII.</summary>
    private const long Watch = 0x7669676965_20616C;

    private readonly Lock gate = new();
    private readonly DbConnection connection;
    private readonly bool isShared;
    private bool hasWatch;

    private AlertStore(DbConnection connection, bool isShared) => (this.connection, this.isShared) = (connection, isShared);

    /// <summary>Opens the store and makes its tables where they are missing.</summary>
    /// <exception cref="DbException">It cannot be opened.</exception>
    /// <exception cref="IOException">A newer version of this program wrote it.</exception>
    public static AlertStore Open(AlertDatabase database)
    {
        DbConnection connection = database.Open();
        try
        {
            AlertDatabase.Migrate(connection, database.Name);
            return new AlertStore(connection, database.IsShared);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Takes the watch over the records, unless another server that shares the database has it. It ends with the connection: who has lost it can commit nothing.</summary>
    /// <returns>Whether this server has it now.</returns>
    public bool TryWatch()
    {
        if (!isShared || hasWatch) return true;
        lock (gate)
        {
            using DbCommand command = Command("SELECT pg_try_advisory_lock(@watch)", ("@watch", Watch));
            return hasWatch = command.ExecuteScalar() is true;
        }
    }

    /// <summary>What was known after the last step.</summary>
    public AlertMemory Memory()
    {
        lock (gate)
        {
            using DbCommand command = Command("SELECT engine, source, corrections, predictions, digest_sent_at FROM alert_memory");
            using DbDataReader row = command.ExecuteReader();
            if (!row.Read()) return new AlertMemory();
            return new AlertMemory
            {
                Engine = row.GetString(0),
                Source = row.GetInt64(1),
                Corrections = row.GetInt64(2),
                Predictions = row.GetInt64(3),
                DigestSentAt = row.IsDBNull(4) ? null : Time(row.GetInt64(4)),
            };
        }
    }

    /// <summary>Keeps what a step brought, all of it or nothing.</summary>
    /// <param name="memory">What is known now.</param>
    /// <param name="alerts">Alerts that began or changed.</param>
    /// <param name="notices">Messages to send; one whose key is there already is passed over.</param>
    /// <param name="heard">Commands that were carried out.</param>
    /// <param name="drift">States of drift monitors, by the model's digest.</param>
    /// <param name="now">When.</param>
    public void Commit(AlertMemory memory, IReadOnlyCollection<Alert> alerts, IReadOnlyCollection<StoredNotice> notices, IReadOnlyCollection<AlertCommand> heard, IReadOnlyDictionary<string, byte[]> drift, DateTimeOffset now)
    {
        lock (gate)
        {
            using DbTransaction transaction = connection.BeginTransaction();
            Run(
                """
                INSERT INTO alert_memory (only_row, engine, source, corrections, predictions, digest_sent_at) VALUES (1, @engine, @source, @corrections, @predictions, @digest)
                ON CONFLICT (only_row) DO UPDATE SET engine = excluded.engine, source = excluded.source, corrections = excluded.corrections, predictions = excluded.predictions, digest_sent_at = excluded.digest_sent_at
                """,
                transaction,
                ("@engine", memory.Engine), ("@source", memory.Source), ("@corrections", memory.Corrections), ("@predictions", memory.Predictions), ("@digest", Number(memory.DigestSentAt)));
            foreach (Alert alert in alerts) Write(alert, transaction);
            foreach (StoredNotice notice in notices) Write(notice, transaction);
            foreach (AlertCommand command in heard)
            {
                Run("DELETE FROM alert_commands WHERE id = @id", transaction, ("@id", command.Id));
                // One that came too late, or that somebody had done before, has changed nothing.
                if (alerts.Any(alert => alert.Id == command.Alert)) Write(command.Id, command.Alert, new AlertDeed { At = command.At, Action = command.Verb, Until = command.Until, By = command.By }, transaction);
            }

            foreach ((string model, byte[] state) in drift)
            {
                Run(
                    "INSERT INTO alert_drift (model, at, state) VALUES (@model, @at, @state) ON CONFLICT (model) DO UPDATE SET at = excluded.at, state = excluded.state",
                    transaction, ("@model", model), ("@at", Number(now)), ("@state", System.Text.Encoding.UTF8.GetString(state)));
            }

            transaction.Commit();
        }
    }

    /// <summary>Alerts, newest first.</summary>
    /// <param name="state">Of one state; null for all.</param>
    /// <param name="before">Only alerts before this one, to go on with.</param>
    /// <param name="limit">At most so many.</param>
    public IReadOnlyList<Alert> List(AlertState? state, string? before, int limit)
    {
        lock (gate)
        {
            using DbCommand command = Command(
                "SELECT body FROM alerts WHERE (@state < 0 OR state = @state) AND (@before = '' OR id < @before) ORDER BY id DESC LIMIT @limit",
                ("@state", state is { } one ? (long)one : -1L), ("@before", before ?? ""), ("@limit", (long)limit));
            return Alerts(command);
        }
    }

    /// <summary>The alert of that id, or null.</summary>
    public Alert? Find(string id)
    {
        lock (gate)
        {
            using DbCommand command = Command("SELECT body FROM alerts WHERE id = @id", ("@id", id));
            return Alerts(command).FirstOrDefault();
        }
    }

    /// <summary>How many alerts are not over, by severity.</summary>
    public IReadOnlyDictionary<AlertSeverity, long> Going()
    {
        lock (gate)
        {
            using DbCommand command = Command("SELECT severity, count(*) FROM alerts WHERE resolved_at IS NULL GROUP BY severity");
            using DbDataReader row = command.ExecuteReader();
            var counts = new Dictionary<AlertSeverity, long>();
            while (row.Read()) counts[(AlertSeverity)row.GetInt64(0)] = row.GetInt64(1);
            return counts;
        }
    }

    /// <summary>Keeps a wish about an alert, until a step has heard of it.</summary>
    public void Add(AlertCommand command)
    {
        lock (gate)
        {
            Run(
                "INSERT INTO alert_commands (id, at, alert, verb, until, by_whom) VALUES (@id, @at, @alert, @verb, @until, @by) ON CONFLICT (id) DO NOTHING",
                null, ("@id", command.Id), ("@at", Number(command.At)), ("@alert", command.Alert), ("@verb", (long)command.Verb), ("@until", Number(command.Until)), ("@by", command.By));
        }
    }

    /// <summary>The wishes that no step has heard of, in their order.</summary>
    public IReadOnlyList<AlertCommand> Commands()
    {
        lock (gate)
        {
            using DbCommand command = Command("SELECT id, at, alert, verb, until, by_whom FROM alert_commands ORDER BY at, id");
            using DbDataReader row = command.ExecuteReader();
            var commands = new List<AlertCommand>();
            while (row.Read())
                commands.Add(new AlertCommand(row.GetString(0), Time(row.GetInt64(1)), row.GetString(2), (AlertVerb)row.GetInt64(3), row.IsDBNull(4) ? null : Time(row.GetInt64(4)), row.IsDBNull(5) ? null : row.GetString(5)));
            return commands;
        }
    }

    /// <summary>Whether no step has heard of a wish yet.</summary>
    public bool IsWaiting(string command)
    {
        lock (gate)
        {
            using DbCommand ask = Command("SELECT count(*) FROM alert_commands WHERE id = @id", ("@id", command));
            return ask.ExecuteScalar() is > 0L;
        }
    }

    /// <summary>What the drift monitor of a model knew; null where nothing is kept.</summary>
    public byte[]? Drift(string model)
    {
        lock (gate)
        {
            using DbCommand command = Command("SELECT state FROM alert_drift WHERE model = @model", ("@model", model));
            return command.ExecuteScalar() is string state ? System.Text.Encoding.UTF8.GetBytes(state) : null;
        }
    }

    /// <summary>Messages that wait for a channel, the oldest first.</summary>
    public IReadOnlyList<WaitingNotice> Waiting(string channel, int most)
    {
        lock (gate)
        {
            using DbCommand command = Command(
                "SELECT number, key, at, attempts, next_at FROM alert_notices WHERE channel = @channel AND done_at IS NULL ORDER BY number LIMIT @most", ("@channel", channel), ("@most", (long)most));
            using DbDataReader row = command.ExecuteReader();
            var waiting = new List<WaitingNotice>();
            while (row.Read()) waiting.Add(new WaitingNotice(row.GetInt64(0), row.GetString(1), Time(row.GetInt64(2)), (int)row.GetInt64(3), Time(row.GetInt64(4))));
            return waiting;
        }
    }

    /// <summary>The message of that number, or null.</summary>
    public StoredNotice? Notice(long number)
    {
        lock (gate)
        {
            using DbCommand command = Command("SELECT key, channel, kind, severity, at, alerts, more, lines FROM alert_notices WHERE number = @number", ("@number", number));
            using DbDataReader row = command.ExecuteReader();
            if (!row.Read()) return null;
            return new StoredNotice
            {
                Key = row.GetString(0),
                Channel = row.GetString(1),
                Kind = (NoticeKind)row.GetInt64(2),
                Severity = (AlertSeverity)row.GetInt64(3),
                At = Time(row.GetInt64(4)),
                Alerts = JsonSerializer.Deserialize(row.GetString(5), AlertJson.Default.IReadOnlyListString)!,
                More = (int)row.GetInt64(6),
                Lines = JsonSerializer.Deserialize(row.GetString(7), AlertJson.Default.IReadOnlyListString)!,
            };
        }
    }

    /// <summary>A message was delivered, or given up where there is a failure.</summary>
    public void Done(long number, DateTimeOffset now, string? failure)
    {
        lock (gate) Run("UPDATE alert_notices SET done_at = @now, attempts = attempts + 1, failure = @failure WHERE number = @number", null, ("@now", Number(now)), ("@failure", failure), ("@number", number));
    }

    /// <summary>A message was not delivered, and is to be tried again.</summary>
    public void Again(long number, DateTimeOffset next, string failure)
    {
        lock (gate) Run("UPDATE alert_notices SET next_at = @next, attempts = attempts + 1, failure = @failure WHERE number = @number", null, ("@next", Number(next)), ("@failure", failure), ("@number", number));
    }

    /// <summary>Removes what ended before a day: alerts, messages, and monitors that nothing was told to since.</summary>
    public void RemoveBefore(DateTimeOffset day)
    {
        lock (gate)
        {
            foreach (string sql in (string[])["DELETE FROM alert_deeds WHERE alert IN (SELECT id FROM alerts WHERE resolved_at < @day)", "DELETE FROM alerts WHERE resolved_at < @day", "DELETE FROM alert_notices WHERE done_at < @day", "DELETE FROM alert_drift WHERE at < @day"])
                Run(sql, null, ("@day", Number(day)));
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            if (hasWatch) Leave();
            connection.Dispose();
        }
    }

    // The connection goes back to a pool, which would keep the lock until it gives it out again.
    private void Leave()
    {
        try
        {
            using DbCommand command = Command("SELECT pg_advisory_unlock(@watch)", ("@watch", Watch));
            command.ExecuteNonQuery();
        }
        catch (DbException)
        {
            return; // the connection is gone, and the lock with it
        }
    }

    private void Write(Alert alert, DbTransaction transaction) => Run(
        """
        INSERT INTO alerts (id, state, severity, since, resolved_at, body) VALUES (@id, @state, @severity, @since, @resolved, @body)
        ON CONFLICT (id) DO UPDATE SET state = excluded.state, severity = excluded.severity, resolved_at = excluded.resolved_at, body = excluded.body
        """,
        transaction,
        ("@id", alert.Id), ("@state", (long)alert.State), ("@severity", (long)alert.Severity), ("@since", Number(alert.Since)), ("@resolved", Number(alert.ResolvedAt)),
        ("@body", JsonSerializer.Serialize(WithoutTexts(alert), AlertJson.Default.Alert)));

    private void Write(StoredNotice notice, DbTransaction transaction) => Run(
        """
        INSERT INTO alert_notices (number, key, channel, kind, severity, at, alerts, more, lines, attempts, next_at)
        SELECT coalesce(max(number), 0) + 1, @key, @channel, @kind, @severity, @at, @alerts, @more, @lines, 0, @at FROM alert_notices WHERE true
        ON CONFLICT (key) DO NOTHING
        """,
        transaction,
        ("@key", notice.Key), ("@channel", notice.Channel), ("@kind", (long)notice.Kind), ("@severity", (long)notice.Severity), ("@at", Number(notice.At)),
        ("@alerts", JsonSerializer.Serialize(notice.Alerts, AlertJson.Default.IReadOnlyListString)), ("@more", (long)notice.More),
        ("@lines", JsonSerializer.Serialize(notice.Lines, AlertJson.Default.IReadOnlyListString)));

    // Texts and the words in them are the records' to keep and to erase, and what was done has a table of its own.
    private static Alert WithoutTexts(Alert alert) => alert with { Tweets = [.. alert.Tweets.Select(tweet => tweet with { Text = null })], Words = [], History = null };

    private static List<Alert> Alerts(DbCommand command)
    {
        using DbDataReader row = command.ExecuteReader();
        var alerts = new List<Alert>();
        while (row.Read()) alerts.Add(JsonSerializer.Deserialize(row.GetString(0), AlertJson.Default.Alert)!);
        return alerts;
    }

    private void Run(string sql, DbTransaction? transaction, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        using DbCommand command = Command(sql, values);
        command.Transaction = transaction;
        command.ExecuteNonQuery();
    }

    private DbCommand Command(string sql, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        DbCommand command = connection.CreateCommand();
        command.CommandText = sql;
        foreach ((string name, object? value) in values)
        {
            DbParameter parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value ?? DBNull.Value);
            if (value is null) parameter.DbType = name is "@failure" or "@by" or "@note" ? System.Data.DbType.String : System.Data.DbType.Int64; // PostgreSQL wants to know of what a null is
            command.Parameters.Add(parameter);
        }

        return command;
    }

    private static long Number(DateTimeOffset time) => time.ToUnixTimeMilliseconds();

    private static long? Number(DateTimeOffset? time) => time?.ToUnixTimeMilliseconds();

    private static DateTimeOffset Time(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
}
