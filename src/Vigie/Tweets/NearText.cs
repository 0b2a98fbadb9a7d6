using System.Buffers;
using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace Vigie.Tweets;

/// <summary>
/// Tells texts apart by their words alone: case, links, @mentions, punctuation and spacing do not count, so a retweet or a copy addressed to someone else
/// is a near duplicate of the first.
/// </summary>
public static class NearText
{
    /// <summary>XXH3 of the words, as UTF-16; texts without a word are told apart as they stand.</summary>
    public static ulong HashOf(ReadOnlySpan<char> text)
    {
        char[] rented = ArrayPool<char>.Shared.Rent(text.Length + 1);
        int length = 0;
        foreach (Range range in TweetWords.Of(text))
        {
            ReadOnlySpan<char> word = text[range];
            if (word[0] == '@' || (word.Length == 2 && word.Equals("RT", StringComparison.Ordinal))) continue;
            length += word.TrimStart('#').ToLowerInvariant(rented.AsSpan(length));
            rented[length++] = ' ';
        }

        ulong hash = XxHash3.HashToUInt64(MemoryMarshal.AsBytes(length > 0 ? rented.AsSpan(0, length) : text));
        ArrayPool<char>.Shared.Return(rented);
        return hash;
    }
}
