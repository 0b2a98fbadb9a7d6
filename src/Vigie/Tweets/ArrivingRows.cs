using System.Text;

namespace Vigie.Tweets;

/// <summary>
/// Rows of delimited text that arrive piece by piece instead of lying in a file: a header with the column names that files have, then a tweet in each row, in UTF-8,
/// by RFC 4180; commas, tabs, semicolons or bars, whichever the header has. Holds nothing of what it is handed.
/// </summary>
/// <param name="source">What messages call it: <c>the body</c>.</param>
public sealed class ArrivingRows(string source)
{
    private readonly ByteWindow window = new();
    private DelimitedRows? rows;
    private bool byteOrderMark = true;

    /// <summary>How many of the bytes handed last are done with; the others, and what arrives next, are handed next.</summary>
    public int Used { get; private set; }

    /// <summary>The row that was read last, counted from 1; the header is not counted.</summary>
    public long Row { get; private set; }

    /// <summary>The line that it begins on, counted from 1.</summary>
    public long Line { get; private set; }

    /// <summary>The tweet's bytes, without quotes; valid until the next call.</summary>
    public ReadOnlySpan<byte> Text => rows![Field.Text];

    /// <summary>Its identifier; empty where there is none.</summary>
    public ReadOnlySpan<byte> Id => rows![Field.Id];

    /// <summary>Who wrote it; empty where that is not told.</summary>
    public ReadOnlySpan<byte> Author => rows![Field.Author];

    /// <summary>Its language; empty where that is not told.</summary>
    public ReadOnlySpan<byte> Language => rows![Field.Language];

    /// <summary>Hands over what has arrived: what was not used before, and more.</summary>
    /// <param name="bytes">Looked at in place until the next call.</param>
    /// <param name="last">Whether nothing follows.</param>
    public void Hand(ArraySegment<byte> bytes, bool last)
    {
        ReadOnlySpan<byte> mark = [0xEF, 0xBB, 0xBF];
        Used = 0;
        if (byteOrderMark && bytes.AsSpan().StartsWith(mark)) Used = mark.Length;
        byteOrderMark &= bytes.Count < mark.Length;
        window.Hand(bytes[Used..], last);
    }

    /// <summary>Moves to the next row.</summary>
    /// <returns>False where no whole row is left of what was handed.</returns>
    /// <exception cref="TweetFormatException">A row is malformed.</exception>
    /// <exception cref="InvalidInputException">The header has no column that is known to hold texts, or one twice.</exception>
    public bool Next()
    {
        int start = window.Start;
        bool found = (rows ??= Header()) is { } table && Read(table);
        Used += window.Start - start;
        return found;
    }

    private bool Read(DelimitedRows table)
    {
        if (!table.TryRead(out RowOutcome outcome) || outcome == RowOutcome.End) return false;
        Row++;
        Line = table.Line;
        return outcome == RowOutcome.Row ? true : throw new TweetFormatException(source, Row, Line, table.Expected, table.Found);
    }

    // Null where it has not wholly arrived.
    private DelimitedRows? Header()
    {
        int start = window.Start;
        DelimitedRows? best = null;
        string[] columns = [];
        foreach (byte delimiter in FileOpening.Delimiters)
        {
            window.GoBack(start);
            var table = new DelimitedRows(window, delimiter, quoted: true);
            if (!table.TryRead(out RowOutcome outcome)) return null;
            if (outcome == RowOutcome.End) throw new InvalidInputException($"{source} is empty: expected a header with a column text, and a row for each tweet");
            if (outcome == RowOutcome.Malformed) throw new TweetFormatException(source, 0, table.Line, table.Expected, table.Found);
            string[] names = [.. Enumerable.Range(0, table.Count).Select(column => Encoding.UTF8.GetString(table[column]).Trim())];
            bool text = ColumnNames.HasText(names, new TweetReaderOptions());
            if (best is null || text || names.Length > columns.Length) (best, columns) = (table, names);
            if (text) break;
        }

        int[] map = ColumnNames.Locate(source, columns);
        best!.Columns = columns.Length;
        foreach (Field field in Enum.GetValues<Field>()) best.Place(field, map[(int)field]);
        return best;
    }
}
