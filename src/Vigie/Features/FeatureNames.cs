using System.Buffers;
using System.Collections;
using System.Text;
using System.Text.Unicode;

namespace Vigie.Features;

/// <summary>
/// The names of millions of features without millions of strings: UTF-8 lines in one array, in the form they have in a file. A name is
/// decoded when it is asked for. Backslash and line ends inside a name are escaped; half a surrogate pair, which a character
/// n-gram may end in, becomes U+FFFD.
/// </summary>
internal sealed class FeatureNames : IReadOnlyList<string>
{
    private readonly byte[] lines;
    private readonly int[] ends; // position of the line end behind each name

    /// <summary>Takes over lines as <see cref="Lines"/> gave them.</summary>
    /// <exception cref="InvalidInputException">The bytes are not UTF-8, the last line has no end, or a backslash escapes nothing.</exception>
    public FeatureNames(byte[] lines)
    {
        if (lines.Length > 0 && lines[^1] != '\n') throw new InvalidInputException("the last feature name is cut off: its line has no end");
        if (!Utf8.IsValid(lines)) throw new InvalidInputException("feature names must be UTF-8");
        CheckEscapes(lines);
        this.lines = lines;
        ends = new int[lines.AsSpan().Count((byte)'\n')];
        for (int i = 0, start = 0; i < ends.Length; i++)
        {
            ends[i] = start + lines.AsSpan(start).IndexOf((byte)'\n');
            start = ends[i] + 1;
        }
    }

    /// <summary>Every name in the order of columns, escaped, each with a line end.</summary>
    public ReadOnlySpan<byte> Lines => lines;

    /// <inheritdoc/>
    public int Count => ends.Length;

    /// <inheritdoc/>
    public string this[int index]
    {
        get
        {
            int start = index == 0 ? 0 : ends[index - 1] + 1;
            string line = Encoding.UTF8.GetString(lines, start, ends[index] - start);
            return line.Contains('\\', StringComparison.Ordinal) ? Unescape(line) : line;
        }
    }

    /// <inheritdoc/>
    public IEnumerator<string> GetEnumerator()
    {
        for (int i = 0; i < Count; i++) yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Takes lines by column from wherever they stand.</summary>
    internal static FeatureNames Gather(byte[][] parts, ReadOnlySpan<NamePlace> places)
    {
        long length = parts.Sum(part => (long)part.Length);
        if (length > Array.MaxLength) throw new InvalidInputException($"{places.Length} feature names take {length} bytes, more than fit: set max_features or min_df");
        var lines = new byte[length];
        int at = 0;
        foreach (NamePlace place in places)
        {
            ReadOnlySpan<byte> rest = parts[place.Part].AsSpan(place.Start);
            int size = rest.IndexOf((byte)'\n') + 1;
            rest[..size].CopyTo(lines.AsSpan(at));
            at += size;
        }
        return new FeatureNames(lines);
    }

    /// <summary>Writes one name as it stands in <see cref="Lines"/>.</summary>
    internal static void WriteLine(ReadOnlySpan<char> name, IBufferWriter<byte> lines)
    {
        while (name.IndexOfAny('\\', '\n', '\r') is >= 0 and int at)
        {
            Encoding.UTF8.GetBytes(name[..at], lines);
            lines.Write(name[at] switch { '\n' => "\\n"u8, '\r' => "\\r"u8, _ => "\\\\"u8 });
            name = name[(at + 1)..];
        }
        Encoding.UTF8.GetBytes(name, lines);
        lines.Write("\n"u8);
    }

    private static string Unescape(string line)
    {
        var name = new StringBuilder(line.Length);
        for (int i = 0; i < line.Length; i++)
        {
            name.Append(line[i] != '\\' ? line[i] : line[++i] switch { 'n' => '\n', 'r' => '\r', char same => same });
        }
        return name.ToString();
    }

    private static void CheckEscapes(ReadOnlySpan<byte> lines)
    {
        while (lines.IndexOf((byte)'\\') is >= 0 and int at)
        {
            if (lines[at + 1] is not ((byte)'\\' or (byte)'n' or (byte)'r')) throw new InvalidInputException("a feature name holds a backslash that escapes nothing");
            lines = lines[(at + 2)..];
        }
    }
}

/// <summary>Where a name's line starts, while lines stand in several parts.</summary>
internal readonly record struct NamePlace(int Part, int Start);
