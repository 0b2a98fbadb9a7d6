using System.Text;
using System.Text.Json;

namespace Vigie.Pipelines;

/// <summary>The files of a folder, by relative path with forward slashes, in ordinal order.</summary>
/// <param name="Files">Path and MD5.</param>
public sealed record ContentTree(IReadOnlyList<KeyValuePair<string, string>> Files)
{
    private const int MostBytes = 1 << 30;

    /// <summary>The bytes that DVC keeps of a folder, and whose MD5 names it.</summary>
    public byte[] ToBytes()
    {
        var text = new StringBuilder(Files.Count * 96 + 2).Append('[');
        for (int i = 0; i < Files.Count; i++)
        {
            text.Append(i == 0 ? "{\"md5\": \"" : ", {\"md5\": \"").Append(Files[i].Value).Append("\", \"relpath\": ");
            PythonText.AppendText(text, Files[i].Key);
            text.Append('}');
        }
        return Encoding.ASCII.GetBytes(text.Append(']').ToString());
    }

    /// <summary>From those bytes.</summary>
    /// <exception cref="FormatException">They are not those of a folder, or name a file outside it.</exception>
    public static ContentTree Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > MostBytes) throw new FormatException($"a folder's list of {bytes.Length:N0} bytes");
        var reader = new Utf8JsonReader(bytes);
        var files = new List<KeyValuePair<string, string>>();
        string? md5 = null, path = null;
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.StartObject) (md5, path) = (null, null);
                if (reader.TokenType == JsonTokenType.EndObject) files.Add(new(Inside(path), md5 is { Length: 32 } ? md5 : throw new FormatException($"{path}: no MD5")));
                if (reader.TokenType != JsonTokenType.PropertyName) continue;
                bool isMd5 = reader.ValueTextEquals("md5"u8), isPath = reader.ValueTextEquals("relpath"u8);
                reader.Read();
                if (isMd5) md5 = reader.GetString();
                else if (isPath) path = reader.GetString();
                else reader.Skip();
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new FormatException($"not a folder's list: {error.Message}", error);
        }
        for (int i = 1; i < files.Count; i++)
        {
            if (CodePointOrder.Instance.Compare(files[i - 1].Key, files[i].Key) <= 0) continue;
            files.Sort(static (a, b) => CodePointOrder.Instance.Compare(a.Key, b.Key)); // DVC's own lists are in order
            break;
        }
        return new ContentTree(files);
    }

    // Whoever can write to a remote must not be able to write outside of the folder.
    private static string Inside(string? path) =>
        path is { Length: > 0 } && path[0] != '/' && !path.Contains('\0', StringComparison.Ordinal) && !path.Contains('\\', StringComparison.Ordinal) && !path.Split('/').Any(part => part is "" or "." or "..")
            ? path
            : throw new FormatException($"'{path}' is not a path within a folder");
}
