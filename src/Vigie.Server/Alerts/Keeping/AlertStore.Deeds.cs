using System.Data.Common;

namespace Vigie.Server;

/// <content>What people did with alerts, and what the pages ask beside.</content>
internal sealed partial class AlertStore
{
    /// <summary>How many alerts there are of each state.</summary>
    public IReadOnlyDictionary<AlertState, long> Counts()
    {
        lock (gate)
        {
            using DbCommand command = Command("SELECT state, count(*) FROM alerts GROUP BY state");
            using DbDataReader row = command.ExecuteReader();
            var counts = new Dictionary<AlertState, long>();
            while (row.Read()) counts[(AlertState)row.GetInt64(0)] = row.GetInt64(1);
            return counts;
        }
    }

    /// <summary>What people did with an alert and said of it, the oldest first.</summary>
    public IReadOnlyList<AlertDeed> Deeds(string alert)
    {
        lock (gate)
        {
            using DbCommand command = Command("SELECT at, verb, until, by_whom, note FROM alert_deeds WHERE alert = @alert ORDER BY at, id", ("@alert", alert));
            using DbDataReader row = command.ExecuteReader();
            var deeds = new List<AlertDeed>();
            while (row.Read())
                deeds.Add(new AlertDeed { At = Time(row.GetInt64(0)), Action = (AlertVerb)row.GetInt64(1), Until = row.IsDBNull(2) ? null : Time(row.GetInt64(2)), By = Text(row, 3), Note = Text(row, 4) });
            return deeds;
        }
    }

    /// <summary>Keeps something that was done or said; of a step's commands <see cref="Commit"/> keeps it.</summary>
    public void Add(string id, string alert, AlertDeed deed)
    {
        lock (gate) Write(id, alert, deed, null);
    }

    /// <summary>The messages that told of an alert, the oldest first.</summary>
    public IReadOnlyList<AlertMessage> Messages(string alert)
    {
        lock (gate)
        {
            using DbCommand command = Command(
                "SELECT channel, kind, at, done_at, failure FROM alert_notices WHERE alerts LIKE @alert ORDER BY number LIMIT 200", ("@alert", $"%\"{alert}\"%"));
            using DbDataReader row = command.ExecuteReader();
            var messages = new List<AlertMessage>();
            while (row.Read()) messages.Add(new AlertMessage(row.GetString(0), (NoticeKind)row.GetInt64(1), Time(row.GetInt64(2)), row.IsDBNull(3) ? null : Time(row.GetInt64(3)), Text(row, 4)));
            return messages;
        }
    }

    /// <summary>What a channel has delivered, and what waits for it.</summary>
    public ChannelQueue Queue(string channel)
    {
        lock (gate)
        {
            using DbCommand command = Command(
                """
                SELECT
                  (SELECT count(*) FROM alert_notices WHERE channel = @channel AND done_at IS NULL),
                  (SELECT min(at) FROM alert_notices WHERE channel = @channel AND done_at IS NULL),
                  (SELECT max(done_at) FROM alert_notices WHERE channel = @channel AND failure IS NULL),
                  (SELECT count(*) FROM alert_notices WHERE channel = @channel AND done_at IS NOT NULL AND failure IS NOT NULL),
                  (SELECT failure FROM alert_notices WHERE channel = @channel AND failure IS NOT NULL ORDER BY number DESC LIMIT 1)
                """,
                ("@channel", channel));
            using DbDataReader row = command.ExecuteReader();
            row.Read();
            return new ChannelQueue(row.GetInt64(0), row.IsDBNull(1) ? null : Time(row.GetInt64(1)), row.IsDBNull(2) ? null : Time(row.GetInt64(2)), row.GetInt64(3), Text(row, 4));
        }
    }

    private void Write(string id, string alert, AlertDeed deed, DbTransaction? transaction) => Run(
        "INSERT INTO alert_deeds (id, alert, at, verb, until, by_whom, note) VALUES (@id, @alert, @at, @verb, @until, @by, @note) ON CONFLICT (id) DO NOTHING",
        transaction,
        ("@id", id), ("@alert", alert), ("@at", Number(deed.At)), ("@verb", (long)deed.Action), ("@until", Number(deed.Until)), ("@by", deed.By), ("@note", deed.Note));

    private static string? Text(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
