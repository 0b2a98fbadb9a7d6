using System.Buffers.Binary;
using System.Data.Common;

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
/// <param name="connect">Connects to the database.</param>
/// <param name="clock">Says how old the counts are.</param>
internal sealed class TrialRecords(Func<DbConnection> connect, TimeProvider clock)
{
    /// <summary>Counting goes through all corrections of a trial: once in this time, however many ask.</summary>
    private static readonly TimeSpan Remembered = TimeSpan.FromSeconds(5);

    private readonly Lock gate = new();
    private (TrialPeriod Trial, Task<TrialCounts> Counts, long At)? last;

    // The last word on each prediction, of those said in time: ids are in the order of time.
    private const string Corrected =
        """
        FROM (SELECT prediction, label AS truth, row_number() OVER (PARTITION BY prediction ORDER BY id DESC) AS word FROM feedback WHERE id >= @since AND prediction IS NOT NULL) AS f
        JOIN predictions AS p ON p.id = f.prediction AND f.word = 1
        """;

    /// <summary>Champion against shadow, over the corrections sent since a time about predictions made since then.</summary>
    /// <param name="champion">The digest of the model that answered.</param>
    /// <param name="shadow">The digest of the model that predicted beside it.</param>
    /// <param name="since">The trial's beginning.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <exception cref="DbException">The database cannot be read.</exception>
    public Task<ShadowCounts> ShadowAsync(string champion, string shadow, DateTimeOffset since, CancellationToken cancellation = default) => Task.Run(
        () =>
        {
            using DbConnection open = connect();
            var counts = new ShadowCounts();
            open.Each(
                $"""
                SELECT CASE WHEN p.label = f.truth THEN 1 ELSE 0 END, CASE WHEN p.shadow_label = f.truth THEN 1 ELSE 0 END, count(*)
                {Corrected}
                WHERE p.id >= @since AND p.part = 0 AND p.model IN (SELECT id FROM models WHERE digest = @champion) AND p.shadow_model IN (SELECT id FROM models WHERE digest = @shadow)
                GROUP BY 1, 2
                """,
                row =>
                {
                    long count = row.GetInt64(2);
                    counts = (row.GetInt64(0) != 0, row.GetInt64(1) != 0) switch
                    {
                        (true, true) => counts with { BothRight = count },
                        (true, false) => counts with { ChampionRight = count },
                        (false, true) => counts with { ShadowRight = count },
                        _ => counts with { BothWrong = count },
                    };
                },
                ("since", IdAt(since)),
                ("champion", champion),
                ("shadow", shadow));
            return counts;
        },
        cancellation);

    /// <summary>Each model's predictions since a time, by digest, and how many were reported wrong or right. Those that were asked for by name do not count: whoever asked chose the tweets.</summary>
    /// <param name="since">The trial's beginning.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <exception cref="DbException">The database cannot be read.</exception>
    public Task<IReadOnlyDictionary<string, CanaryCounts>> CanaryAsync(DateTimeOffset since, CancellationToken cancellation = default) => Task.Run<IReadOnlyDictionary<string, CanaryCounts>>(
        () =>
        {
            using DbConnection open = connect();
            var counts = new Dictionary<string, CanaryCounts>();
            // First of all: what comes in between must not make more reports than predictions.
            open.Each(
                $"""
                SELECT m.digest, CAST(sum(CASE WHEN p.label <> f.truth THEN 1 ELSE 0 END) AS bigint), CAST(sum(CASE WHEN p.label = f.truth THEN 1 ELSE 0 END) AS bigint)
                {Corrected} JOIN models AS m ON m.id = p.model WHERE p.id >= @since AND p.part < 2 GROUP BY m.digest
                """,
                row => counts[row.GetString(0)] = new CanaryCounts(0, row.GetInt64(1), row.GetInt64(2)),
                ("since", IdAt(since)));
            // Whole minutes from the counts that are kept with every batch, the minute that the trial began in row by row.
            long minute = (since.ToUnixTimeMilliseconds() + 59_999) / 60_000;
            open.Each(
                """
                SELECT m.digest, CAST(sum(n) AS bigint) FROM (
                  SELECT model, count(*) AS n FROM predictions WHERE id >= @since AND id < @whole AND part < 2 GROUP BY model
                  UNION ALL SELECT model, CAST(sum(negative + neutral + positive) AS bigint) FROM figures WHERE minute >= @minute AND part < 2 GROUP BY model
                ) AS made JOIN models AS m ON m.id = made.model GROUP BY m.digest
                """,
                row => counts[row.GetString(0)] = counts.GetValueOrDefault(row.GetString(0)) with { Predictions = row.GetInt64(1) },
                ("since", IdAt(since)),
                ("whole", IdAt(DateTimeOffset.FromUnixTimeMilliseconds(minute * 60_000))),
                ("minute", minute));
            return counts;
        },
        cancellation);

    /// <summary>What a trial has come to, a few seconds ago at most: shadow or canary, whichever it is.</summary>
    /// <exception cref="DbException">The database cannot be read.</exception>
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
