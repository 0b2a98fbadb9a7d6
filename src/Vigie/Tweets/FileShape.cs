namespace Vigie.Tweets;

/// <summary>How the rows of a tweet file are written.</summary>
public enum TweetFormat
{
    /// <summary>Sentiment140 as published: no header, six columns polarity, id, date, query, user, text.</summary>
    Sentiment140,

    /// <summary>Delimited text with a header.</summary>
    Delimited,

    /// <summary>One JSON object on each line.</summary>
    JsonLines,
}

/// <summary>What a tweet file was recognised as. Known as soon as it is open.</summary>
public sealed record FileShape
{
    /// <summary>How its rows are written.</summary>
    public required TweetFormat Format { get; init; }

    /// <summary>How it is packed.</summary>
    public required Packing Packing { get; init; }

    /// <summary>What separates the columns; null where lines are JSON.</summary>
    public char? Delimiter { get; init; }

    /// <summary>The header's column names, or the properties of the first JSON objects.</summary>
    public required IReadOnlyList<string> Columns { get; init; }

    /// <summary>The column that holds the text.</summary>
    public required string TextColumn { get; init; }

    /// <summary>The column that holds the label; null where there is none.</summary>
    public string? LabelColumn { get; init; }

    /// <summary>The column that holds the identifier; null where there is none.</summary>
    public string? IdColumn { get; init; }

    /// <summary>The column that holds the time; null where there is none.</summary>
    public string? TimeColumn { get; init; }

    /// <summary>The column that holds the author; null where there is none.</summary>
    public string? AuthorColumn { get; init; }

    /// <summary>Whether there is a <c>rank</c> column, which samples go by.</summary>
    public bool HasRank { get; init; }

    /// <summary>Whether there is a <c>split</c> column, which says on which side a row is.</summary>
    public bool HasSplit { get; init; }
}
