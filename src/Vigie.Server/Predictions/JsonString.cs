using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Vigie.Server;

/// <summary>
/// Reads JSON strings of strangers. Collectors cut tweets in the middle of an emoji and escape what is left (<c>\ud83d</c>), which
/// <see cref="Utf8JsonReader.GetString"/> refuses; here the half becomes U+FFFD, one code unit for one, so that offsets stay true.
/// </summary>
internal static class JsonString
{
    /// <summary>The string at the reader.</summary>
    /// <exception cref="RequestException">It is longer than allowed, or not UTF-8.</exception>
    public static string Read(ref readonly Utf8JsonReader reader, FieldPath field, int maxLength) => Read(in reader, field, maxLength, out _);

    /// <summary>The string at the reader, and whether it is exactly what was sent: no half of a surrogate pair had to be replaced.</summary>
    /// <exception cref="RequestException">It is longer than allowed, or not UTF-8.</exception>
    public static string Read(ref readonly Utf8JsonReader reader, FieldPath field, int maxLength, out bool exact)
    {
        exact = true;
        ReadOnlySpan<byte> raw = reader.ValueSpan;
        if (raw.Length > 6L * maxLength) throw TooLong(field, null, maxLength); // not even all escapes would fit
        if (!Utf8.IsValid(raw)) throw RequestException.WrongField(field, $"{field} is not valid UTF-8");
        string text = !reader.ValueIsEscaped ? Encoding.UTF8.GetString(raw) : HoldsSurrogate(raw) ? Unescape(raw, out exact) : reader.GetString()!;
        return text.Length <= maxLength ? text : throw TooLong(field, text.Length, maxLength);
    }

    /// <summary>Whether the string at the reader is this one. Unlike <see cref="Utf8JsonReader.ValueTextEquals(ReadOnlySpan{byte})"/> it takes what is no text at all, which equals nothing.</summary>
    public static bool Is(ref readonly Utf8JsonReader reader, ReadOnlySpan<byte> text) =>
        !reader.ValueIsEscaped ? reader.ValueSpan.SequenceEqual(text) : !HoldsSurrogate(reader.ValueSpan) && Utf8.IsValid(reader.ValueSpan) && reader.ValueTextEquals(text);

    public static RequestException TooLong(FieldPath field, int? length, int maxLength) => RequestException.WrongField(
        field, string.Create(CultureInfo.InvariantCulture, $"{field} is {(length is { } known ? $"{known} characters long" : "too long")}; at most {maxLength} are taken"));

    private static bool HoldsSurrogate(ReadOnlySpan<byte> raw) => raw.IndexOf("\\ud"u8) >= 0 || raw.IndexOf("\\uD"u8) >= 0;

    // The reader has checked every escape already.
    private static string Unescape(ReadOnlySpan<byte> raw, out bool exact)
    {
        exact = true;
        string escaped = Encoding.UTF8.GetString(raw);
        var text = new StringBuilder(escaped.Length);
        for (int i = 0; i < escaped.Length; i++)
        {
            if (escaped[i] != '\\')
            {
                text.Append(escaped[i]);
                continue;
            }

            char kind = escaped[++i];
            if (kind == 'u')
            {
                text.Append((char)ushort.Parse(escaped.AsSpan(i + 1, 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
                i += 4;
            }
            else
            {
                text.Append(kind switch { 'b' => '\b', 'f' => '\f', 'n' => '\n', 'r' => '\r', 't' => '\t', _ => kind });
            }
        }

        for (int i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                i++;
            }
            else
            {
                text[i] = '\uFFFD';
                exact = false;
            }
        }

        return text.ToString();
    }
}
