using Vigie.Mlflow;
using Vigie.Mlflow.Artifacts;

namespace Vigie.Dashboard.Experiments;

/// <summary>How a file of a run can be shown.</summary>
internal enum ArtifactKind
{
    /// <summary>Not at all: it can be downloaded.</summary>
    Other,

    /// <summary>As a picture.</summary>
    Image,

    /// <summary>As a document in a frame where nothing runs.</summary>
    Html,

    /// <summary>As text, with its parts on lines of their own.</summary>
    Json,

    /// <summary>As a table.</summary>
    Table,

    /// <summary>As formatted text.</summary>
    Markdown,

    /// <summary>As text.</summary>
    Text,
}

/// <summary>Files of runs and logged models: where they are, what kind they are of, and their addresses on this server.</summary>
internal static class ArtifactFiles
{
    /// <summary>Where the files are served.</summary>
    public const string Prefix = "ui/artifacts/";

    private static readonly Dictionary<string, string> Images = new(StringComparer.OrdinalIgnoreCase)
    {
        [".png"] = "image/png",
        [".jpg"] = "image/jpeg",
        [".jpeg"] = "image/jpeg",
        [".gif"] = "image/gif",
        [".webp"] = "image/webp",
        [".avif"] = "image/avif",
        [".bmp"] = "image/bmp",
        [".svg"] = "image/svg+xml",
    };

    private static readonly string[] Texts = ["txt", "log", "yaml", "yml", "toml", "ini", "cfg", "conf", "xml", "py", "cs", "sh", "sql", "env", "requirements", "license", "mlmodel", "sha256", "sig", "pub", "jsonl", "ndjson"];

    /// <summary>The folder of a run's or a logged model's files.</summary>
    /// <param name="store">The store.</param>
    /// <param name="owner">The id of a run, or of a logged model: <c>m-…</c>.</param>
    /// <param name="cancellation">Ends the look-up.</param>
    /// <exception cref="MlflowException">There is no such run or model, or its files are not in this store.</exception>
    public static async Task<ArtifactPath> RootAsync(MlflowStore store, string owner, CancellationToken cancellation)
    {
        string address = owner.StartsWith("m-", StringComparison.Ordinal)
            ? (await store.LoggedModels.GetAsync(owner, allowDeleted: true, cancellation)).Info.ArtifactUri
            : (await store.Runs.GetAsync(owner, cancellation)).Info.ArtifactUri;
        return store.Locate(address);
    }

    /// <summary>What a folder holds, by paths below the root of its run or model.</summary>
    public static async Task<IReadOnlyList<ArtifactFile>> ListAsync(MlflowStore store, string owner, string folder, CancellationToken cancellation)
    {
        ArtifactPath root = await RootAsync(store, owner, cancellation);
        int skipped = root.IsRoot ? 0 : root.Value.Length + 1;
        return [.. (await store.Artifacts.ListAsync(root.Append(ArtifactPath.Parse(folder)), cancellation)).Select(file => file with { Path = file.Path[skipped..] }).OrderByDescending(file => file.IsDir)];
    }

    /// <summary>How a file can be shown, by the end of its name.</summary>
    public static ArtifactKind KindOf(string path)
    {
        string name = path[(path.LastIndexOf('/') + 1)..], end = name[(name.LastIndexOf('.') + 1)..].ToLowerInvariant();
        return end switch
        {
            _ when ImageTypeOf(path) is not null => ArtifactKind.Image,
            "html" or "htm" => ArtifactKind.Html,
            "json" or "geojson" or "ipynb" => ArtifactKind.Json,
            "csv" or "tsv" => ArtifactKind.Table,
            "md" or "markdown" => ArtifactKind.Markdown,
            _ => Texts.Contains(end) ? ArtifactKind.Text : ArtifactKind.Other,
        };
    }

    /// <summary>The media type of a picture; null for what is none.</summary>
    public static string? ImageTypeOf(string path) => Images.GetValueOrDefault(Path.GetExtension(path));

    /// <summary>Where a file is served.</summary>
    public static string AddressOf(string owner, string path) => Prefix + Uri.EscapeDataString(owner) + "/" + string.Join('/', path.Split('/').Select(Uri.EscapeDataString));
}
