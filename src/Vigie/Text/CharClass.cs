using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Vigie.Text;

/// <summary>What a character is to the tokenizer: a table for ASCII, Unicode's categories beyond.</summary>
internal static class CharClass
{
    private const byte WordBit = 1, SpaceBit = 2, DigitBit = 4, EmoticonBit = 8;
    private static readonly byte[] Ascii = MakeAscii();

    private static byte[] MakeAscii()
    {
        var table = new byte[128];
        for (int c = 0; c < 128; c++)
        {
            if (char.IsAsciiLetterOrDigit((char)c) || c == '_') table[c] |= WordBit;
            if (c is ' ' or (>= 9 and <= 13) or (>= 28 and <= 31)) table[c] |= SpaceBit;
            if (char.IsAsciiDigit((char)c)) table[c] |= DigitBit;
            if ("<>:;=8xX)([](^-tToO".Contains((char)c)) table[c] |= EmoticonBit;
        }
        return table;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsSpace(char c) => c < 128 ? (Ascii[c] & SpaceBit) != 0 : char.IsWhiteSpace(c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsDigit(char c) => c < 128 && (Ascii[c] & DigitBit) != 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool StartsEmoticon(char c) => c < 128 && (Ascii[c] & EmoticonBit) != 0;

    /// <summary>Length in UTF-16 units of the word character at <paramref name="i"/>: 0 where it is none, 2 for one beyond the basic plane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int WordLength(ReadOnlySpan<char> text, int i)
    {
        char c = text[i];
        return c < 128 ? Ascii[c] & WordBit : WordLengthBeyondAscii(text, i);
    }

    private static int WordLengthBeyondAscii(ReadOnlySpan<char> text, int i)
    {
        char c = text[i];
        if (!char.IsSurrogate(c)) return IsWord(CharUnicodeInfo.GetUnicodeCategory(c)) ? 1 : 0;
        return Rune.DecodeFromUtf16(text[i..], out Rune rune, out _) == System.Buffers.OperationStatus.Done && IsWord(Rune.GetUnicodeCategory(rune)) ? 2 : 0;
    }

    /// <summary>The same for Python's <c>\w</c>, which counts no combining marks.</summary>
    public static int AlphanumericLength(ReadOnlySpan<char> text, int i)
    {
        int length = WordLength(text, i);
        return length == 0 || text[i] < 128 || !IsMark(length == 1 ? CharUnicodeInfo.GetUnicodeCategory(text[i]) : Rune.GetUnicodeCategory(new Rune(text[i], text[i + 1]))) ? length : 0;
    }

    private static bool IsMark(UnicodeCategory category) => category is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    /// <summary>Whether characters of the category belong to words: letters, digits, numbers and the marks on them.</summary>
    internal static bool IsWord(UnicodeCategory category) => IsMark(category) || category
        is UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
        or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter
        or UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber;
}
