namespace Vigie.Monitoring;

/// <summary>A prediction that shows what a reading speaks of.</summary>
/// <param name="Id">As the caller named it.</param>
/// <param name="Text">The text; null where a restart or <see cref="DriftMonitor.Forget"/> took it away.</param>
public sealed record DriftExample(string? Id, string? Text);

/// <summary>A word that is in more texts than in training.</summary>
/// <param name="Word">The word as the model's pipeline has it; null where no text that holds it is at hand any more.</param>
/// <param name="Texts">Texts of the window that hold it.</param>
/// <param name="Share">Their share.</param>
/// <param name="ReferenceShare">Its share in training; of a new word, the most that it can have been.</param>
/// <param name="IsNew">It was not among the most frequent words of the training.</param>
/// <param name="P">How often chance alone gives as much to a word as frequent as in training.</param>
public sealed record RisingWord(string? Word, long Texts, double Share, double ReferenceShare, bool IsNew, double P)
{
    /// <summary>How much the odds of meeting it have grown, as a natural logarithm.</summary>
    public double LogOdds { get; init; }

    /// <summary>The p-value after Benjamini and Hochberg's correction for all words that were looked at: among words below 0.05, one in twenty is chance. Null where p is judged otherwise.</summary>
    public double? AdjustedP { get; init; }

    /// <summary>Texts that hold it.</summary>
    public IReadOnlyList<DriftExample> Examples { get; init; } = [];
}

/// <summary>One signal at one look.</summary>
public sealed record DriftReading
{
    /// <summary>What was looked at.</summary>
    public required DriftSignal Signal { get; init; }

    /// <summary>What is to be made of it.</summary>
    public required DriftSeverity Severity { get; init; }

    /// <summary>In plain words.</summary>
    public required string Says { get; init; }

    /// <summary>What was measured: a class's share, the mean share of unknown words, the greatest distance between shares, the number of rising words, or the squared discrepancy. Null where nothing was.</summary>
    public double? Figure { get; init; }

    /// <summary>The same in training, where it has one.</summary>
    public double? Reference { get; init; }

    /// <summary>Beyond this it matters.</summary>
    public double? Limit { get; init; }

    /// <summary>How often chance alone gives as much, for one look that nobody chose. Null where it cannot be said.</summary>
    public double? P { get; init; }

    /// <summary>Predictions that the figure is of.</summary>
    public long Tweets { get; init; }

    /// <summary>What is proven, whatever the number of looks, as a share of what an alarm takes: 1 and more is an alarm. Null where the signal cannot be watched.</summary>
    public double? Evidence { get; init; }

    /// <summary>When the alarm was raised; null without one.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>When the last look was that saw nothing of it: about when it began. Null without an alarm.</summary>
    public DateTimeOffset? Began { get; init; }

    /// <summary>Words that explain it.</summary>
    public IReadOnlyList<RisingWord> Words { get; init; } = [];

    /// <summary>Predictions that show it, the newest first.</summary>
    public IReadOnlyList<DriftExample> Examples { get; init; } = [];
}

/// <summary>All signals at one moment.</summary>
/// <param name="At">The moment.</param>
/// <param name="Tweets">Predictions seen so far.</param>
/// <param name="Readings">One of each signal.</param>
public sealed record DriftLook(DateTimeOffset At, long Tweets, IReadOnlyList<DriftReading> Readings)
{
    /// <summary>What is proven to have drifted.</summary>
    public IEnumerable<DriftReading> Alarms => Readings.Where(reading => reading.Severity >= DriftSeverity.Warning);
}
