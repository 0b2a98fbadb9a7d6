using System.Text;

namespace Vigie.Tweets;

/// <summary>What a malformed row does to the reading of its file.</summary>
public enum OnError
{
    /// <summary>Ends it with a <see cref="TweetFormatException"/>.</summary>
    Stop,

    /// <summary>Leaves the row out; <see cref="TweetReadReport"/> counts and lists what was left out.</summary>
    Skip,
}

/// <summary>How a tweet file is read. The defaults suit every published set; what they cannot recognise, the caller names.</summary>
public sealed record TweetReaderOptions
{
    /// <summary>The column (JSON property) that holds the label; null finds it by name.</summary>
    public string? LabelColumn { get; init; }

    /// <summary>The column (JSON property) that holds the text; null finds it by name.</summary>
    public string? TextColumn { get; init; }

    /// <summary>How labels are written; null decides by looking at the first rows (see <see cref="LabelScheme"/>).</summary>
    public LabelScheme? Labels { get; init; }

    /// <summary>The encoding of the bytes, UTF-8 or a single-byte one; null decides by looking at them. A byte order mark counts before it.</summary>
    public Encoding? Encoding { get; init; }

    /// <summary>The file inside a .zip archive that holds several.</summary>
    public string? Entry { get; init; }

    /// <summary>What a malformed row does.</summary>
    public OnError OnError { get; init; }

    /// <summary>How many malformed rows are listed with their reason when they are skipped; all are counted.</summary>
    public int ListedErrors { get; init; } = 20;

    /// <summary>
    /// The sample size N: rows with a rank below N where the file has a <c>rank</c> column, else the N rows with the smallest
    /// <see cref="TextHash"/>. Either way a smaller sample is a part of a larger one. Null reads every row.
    /// </summary>
    public int? Sample { get; init; }

    /// <summary>Whether a file without a label column, or a row without a label, is malformed.</summary>
    public bool RequireLabels { get; init; }

    /// <summary>Whether labels are left unread, so that a column that looks like one but holds something else is no error.</summary>
    public bool IgnoreLabels { get; init; }

    internal void Validate()
    {
        if (IgnoreLabels && (RequireLabels || LabelColumn is not null)) throw new InvalidInputException("labels cannot be both ignored and asked for");
        if (Sample is <= 0) throw new InvalidInputException($"a sample of {Sample} rows was asked for; it takes at least 1");
        if (ListedErrors < 0) throw new InvalidInputException($"{ListedErrors} errors to list; it takes 0 or more");
    }
}
