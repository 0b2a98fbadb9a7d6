using System.Globalization;
using System.Runtime.CompilerServices;

namespace Vigie.Embeddings;

/// <summary>Decimal numbers as bytes, read to the nearest float: several times as fast as the framework does it, to the same bits.</summary>
internal static class FloatText
{
    private const int MostDigits = 19; // what an unsigned 64-bit integer always holds

    private static readonly double[] PowersOfTen = [.. Enumerable.Range(0, 23).Select(power => double.Parse($"1e{power}", CultureInfo.InvariantCulture))];

    /// <summary>Reads a number such as <c>-0.418</c> or <c>6.5e-05</c>; false where it is none, or is not finite.</summary>
    [SkipLocalsInit]
    public static bool TryRead(ReadOnlySpan<byte> text, out float value)
    {
        int at = text.Length > 0 && text[0] is (byte)'-' or (byte)'+' ? 1 : 0;
        ulong digits = 0;
        int count = 0, fraction = -1;
        for (; at < text.Length; at++)
        {
            uint digit = text[at] - (uint)'0';
            if (digit <= 9)
            {
                digits = digits * 10 + digit;
                if (digits != 0) count++; // zeros in front cost no precision
            }
            else if (text[at] == '.' && fraction < 0)
            {
                fraction = at + 1;
            }
            else
            {
                break;
            }
        }

        int power = fraction < 0 ? 0 : fraction - at;
        bool any = at > (text.Length > 0 && text[0] is (byte)'-' or (byte)'+' ? 1 : 0) + (fraction < 0 ? 0 : 1);
        if (any && at < text.Length && text[at] is (byte)'e' or (byte)'E' && TryExponent(text[(at + 1)..], out int exponent))
        {
            power += exponent;
            at = text.Length;
        }

        // Clinger 1990: an integer below 2^53 times or over a power of ten up to 10^22 is one correctly rounded operation on exact doubles.
        if (!any || at < text.Length || count > MostDigits || digits > 1UL << 53 || power is < -22 or > 22) return Slow(text, out value);
        double wide = power < 0 ? digits / PowersOfTen[-power] : digits * PowersOfTen[power];
        // Rounding twice differs from rounding once only where the double lies halfway between two floats, or where floats have fewer bits.
        if ((BitConverter.DoubleToUInt64Bits(wide) & 0x1FFF_FFFF) == 0x1000_0000 || (wide != 0 && wide < 1.2e-38)) return Slow(text, out value);
        value = (float)(text[0] == '-' ? -wide : wide);
        return float.IsFinite(value);
    }

    private static bool TryExponent(ReadOnlySpan<byte> text, out int exponent)
    {
        exponent = 0;
        bool negative = text.Length > 0 && text[0] == '-';
        if (text.Length > 0 && text[0] is (byte)'-' or (byte)'+') text = text[1..];
        if (text.Length is 0 or > 4) return false;
        foreach (byte letter in text)
        {
            if (letter is < (byte)'0' or > (byte)'9') return false;
            exponent = exponent * 10 + letter - '0';
        }

        if (negative) exponent = -exponent;
        return true;
    }

    // Long, extreme or odd: the framework decides.
    private static bool Slow(ReadOnlySpan<byte> text, out float value) =>
        float.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out value) && float.IsFinite(value);
}
