using System.Globalization;
using System.Text;

namespace Vigie.Server;

/// <summary>
/// Strangers' texts on one line, so that they can say what they like and do nothing: no line breaks that would begin a header, no control characters, no
/// marks that turn the text around them, no halves of characters, no towers of accents.
/// </summary>
internal static class SafeText
{
    private const int MostMarks = 4;

    /// <summary>Makes a text harmless.</summary>
    /// <param name="text">Anything.</param>
    /// <param name="most">Longest result, in characters as people see them; what is left out shows as an ellipsis.</param>
    public static string Line(string text, int most)
    {
        var line = new StringBuilder(Math.Min(text.Length, 4 * most));
        int marks = 0;
        bool space = true; // leading ones are dropped
        foreach (Rune rune in text.EnumerateRunes()) // halves come as U+FFFD
        {
            UnicodeCategory category = Rune.GetUnicodeCategory(rune);
            if (Rune.IsWhiteSpace(rune) || category is UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
            {
                if (!space) line.Append(' ');
                space = true;
                continue;
            }

            if (IsSteering(rune)) continue;
            marks = category is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark ? marks + 1 : 0;
            if (marks > MostMarks) continue;
            line.Append(rune.ToString());
            space = false;
            if (line.Length > 16 * most) break; // enough for every limit below
        }

        return Cut(line.ToString().TrimEnd(), most);
    }

    /// <summary>The same with its own direction: a text in Hebrew or Arabic turns nothing that stands around it.</summary>
    public static string Isolated(string text, int most)
    {
        string line = Line(text, most);
        return line.EnumerateRunes().Any(IsRightToLeft) ? $"\u2068{line}\u2069" : line;
    }

    /// <summary>The beginning of a text, whole characters only.</summary>
    public static string Cut(string text, int most)
    {
        if (text.Length <= most) return text;
        int end = 0, last = 0;
        for (int seen = 0; end < text.Length && seen < most; seen++)
        {
            last = end;
            end += StringInfo.GetNextTextElementLength(text, end);
        }

        return end >= text.Length ? text : text[..last].TrimEnd() + "…";
    }

    // What changes how other characters are read and is not seen itself: direction marks, overrides and isolates, tags, invisible operators, noncharacters.
    private static bool IsSteering(Rune rune) => rune.Value is 0x061C or 0x200B or 0x200E or 0x200F or (>= 0x202A and <= 0x202E) or (>= 0x2060 and <= 0x206F) or 0xFEFF
        or (>= 0xFFF0 and <= 0xFFFB) or (>= 0xFDD0 and <= 0xFDEF) or (>= 0xE0000 and <= 0xE0FFF) || (rune.Value & 0xFFFE) == 0xFFFE;

    private static bool IsRightToLeft(Rune rune) => rune.Value is (>= 0x0590 and <= 0x08FF) or (>= 0xFB1D and <= 0xFDFF) or (>= 0xFE70 and <= 0xFEFC) or (>= 0x10800 and <= 0x10FFF) or (>= 0x1E800 and <= 0x1EFFF);
}
