namespace Vigie.Server;

/// <summary>What became of an alert under other rules.</summary>
internal enum ReplayChange
{
    /// <summary>It would have begun at the same time.</summary>
    Same,

    /// <summary>It would have begun earlier.</summary>
    Earlier,

    /// <summary>It would have begun later.</summary>
    Later,

    /// <summary>It would not have been without the change.</summary>
    New,

    /// <summary>It would not have been with the change.</summary>
    Gone,
}

/// <summary>An alert under two sets of rules; at least one of both is there.</summary>
/// <param name="Before">Under the rules as they are.</param>
/// <param name="After">Under those that are tried.</param>
internal sealed record ReplayedPair(ReplayedAlert? Before, ReplayedAlert? After)
{
    public ReplayChange Change => (Before, After) switch
    {
        (null, _) => ReplayChange.New,
        (_, null) => ReplayChange.Gone,
        _ => After.At < Before.At ? ReplayChange.Earlier : After.At > Before.At ? ReplayChange.Later : ReplayChange.Same,
    };

    /// <summary>The one to speak of.</summary>
    public ReplayedAlert Shown => After ?? Before!;
}

/// <summary>The same past under two sets of rules.</summary>
/// <param name="Before">Under the rules as they are.</param>
/// <param name="After">Under those that are tried.</param>
/// <param name="Pairs">The alerts of both, in the order of time.</param>
internal sealed record RuleComparison(ReplayReport Before, ReplayReport After, IReadOnlyList<ReplayedPair> Pairs)
{
    /// <summary>Compares two replays of the same time.</summary>
    public static RuleComparison Of(ReplayReport before, ReplayReport after)
    {
        var pairs = new List<ReplayedPair>();
        var open = before.Alerts.ToList();
        foreach (ReplayedAlert alert in after.Alerts)
        {
            // The same alert is one of the same rule and model that lasted at the same time.
            ReplayedAlert? was = open.Find(one => one.Rule == alert.Rule && one.Model == alert.Model && one.At <= (alert.EndedAt ?? after.To) && alert.At <= (one.EndedAt ?? before.To));
            if (was is not null) open.Remove(was);
            pairs.Add(new ReplayedPair(was, alert));
        }

        pairs.AddRange(open.Select(alert => new ReplayedPair(alert, null)));
        return new RuleComparison(before, after, [.. pairs.OrderBy(pair => pair.Shown.At)]);
    }
}

/// <summary>Tries rules on what a server has recorded. One at a time: it keeps a processor busy.</summary>
internal sealed class RulePreview(ServerOptions options) : IDisposable
{
    /// <summary>How far back it looks.</summary>
    public static readonly TimeSpan Span = TimeSpan.FromDays(30);

    private readonly SemaphoreSlim turn = new(1);

    /// <summary>Lives through the past month twice, away from whoever asks.</summary>
    /// <param name="inForce">The rules as they are.</param>
    /// <param name="tried">Those that are tried.</param>
    /// <param name="progress">Told the share that is done, now and then.</param>
    /// <param name="cancellation">Ends it with <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="InvalidInputException">There are no records of that time, or they are not in a file.</exception>
    public async Task<RuleComparison> RunAsync(AlertRules inForce, AlertRules tried, IProgress<double> progress, CancellationToken cancellation)
    {
        if (options.Records.Database is not null)
            throw new InvalidInputException("the preview reads records in a SQLite file, and those of this server are in PostgreSQL; export them and use 'vigie alerts replay --rules FILE --records FILE'");
        string path = System.IO.Path.Combine(options.Records.Folder!, "records.db");
        DateTimeOffset to = options.Clock.GetUtcNow();
        await turn.WaitAsync(cancellation);
        try
        {
            return await Task.Run(
                () =>
                {
                    ReplayReport before = Run(inForce, 0), after = Run(tried, 0.5);
                    return RuleComparison.Of(before, after);
                },
                cancellation);
        }
        finally
        {
            turn.Release();
        }

        ReplayReport Run(AlertRules rules, double begin) =>
            new AlertReplay { Rules = rules, From = to - Span, To = to }.Run(path, new Reporter(progress, begin), cancellation);
    }

    public void Dispose() => turn.Dispose();

    /// <summary>Half of the way, told on the thread that goes it.</summary>
    private sealed class Reporter(IProgress<double> whole, double begin) : IProgress<ReplayProgress>
    {
        public void Report(ReplayProgress value) => whole.Report(begin + (value.Share / 2));
    }
}
