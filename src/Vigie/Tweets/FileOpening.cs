using System.Text;
using System.Text.Unicode;

namespace Vigie.Tweets;

/// <summary>What looking at the first MiB of a file decides: format, columns, quoting, encoding, label scheme.</summary>
internal sealed record FileOpening(FileShape Shape, TweetRows Rows, FieldDecoder Decoder, LabelReading? Labels)
{
    private static readonly string[] Sentiment140Columns = ["polarity", "id", "date", "query", "user", "text"];

    /// <summary>In this order: the first under which a header has a column of texts.</summary>
    internal static readonly byte[] Delimiters = [(byte)',', (byte)'\t', (byte)';', (byte)'|'];

    public static FileOpening Of(DataFile file, TweetReaderOptions options)
    {
        bool utf16 = false;
        Stream content = file.Content;
        ReadOnlySpan<byte> mark = file.Content.Peek(3);
        if (mark.StartsWith<byte>([0xff, 0xfe]) || mark.StartsWith<byte>([0xfe, 0xff]))
        {
            Encoding wide = mark[0] == 0xff ? Encoding.Unicode : Encoding.BigEndianUnicode;
            content = Encoding.CreateTranscodingStream(content, wide, Encoding.UTF8);
            utf16 = true;
        }

        bool bom = mark.StartsWith<byte>([0xef, 0xbb, 0xbf]);
        var window = new ByteWindow(content);
        window.Fill();
        if (window.Bytes.StartsWith<byte>([0xef, 0xbb, 0xbf])) window.Advance(3); // the mark itself, in UTF-8
        var opening = new Opening(file, options, window, utf16 ? FieldDecoder.OfUtf16() : bom ? FieldDecoder.OfUtf8() : null);
        if (window.Bytes.Trim(" \t\r\n"u8).IsEmpty) throw new InvalidInputException($"{file.Path}: the file is empty");
        return window.Bytes.TrimStart(" \t\r\n"u8)[0] switch
        {
            (byte)'{' => opening.Json(),
            (byte)'[' => throw new InvalidInputException($"{file.Path}: starts with '[': a JSON array; write one object on each line (JSON Lines)"),
            _ => opening.Delimited(),
        };
    }

    private sealed class Opening(DataFile file, TweetReaderOptions options, ByteWindow window, FieldDecoder? marked)
    {
        // Whole lines only, so that no half row is judged; a file without a line feed is one line.
        private readonly byte[] head = WholeLines(window);

        public FileOpening Json()
        {
            if (options.Encoding is { CodePage: not 65001 } other) throw new InvalidInputException($"{file.Path}: JSON Lines are UTF-8, not {other.WebName}");
            var names = new JsonRows(Head()) { Seen = [] };
            for (int row = 0; row < 100 && names.Read() != RowOutcome.End; row++) { }
            string[] columns = [.. names.Seen];
            int[] map = ColumnNames.Map(file.Path, columns, options);
            JsonRows rows = Placed(new JsonRows(window));
            return new FileOpening(
                Shape(TweetFormat.JsonLines, null, columns, map), rows, marked ?? FieldDecoder.OfUtf8(), Labels(Placed(new JsonRows(Head())), columns, map));

            JsonRows Placed(JsonRows rows)
            {
                foreach (Field field in Enum.GetValues<Field>())
                {
                    if (map[(int)field] >= 0) rows.Place(field, columns[map[(int)field]]);
                }

                return rows;
            }
        }

        public FileOpening Delimited()
        {
            FieldDecoder decoder = marked ?? (options.Encoding is { } given ? FieldDecoder.For(given) : FieldDecoder.LookAhead(head));
            if (IsSentiment140())
            {
                int[] positions = [5, 0, 1, 2, 4, -1, -1, -1];
                if (marked is null && options.Encoding is null) decoder = FieldDecoder.OfLatin1();
                if (options.TextColumn is not null || options.LabelColumn is not null) positions = ColumnNames.Map(file.Path, Sentiment140Columns, options);
                LabelReading? reading = options.IgnoreLabels ? null : LabelReading.By(options.Labels ?? LabelScheme.ZeroTwoFour);
                return new FileOpening(
                    Shape(TweetFormat.Sentiment140, ',', Sentiment140Columns, positions), Placed(window, (byte)',', true, 6, positions, header: false), decoder, reading);
            }

            byte delimiter = Delimiter(out string[] columns);
            int[] map = ColumnNames.Map(file.Path, columns, options);
            bool quoted = delimiter != '\t' || QuotesFit(columns.Length);
            LabelReading? labels = Labels(Placed(Head(), delimiter, quoted, columns.Length, map, header: true), columns, map);
            return new FileOpening(
                Shape(TweetFormat.Delimited, (char)delimiter, columns, map), Placed(window, delimiter, quoted, columns.Length, map, header: true), decoder, labels);
        }

        private ByteWindow Head() => new(new MemoryStream(head), Math.Max(1, head.Length));

        // "0","1467811193","Mon Apr 06 22:19:57 PDT 2009","NO_QUERY","user","text"
        private bool IsSentiment140()
        {
            var rows = new DelimitedRows(Head(), (byte)',', quoted: true);
            return rows.Read() == RowOutcome.Row && rows.Count == 6 && rows[0].Length == 1 && "024"u8.Contains(rows[0][0])
                && rows[1].Length > 0 && !rows[1].ContainsAnyExceptInRange((byte)'0', (byte)'9') && Timestamps.TryRead(Encoding.Latin1.GetString(rows[2]), out _);
        }

        private byte Delimiter(out string[] columns)
        {
            foreach (byte delimiter in Delimiters)
            {
                columns = Header(delimiter);
                if (ColumnNames.HasText(columns, options)) return delimiter;
            }

            // No text column under any delimiter: say so with the columns of the one that finds most.
            byte most = Delimiters.MaxBy(delimiter => Header(delimiter).Length);
            columns = Header(most);
            return most;
        }

        private string[] Header(byte delimiter)
        {
            var rows = new DelimitedRows(Head(), delimiter, quoted: true);
            if (rows.Read() != RowOutcome.Row)
            {
                rows = new DelimitedRows(Head(), delimiter, quoted: false);
                rows.Read();
            }

            var columns = new string[rows.Count];
            for (int i = 0; i < columns.Length; i++)
                columns[i] = (Utf8.IsValid(rows[i]) ? Encoding.UTF8 : FieldDecoder.Windows1252).GetString(rows[i]).Trim();
            if (columns.FirstOrDefault(name => name.Any(letter => char.IsControl(letter) && letter != '\t')) is { } odd)
            {
                throw new InvalidInputException(
                    $"{file.Path}: the first line holds control characters ({FieldText.Quote(odd)}): a binary file, or UTF-16 without a byte order mark");
            }

            return columns;
        }

        // Tab-separated files come both with CSV's quotes and with quotes as plain characters. Theirs fit when every row of the head has its columns.
        private bool QuotesFit(int columns)
        {
            var rows = new DelimitedRows(Head(), (byte)'\t', quoted: true) { Columns = columns };
            while (true)
            {
                switch (rows.Read())
                {
                    case RowOutcome.Malformed: return false;
                    case RowOutcome.End: return true;
                }
            }
        }

        private static DelimitedRows Placed(ByteWindow window, byte delimiter, bool quoted, int columns, int[] map, bool header)
        {
            var rows = new DelimitedRows(window, delimiter, quoted);
            if (header) rows.Read();
            rows.Columns = columns;
            foreach (Field field in Enum.GetValues<Field>()) rows.Place(field, map[(int)field]);
            return rows;
        }

        private LabelReading? Labels(TweetRows rows, string[] columns, int[] map)
        {
            if (map[(int)Field.Label] < 0 || options.IgnoreLabels) return null;
            if (options.Labels is { } given) return LabelReading.By(given);
            return LabelReading.LookAhead(Values(), out string problem)
                ?? throw new InvalidInputException($"{file.Path}: column '{columns[map[(int)Field.Label]]}': expected {problem}");

            IEnumerable<byte[]> Values()
            {
                while (true)
                {
                    RowOutcome outcome = rows.Read();
                    if (outcome == RowOutcome.End) yield break;
                    if (outcome == RowOutcome.Row) yield return rows[Field.Label].ToArray();
                }
            }
        }

        private FileShape Shape(TweetFormat format, char? delimiter, string[] columns, int[] map)
        {
            return new FileShape
            {
                Format = format,
                Packing = file.Packing,
                Delimiter = delimiter,
                Columns = columns,
                TextColumn = Name(Field.Text)!,
                LabelColumn = Name(Field.Label),
                IdColumn = Name(Field.Id),
                TimeColumn = Name(Field.CreatedAt),
                AuthorColumn = Name(Field.Author),
                HasRank = map[(int)Field.Rank] >= 0,
                HasSplit = map[(int)Field.Split] >= 0,
            };

            string? Name(Field field) => map[(int)field] is >= 0 and int column ? columns[column] : null;
        }

        private static byte[] WholeLines(ByteWindow window)
        {
            ReadOnlySpan<byte> bytes = window.Bytes;
            int end = window.AtEnd ? bytes.Length : bytes.LastIndexOf((byte)'\n') + 1;
            return (end > 0 ? bytes[..end] : bytes).ToArray();
        }
    }
}
