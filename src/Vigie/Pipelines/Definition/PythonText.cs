using System.Globalization;
using System.Text;

namespace Vigie.Pipelines;

/// <summary>Numbers and JSON as Python writes them, since hashes are taken of that.</summary>
internal static class PythonText
{
    private const int LeastExponent = -4, MostExponent = 16;

    /// <summary><c>repr</c> of a float: the fewest digits that give it back, <c>1e-05</c> and <c>1e+16</c> outside [1e-4, 1e16).</summary>
    public static string Repr(double value)
    {
        if (double.IsNaN(value)) return "nan";
        if (double.IsInfinity(value)) return value > 0 ? "inf" : "-inf";
        if (value == 0) return double.IsNegative(value) ? "-0.0" : "0.0";
        string shortest = Math.Abs(value).ToString("E16", CultureInfo.InvariantCulture), round = Math.Abs(value).ToString("R", CultureInfo.InvariantCulture);
        (string digits, int exponent) = Digits(round, shortest);
        string sign = value < 0 ? "-" : "";
        if (exponent is < LeastExponent or >= MostExponent)
        {
            string fraction = digits.Length > 1 ? "." + digits[1..] : "";
            return string.Create(CultureInfo.InvariantCulture, $"{sign}{digits[0]}{fraction}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}");
        }

        if (exponent < 0) return $"{sign}0.{new string('0', -exponent - 1)}{digits}";
        if (digits.Length <= exponent + 1) return $"{sign}{digits.PadRight(exponent + 1, '0')}.0";
        return $"{sign}{digits[..(exponent + 1)]}.{digits[(exponent + 1)..]}";
    }

    /// <summary><c>json.dumps(value, sort_keys=True)</c>.</summary>
    public static string Json(DataValue value)
    {
        var text = new StringBuilder();
        Append(text, value);
        return text.ToString();
    }

    private static void Append(StringBuilder text, DataValue value)
    {
        switch (value)
        {
            case DataNothing: text.Append("null"); break;
            case DataFlag flag: text.Append(flag.IsTrue ? "true" : "false"); break;
            case DataInteger whole: text.Append(whole.Number.ToString(CultureInfo.InvariantCulture)); break;
            case DataReal real: text.Append(double.IsFinite(real.Number) ? Repr(real.Number) : double.IsNaN(real.Number) ? "NaN" : real.Number > 0 ? "Infinity" : "-Infinity"); break;
            case DataText words: AppendText(text, words.Text); break;
            case DataList list:
                text.Append('[');
                for (int i = 0; i < list.Items.Count; i++) Append(i == 0 ? text : text.Append(", "), list.Items[i]);
                text.Append(']');
                break;
            case DataMap map:
                text.Append('{');
                bool first = true;
                foreach ((string key, DataValue item) in map.Entries.OrderBy(entry => entry.Key, CodePointOrder.Instance))
                {
                    if (!first) text.Append(", ");
                    first = false;
                    AppendText(text, key);
                    Append(text.Append(": "), item);
                }
                text.Append('}');
                break;
        }
    }

    /// <summary>Adds a text in quotes, everything beyond ASCII escaped.</summary>
    public static void AppendText(StringBuilder text, string words)
    {
        text.Append('"');
        foreach (char c in words)
        {
            switch (c)
            {
                case '"': text.Append("\\\""); break;
                case '\\': text.Append("\\\\"); break;
                case '\n': text.Append("\\n"); break;
                case '\r': text.Append("\\r"); break;
                case '\t': text.Append("\\t"); break;
                case '\b': text.Append("\\b"); break;
                case '\f': text.Append("\\f"); break;
                case < ' ' or > '~': text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"); break;
                default: text.Append(c); break;
            }
        }
        text.Append('"');
    }

    // Significant digits without zeros behind them, and the exponent of the first.
    private static (string Digits, int Exponent) Digits(string round, string scientific)
    {
        int exponent = int.Parse(scientific.AsSpan(scientific.IndexOf('E') + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        int end = round.IndexOf('E');
        string digits = (end < 0 ? round : round[..end]).Replace(".", "", StringComparison.Ordinal).TrimStart('0').TrimEnd('0');
        // Rounded to 17 digits, a number just below a power of ten may show that power's exponent; the shortest digits tell.
        if (end >= 0) exponent = int.Parse(round.AsSpan(end + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        else if (round.IndexOf('.') is var point && round[0] != '0') exponent = (point < 0 ? round.Length : point) - 1;
        return (digits, exponent);
    }
}

/// <summary>Python's order of texts: by code point, not by UTF-16 unit.</summary>
internal sealed class CodePointOrder : IComparer<string>
{
    public static CodePointOrder Instance { get; } = new();

    public int Compare(string? x, string? y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        for (int i = 0; i < Math.Min(x.Length, y.Length); i++)
        {
            // A surrogate stands for more than any other unit.
            if (x[i] != y[i]) return char.IsSurrogate(x[i]) != char.IsSurrogate(y[i]) ? (char.IsSurrogate(x[i]) ? 1 : -1) : x[i].CompareTo(y[i]);
        }
        return x.Length.CompareTo(y.Length);
    }
}
