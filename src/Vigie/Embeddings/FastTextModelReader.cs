using System.Buffers.Binary;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Vigie.Embeddings;

/// <summary>What stands in a fastText model before its matrices: settings that matter for vectors, and how many words there are.</summary>
/// <param name="Dimension">Length of the vectors.</param>
/// <param name="Words">Words, without labels.</param>
/// <param name="InputRows">Rows of the input matrix: words and buckets.</param>
/// <param name="Subwords">Which n-grams words have.</param>
internal sealed record FastTextHeader(int Dimension, int Words, long InputRows, Subwords Subwords);

/// <summary>
/// fastText's <c>.bin</c>, versions 11 and 12: magic, version, thirteen settings, the dictionary, the input matrix, the output matrix. Models of words and
/// classifiers alike; of the latter, labels and output are left out. Quantised ones hold no vectors and are refused.
/// </summary>
internal sealed class FastTextModelReader(VectorSource source)
{
    public const int Magic = 793712314, Version = 12;

    private const int LongestWord = 1 << 16, Supervised = 3;

    public static bool Is(ReadOnlySpan<byte> bytes) => bytes.Length >= 4 && BinaryPrimitives.ReadInt32LittleEndian(bytes) == Magic;

    /// <summary>The wanted words, each with the mean of its own row and those of its n-grams. Rows that none of them has pass by.</summary>
    public static void ReadWords(VectorSource source, KeptVectors kept)
    {
        var reader = new FastTextModelReader(source);
        var own = new List<int>();
        var buckets = new List<int>();
        var sums = new List<(int Row, int Word)>();
        FastTextHeader header = reader.ReadHeader(
            (dimension, words) => kept.Expect(dimension, words),
            (row, word, count) =>
            {
                kept.WordsRead++;
                if (kept.IsFull || !kept.Wants(word, out ReadOnlySpan<char> read)) return;
                kept.Add(read, count);
                own.Add(row);
            });
        // Any one row of the matrix may be part of many words: they are added as the rows come by, in the order of the file.
        var shares = new float[own.Count];
        for (int word = 0; word < own.Count; word++)
        {
            buckets.Clear();
            header.Subwords.AddBuckets(kept.Words()[word], buckets);
            sums.Add((own[word], word));
            foreach (int bucket in buckets) sums.Add((header.Words + bucket, word));
            shares[word] = 1f / (1 + buckets.Count);
        }

        sums.Sort();
        int next = 0;
        reader.ReadRows(header, (row, values) =>
        {
            if (next == sums.Count || sums[next].Row != row) return;
            ReadOnlySpan<float> numbers = reader.Finite(values, row);
            for (; next < sums.Count && sums[next].Row == row; next++) TensorPrimitives.Add(kept[sums[next].Word], numbers, kept[sums[next].Word]);
        });
        for (int word = 0; word < own.Count; word++) TensorPrimitives.Multiply(kept[word], shares[word], kept[word]);
        reader.PassOutput(header);
    }

    /// <summary>Settings and dictionary.</summary>
    /// <param name="sized">Told the dimension and how many words can come, before the first of them.</param>
    /// <param name="take">Told each word's row, bytes and number of occurrences.</param>
    public FastTextHeader ReadHeader(Action<int, long> sized, EachWord take)
    {
        Int32("the magic number");
        int version = Int32("the version");
        if (version is not (11 or Version)) throw Malformed($"expected a fastText model of version 11 or 12, found {version}");
        int dimension = Int32("the dimension");
        if (dimension is < 1 or > WordVectorFile.MaxDimension) throw Malformed($"expected a dimension of 1 to {WordVectorFile.MaxDimension}, found {dimension}");
        for (int i = 0; i < 6; i++) Int32("the settings"); // window, epochs, fewest occurrences, negatives, word n-grams, loss
        int model = Int32("the kind of model"), bucket = Int32("the number of buckets"), minN = Int32("the shortest n-gram"), maxN = Int32("the longest n-gram");
        Int32("the settings"); // how often the learning rate changes
        Int64("the settings"); // the sampling threshold, a double
        if (model is < 1 or > Supervised) throw Malformed($"expected a kind of model from 1 to {Supervised}, found {model}");
        if (version == 11 && model == Supervised) maxN = 0; // that version's classifiers wrote a setting that they did not use

        int entries = Int32("the size of the dictionary"), words = Int32("the number of words"), labels = Int32("the number of labels");
        Int64("the number of tokens");
        long pruned = Int64("the number of kept n-grams");
        if (words < 1 || labels < 0 || (long)words + labels != entries) throw Malformed($"expected a dictionary of words and labels, found {entries} entries, {words} words, {labels} labels");
        if (bucket < 0 || (maxN > 0 && (bucket < 1 || minN < 1 || minN > maxN))) throw Malformed($"expected n-grams of {minN} to {maxN} characters to have buckets, found {bucket}");
        if (pruned > 0) throw Malformed("the model is quantised (its n-grams are pruned); vectors are read from the model that it was made of");
        sized(dimension, source.BytesLeft is { } left ? Math.Min(words, left / (4L * dimension)) : 0); // no room for more than the file can hold
        for (int row = 0; row < entries; row++)
        {
            int length = WordLength(row, entries);
            byte kind = source.Window.Bytes[length + 9]; // behind the word: 0, an int64, the kind
            if (kind != (row < words ? 0 : 1)) throw Malformed($"expected {(row < words ? "a word" : "a label")} as entry {row + 1} of the dictionary, found kind {kind}");
            long count = BinaryPrimitives.ReadInt64LittleEndian(source.Window.Bytes[(length + 1)..]);
            if (count < 0) throw Malformed($"expected how often entry {row + 1} of the dictionary occurred, found {count}");
            if (row < words) take(row, source.Window.Bytes[..length], count);
            source.Advance(length + 10);
            source.Tick(row);
        }

        // Pruned to none at all: words are wholes.
        Subwords subwords = maxN > 0 && pruned < 0 ? new Subwords(minN, maxN, bucket) : Subwords.None;
        if (Byte("whether the model is quantised") != 0) throw Malformed("the model is quantised; vectors are read from the model that it was made of");
        long rows = Int64("the rows of the input matrix"), columns = Int64("the columns of the input matrix");
        if (columns != dimension || rows != (long)words + bucket || rows > int.MaxValue)
            throw Malformed($"expected an input matrix of {words} words and {bucket} buckets × {dimension}, found {rows} × {columns}");
        return new FastTextHeader(dimension, words, rows, subwords);
    }

    /// <summary>The rows of the input matrix, which stands behind the header, one after another.</summary>
    public void ReadRows(FastTextHeader header, EachRow take)
    {
        int size = 4 * header.Dimension;
        if (source.BytesLeft is { } left && left < header.InputRows * size) throw Malformed($"expected {header.InputRows * size} bytes of input matrix, found {left}: cut off?");
        for (int row = 0; row < header.InputRows; row++)
        {
            if (!source.Has(size)) throw Malformed($"expected row {row + 1} of {header.InputRows} of the input matrix, found the end of the file: cut off?");
            take(row, MemoryMarshal.Cast<byte, float>(source.Window.Bytes[..size]));
            source.Advance(size);
            source.Tick(row);
        }
    }

    /// <summary>Passes the output matrix, so that a file that was cut off in it does not count as whole.</summary>
    public void PassOutput(FastTextHeader header)
    {
        bool quantised = Byte("whether the output is quantised") != 0;
        if (quantised) throw Malformed("the model's output is quantised; vectors are read from the model that it was made of");
        long rows = Int64("the rows of the output matrix"), columns = Int64("the columns of the output matrix");
        if (columns != header.Dimension || rows < 0 || rows > int.MaxValue) throw Malformed($"expected an output matrix of rows × {header.Dimension}, found {rows} × {columns}");
        long size = rows * columns * 4;
        if (source.BytesLeft is { } left ? left < size : !source.Skip(size)) throw Malformed($"expected {size} bytes of output matrix, found the end of the file: cut off?");
    }

    /// <summary>The numbers, checked.</summary>
    public ReadOnlySpan<float> Finite(ReadOnlySpan<float> values, int row)
    {
        if (!TensorPrimitives.IsFiniteAll(values)) throw Malformed($"row {row + 1} of the input matrix holds a number that is not finite");
        return values;
    }

    private int WordLength(int row, int entries)
    {
        for (int searched = 0; ;)
        {
            int end = source.Window.Bytes[searched..].IndexOf((byte)0);
            if (end >= 0)
            {
                if (!source.Has(searched + end + 10)) break;
                return searched + end;
            }

            searched = source.Window.Bytes.Length;
            if (searched > LongestWord) throw Malformed($"expected entry {row + 1} of {entries} of the dictionary, found {LongestWord} bytes without an end");
            if (!source.Has(searched + 1)) break;
        }

        throw Malformed($"expected entry {row + 1} of {entries} of the dictionary, found the end of the file: cut off?");
    }

    private int Int32(string what) => BinaryPrimitives.ReadInt32LittleEndian(Take(stackalloc byte[4], what));

    private long Int64(string what) => BinaryPrimitives.ReadInt64LittleEndian(Take(stackalloc byte[8], what));

    private byte Byte(string what) => Take(stackalloc byte[1], what)[0];

    private ReadOnlySpan<byte> Take(Span<byte> bytes, string what)
    {
        if (!source.Has(bytes.Length)) throw Malformed($"expected {what}, found the end of the file: cut off?");
        source.Window.Bytes[..bytes.Length].CopyTo(bytes);
        source.Advance(bytes.Length);
        return bytes;
    }

    private InvalidInputException Malformed(string problem) => new($"{source.Path}: byte {source.Position}: {problem}");

    public delegate void EachWord(int row, ReadOnlySpan<byte> word, long count);

    public delegate void EachRow(int row, ReadOnlySpan<float> values);
}
