using System.IO.Hashing;
using System.Text;

namespace Vigie.Tweets;

/// <summary>
/// The 64-bit hash of a tweet's text that decides its side of the split and its place in a sample: XXH3 (64 bits, seed 0) of the UTF-8 bytes,
/// the same on every machine and in every language that has XXH3.
/// </summary>
/// <remarks>Y. Collet, xxHash fast digest algorithm, XXH3. The text is hashed as read: exact duplicates share a side, near duplicates need not.</remarks>
public static class TextHash
{
    /// <summary>The hash of a text.</summary>
    public static ulong Of(ReadOnlySpan<char> text)
    {
        // 3 UTF-8 bytes at most for each UTF-16 unit.
        if (text.Length > 1024) return XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(text.ToArray()));
        Span<byte> utf8 = stackalloc byte[text.Length * 3];
        return XxHash3.HashToUInt64(utf8[..Encoding.UTF8.GetBytes(text, utf8)]);
    }

    /// <summary>The side of a text where its file assigns none: by the hash's last decimal digit, 0–7 train, 8 validation, 9 test.</summary>
    public static Split SplitOf(ReadOnlySpan<char> text) => SplitOf(Of(text));

    /// <summary>The side that belongs to a hash.</summary>
    public static Split SplitOf(ulong hash) => (hash % 10) switch { 8 => Split.Validation, 9 => Split.Test, _ => Split.Train };
}
