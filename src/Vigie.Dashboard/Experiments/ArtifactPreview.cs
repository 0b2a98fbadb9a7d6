using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Vigie.Mlflow;
using Vigie.Mlflow.Artifacts;

namespace Vigie.Dashboard.Experiments;

/// <summary>What of a file is shown in place: its beginning where it is long.</summary>
/// <param name="Kind">How it is shown; <see cref="ArtifactKind.Other"/> for not at all.</param>
/// <param name="Size">Bytes of the whole file.</param>
internal sealed record ArtifactPreview(ArtifactKind Kind, long Size)
{
    /// <summary>Bytes that are read of a text: what a page can show and a reader can take in.</summary>
    public const int MostBytes = 256 << 10;

    /// <summary>Bytes of a picture or document that a browser is given to show.</summary>
    public const long MostShown = 20 << 20;

    /// <summary>Rows and columns of a table.</summary>
    public const int MostRows = 200, MostColumns = 40;

    private static readonly JsonSerializerOptions indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }; // what shows it encodes it

    /// <summary>The text, of JSON and texts.</summary>
    public string? Text { get; private init; }

    /// <summary>The rows of a table, the first its header.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Rows { get; private init; } = [];

    /// <summary>Formatted text as markup in which nothing of the file's own markup is left.</summary>
    public string? Markup { get; private init; }

    /// <summary>Bytes that were read; <see cref="Size"/> where all were.</summary>
    public long Read { get; private init; }

    /// <summary>Whether there is more than is shown.</summary>
    public bool IsCut { get; private init; }

    /// <summary>Whether the file is not what its name says.</summary>
    public bool IsBroken { get; private init; }

    /// <summary>Reads what is shown of a file.</summary>
    /// <exception cref="MlflowException">There is no such file, or its path is none.</exception>
    public static async Task<ArtifactPreview> ReadAsync(MlflowStore store, string owner, string path, CancellationToken cancellation)
    {
        ArtifactPath place = (await ArtifactFiles.RootAsync(store, owner, cancellation)).Append(ArtifactPath.Parse(path));
        await using ArtifactContent content = await store.Artifacts.OpenAsync(place, new ByteRange(0, MostBytes - 1), cancellation);
        ArtifactKind kind = ArtifactFiles.KindOf(path);
        long size = content.TotalLength;
        if (kind is ArtifactKind.Other or ArtifactKind.Image or ArtifactKind.Html) return new ArtifactPreview(size <= MostShown ? kind : ArtifactKind.Other, size);
        var bytes = new byte[content.Length];
        int read = await content.Stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellation);
        return Array.IndexOf(bytes, (byte)0, 0, read) >= 0 ? new ArtifactPreview(ArtifactKind.Other, size) : Of(kind, owner, path, Encoding.UTF8.GetString(bytes, 0, read).TrimStart('\uFEFF'), read, size);
    }

    /// <summary>What is shown of a text.</summary>
    internal static ArtifactPreview Of(ArtifactKind kind, string owner, string path, string text, long read, long size)
    {
        var plain = new ArtifactPreview(kind, size) { Text = text, Read = read, IsCut = read < size };
        switch (kind)
        {
            case ArtifactKind.Json:
                if (plain.IsCut) return plain;
                return Indented(text) is { } json ? plain with { Text = json } : plain with { IsBroken = true };
            case ArtifactKind.Table:
                List<IReadOnlyList<string>> rows = DelimitedText.Read(text, path.EndsWith(".tsv", StringComparison.OrdinalIgnoreCase) ? '\t' : ',', MostRows + 2);
                if (plain.IsCut && rows.Count is > 1 and < MostRows + 2) rows.RemoveAt(rows.Count - 1); // half a row
                return plain with { Rows = rows.Count > MostRows + 1 ? rows[..(MostRows + 1)] : rows, IsCut = plain.IsCut || rows.Count > MostRows + 1 || rows.Any(row => row.Count > MostColumns) };
            case ArtifactKind.Markdown:
                return MarkdownText.Render(text, owner, path) is { } markup ? plain with { Markup = markup } : plain with { Kind = ArtifactKind.Text };
            default:
                return plain;
        }
    }

    private static string? Indented(string text)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(text, new JsonDocumentOptions { AllowTrailingCommas = true });
            return JsonSerializer.Serialize(json.RootElement, indented);
        }
        catch (JsonException)
        {
            return null; // Python writes NaN and Infinity, which are no JSON: shown as it is, and said so
        }
    }
}
