namespace Vigie.Tweets;

/// <summary>A row that was left out and why.</summary>
/// <param name="Row">The data row, counted from 1.</param>
/// <param name="Line">The line of the file that it starts on, counted from 1.</param>
/// <param name="Expected">What should have been there.</param>
/// <param name="Found">What was there.</param>
public sealed record SkippedRow(long Row, long Line, string Expected, string Found);

/// <summary>What a reading met with so far; complete when it has ended.</summary>
public sealed record TweetReadReport
{
    /// <summary>Data rows met with, malformed ones included.</summary>
    public long Rows { get; init; }

    /// <summary>Rows handed out: neither malformed nor outside the sample.</summary>
    public long Taken { get; init; }

    /// <summary>Malformed rows left out.</summary>
    public long Skipped { get; init; }

    /// <summary>The first of them, as many as the options list.</summary>
    public IReadOnlyList<SkippedRow> SkippedRows { get; init; } = [];

    /// <summary>Rows without a label.</summary>
    public long Unlabelled { get; init; }

    /// <summary>The encoding read by: <c>ascii</c>, <c>utf-8</c>, <c>utf-16</c>, <c>windows-1252</c> (which covers latin-1) or the caller's.</summary>
    public string Encoding { get; init; } = "";

    /// <summary>How labels are written; null where nothing decided it.</summary>
    public LabelScheme? Labels { get; init; }

    /// <summary>Rows whose text holds <see cref="Tweets.Mojibake"/>; they are handed out unchanged.</summary>
    public long Mojibake { get; init; }

    /// <summary>Rows whose text holds U+FFFD: characters that were lost before the file was written.</summary>
    public long ReplacementCharacters { get; init; }

    /// <summary>Time stamps in no known notation; those rows are handed out without a time.</summary>
    public long UnreadTimes { get; init; }
}

/// <summary>How far a reading is.</summary>
/// <param name="Rows">Data rows met with.</param>
/// <param name="Bytes">Bytes of the file read.</param>
/// <param name="TotalBytes">Bytes of the file; null where it has no length.</param>
public readonly record struct ReadProgress(long Rows, long Bytes, long? TotalBytes);
