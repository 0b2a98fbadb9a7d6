using Markdig;
using Markdig.Extensions.Tables;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Vigie.Dashboard.Experiments;

/// <summary>
/// Markdown of whoever logged it, as markup that is safe to show: HTML in it is shown as text, links lead to pages of the web in a window of their own, and pictures are files of
/// the same run. What leads anywhere else (<c>javascript:</c>, pictures of other servers) is left as its text.
/// </summary>
internal static class MarkdownText
{
    /// <summary>A file's first heading stands below the page's own two.</summary>
    private const int HeadingsBelow = 2;

    private static readonly MarkdownPipeline pipeline = new MarkdownPipelineBuilder().DisableHtml().UsePipeTables().UseTaskLists().UseEmphasisExtras().Build();

    /// <summary>The markup.</summary>
    /// <param name="text">The file.</param>
    /// <param name="owner">The run or logged model that it is of.</param>
    /// <param name="path">Its path there, from which its pictures are found.</param>
    /// <returns>Null where the text is nested deeper than any written by people.</returns>
    public static string? Render(string text, string owner, string path)
    {
        try
        {
            MarkdownDocument document = Markdown.Parse(text, pipeline);
            foreach (HeadingBlock heading in document.Descendants<HeadingBlock>()) heading.Level = Math.Min(6, heading.Level + HeadingsBelow);
            foreach (TableCell cell in document.Descendants<TableRow>().Where(row => row.IsHeader).SelectMany(row => row.OfType<TableCell>()).Where(cell => cell.Count == 0 || cell is [ParagraphBlock { Inline: null or { FirstChild: null } }]))
                Fill(cell);
            foreach (LinkInline link in document.Descendants<LinkInline>().ToList()) Tame(link, owner, path);
            foreach (AutolinkInline link in document.Descendants<AutolinkInline>().ToList())
            {
                if (link.IsEmail || IsOfTheWeb(link.Url)) Leave(link);
                else link.ReplaceBy(new LiteralInline(link.Url));
            }

            return document.ToHtml(pipeline);
        }
        catch (ArgumentException)
        {
            return null; // Markdig's word for too deep a nesting
        }
    }

    // An empty header leaves those who hear a table without a word for its column.
    private static void Fill(TableCell cell)
    {
        cell.Clear();
        cell.Add(new ParagraphBlock { Inline = new ContainerInline().AppendChild(new LiteralInline("·")) });
    }

    private static void Tame(LinkInline link, string owner, string path)
    {
        string url = link.GetDynamicUrl?.Invoke() ?? link.Url ?? "";
        if (link.IsImage && FileOf(url, path) is { } picture && ArtifactFiles.ImageTypeOf(picture) is not null)
        {
            link.GetDynamicUrl = null;
            link.Url = "/" + ArtifactFiles.AddressOf(owner, picture);
        }
        else if (!link.IsImage && IsOfTheWeb(url))
        {
            Leave(link);
        }
        else
        {
            link.ReplaceBy(new EmphasisInline { DelimiterChar = '*', DelimiterCount = 1 });
        }
    }

    private static void Leave(Inline link)
    {
        HtmlAttributes attributes = link.GetAttributes();
        attributes.AddPropertyIfNotExist("rel", "noopener noreferrer nofollow");
        attributes.AddPropertyIfNotExist("target", "_blank");
    }

    private static bool IsOfTheWeb(string url) => Uri.TryCreate(url, UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https" or "mailto";

    /// <summary>The path of a file that a relative address names; null for other addresses.</summary>
    private static string? FileOf(string url, string path)
    {
        if (url.Length == 0 || url[0] is '/' or '#' || url.Contains(':', StringComparison.Ordinal) || url.Contains('\\', StringComparison.Ordinal)) return null;
        List<string> names = [.. path.Split('/')[..^1]];
        foreach (string name in Uri.UnescapeDataString(url.Split('?', '#')[0]).Split('/'))
        {
            if (name is "." or "") continue;
            if (name != "..") names.Add(name);
            else if (names.Count == 0) return null;
            else names.RemoveAt(names.Count - 1);
        }

        return names.Count == 0 ? null : string.Join('/', names);
    }
}
