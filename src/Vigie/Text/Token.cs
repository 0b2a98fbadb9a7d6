using System.Buffers;

namespace Vigie.Text;

/// <summary>What a token is.</summary>
public enum TokenKind : byte
{
    /// <summary>Letters, digits and inner apostrophes.</summary>
    Word,

    /// <summary>Digits with their separators.</summary>
    Number,

    /// <summary># and a word.</summary>
    Hashtag,

    /// <summary>@ and a name.</summary>
    Mention,

    /// <summary>A web address.</summary>
    Url,

    /// <summary>A face of ASCII characters.</summary>
    Emoticon,

    /// <summary>An emoji with its modifiers, or another symbol.</summary>
    Symbol,

    /// <summary>Exclamation and question marks, dots, commas, brackets.</summary>
    Punctuation,
}

/// <summary>One token: where it stands in <see cref="TokenBuffer.Chars"/>, and what part of the original text it came from.</summary>
/// <param name="Start">First character in <see cref="TokenBuffer.Chars"/>.</param>
/// <param name="Length">Number of characters there.</param>
/// <param name="SourceStart">First character in the original text.</param>
/// <param name="SourceEnd">Behind the last character in the original text.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Negated">It stands in the scope of a negation.</param>
public readonly record struct Token(int Start, int Length, int SourceStart, int SourceEnd, TokenKind Kind, bool Negated)
{
    /// <summary>Behind the last character in <see cref="TokenBuffer.Chars"/>.</summary>
    public int End => Start + Length;
}

/// <summary>
/// Placeholders are single private-use characters inside a buffer, so that character n-grams see them as one character
/// and not as a word; people see <c>&lt;url&gt;</c>, <c>&lt;user&gt;</c>, <c>&lt;number&gt;</c>.
/// </summary>
internal static class Placeholder
{
    public const char Url = '\uE000', User = '\uE001', Number = '\uE002';

    public static void Spell(ReadOnlySpan<char> chars, IBufferWriter<char> name)
    {
        while (chars.IndexOfAnyInRange(Url, Number) is >= 0 and int at)
        {
            name.Write(chars[..at]);
            name.Write(chars[at] switch { Url => "<url>", User => "<user>", _ => "<number>" });
            chars = chars[(at + 1)..];
        }
        name.Write(chars);
    }
}

/// <summary>
/// The tokens of one text. A buffer is filled again and again by one thread, so that tokenising allocates nothing.
/// Tokens stand in <see cref="Chars"/> one behind the other with one space before, between and behind them: any word
/// n-gram, and any character n-gram that respects word boundaries, is one contiguous span.
/// </summary>
public sealed class TokenBuffer
{
    internal const int Slack = 16;
    internal char[] Characters = new char[512];
    internal Token[] Items = new Token[128];
    internal char[] Work = new char[512];
    internal int[] WorkSource = new int[512];

    /// <summary>Number of tokens.</summary>
    public int Count { get; internal set; }

    /// <summary>Number of characters in <see cref="Chars"/>.</summary>
    public int Length { get; internal set; }

    /// <summary>The tokens' characters, separated by single spaces.</summary>
    public ReadOnlySpan<char> Chars => Characters.AsSpan(0, Length);

    /// <summary>The tokens in their order.</summary>
    public ReadOnlySpan<Token> Tokens => Items.AsSpan(0, Count);

    /// <summary>The characters of token <paramref name="index"/>.</summary>
    public ReadOnlySpan<char> this[int index] => Characters.AsSpan(Items[index].Start, Items[index].Length);

    /// <summary>The tokens as strings, negated ones with the prefix <c>NOT_</c>: for people and tests.</summary>
    public IReadOnlyList<string> ToStrings()
    {
        var names = new string[Count];
        for (int i = 0; i < Count; i++) names[i] = Name(i);
        return names;
    }

    /// <summary>The name of one token: its characters, placeholders spelt out, with the prefix <c>NOT_</c> where it is negated.</summary>
    public string Name(int index)
    {
        var name = new ArrayBufferWriter<char>();
        WriteName(index, name);
        return name.WrittenSpan.ToString();
    }

    internal void WriteName(int index, IBufferWriter<char> name)
    {
        if (Items[index].Negated) name.Write("NOT_");
        Placeholder.Spell(this[index], name);
    }

    internal void Clear(int textLength)
    {
        Count = 0;
        Length = 0;
        // A lone character gives at most four: "…" becomes three dots and a separator.
        int need = checked(4 * textLength + 4 * Slack);
        if (Characters.Length < need) Characters = new char[need];
        Characters[Length++] = ' ';
    }

    internal void Add(int start, int length, int sourceStart, int sourceEnd, TokenKind kind, bool negated)
    {
        if (Count == Items.Length) Array.Resize(ref Items, 2 * Count);
        Items[Count++] = new Token(start, length, sourceStart, sourceEnd, kind, negated);
        Characters[start + length] = ' ';
        Length = start + length + 1;
    }
}
