using System.Text;
using System.Text.Unicode;

namespace Vigie.Tweets;

/// <summary>Turns the bytes of a field into text, in one encoding for the whole file.</summary>
/// <remarks>
/// Where nothing names the encoding (a byte order mark, the format, the caller), the lines with bytes beyond ASCII in the first MiB vote: UTF-8 when at
/// least half of them are valid UTF-8, else windows-1252, which is what files called latin-1 hold. A first MiB of pure ASCII leaves the vote to the
/// first field beyond it. In a UTF-8 file a field that is not valid UTF-8 is malformed; it is never read as something else.
/// </remarks>
internal sealed class FieldDecoder
{
    public static readonly Encoding Windows1252 = CodePagesEncodingProvider.Instance.GetEncoding(1252)!;

    private readonly Encoding? other;
    private bool? utf8;
    private string? given;

    private FieldDecoder(bool? utf8, Encoding? other) => (this.utf8, this.other) = (utf8, other);

    /// <summary>The encoding in words.</summary>
    public string Name => given ?? other?.WebName ?? utf8 switch { true => "utf-8", false => "windows-1252", null => "ascii" };

    public static FieldDecoder OfUtf8() => new(true, null);

    /// <summary>The bytes were UTF-16 and are UTF-8 by now.</summary>
    public static FieldDecoder OfUtf16() => new(true, null) { given = "utf-16" };

    public static FieldDecoder OfLatin1() => new(false, null);

    /// <exception cref="InvalidInputException">Delimiters could not be found in bytes of this encoding.</exception>
    public static FieldDecoder For(Encoding encoding)
    {
        if (encoding.CodePage is 65001 or 20127) return OfUtf8();
        if (encoding.CodePage is 1252 or 28591) return OfLatin1();
        if (!encoding.IsSingleByte) throw new InvalidInputException($"encoding {encoding.WebName} is not supported; use UTF-8, UTF-16 with a byte order mark, or a single-byte encoding");
        return new FieldDecoder(false, encoding);
    }

    public static FieldDecoder LookAhead(ReadOnlySpan<byte> head)
    {
        int valid = 0, invalid = 0;
        foreach (Range range in head.Split((byte)'\n'))
        {
            ReadOnlySpan<byte> line = head[range];
            if (Ascii.IsValid(line)) continue;
            if (Utf8.IsValid(line)) valid++;
            else invalid++;
        }

        return new FieldDecoder(valid + invalid == 0 ? null : valid >= invalid, null);
    }

    /// <summary>False: the bytes are not valid in the file's encoding.</summary>
    public bool TryDecode(ReadOnlySpan<byte> bytes, out string text, out bool ascii)
    {
        ascii = Ascii.IsValid(bytes);
        if (ascii)
        {
            text = Encoding.Latin1.GetString(bytes);
            return true;
        }

        utf8 ??= Utf8.IsValid(bytes);
        if (utf8 == true && !Utf8.IsValid(bytes))
        {
            text = "";
            return false;
        }

        text = (utf8 == true ? Encoding.UTF8 : other ?? Windows1252).GetString(bytes);
        return true;
    }
}
