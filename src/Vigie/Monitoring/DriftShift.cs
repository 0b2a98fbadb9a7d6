namespace Vigie.Monitoring;

/// <summary>How tweets of a rehearsal change.</summary>
public sealed record DriftShift
{
    /// <summary>No change.</summary>
    public static DriftShift None { get; } = new();

    /// <summary>Added to the share of positive decisions.</summary>
    public double Positive { get; init; }

    /// <summary>Factor of the number of tokens, and of characters with them.</summary>
    public double Length { get; init; } = 1;

    /// <summary>Share of texts of which the model is no longer sure: their confidence lies evenly in [0.5, 0.6].</summary>
    public double Unsure { get; init; }

    /// <summary>Added to the share of words that the model does not know.</summary>
    public double Unknown { get; init; }

    /// <summary>Share of texts that hold a word that training never saw.</summary>
    public double NewWord { get; init; }

    /// <summary>Share of texts that are about one thing: their words, other than the most frequent, are of a hundred that were rare.</summary>
    public double OtherTopic { get; init; }
}

/// <summary>What came of a rehearsal.</summary>
/// <param name="Tweets">Tweets in all.</param>
/// <param name="Alarm">The signal that raised the first alarm; null without one.</param>
/// <param name="TweetsToAlarm">Tweets from the change to the alarm.</param>
/// <param name="TimeToAlarm">Time from the change to the alarm.</param>
public sealed record DriftOutcome(long Tweets, DriftSignal? Alarm, long TweetsToAlarm, TimeSpan TimeToAlarm);
