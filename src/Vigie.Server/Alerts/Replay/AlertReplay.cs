namespace Vigie.Server;

/// <summary>Lives through records of the past under a set of rules, by the same engine that a server judges by, and tells which alerts there would have been.</summary>
public sealed class AlertReplay
{
    /// <summary>The rules.</summary>
    public AlertRules Rules { get; init; } = AlertRules.Default;

    /// <summary>The first moment that is judged; what lies before fills the rules' windows. Null for the first record.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>The end; null for the last record.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>When something really was wrong; null where nobody says.</summary>
    public IReadOnlyList<Incident>? Incidents { get; init; }

    /// <summary>The model whose drift is watched, where texts are kept; null for none.</summary>
    public ServedModel? Model { get; init; }

    /// <summary>Replays a file of records: the <c>records.db</c> of a server, JSON lines or CSV, recognised by its content.</summary>
    /// <param name="path">The file. It is only read; a server may be writing to it.</param>
    /// <param name="progress">Told now and then.</param>
    /// <param name="cancellation">Ends it with <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="InvalidInputException">The file cannot be read, holds no records of the time, or a line is wrong.</exception>
    public ReplayReport Run(string path, IProgress<ReplayProgress>? progress = null, CancellationToken cancellation = default)
    {
        using IPastRecords records = PastRecords.Open(path);
        return Run(records, path, progress, cancellation);
    }

    internal ReplayReport Run(IPastRecords records, string name, IProgress<ReplayProgress>? progress = null, CancellationToken cancellation = default)
    {
        if (From >= To) throw new InvalidInputException($"the replay would begin at {From:O} and end at {To:O}; expected an end after the beginning");
        var life = new PastLife(Rules, Model, From);
        DateTimeOffset start = From is { } from ? from - life.Horizon : DateTimeOffset.UnixEpoch, end = To ?? DateTimeOffset.MaxValue;
        long read = 0;
        foreach (PastRecord record in records.Read(start, end, texts: Model is not null))
        {
            if ((++read & 1023) == 0)
            {
                cancellation.ThrowIfCancellationRequested();
                progress?.Report(new ReplayProgress(records.Done, record.At, read));
            }

            life.Take(record, cancellation);
        }

        if (life.Last is null || life.Counted.Predictions + life.Counted.Corrections + life.Counted.Requests == 0)
            throw new InvalidInputException($"{name} has no records{(From is null && To is null ? "" : " of that time")}, so there is nothing to replay");
        if (To is { } last) life.To(last, cancellation);
        progress?.Report(new ReplayProgress(1, life.Last.Value, read));
        return new ReplayTally(life, Rules, Incidents, From ?? life.First!.Value, To ?? life.Last.Value, records.HasRequests).Report();
    }
}
