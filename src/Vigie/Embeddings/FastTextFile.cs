using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Vigie.Tweets;

namespace Vigie.Embeddings;

/// <summary>How vectors were learnt, for the settings that a fastText model carries. Reading one does not depend on them.</summary>
public sealed record FastTextSettings
{
    /// <summary>Skip-gram, else continuous bag of words.</summary>
    public bool SkipGram { get; init; } = true;

    /// <summary>Words on each side that count as context.</summary>
    public int Window { get; init; } = 5;

    /// <summary>Passes over the text.</summary>
    public int Epochs { get; init; } = 5;

    /// <summary>How often a word had to occur.</summary>
    public int MinCount { get; init; } = 5;

    /// <summary>Negative samples for each word.</summary>
    public int Negatives { get; init; } = 5;

    /// <summary>Frequency above which a word was left out now and then.</summary>
    public double Sampling { get; init; } = 1e-4;
}

/// <summary>fastText's own models, <c>.bin</c>: words and their n-grams, so that words that were never learnt have vectors too.</summary>
public static class FastTextFile
{
    private const int NegativeSampling = 2, Cbow = 1, SkipGram = 2, LearningRateSteps = 100;

    /// <summary>Whether the file is a fastText model, by its content; unpacked where it is packed.</summary>
    /// <exception cref="InvalidInputException">The file cannot be read.</exception>
    public static bool Is(string path)
    {
        using var file = DataFile.Open(path, entry: null);
        return FastTextModelReader.Is(file.Content.Peek(4));
    }

    /// <summary>Reads a model with all of its n-grams. Classifiers are read as vectors too, without their labels.</summary>
    /// <param name="path">The file, packed or not.</param>
    /// <param name="reading">Which words to keep a row for; n-grams are kept all. Null for every word.</param>
    /// <param name="progress">Told every few thousand rows and at the end.</param>
    /// <param name="cancellation">Ends the reading with <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="InvalidInputException">The file is no fastText model of version 11 or 12, is quantised, damaged or cut off; the message names the byte.</exception>
    public static SubwordVectors Read(string path, WordVectorReading? reading = null, IProgress<ReadProgress>? progress = null, CancellationToken cancellation = default)
    {
        reading ??= new WordVectorReading();
        reading.Validate();
        using var file = DataFile.Open(path, reading.Entry);
        var source = new VectorSource(file, progress, cancellation);
        try
        {
            source.Window.Fill();
            if (!FastTextModelReader.Is(source.Window.Bytes)) throw new InvalidInputException($"{path}: expected a fastText model (.bin), which begins with other bytes; plain vectors are read without n-grams");
            return Read(source, new KeptVectors(path, reading));
        }
        catch (Exception error) when (error is not InvalidInputException && DataFile.AsInvalidInput(path, error) is InvalidInputException damaged)
        {
            throw damaged;
        }
    }

    /// <summary>
    /// Writes vectors as a fastText model of version 12, which the fastText program reads. Its output matrix, which vectors do not need and training alone
    /// would, is zero. The file appears when it is complete; packed where the name ends in .gz or .zst.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="vectors">What to write.</param>
    /// <param name="settings">How they were learnt.</param>
    /// <param name="cancellation">Ends the writing with <see cref="OperationCanceledException"/>; nothing appears.</param>
    /// <exception cref="InvalidInputException">The file cannot be written, or a word is empty or holds U+0000, which ends a word there.</exception>
    public static void Write(string path, SubwordVectors vectors, FastTextSettings? settings = null, CancellationToken cancellation = default)
    {
        settings ??= new FastTextSettings();
        IReadOnlyList<string> words = vectors.Words.Words;
        IReadOnlyList<long>? counts = vectors.Words.Counts; // 1 each where they are not known
        if (words.FirstOrDefault(word => word.Length == 0 || word.Contains('\0')) is { } odd) throw new InvalidInputException($"the word {FieldText.Quote(odd)} cannot be written as a fastText model");
        using var file = OutputFile.Create(path);
        Stream stream = file.Stream;
        Subwords subwords = vectors.Subwords;
        foreach (int number in new[]
        {
            FastTextModelReader.Magic, FastTextModelReader.Version, vectors.Dimension, settings.Window, settings.Epochs, settings.MinCount, settings.Negatives, 1,
            NegativeSampling, settings.SkipGram ? SkipGram : Cbow, subwords.Bucket, subwords.MinN, subwords.MaxN, LearningRateSteps,
        })
        {
            Write(stream, number);
        }

        Write(stream, BitConverter.DoubleToInt64Bits(settings.Sampling));
        Write(stream, words.Count);
        Write(stream, words.Count);
        Write(stream, 0); // labels
        Write(stream, counts?.Sum() ?? words.Count);
        Write(stream, -1L); // nothing is pruned
        for (int word = 0; word < words.Count; word++)
        {
            stream.Write(Encoding.UTF8.GetBytes(words[word]));
            stream.WriteByte(0);
            Write(stream, counts?[word] ?? 1L);
            stream.WriteByte(0); // a word
        }

        MatrixHeader(stream, (long)words.Count + subwords.Bucket, vectors.Dimension);
        for (int word = 0; word < words.Count; word++) WriteRow(stream, vectors.WordRow(word), word, cancellation);
        for (int bucket = 0; bucket < subwords.Bucket; bucket++) WriteRow(stream, vectors.BucketRow(bucket), bucket, cancellation);
        MatrixHeader(stream, words.Count, vectors.Dimension);
        var zeros = new float[vectors.Dimension];
        for (int word = 0; word < words.Count; word++) WriteRow(stream, zeros, word, cancellation);

        file.Finish();
        file.Complete();
    }

    private static SubwordVectors Read(VectorSource source, KeptVectors kept)
    {
        var reader = new FastTextModelReader(source);
        var rowOf = new Dictionary<int, int>();
        FastTextHeader header = reader.ReadHeader((_, _) => { }, (row, word, count) =>
        {
            kept.WordsRead++;
            if (kept.IsFull || !kept.Wants(word, out ReadOnlySpan<char> read)) return;
            rowOf.Add(row, kept.Count);
            kept.Add(read, count);
        });
        IReadOnlyList<string> words = kept.Words();
        long numbers = ((long)words.Count + header.Subwords.Bucket) * header.Dimension;
        if (numbers > Array.MaxLength) throw new InvalidInputException($"{source.Path}: {words.Count} words and {header.Subwords.Bucket} buckets of {header.Dimension} numbers are more than memory takes in one piece; keep fewer words, or read the words alone");
        float[] rows = [];
        reader.ReadRows(header, (row, values) =>
        {
            // Room is made when the first row has come: by then the file is known to be long enough, where it is not packed.
            if (rows.Length == 0) rows = new float[numbers];
            int to = row >= header.Words ? header.Subwords.Any ? words.Count + row - header.Words : -1 : rowOf.GetValueOrDefault(row, -1);
            if (to >= 0) reader.Finite(values, row).CopyTo(rows.AsSpan(to * header.Dimension));
        });
        reader.PassOutput(header);
        source.ReportEnd(kept.WordsRead);
        return new SubwordVectors(words, rows, header.Dimension, header.Subwords, kept.Counts);
    }

    private static void MatrixHeader(Stream stream, long rows, long columns)
    {
        stream.WriteByte(0); // not quantised
        Write(stream, rows);
        Write(stream, columns);
    }

    private static void WriteRow(Stream stream, ReadOnlySpan<float> row, int number, CancellationToken cancellation)
    {
        if (number % 4096 == 0) cancellation.ThrowIfCancellationRequested();
        stream.Write(MemoryMarshal.AsBytes(row));
    }

    private static void Write(Stream stream, int number)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        stream.Write(bytes);
    }

    private static void Write(Stream stream, long number)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        stream.Write(bytes);
    }
}
