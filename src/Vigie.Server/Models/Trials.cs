using System.Text.Json;

namespace Vigie.Server;

/// <summary>
/// Which trial is under way, since when, and how often its shadow agreed with the champion. The beginning is kept in the state folder: a sequential test goes on after a restart, as long as champion,
/// challenger and share are the same. Safe for any number of threads.
/// </summary>
/// <param name="file">Where the beginning is kept; null for nowhere.</param>
/// <param name="clock">The clock.</param>
internal sealed class Trials(string? file, TimeProvider clock)
{
    private readonly Lock gate = new();
    private TrialPeriod? current;
    private long compared, agreed, dropped;

    /// <summary>The trial of the models on duty; null where none is under way.</summary>
    public TrialPeriod? Of(Duty duty)
    {
        if (duty.Challenge is not { } challenge) return null;
        lock (gate)
        {
            if (current is { } known && IsOf(known, duty.Champion, challenge)) return known;
            if (Read() is { } kept && IsOf(kept, duty.Champion, challenge)) return Begin(kept);
            var begun = new TrialPeriod(duty.Champion.Digest, challenge.Challenger.Digest, challenge.Share, clock.GetUtcNow());
            Begin(begun); // counted from here on, whether or not it can be kept
            if (file is not null) WholeFile.Replace(file, JsonSerializer.SerializeToUtf8Bytes(begun, ServerJson.Default.TrialPeriod));
            return begun;
        }
    }

    /// <summary>Notes what champion and shadow said of one tweet.</summary>
    public void Compare(string champion, string shadow, bool same)
    {
        lock (gate)
        {
            if (current is null || current.Champion != champion || current.Challenger != shadow) return; // of a trial that is over
            compared++;
            if (same) agreed++;
        }
    }

    /// <summary>Notes a tweet that the shadow was not asked about, because it had too much to do.</summary>
    public void Drop() => Interlocked.Increment(ref dropped);

    /// <summary>How often the shadow of the trial under way said the same as the champion, in this process.</summary>
    public (long Compared, long Agreed, long Dropped) Agreement
    {
        get
        {
            lock (gate) return (compared, agreed, Interlocked.Read(ref dropped));
        }
    }

    private static bool IsOf(TrialPeriod period, ServedModel champion, Challenge challenge) =>
        period.Champion == champion.Digest && period.Challenger == challenge.Challenger.Digest && period.Share == challenge.Share;

    private TrialPeriod Begin(TrialPeriod period)
    {
        (compared, agreed, dropped) = (0, 0, 0);
        return current = period;
    }

    private TrialPeriod? Read()
    {
        if (file is null || !File.Exists(file)) return null;
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(file), ServerJson.Default.TrialPeriod);
        }
        catch (Exception unreadable) when (unreadable is JsonException or IOException or UnauthorizedAccessException)
        {
            return null; // damaged, or taken away: the trial begins anew, which errs to the side of waiting
        }
    }
}
