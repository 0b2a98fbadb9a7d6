using System.Globalization;
using System.Numerics;

namespace Vigie.Pipelines;

/// <summary>What a YAML 1.2 scalar without quotes means, as ruamel.yaml reads it; points in time stay text.</summary>
internal static class YamlScalars
{
    private const int LongestNumber = 1000;

    // Values may share parts by anchors; written out, a few hundred bytes could become billions.
    private const int MostValues = 1_000_000;

    public static DataValue ValueOf(string file, YamlNode? node)
    {
        int left = MostValues;
        return Of(node);

        DataValue Of(YamlNode? part)
        {
            if (--left < 0) throw new PipelineException(file, part!.At, $"more than {MostValues:N0} values");
            return part switch
            {
                null => DataNothing.Instance,
                YamlScalar { IsPlain: true } plain => Plain(plain.Text),
                YamlScalar quoted => new DataText(quoted.Text),
                YamlSequence list => new DataList([.. list.Items.Select(Of)]),
                YamlMapping map => new DataMap([.. map.Entries.Select(entry => KeyValuePair.Create(entry.Key.Text, Of(entry.Value)))]),
                _ => throw new InvalidOperationException(part.GetType().Name),
            };
        }
    }

    /// <summary>The value of a scalar without quotes.</summary>
    public static DataValue Plain(string text)
    {
        if (text is "" or "~" or "null" or "Null" or "NULL") return DataNothing.Instance;
        if (text is "true" or "True" or "TRUE") return new DataFlag(true);
        if (text is "false" or "False" or "FALSE") return new DataFlag(false);
        if (text.Length > LongestNumber || !(char.IsAsciiDigit(text[0]) || text[0] is '+' or '-' or '.')) return new DataText(text);
        if (Integer(text) is { } whole) return new DataInteger(whole);
        return Real(text) is { } real ? new DataReal(real) : new DataText(text);
    }

    /// <summary>Whether a text without quotes would be read as anything but that text.</summary>
    public static bool IsOther(string text) => text is "<<" or "=" || Plain(text) is not DataText || IsTime(text);

    private static BigInteger? Integer(string text)
    {
        bool isNegative = text[0] == '-';
        ReadOnlySpan<char> digits = text.AsSpan(text[0] is '+' or '-' ? 1 : 0);
        int radix = digits switch { ['0', 'x', ..] => 16, ['0', 'o', ..] => 8, ['0', 'b', ..] => 2, _ => 10 };
        if (radix != 10) digits = digits[2..];
        BigInteger value = BigInteger.Zero;
        bool any = false;
        foreach (char c in digits)
        {
            if (c == '_') continue;
            int digit = char.IsAsciiHexDigit(c) ? Convert.ToInt32(c.ToString(), 16) : radix;
            if (digit >= radix) return null;
            value = value * radix + digit;
            any = true;
        }
        return any ? isNegative ? -value : value : null;
    }

    private static double? Real(string text)
    {
        string rest = text[0] is '+' or '-' ? text[1..] : text;
        if (rest is ".inf" or ".Inf" or ".INF") return text[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity;
        if (text is ".nan" or ".NaN" or ".NAN") return double.NaN;
        bool digits = false, point = false;
        for (int i = 0; i < rest.Length; i++)
        {
            char c = rest[i];
            if (char.IsAsciiDigit(c)) digits = true;
            else if (c == '.' && !point) point = true;
            else if (c is 'e' or 'E' && digits) return IsExponent(rest[(i + 1)..]) ? Number(text) : null;
            else if (c != '_') return null;
        }
        return digits && point ? Number(text) : null;
    }

    private static bool IsExponent(string text)
    {
        string digits = text is ['+' or '-', ..] ? text[1..] : text;
        return digits.Length > 0 && digits.All(char.IsAsciiDigit);
    }

    private static double Number(string text) => double.Parse(text.Replace("_", "", StringComparison.Ordinal), NumberStyles.Float, CultureInfo.InvariantCulture);

    // 2001-12-14, and 2001-12-14t21:59:43.10-05:00 with its variants: Python reads them as dates.
    private static bool IsTime(string text)
    {
        if (text.Length < 8 || !text.AsSpan(0, 4).ContainsOnlyDigits() || text[4] != '-') return false;
        string[] parts = text.Split(['-', 'T', 't', ' ', ':'], 4);
        if (parts.Length < 3 || parts[1].Length is 0 or > 2 || !parts[1].AsSpan().ContainsOnlyDigits()) return false;
        if (parts.Length == 3) return text.Length == 10 && parts[1].Length == 2 && parts[2].Length == 2 && parts[2].AsSpan().ContainsOnlyDigits();
        return parts[2].Length is 1 or 2 && parts[2].AsSpan().ContainsOnlyDigits() && text.Contains(':', StringComparison.Ordinal) && text.All(c => char.IsAsciiDigit(c) || c is '-' or '+' or ':' or '.' or ' ' or 'T' or 't' or 'Z');
    }

    private static bool ContainsOnlyDigits(this ReadOnlySpan<char> text) => text.Length > 0 && !text.ContainsAnyExceptInRange('0', '9');
}
