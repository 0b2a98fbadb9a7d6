using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Text;
using Vigie.Tweets;

namespace Vigie.Embeddings;

/// <summary>
/// Writes word vectors in word2vec's forms, which gensim, fastText and others read. The file appears when it is complete; packed where the name ends in
/// .gz or .zst. Both forms give back the same bits.
/// </summary>
public static class WordVectorWriter
{
    /// <summary>Writes text: the number of words and their dimension, then each word with its numbers, the shortest that stand for the float.</summary>
    /// <param name="path">The file.</param>
    /// <param name="vectors">What to write.</param>
    /// <param name="cancellation">Ends the writing with <see cref="OperationCanceledException"/>; nothing appears.</param>
    /// <exception cref="InvalidInputException">The file cannot be written, or a word is empty or holds a blank or a line break.</exception>
    public static void WriteText(string path, WordVectors vectors, CancellationToken cancellation = default) => Write(path, vectors, text: true, cancellation);

    /// <summary>Writes word2vec's binary form: as the text, but with 32-bit floats for numbers.</summary>
    /// <inheritdoc cref="WriteText"/>
    public static void WriteBinary(string path, WordVectors vectors, CancellationToken cancellation = default) => Write(path, vectors, text: false, cancellation);

    private static void Write(string path, WordVectors vectors, bool text, CancellationToken cancellation)
    {
        if (vectors.Words.FirstOrDefault(word => word.Length == 0 || word.AsSpan().IndexOfAny(" \t\r\n") >= 0) is { } odd)
            throw new InvalidInputException($"the word {FieldText.Quote(odd)} cannot be written: a blank or a line break ends a word there");
        using var file = OutputFile.Create(path);
        file.Stream.Write(Encoding.UTF8.GetBytes($"{vectors.Count} {vectors.Dimension}\n"));
        byte[] row = new byte[32 * vectors.Dimension];
        for (int word = 0; word < vectors.Count; word++)
        {
            if (word % 4096 == 0) cancellation.ThrowIfCancellationRequested();
            file.Stream.Write(Encoding.UTF8.GetBytes(vectors.Words[word]));
            if (text)
            {
                file.Stream.Write(row.AsSpan(0, Spelled(vectors[word], row)));
            }
            else
            {
                file.Stream.WriteByte((byte)' ');
                file.Stream.Write(MemoryMarshal.AsBytes(vectors[word]));
            }

            file.Stream.WriteByte((byte)'\n');
        }

        file.Finish();
        file.Complete();
    }

    private static int Spelled(ReadOnlySpan<float> vector, Span<byte> row)
    {
        int length = 0;
        foreach (float number in vector)
        {
            row[length++] = (byte)' ';
            Utf8Formatter.TryFormat(number, row[length..], out int written);
            length += written;
        }

        return length;
    }
}
