using Markdig;
using Markdig.Extensions.Tables;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;

namespace Vigie.Dashboard.Controls;

/// <summary>
/// Markdown as elements of the page, each made here and filled with encoded text: HTML in it is shown as it is written, links lead to web pages only, and pictures, which a page would fetch from
/// anywhere, are their descriptions.
/// </summary>
public sealed class MarkdownText : ComponentBase
{
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder().DisableHtml().UsePipeTables().Build();

    /// <summary>The text.</summary>
    [Parameter, EditorRequired]
    public string Text { get; set; } = "";

    /// <summary>The level that its greatest headings have on the page.</summary>
    [Parameter]
    public int Level { get; set; } = 3;

    /// <inheritdoc/>
    protected override void BuildRenderTree(RenderTreeBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        Element(builder, "div", "markdown", () => Blocks(builder, Markdown.Parse(Text, Pipeline)));
    }

    private void Blocks(RenderTreeBuilder to, ContainerBlock blocks)
    {
        foreach (Block block in blocks) One(to, block);
    }

    private void One(RenderTreeBuilder to, Block block)
    {
        switch (block)
        {
            case HeadingBlock heading:
                Element(to, $"h{Math.Min(6, heading.Level - 1 + Level)}", null, () => Inlines(to, heading.Inline));
                break;
            case CodeBlock code:
                Element(to, "pre", null, () => to.AddContent(1, code.Lines.ToString()), focusable: true);
                break;
            case ParagraphBlock { Parent: ListItemBlock { Parent: ListBlock { IsLoose: false } } } tight:
                Inlines(to, tight.Inline);
                break;
            case Table table:
                Element(to, "div", "scroller", () => Element(to, "table", "table", () => Rows(to, table)), focusable: true);
                break;
            case ListBlock list:
                Element(to, list.IsOrdered ? "ol" : "ul", null, () => Blocks(to, list));
                break;
            case ListItemBlock item:
                Element(to, "li", null, () => Blocks(to, item));
                break;
            case QuoteBlock quote:
                Element(to, "blockquote", null, () => Blocks(to, quote));
                break;
            case ThematicBreakBlock:
                Element(to, "hr", null, () => { });
                break;
            case LinkReferenceDefinitionGroup:
                break; // used where it is referred to
            case LeafBlock leaf:
                Element(to, "p", null, () => Inlines(to, leaf.Inline));
                break;
            case ContainerBlock other:
                Blocks(to, other);
                break;
            default:
                throw new InvalidOperationException($"Markdown has a block {block.GetType().Name} that nobody thought of");
        }
    }

    private void Rows(RenderTreeBuilder to, Table table)
    {
        foreach (TableRow row in table.OfType<TableRow>())
        {
            Element(to, "tr", null, () =>
            {
                foreach (TableCell cell in row.OfType<TableCell>()) Element(to, row.IsHeader && cell is not [ParagraphBlock { Inline: null or { FirstChild: null } }] and not [] ? "th" : "td", null, () => Cell(to, cell));
            });
        }
    }

    private void Cell(RenderTreeBuilder to, TableCell cell)
    {
        foreach (Block block in cell)
        {
            if (block is ParagraphBlock paragraph) Inlines(to, paragraph.Inline);
            else One(to, block);
        }
    }

    private static void Inlines(RenderTreeBuilder to, ContainerInline? inlines)
    {
        foreach (Inline inline in inlines ?? Enumerable.Empty<Inline>())
        {
            switch (inline)
            {
                case LiteralInline literal:
                    to.AddContent(2, literal.Content.ToString());
                    break;
                case CodeInline code:
                    Element(to, "code", null, () => to.AddContent(3, code.Content));
                    break;
                case EmphasisInline emphasis:
                    Element(to, emphasis.DelimiterCount >= 2 ? "strong" : "em", null, () => Inlines(to, emphasis));
                    break;
                case LineBreakInline { IsHard: true }:
                    Element(to, "br", null, () => { });
                    break;
                case LineBreakInline:
                    to.AddContent(4, "\n");
                    break;
                case LinkInline { IsImage: false } link when Uri.TryCreate(link.Url, UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https":
                    Link(to, link.Url!, () => Inlines(to, link));
                    break;
                case AutolinkInline { IsEmail: false } link when Uri.TryCreate(link.Url, UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https":
                    Link(to, link.Url, () => to.AddContent(5, link.Url));
                    break;
                case AutolinkInline other:
                    to.AddContent(6, other.Url);
                    break;
                case HtmlEntityInline entity:
                    to.AddContent(7, entity.Transcoded.ToString());
                    break;
                case ContainerInline container:
                    Inlines(to, container);
                    break;
                default:
                    to.AddContent(8, inline.ToString());
                    break;
            }
        }
    }

    private static void Link(RenderTreeBuilder to, string address, Action content)
    {
        to.OpenElement(10, "a");
        to.AddAttribute(11, "href", address);
        to.AddAttribute(12, "rel", "noopener noreferrer");
        content();
        to.CloseElement();
    }

    private static void Element(RenderTreeBuilder to, string name, string? style, Action content, bool focusable = false)
    {
        to.OpenElement(20, name);
        if (style is not null) to.AddAttribute(21, "class", style);
        if (focusable) to.AddAttribute(22, "tabindex", "0"); // what scrolls is reached by keys
        content();
        to.CloseElement();
    }
}
