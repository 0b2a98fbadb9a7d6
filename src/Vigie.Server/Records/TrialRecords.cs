using System.Buffers.Binary;

namespace Vigie.Server;

/// <summary>What corrections say of a champion and the shadow beside it, on the same tweets.</summary>
/// <param name="BothRight">Both were right.</param>
/// <param name="ChampionRight">The champion alone was right.</param>
/// <param name="ShadowRight">The shadow alone was right.</param>
/// <param name="BothWrong">Neither was right.</param>
internal readonly record struct ShadowCounts(long BothRight, long ChampionRight, long ShadowRight, long BothWrong);

/// <summary>What corrections say of a model on its own share of the traffic.</summary>
/// <param name="Predictions">Predictions that it answered.</param>
/// <param name="ReportedWrong">Those among them that were reported wrong.</param>
/// <param name="ReportedRight">Those among them that were reported right.</param>
internal readonly record struct CanaryCounts(long Predictions, long ReportedWrong, long ReportedRight);

/// <summary>Questions about trials of a challenger. The last correction of a prediction counts; erased ones count on, since they lead to nobody.</summary>
/// <param name="database">The database's file.</param>
/// <param name="clock">Says how old the counts are.</param>
internal sealed class TrialRecords(string database, TimeProvider clock)
{
    /// <summary>Counting goes through all corrections of a trial: once in this time, however many ask.</summary>
    private static readonly TimeSpan Remembered = TimeSpan.FromSeconds(5);

    private readonly Lock gate = new();
    private (TrialPeriod Trial, Task<TrialCounts> Counts, long At)? last;

    // The last word on each prediction, of those said in time: ids are in the order of time.
    private const string Corrected =
        """
        FROM (SELECT prediction, label AS truth, max(id) FROM feedback WHERE id >= ?1 AND prediction IS NOT NULL GROUP BY prediction) AS f
        JOIN predictions AS p ON p.id = f.prediction
        """;

    /// <summary>Champion against shadow, over the corrections sent since a time about predictions made since then.</summary>
    /// <param name="champion">The digest of the model that answered.</param>
    /// <param name="shadow">The digest of the model that predicted beside it.</param>
    /// <param name="since">The trial's beginning.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <exception cref="Microsoft.Data.Sqlite.SqliteException">The database cannot be read.</exception>
    public Task<ShadowCounts> ShadowAsync(string champion, string shadow, DateTimeOffset since, CancellationToken cancellation = default) => Task.Run(
        () =>
        {
            using RecordDatabase open = RecordDatabase.OpenToRead(database);
            RecordStatement rows = open.Prepare(
                $"""
                SELECT p.label = f.truth, p.shadow_label = f.truth, count(*)
                {Corrected}
                WHERE p.id >= ?1 AND p.part = 0 AND p.model IN (SELECT id FROM models WHERE digest = ?2) AND p.shadow_model IN (SELECT id FROM models WHERE digest = ?3)
                GROUP BY 1, 2
                """);
            rows.BindBlob(1, IdAt(since)).Bind(2, champion).Bind(3, shadow);
            var counts = new ShadowCounts();
            while (rows.Step())
            {
                long count = rows.Int64(2);
                counts = (rows.Int64(0) != 0, rows.Int64(1) != 0) switch
                {
                    (true, true) => counts with { BothRight = count },
                    (true, false) => counts with { ChampionRight = count },
                    (false, true) => counts with { ShadowRight = count },
                    _ => counts with { BothWrong = count },
                };
            }

            return counts;
        },
        cancellation);

    /// <summary>Each model's predictions since a time, by digest, and how many were reported wrong or right. Those that were asked for by name do not count: whoever asked chose the tweets.</summary>
    /// <param name="since">The trial's beginning.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <exception cref="Microsoft.Data.Sqlite.SqliteException">The database cannot be read.</exception>
    public Task<IReadOnlyDictionary<string, CanaryCounts>> CanaryAsync(DateTimeOffset since, CancellationToken cancellation = default) => Task.Run<IReadOnlyDictionary<string, CanaryCounts>>(
        () =>
        {
            using RecordDatabase open = RecordDatabase.OpenToRead(database);
            open.Run("BEGIN"); // both questions see the same state
            var counts = new Dictionary<string, CanaryCounts>();
            // Whole minutes from the counts that are kept with every batch, the minute that the trial began in row by row.
            RecordStatement predictions = open.Prepare(
                """
                SELECT m.digest, sum(n) FROM (
                  SELECT model, count(*) AS n FROM predictions WHERE id >= ?1 AND id < ?2 AND part < 2 GROUP BY model
                  UNION ALL SELECT model, sum(negative + neutral + positive) FROM figures WHERE minute >= ?3 AND part < 2 GROUP BY model
                ) JOIN models AS m ON m.id = model GROUP BY m.digest
                """);
            long minute = (since.ToUnixTimeMilliseconds() + 59_999) / 60_000;
            predictions.BindBlob(1, IdAt(since)).BindBlob(2, IdAt(DateTimeOffset.FromUnixTimeMilliseconds(minute * 60_000))).Bind(3, minute);
            while (predictions.Step()) counts[predictions.Text(0)] = new CanaryCounts(predictions.Int64(1), 0, 0);
            RecordStatement reports = open.Prepare($"SELECT m.digest, sum(p.label <> f.truth), sum(p.label = f.truth) {Corrected} JOIN models AS m ON m.id = p.model WHERE p.id >= ?1 AND p.part < 2 GROUP BY m.digest");
            reports.BindBlob(1, IdAt(since));
            while (reports.Step()) counts[reports.Text(0)] = counts.GetValueOrDefault(reports.Text(0)) with { ReportedWrong = reports.Int64(1), ReportedRight = reports.Int64(2) };
            return counts;
        },
        cancellation);

    /// <summary>What a trial has come to, a few seconds ago at most: shadow or canary, whichever it is.</summary>
    /// <exception cref="Microsoft.Data.Sqlite.SqliteException">The database cannot be read.</exception>
    public Task<TrialCounts> CountAsync(TrialPeriod trial, CancellationToken cancellation)
    {
        Task<TrialCounts> counts;
        lock (gate)
        {
            if (last is not { } known || known.Trial != trial || known.Counts.IsFaulted || clock.GetElapsedTime(known.At) >= Remembered)
                last = known = (trial, CountNowAsync(trial), clock.GetTimestamp());
            counts = known.Counts;
        }

        return counts.WaitAsync(cancellation); // counted to the end, whoever has gone: others wait for it too
    }

    private async Task<TrialCounts> CountNowAsync(TrialPeriod trial)
    {
        if (trial.Share == 0)
        {
            ShadowCounts counts = await ShadowAsync(trial.Champion, trial.Challenger, trial.Since);
            return new TrialCounts { BothRight = counts.BothRight, OnlyChampionRight = counts.ChampionRight, OnlyChallengerRight = counts.ShadowRight, BothWrong = counts.BothWrong };
        }

        IReadOnlyDictionary<string, CanaryCounts> models = await CanaryAsync(trial.Since);
        CanaryCounts champion = models.GetValueOrDefault(trial.Champion), challenger = models.GetValueOrDefault(trial.Challenger);
        return new TrialCounts { ChampionAnswers = champion.Predictions, ChampionWrong = champion.ReportedWrong, ChallengerAnswers = challenger.Predictions, ChallengerWrong = challenger.ReportedWrong };
    }

    /// <summary>The least id of a moment.</summary>
    internal static byte[] IdAt(DateTimeOffset time)
    {
        byte[] id = new byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(id, (ulong)Math.Max(0, time.ToUnixTimeMilliseconds()) << 16);
        return id;
    }
}
