using Markdig;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;
using Vigie.Server;

namespace Vigie.Dashboard.Alerts;

/// <summary>The pages of docs/runbooks, which are part of the server, as HTML: what is not Markdown in them stays text.</summary>
internal static class Runbook
{
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder().UsePipeTables().DisableHtml().Build();

    /// <summary>A page without its title.</summary>
    /// <param name="name">What an alert calls it.</param>
    /// <param name="below">The level of the heading that it stands under.</param>
    /// <returns>Null where there is no such page.</returns>
    public static string? Html(string name, int below = 2)
    {
        if (!name.All(letter => char.IsAsciiLetterLower(letter) || letter == '-')) return null;
        using Stream? page = typeof(VigieServer).Assembly.GetManifestResourceStream($"runbooks/{name}.md");
        if (page is null) return null;
        using var text = new StreamReader(page);
        MarkdownDocument document = Markdown.Parse(text.ReadToEnd(), Pipeline);
        foreach (HeadingBlock heading in document.Descendants<HeadingBlock>().ToList())
        {
            if (heading.Level == 1) document.Remove(heading);
            else heading.Level += below - 1;
        }

        foreach (CodeBlock code in document.Descendants<CodeBlock>()) code.GetAttributes().AddProperty("tabindex", "0"); // it scrolls, also for those without a mouse
        foreach (LinkInline link in document.Descendants<LinkInline>().ToList()) Lead(link);
        return document.ToHtml(Pipeline);
    }

    // Other runbooks have pages; the rest of the documentation is not, and what it is called remains.
    private static void Lead(LinkInline link)
    {
        if (link.Url is not { } url || url.StartsWith("https://", StringComparison.Ordinal)) return;
        string page = url.Split('#')[0];
        if (page.EndsWith(".md", StringComparison.Ordinal) && !page.Contains('/', StringComparison.Ordinal)) link.Url = "ui/alerts/runbooks/" + page[..^3];
        else link.ReplaceBy(new ContainerInline(), copyChildren: true);
    }
}
