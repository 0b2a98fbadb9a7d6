using System.Text;

namespace Vigie.Tweets;

/// <summary>
/// Comma-, semicolon- or tab-separated rows by RFC 4180: a field that starts with a quote runs to the closing quote, line breaks included, and a doubled
/// quote stands for one. A quote inside an unquoted field is a character like any other. Blank lines are passed over.
/// </summary>
internal sealed class DelimitedRows(ByteWindow window, byte delimiter, bool quoted) : TweetRows
{
    private const int PreviewBytes = 120;

    private readonly int[] places = Enumerable.Repeat(-1, FieldCount).ToArray();
    private (int Start, int Length, bool Escaped)[] fields = new (int, int, bool)[16];
    private byte[] unescaped = [];
    private long nextLine = 1;
    private int count, consumed;

    /// <summary>How many fields a row must have; 0 takes any.</summary>
    public int Columns { get; set; }

    public int Count => count;

    /// <summary>Says which column holds a field.</summary>
    public void Place(Field field, int column) => places[(int)field] = column;

    public override ReadOnlySpan<byte> this[Field field] => places[(int)field] is >= 0 and int column ? this[column] : default;

    public ReadOnlySpan<byte> this[int column]
    {
        get
        {
            (int start, int length, bool escaped) = fields[column];
            ReadOnlySpan<byte> bytes = window.Bytes.Slice(start, length);
            return escaped ? Unescape(bytes) : bytes;
        }
    }

    public override RowOutcome Read()
    {
        // The row read last stays in the window until now, because its fields are looked at in place.
        window.Advance(consumed);
        consumed = 0;
        while (true)
        {
            Line = nextLine;
            RowOutcome outcome = Scan(out int length, out int lines);
            if (outcome == RowOutcome.Malformed)
            {
                window.SkipLine();
                nextLine++;
                return outcome;
            }

            if (outcome == RowOutcome.End) return outcome;
            nextLine += lines;
            if (count == 1 && fields[0] is { Length: 0, Start: 0 })
            {
                window.Advance(length);
                continue;
            }

            if (Columns > 0 && count != Columns)
            {
                string start = Preview(window.Bytes[..length]);
                window.Advance(length);
                return Malformed($"{Columns} columns", $"{count}: {start}");
            }

            consumed = length;
            return RowOutcome.Row;
        }
    }

    /// <summary>Reads a row of a window that is handed its bytes.</summary>
    /// <returns>False where it does not hold the whole row: what is left of it belongs before the bytes that are handed next.</returns>
    public bool TryRead(out RowOutcome outcome)
    {
        window.Advance(consumed);
        consumed = 0;
        (int start, long line) = (window.Start, nextLine);
        outcome = Read();
        if (!window.RanOut) return true;
        window.GoBack(start);
        (nextLine, consumed) = (line, 0);
        return false;
    }

    private RowOutcome Scan(out int length, out int lines)
    {
        int at = 0;
        count = 0;
        lines = 1;
        length = 0;
        if (window.Bytes.IsEmpty && !window.More()) return RowOutcome.End;
        while (true)
        {
            bool last;
            if (quoted && Has(at) && window.Bytes[at] == '"')
            {
                if (!ScanQuoted(ref at, ref lines, out last)) return RowOutcome.Malformed;
            }
            else if (!ScanPlain(ref at, out last))
            {
                return Malformed($"a line of at most {ByteWindow.MaxRow >> 20} MiB", "a longer one");
            }

            if (!last) continue;
            length = at;
            return RowOutcome.Row;
        }
    }

    private bool ScanPlain(ref int at, out bool last)
    {
        int from = at;
        int end;
        while (true)
        {
            int found = window.Bytes[from..].IndexOfAny(delimiter, (byte)'\n');
            if (found >= 0)
            {
                end = from + found;
                break;
            }

            from = window.Bytes.Length;
            if (window.More()) continue;
            end = window.Bytes.Length;
            if (!window.AtEnd)
            {
                last = true;
                return false;
            }

            break;
        }

        last = end == window.Bytes.Length || window.Bytes[end] == '\n';
        int length = end - at;
        if (last && length > 0 && window.Bytes[end - 1] == '\r') length--;
        Add(at, length, escaped: false);
        at = Math.Min(end + 1, window.Bytes.Length);
        return true;
    }

    private bool ScanQuoted(ref int at, ref int lines, out bool last)
    {
        int start = at + 1, from = start;
        bool escaped = false;
        last = true;
        while (true)
        {
            int found = window.Bytes[from..].IndexOf((byte)'"');
            if (found < 0)
            {
                from = window.Bytes.Length;
                if (window.More()) continue;
                Malformed("a closing quote", $"{(window.AtEnd ? "the end of the file" : $"{ByteWindow.MaxRow >> 20} MiB without one")} after {Preview(window.Bytes[at..])}");
                return false;
            }

            int quote = from + found;
            from = quote + 1;
            if (Has(from) && window.Bytes[from] == '"')
            {
                escaped = true;
                from++;
                continue;
            }

            lines += window.Bytes[start..quote].Count((byte)'\n');
            Add(start, quote - start, escaped);
            if (!Has(from))
            {
                at = from;
                return true;
            }

            byte next = window.Bytes[from];
            last = next != delimiter;
            at = from + 1;
            if (next == '\r' && Has(at) && window.Bytes[at] == '\n') at++;
            else if (next == '\r' && !Has(at)) { }
            else if (next != delimiter && next != '\n')
            {
                Reach(from);
                Malformed($"a delimiter or the end of the line after the closing quote of column {count}", Preview(window.Bytes[from..]));
                return false;
            }

            return true;
        }
    }

    private bool Has(int at)
    {
        while (at >= window.Bytes.Length)
        {
            if (!window.More()) return false;
        }

        return true;
    }

    private void Add(int start, int length, bool escaped)
    {
        if (count == fields.Length) Array.Resize(ref fields, count * 2);
        fields[count++] = (start, length, escaped);
    }

    private ReadOnlySpan<byte> Unescape(ReadOnlySpan<byte> bytes)
    {
        if (unescaped.Length < bytes.Length) unescaped = new byte[Math.Max(bytes.Length, 2 * unescaped.Length)];
        int written = 0;
        while (true)
        {
            int quote = bytes.IndexOf((byte)'"');
            ReadOnlySpan<byte> part = quote < 0 ? bytes : bytes[..(quote + 1)];
            part.CopyTo(unescaped.AsSpan(written));
            written += part.Length;
            if (quote < 0) return unescaped.AsSpan(0, written);
            bytes = bytes[(quote + 2)..];
        }
    }

    // What a message shows must not depend on how much happens to have been read.
    private void Reach(int from)
    {
        while (window.Bytes.Length - from < PreviewBytes && window.Bytes[from..].IndexOf((byte)'\n') < 0 && window.More()) { }
    }

    private static string Preview(ReadOnlySpan<byte> bytes)
    {
        int end = bytes.IndexOf((byte)'\n');
        if (end >= 0) bytes = bytes[..end];
        return FieldText.Quote(Encoding.UTF8.GetString(bytes[..Math.Min(bytes.Length, PreviewBytes)]));
    }
}
