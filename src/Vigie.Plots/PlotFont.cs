using System.Text;
using SkiaSharp;

namespace Vigie.Plots;

/// <summary>No font with Latin letters is installed, so every plot would come out without a word. Nothing is drawn in that case.</summary>
public sealed class FontMissingException() : Exception(
    "no font with Latin letters is installed, so a plot would have no text; install one (Debian: apt-get install fonts-dejavu-core) and try again");

/// <summary>
/// The fonts that labels are drawn with. SkiaSharp is built without fontconfig, and looks through the machine's own font folders.
/// </summary>
internal static class PlotFont
{
    // Accents of French, and the signs that our own labels use.
    private const string Wanted = "Aéçœ≥–…";

    // From the most legible at small sizes to the merely usual.
    private static readonly string[] Preferred = ["Inter", "Noto Sans", "Open Sans", "Segoe UI", "Helvetica Neue", "Liberation Sans", "DejaVu Sans", "Arial"];

    private static readonly Lazy<string?> Found = new(Find);

    /// <summary>Family of every label.</summary>
    /// <exception cref="FontMissingException">None is installed.</exception>
    public static string Family => Found.Value ?? throw new FontMissingException();

    /// <summary>A family that draws every sign of the text: the usual one, or one that has the text's emoji; null where no single font does.</summary>
    public static string? FamilyFor(string text)
    {
        if (Covers(Family, text)) return Family;
        foreach (Rune sign in text.EnumerateRunes())
        {
            using SKTypeface? face = SKFontManager.Default.MatchCharacter(sign.Value);
            if (face is not null && Covers(face.FamilyName, text)) return face.FamilyName;
        }
        return null;
    }

    /// <summary>The text with each sign that <paramref name="family"/> lacks written as its code, such as U+1F621: seen, rather than dropped or boxed.</summary>
    public static string Spell(string text, string family)
    {
        using var face = SKTypeface.FromFamilyName(family);
        var spelled = new StringBuilder();
        foreach (Rune sign in text.EnumerateRunes())
        {
            if (IsJoiner(sign)) continue;
            // Runes, not chars: half of a surrogate pair comes out as U+FFFD, which can be seen and written to a file.
            if (IsDrawn(face, sign)) spelled.Append(sign);
            else spelled.Append(System.Globalization.CultureInfo.InvariantCulture, $"U+{sign.Value:X4}");
        }
        return spelled.ToString();
    }

    // Variation selectors and zero-width joiners choose between glyphs and have none of their own.
    private static bool IsJoiner(Rune sign) => sign.Value is 0x200D or (>= 0xFE00 and <= 0xFE0F);

    // Some fonts give control characters an empty glyph, and XML forbids most of them.
    private static bool IsDrawn(SKTypeface face, Rune sign) => !Rune.IsControl(sign) && face.GetGlyph(sign.Value) != 0;

    private static bool Covers(string family, string text)
    {
        using var face = SKTypeface.FromFamilyName(family);
        return face is not null && text.EnumerateRunes().All(sign => IsJoiner(sign) || IsDrawn(face, sign));
    }

    private static string? Find()
    {
        string[] installed = [.. SKFontManager.Default.FontFamilies.Order(StringComparer.Ordinal)];
        return Preferred.Where(name => installed.Contains(name, StringComparer.OrdinalIgnoreCase)).Concat(installed).FirstOrDefault(name => Covers(name, Wanted));
    }
}
