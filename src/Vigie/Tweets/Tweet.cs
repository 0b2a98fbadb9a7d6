namespace Vigie.Tweets;

/// <summary>What a tweet says of its subject. The numeric order is the order of class columns everywhere.</summary>
public enum Sentiment : byte
{
    /// <summary>A complaint, an insult, bad news. Sentiment140's polarity 0.</summary>
    Negative,

    /// <summary>Neither. Sentiment140's polarity 2.</summary>
    Neutral,

    /// <summary>Praise, thanks, good news. Sentiment140's polarity 4.</summary>
    Positive,
}

/// <summary>The part of a data set that a row belongs to; a row never changes sides.</summary>
public enum Split : byte
{
    /// <summary>Vocabulary, weights and statistics are learnt from these rows alone.</summary>
    Train,

    /// <summary>Chooses hyperparameters, thresholds and calibration, and stops training.</summary>
    Validation,

    /// <summary>Looked at once, to report.</summary>
    Test,
}

/// <summary>One tweet as read from a file or a stream. Only the text is always there.</summary>
/// <param name="Text">The text as published, HTML entities included: cleaning belongs to the model's own pipeline.</param>
public sealed record Tweet(string Text)
{
    /// <summary>The publisher's identifier.</summary>
    public string? Id { get; init; }

    /// <summary>The label, or null where the file has none.</summary>
    public Sentiment? Label { get; init; }

    /// <summary>When it was published.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>Who wrote it, without the @.</summary>
    public string? Author { get; init; }

    /// <summary>Position in the data set's own random order (the <c>rank</c> column): sample N is the rows with rank below N.</summary>
    public long? Rank { get; init; }

    /// <summary>The side that the file itself assigns (the <c>split</c> column).</summary>
    public Split? Split { get; init; }
}
