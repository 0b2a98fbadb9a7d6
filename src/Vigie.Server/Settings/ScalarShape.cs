using System.Globalization;
using System.Text.Json;

namespace Vigie.Server;

/// <summary>A single value that is written as text.</summary>
/// <param name="Type">Without <c>?</c>.</param>
/// <param name="TypeName">As pages and messages call it.</param>
/// <param name="Expected">What a message proposes.</param>
internal sealed record ScalarShape(Type Type, string TypeName, string Expected) : SettingShape
{
    public static ScalarShape? TryOf(Type type)
    {
        Type bare = Nullable.GetUnderlyingType(type) ?? type;
        if (bare.IsEnum)
        {
            string[] names = [.. Enum.GetNames(bare).Select(NameOf)];
            string all = names.Length == 1 ? names[0] : $"{string.Join(", ", names[..^1])} or {names[^1]}";
            return new ScalarShape(bare, all, all);
        }

        return bare switch
        {
            _ when bare == typeof(bool) => new ScalarShape(bare, "true or false", "true or false"),
            _ when bare == typeof(int) || bare == typeof(long) => new ScalarShape(bare, "whole number", "a whole number"),
            _ when bare == typeof(double) => new ScalarShape(bare, "number", "a number"),
            _ when bare == typeof(TimeSpan) => new ScalarShape(bare, "time", Duration.Form),
            _ when bare == typeof(string) => new ScalarShape(bare, "text", "a text"),
            _ => null,
        };
    }

    /// <summary>Reads a value.</summary>
    /// <returns>Null where the text is none of this type.</returns>
    public object? Parse(string text)
    {
        const NumberStyles whole = NumberStyles.AllowLeadingSign;
        if (Type == typeof(string)) return text;
        if (Type == typeof(bool)) return text switch { "true" or "True" or "TRUE" => true, "false" or "False" or "FALSE" => false, _ => null };
        if (Type == typeof(int)) return int.TryParse(text.Replace("_", "", StringComparison.Ordinal), whole, CultureInfo.InvariantCulture, out int small) ? small : null;
        if (Type == typeof(long)) return long.TryParse(text.Replace("_", "", StringComparison.Ordinal), whole, CultureInfo.InvariantCulture, out long large) ? large : null;
        if (Type == typeof(double)) return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number) ? number : null;
        if (Type == typeof(TimeSpan)) return Duration.TryParse(text, out TimeSpan time) ? time : null;
        // By name only: numbers are no names.
        return Array.Find(Enum.GetNames(Type), name => NameOf(name) == text) is { } found ? Enum.Parse(Type, found) : null;
    }

    /// <summary>As <see cref="Parse"/> reads it; lists divided by commas, nothing for null.</summary>
    public static string Format(object? value) => value switch
    {
        null => "",
        string text => text,
        bool truth => truth ? "true" : "false",
        TimeSpan time => Duration.Format(time),
        Enum name => JsonNamingPolicy.SnakeCaseLower.ConvertName(name.ToString()),
        System.Collections.IEnumerable list => string.Join(", ", list.Cast<object?>().Select(Format)),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };
}
