using System.Globalization;

namespace Vigie.Recipes;

/// <summary>Values of parameters as text.</summary>
internal static class ParameterText
{
    public delegate bool Parser<T>(string text, out T value);

    public static T Parse<T>(string name, string help, string text, Parser<T> parser) =>
        parser(text, out T value) ? value : throw new InvalidInputException($"{name}={text}: not a value of {name} ({help})");

    // C# names to snake case: StemFrench is stem_french.
    public static string Spell<T>(T value) => value switch
    {
        null => "none",
        Enum name => string.Concat(name.ToString().Select((c, i) => i > 0 && char.IsUpper(c) ? "_" + char.ToLowerInvariant(c) : char.ToLowerInvariant(c).ToString())),
        bool flag => flag ? "true" : "false",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };

    public static bool Named<T>(string text, out T value)
        where T : struct, Enum
    {
        foreach (T candidate in Enum.GetValues<T>())
        {
            if (Spell(candidate) != text) continue;
            value = candidate;
            return true;
        }
        value = default;
        return false;
    }

    public static bool Whole(string text, out int value) => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value) && value >= 0;

    public static bool Real(string text, out double value) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);

    public static bool WholeOrNone(string text, out int? value)
    {
        value = Whole(text, out int number) ? number : null;
        return value is not null || text == "none";
    }

    public static bool RealOrNone(string text, out double? value)
    {
        value = Real(text, out double number) ? number : null;
        return value is not null || text == "none";
    }
}
