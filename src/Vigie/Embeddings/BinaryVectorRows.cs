using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Text;
using Vigie.Tweets;

namespace Vigie.Embeddings;

/// <summary>word2vec's binary form: a word, a space, its numbers as little-endian 32-bit floats; some writers put a line feed behind, some none.</summary>
internal static class BinaryVectorRows
{
    // word2vec itself stops at 2,000 bytes; more without a space is no word.
    private const int LongestWord = 1 << 16;

    public static void Read(VectorSource source, KeptVectors kept, long words, int dimension)
    {
        int size = 4 * dimension;
        kept.Expect(dimension, source.BytesLeft is { } left ? Math.Min(words, left / (size + 2) + 1) : 0);
        for (long number = 1; number <= words && !kept.IsFull; number++)
        {
            if (number > 1 && source.Has(1) && source.Window.Bytes[0] == '\n') source.Advance(1);
            long start = source.Position;
            int length = WordLength(source);
            if (length < 0) throw Malformed(source, start, $"expected word {number} of {words} and a space behind it, found {(length == -1 ? "the end of the file: cut off?" : $"{LongestWord} bytes without a space")}");
            if (!source.Has(length + 1 + size))
                throw Malformed(source, start, $"expected {size} bytes for the vector of word {number} of {words}, found {source.Window.Bytes.Length - length - 1}: cut off?");
            ReadOnlySpan<byte> row = source.Window.Bytes;
            kept.WordsRead++;
            Span<float> vector = kept.Place(row[..length]);
            if (!vector.IsEmpty)
            {
                MemoryMarshal.Cast<byte, float>(row.Slice(length + 1, size)).CopyTo(vector);
                if (!TensorPrimitives.IsFiniteAll<float>(vector))
                {
                    string word = FieldText.Quote(Encoding.UTF8.GetString(row[..length]));
                    throw Malformed(source, start, $"the vector of {word}, word {number} of {words}, holds a number that is not finite");
                }
            }

            source.Advance(length + 1 + size);
            source.Tick(number);
        }

        if (kept.IsFull) return;
        while (source.Has(1) && source.Window.Bytes[0] == '\n') source.Advance(1);
        if (source.Has(1)) throw Malformed(source, source.Position, $"the first line promises {words} words of {dimension} numbers, and bytes follow behind the last: one of its numbers is wrong");
    }

    // Bytes up to the space; -1 at the end of the file, -2 where no space comes.
    private static int WordLength(VectorSource source)
    {
        for (int searched = 0; ;)
        {
            int space = source.Window.Bytes[searched..].IndexOf((byte)' ');
            if (space >= 0 && searched + space <= LongestWord) return searched + space;
            searched = source.Window.Bytes.Length;
            if (searched > LongestWord) return -2;
            if (!source.Has(searched + 1)) return -1;
        }
    }

    private static InvalidInputException Malformed(VectorSource source, long at, string problem) => new($"{source.Path}: byte {at}: {problem}");
}
