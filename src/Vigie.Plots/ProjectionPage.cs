using System.Globalization;
using System.Net;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Vigie.Plots;

/// <summary>
/// A projection as a page that one can turn, zoom and search: one file, which holds its own script and style, asks the network for nothing, and lets no other
/// script run. Readable in light and dark, by keyboard and as a table.
/// </summary>
public static class ProjectionPage
{
    /// <summary>The page.</summary>
    /// <exception cref="InvalidInputException">Groups and points do not fit together.</exception>
    public static string Html(Projection projection)
    {
        projection.Validated();
        string style = Part("projection.css"), script = Part("projection.js"), title = WebUtility.HtmlEncode(projection.Title);
        string policy = $"default-src 'none'; base-uri 'none'; form-action 'none'; img-src data:; style-src '{Hash(style)}'; script-src '{Hash(script)}'";
        // One pass over the frame: what is put in is never looked through for places again.
        var page = new StringBuilder();
        string[] pieces = Part("projection.html").Split("{{");
        page.Append(pieces[0]);
        foreach (string piece in pieces.Skip(1))
        {
            int end = piece.IndexOf("}}", StringComparison.Ordinal);
            page.Append(piece[..end] switch
            {
                "policy" => policy,
                "title" => title,
                "style" => style,
                "script" => script,
                "data" => Data(projection),
                string other => throw new InvalidOperationException($"the page has a place for '{other}', and nothing to put there"),
            }).Append(piece, end + 2, piece.Length - end - 2);
        }

        return page.ToString();
    }

    /// <summary>Writes the page; it is never seen half-written.</summary>
    /// <param name="projection">What to show.</param>
    /// <param name="path">The file; its folder is made where it does not exist.</param>
    public static void Save(Projection projection, string path)
    {
        string page = Html(projection);
        if (Path.GetDirectoryName(path) is { Length: > 0 } folder) Directory.CreateDirectory(folder);
        File.WriteAllText(path + ".part", page);
        File.Move(path + ".part", path, overwrite: true);
    }

    // The default encoder writes <, > and & as escapes: no text can end the element that holds it.
    private static string Data(Projection projection)
    {
        float[] Axis(int axis) => [.. Enumerable.Range(0, projection.Count).Select(i => Rounded(projection.Coordinates[i * projection.Dimensions + axis]))];
        return JsonSerializer.Serialize(new
        {
            subtitle = projection.Subtitle,
            named = projection.Named,
            dimensions = projection.Dimensions,
            explained = projection.ExplainedVarianceRatio.Select(share => Math.Round(share, 6)),
            groups = projection.Groups,
            group = projection.GroupOf,
            x = Axis(0),
            y = Axis(1),
            z = projection.Dimensions > 2 ? Axis(2) : [],
            labels = projection.Labels,
        });
    }

    // Five digits are more than a screen can show, and half the size.
    private static float Rounded(float value) => float.Parse(value.ToString("G5", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    private static string Hash(string content) => $"sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(content)))}";

    private static string Part(string name)
    {
        using Stream part = Assembly.GetExecutingAssembly().GetManifestResourceStream($"Vigie.Plots.Page.{name}") ?? throw new FileNotFoundException($"the library was built without Page/{name}");
        using var reader = new StreamReader(part);
        return reader.ReadToEnd().ReplaceLineEndings("\n").Trim();
    }
}
