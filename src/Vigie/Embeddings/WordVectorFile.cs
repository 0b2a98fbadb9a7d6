using Vigie.Tweets;

namespace Vigie.Embeddings;

/// <summary>The published forms of word vectors.</summary>
public enum WordVectorFormat
{
    /// <summary>A first line with the number of words and their dimension, then a word and its numbers on each line: word2vec's text, fastText's <c>.vec</c>.</summary>
    Word2VecText,

    /// <summary>The same first line, then each word, a space and its numbers as 32-bit floats.</summary>
    Word2VecBinary,

    /// <summary>A word and its numbers on each line, without a first line: GloVe.</summary>
    Glove,

    /// <summary>A whole fastText model, <c>.bin</c>: words, character n-grams, settings.</summary>
    FastTextBinary,
}

/// <summary>Which words of a file are wanted. The defaults want all.</summary>
public sealed record WordVectorReading
{
    /// <summary>Whether a word is kept; null keeps every one. Memory grows with what is kept, not with the file.</summary>
    public Func<ReadOnlySpan<char>, bool>? Keep { get; init; }

    /// <summary>The most words to keep, counted in the order of the file, which is by frequency in every published one; null for no limit. The rest of the file is not read.</summary>
    public int? MaxWords { get; init; }

    /// <summary>The file inside a .zip archive that holds several.</summary>
    public string? Entry { get; init; }

    /// <summary>What a malformed line of a text file does. A binary file cannot be read on behind one.</summary>
    public OnError OnError { get; init; }

    /// <summary>Keeps the given words and no others.</summary>
    public static WordVectorReading Of(IEnumerable<string> words)
    {
        var wanted = new HashSet<string>(words, StringComparer.Ordinal);
        HashSet<string>.AlternateLookup<ReadOnlySpan<char>> lookup = wanted.GetAlternateLookup<ReadOnlySpan<char>>();
        return new WordVectorReading { Keep = word => lookup.Contains(word) };
    }

    internal void Validate()
    {
        if (MaxWords is < 1) throw new InvalidInputException($"{MaxWords} words were asked for; it takes at least 1");
    }
}

/// <summary>Word vectors and what their reading met with.</summary>
/// <param name="Vectors">The words that were wanted, in the order of the file.</param>
/// <param name="Format">What the file was recognised as.</param>
/// <param name="WordsRead">Words that the file was found to hold, wanted or not; with <see cref="WordVectorReading.MaxWords"/>, as far as it was read.</param>
/// <param name="Duplicates">Further vectors of a wanted word, which were left out: the first counts.</param>
/// <param name="DamagedWords">Wanted words whose bytes are not UTF-8 (word2vec cuts long words anywhere); what could not be read stands in them as U+FFFD.</param>
/// <param name="Skipped">Malformed lines that were left out.</param>
public sealed record LoadedWordVectors(WordVectors Vectors, WordVectorFormat Format, long WordsRead, long Duplicates, long DamagedWords, long Skipped);

/// <summary>
/// Reads word vectors in any published form, packed or not (.gz, .zst, .zip), each recognised by its content. The file streams by: what is not wanted
/// costs time and no memory.
/// </summary>
public static class WordVectorFile
{
    /// <summary>The longest vector that is believed. Published ones have 25 to 1,024 numbers; a larger count in a first line is a lie or another kind of file.</summary>
    public const int MaxDimension = 65_536;

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="reading">Which words are wanted; null for all.</param>
    /// <param name="progress">Told every few thousand words and at the end.</param>
    /// <param name="cancellation">Ends the reading with <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="InvalidInputException">
    /// No such file, an empty one, or one that is damaged: a vector of the wrong length, a number that is none, fewer or more words than the first line says.
    /// The message names the line, or the byte in binary files, and what was expected. Also where no wanted word is found.
    /// </exception>
    public static LoadedWordVectors Read(
        string path, WordVectorReading? reading = null, IProgress<ReadProgress>? progress = null, CancellationToken cancellation = default)
    {
        reading ??= new WordVectorReading();
        reading.Validate();
        using var file = DataFile.Open(path, reading.Entry);
        var source = new VectorSource(file, progress, cancellation);
        var kept = new KeptVectors(path, reading);
        try
        {
            WordVectorFormat format = Recognised(source, out long words, out int dimension);
            switch (format)
            {
                case WordVectorFormat.FastTextBinary: FastTextModelReader.ReadWords(source, kept); break;
                case WordVectorFormat.Word2VecBinary: BinaryVectorRows.Read(source, kept, words, dimension); break;
                case WordVectorFormat.Word2VecText: new TextVectorRows(source, kept, reading.OnError, words, dimension).Read(); break;
                default: new TextVectorRows(source, kept, reading.OnError, null, null).Read(); break;
            }

            source.ReportEnd(kept.WordsRead);
            return kept.Loaded(format);
        }
        catch (Exception error) when (error is not InvalidInputException && DataFile.AsInvalidInput(path, error) is InvalidInputException damaged)
        {
            throw damaged;
        }
    }

    // Looks at the first MiB; the header, where there is one, has then been passed.
    private static WordVectorFormat Recognised(VectorSource source, out long words, out int dimension)
    {
        (words, dimension) = (0, 0);
        source.Window.Fill();
        ReadOnlySpan<byte> bytes = source.Window.Bytes;
        if (bytes.IsEmpty) throw new InvalidInputException($"{source.Path}: the file is empty");
        if (FastTextModelReader.Is(bytes)) return WordVectorFormat.FastTextBinary;
        if (bytes.StartsWith<byte>([0xff, 0xfe]) || bytes.StartsWith<byte>([0xfe, 0xff])) throw new InvalidInputException($"{source.Path}: UTF-16; word vectors are read as UTF-8");
        if (bytes.StartsWith<byte>([0xef, 0xbb, 0xbf])) source.Advance(3);
        bytes = source.Window.Bytes;
        int end = bytes.IndexOf((byte)'\n');
        if (!IsHeader(source.Path, end < 0 ? bytes : bytes[..end], out words, out dimension)) return WordVectorFormat.Glove;
        source.Advance(end < 0 ? bytes.Length : end + 1);
        return IsBinary(source.Window.Bytes, dimension) ? WordVectorFormat.Word2VecBinary : WordVectorFormat.Word2VecText;
    }

    private static bool IsHeader(string path, ReadOnlySpan<byte> line, out long words, out int dimension)
    {
        (words, dimension) = (0, 0);
        line = line.Trim(" \t\r"u8);
        int gap = line.IndexOfAny((byte)' ', (byte)'\t');
        if (gap < 0) return false;
        ReadOnlySpan<byte> first = line[..gap], second = line[gap..].TrimStart(" \t"u8);
        if (first.IsEmpty || second.IsEmpty || first.ContainsAnyExceptInRange((byte)'0', (byte)'9') || second.ContainsAnyExceptInRange((byte)'0', (byte)'9')) return false;
        if (!long.TryParse(first, out words) || words is < 1 or > int.MaxValue)
            throw new InvalidInputException($"{path}: line 1: expected the number of words, 1 to {int.MaxValue}, found {Shown(first)}");
        if (!int.TryParse(second, out dimension) || dimension is < 1 or > MaxDimension)
            throw new InvalidInputException($"{path}: line 1: expected the length of the vectors, 1 to {MaxDimension}, found {Shown(second)}");
        return true;

        static string Shown(ReadOnlySpan<byte> field) => FieldText.Quote(System.Text.Encoding.Latin1.GetString(field));
    }

    // A row of text is a row of text. What is not one, and has bytes that no text has, is binary; a malformed row of text stays text, so that its line can be named.
    private static bool IsBinary(ReadOnlySpan<byte> rows, int dimension)
    {
        int end = rows.IndexOf((byte)'\n');
        if (TextVectorRows.IsRow(end < 0 ? rows : rows[..end], dimension)) return false;
        int space = rows.IndexOf((byte)' '); // -1: everything there is
        ReadOnlySpan<byte> numbers = rows.Slice(space + 1, (int)Math.Min(rows.Length - space - 1, 4L * dimension));
        foreach (byte one in numbers)
        {
            if (one < ' ' && one is not ((byte)'\t' or (byte)'\r' or (byte)'\n')) return true;
        }

        return !System.Text.Unicode.Utf8.IsValid(numbers[..Math.Max(0, numbers.Length - 4)]); // the cut may part the bytes of a letter
    }
}
