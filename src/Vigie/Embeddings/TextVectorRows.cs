using System.Text;
using Vigie.Tweets;

namespace Vigie.Embeddings;

/// <summary>Lines of a word and its numbers: GloVe, word2vec's text, fastText's <c>.vec</c>.</summary>
internal sealed class TextVectorRows(VectorSource source, KeptVectors kept, OnError onError, long? promised, int? headerDimension)
{
    private static ReadOnlySpan<byte> Blank => " \t\r"u8;

    private int dimension = headerDimension ?? 0;
    private long line = headerDimension is null ? 0 : 1, rows;
    private long? blankLine;

    public void Read()
    {
        if (headerDimension is not null) kept.Expect(dimension, Most(promised!.Value));
        while (!kept.IsFull)
        {
            int end = source.Window.FindLineEnd();
            if (end < 0) throw Malformed(line + 1, $"{Wanted}, found a line of more than {ByteWindow.MaxRow >> 20} MiB: this is no text file of word vectors");
            ReadOnlySpan<byte> row = source.Window.Bytes[..end];
            bool last = end == source.Window.Bytes.Length; // no line feed: the end of the file
            if (last && row.IsEmpty) break;
            line++;
            if (row.IndexOfAnyExcept(Blank) < 0) blankLine ??= line;
            else Take(row);
            source.Advance(end + (last ? 0 : 1));
            source.Tick(++rows);
        }

        if (promised is { } count && !kept.IsFull && kept.WordsRead + kept.Skipped < count)
            throw Malformed(line, $"the first line promises {count} words, and the file ends after {kept.WordsRead + kept.Skipped}: cut off?");
    }

    /// <summary>Whether a line is a word and so many numbers.</summary>
    public static bool IsRow(ReadOnlySpan<byte> row, int dimension)
    {
        row = row.TrimEnd(Blank);
        for (int i = 0; i < dimension; i++)
        {
            int gap = row.LastIndexOfAny((byte)' ', (byte)'\t');
            if (gap < 1 || !FloatText.TryRead(row[(gap + 1)..], out _)) return false;
            row = row[..gap].TrimEnd(Blank);
        }

        return !row.IsEmpty;
    }

    private string Wanted => dimension > 0 ? $"a word and {dimension} numbers" : "a word and its numbers";

    // A row takes at least two bytes a number.
    private long Most(long promise) => source.BytesLeft is { } left ? Math.Min(promise, left / (2L * dimension + 2) + 1) : 0;

    private void Take(ReadOnlySpan<byte> row)
    {
        if (blankLine is { } blank)
        {
            blankLine = null;
            Refuse(blank, "an empty line");
        }

        row = row.TrimEnd(Blank);
        if (dimension == 0) Measure(row);
        if (promised is { } count && kept.WordsRead + kept.Skipped >= count)
            throw Malformed(line, $"the first line promises {count} words, and more follow; correct its number, or remove the line");
        // The common row, one blank between fields, is cut at the first of them; else the word is what stands before the last so many numbers.
        int gaps = row.Count((byte)' '), end = row.IndexOf((byte)' ');
        if ((gaps != dimension || end < 1) && !FindWord(row, out end, out string problem))
        {
            Refuse(line, problem);
            return;
        }

        kept.WordsRead++;
        Span<float> vector = kept.Place(row[..end].TrimEnd(Blank));
        if (vector.IsEmpty) return;
        if (Numbers(row[(end + 1)..], vector) is { } wrong)
        {
            kept.RemoveLast();
            kept.WordsRead--;
            Refuse(line, wrong);
        }
    }

    // Without a header the first row says how long vectors are.
    private void Measure(ReadOnlySpan<byte> row)
    {
        ReadOnlySpan<byte> rest = row;
        while (rest.LastIndexOfAny((byte)' ', (byte)'\t') is >= 1 and int gap && FloatText.TryRead(rest[(gap + 1)..], out _))
        {
            dimension++;
            rest = rest[..gap].TrimEnd(Blank);
        }

        if (dimension == 0) throw Malformed(line, $"a word and its numbers, or the number of words and their dimension, found {Shown(row)}: this is no file of word vectors");
        if (dimension > WordVectorFile.MaxDimension) throw Malformed(line, $"vectors of at most {WordVectorFile.MaxDimension} numbers, found {dimension}");
        kept.Expect(dimension, 0);
    }

    // Words of several parts stand in some published files (". . ."). A number in front of the vector is part of a vector that is too long.
    private bool FindWord(ReadOnlySpan<byte> row, out int end, out string problem)
    {
        problem = "";
        ReadOnlySpan<byte> rest = row;
        end = -1;
        for (int found = 0; found < dimension; found++)
        {
            int gap = rest.LastIndexOfAny((byte)' ', (byte)'\t');
            if (gap < 0 || rest[..gap].IndexOfAnyExcept(Blank) < 0)
            {
                problem = $"{(gap < 0 ? found : found + 1)} numbers{(gap < 0 ? "" : " and no word")}: {Shown(row)}";
                return false;
            }

            end = gap;
            rest = rest[..gap].TrimEnd(Blank);
        }

        int before = rest.LastIndexOfAny((byte)' ', (byte)'\t');
        if (before < 0 || !FloatText.TryRead(rest[(before + 1)..], out _)) return true;
        problem = $"more numbers: {Shown(row)}";
        return false;
    }

    private static string? Numbers(ReadOnlySpan<byte> rest, Span<float> vector)
    {
        for (int i = 0; i < vector.Length; i++)
        {
            rest = rest.TrimStart(Blank);
            int gap = rest.IndexOfAny((byte)' ', (byte)'\t');
            ReadOnlySpan<byte> field = gap < 0 ? rest : rest[..gap];
            if (!FloatText.TryRead(field, out vector[i])) return $"{Shown(field)} as number {i + 1}, which is no finite number";
            rest = rest[field.Length..];
        }

        return null;
    }

    private void Refuse(long at, string found)
    {
        if (onError == OnError.Stop) throw Malformed(at, $"{Wanted}, found {found}");
        kept.Skipped++;
    }

    private InvalidInputException Malformed(long at, string problem) =>
        new($"{source.Path}: line {at}: {(problem.StartsWith("the first", StringComparison.Ordinal) ? "" : "expected ")}{problem}");

    private static string Shown(ReadOnlySpan<byte> field) => FieldText.Quote(Encoding.UTF8.GetString(field[..Math.Min(field.Length, 240)]));
}
