using System.Net;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Vigie.Plots;

/// <summary>Pages that stand alone: they hold their style and script, ask the network for nothing, and let no other script run.</summary>
internal static class PageFrame
{
    /// <summary>Puts parts into a frame.</summary>
    /// <param name="frame">The frame's name; its places are written <c>{{name}}</c>.</param>
    /// <param name="parts">What goes into each place, as HTML; <c>style</c>, <c>script</c> and <c>policy</c> are added.</param>
    /// <param name="style">Name of the style sheet.</param>
    /// <param name="script">Name of the script; null for none.</param>
    /// <param name="words">What stands for each text that is written <c>{{~text}}</c>; the text itself where nothing does.</param>
    public static string Fill(string frame, Dictionary<string, string> parts, string style, string? script, IReadOnlyDictionary<string, string>? words = null)
    {
        parts["style"] = Part(style);
        string scripts = "";
        if (script is not null)
        {
            parts["script"] = Part(script);
            scripts = $"; script-src '{Hash(parts["script"])}'";
        }

        parts["policy"] = $"default-src 'none'; base-uri 'none'; form-action 'none'; img-src data:; style-src '{Hash(parts["style"])}'{scripts}";
        // One pass over the frame: what is put in is never looked through for places again.
        var page = new StringBuilder();
        string[] pieces = Part(frame).Split("{{");
        page.Append(pieces[0]);
        foreach (string piece in pieces.Skip(1))
        {
            int end = piece.IndexOf("}}", StringComparison.Ordinal);
            if (piece.StartsWith('~')) page.Append(WebUtility.HtmlEncode(words?.GetValueOrDefault(piece[1..end]) ?? piece[1..end])).Append(piece, end + 2, piece.Length - end - 2);
            else if (!parts.TryGetValue(piece[..end], out string? part)) throw new InvalidOperationException($"the page has a place for '{piece[..end]}', and nothing to put there");
            else page.Append(part).Append(piece, end + 2, piece.Length - end - 2);
        }

        return page.ToString();
    }

    /// <summary>The words of a frame in a language other than English; null for English.</summary>
    /// <exception cref="InvalidInputException">There are none in that language.</exception>
    public static IReadOnlyDictionary<string, string>? WordsOf(string frame, string language) => language switch
    {
        "en" => null,
        "fr" => JsonSerializer.Deserialize<Dictionary<string, string>>(Part($"{frame}.fr.json")),
        _ => throw new InvalidInputException($"there is no page in the language '{language}'; expected en or fr"),
    };

    /// <summary>Writes a page; it is never seen half-written.</summary>
    /// <param name="page">The page.</param>
    /// <param name="path">The file; its folder is made where it does not exist.</param>
    public static void Save(string page, string path)
    {
        if (Path.GetDirectoryName(path) is { Length: > 0 } folder) Directory.CreateDirectory(folder);
        File.WriteAllText(path + ".part", page);
        File.Move(path + ".part", path, overwrite: true);
    }

    private static string Hash(string content) => $"sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(content)))}";

    private static string Part(string name)
    {
        using Stream part = Assembly.GetExecutingAssembly().GetManifestResourceStream($"Vigie.Plots.Page.{name}") ?? throw new FileNotFoundException($"the library was built without Page/{name}");
        using var reader = new StreamReader(part);
        return reader.ReadToEnd().ReplaceLineEndings("\n").Trim();
    }
}
