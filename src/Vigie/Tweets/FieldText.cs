using System.Text;

namespace Vigie.Tweets;

/// <summary>Fields as they are shown in messages.</summary>
internal static class FieldText
{
    /// <summary>The first 60 characters in quotes, control characters written as escapes.</summary>
    public static string Quote(string text)
    {
        var shown = new StringBuilder("'");
        foreach (Rune rune in text.EnumerateRunes().Take(60))
        {
            if (Rune.IsControl(rune)) shown.Append("\\u").Append(rune.Value.ToString("x4", System.Globalization.CultureInfo.InvariantCulture));
            else shown.Append(rune.ToString());
        }

        return shown.Append(text.Length > 60 ? "…'" : "'").ToString();
    }
}
