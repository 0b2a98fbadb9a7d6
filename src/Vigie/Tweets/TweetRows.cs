namespace Vigie.Tweets;

/// <summary>What a column is to Vigie.</summary>
internal enum Field
{
    Text,
    Label,
    Id,
    CreatedAt,
    Author,
    Rank,
    Split,
    Language,
}

internal enum RowOutcome
{
    Row,
    Malformed,
    End,
}

/// <summary>The rows of a file, one at a time, as undecoded bytes: delimited text or JSON Lines.</summary>
internal abstract class TweetRows
{
    protected static readonly int FieldCount = Enum.GetValues<Field>().Length;

    /// <summary>The line that the row read last starts on, counted from 1.</summary>
    public long Line { get; protected set; }

    /// <summary>After <see cref="RowOutcome.Malformed"/>: what should have been there. The next read starts on the line after the row's first.</summary>
    public string Expected { get; protected set; } = "";

    /// <summary>After <see cref="RowOutcome.Malformed"/>: what was there.</summary>
    public string Found { get; protected set; } = "";

    public abstract RowOutcome Read();

    /// <summary>A field's bytes without quotes and escapes, valid until the next call; empty where the file has no such column.</summary>
    public abstract ReadOnlySpan<byte> this[Field field] { get; }

    protected RowOutcome Malformed(string expected, string found)
    {
        (Expected, Found) = (expected, found);
        return RowOutcome.Malformed;
    }
}
