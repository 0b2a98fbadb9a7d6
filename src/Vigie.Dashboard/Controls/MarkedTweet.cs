using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using Vigie.Dashboard.Reading;
using Vigie.Dashboard.Try;

namespace Vigie.Dashboard.Controls;

/// <summary>A tweet whose words are coloured by what they did to its prediction; what is not known to the model is dotted. Written here, and not as markup, because every space of it is the tweet's own.</summary>
public sealed class MarkedTweet : DashboardComponent
{
    private const double LeastSeen = 0.04, Faintest = 0.12;

    private double strongest;

    /// <summary>The tweet.</summary>
    [Parameter, EditorRequired]
    public string Text { get; set; } = "";

    /// <summary>What its words did; null where that is not known.</summary>
    [Parameter]
    public Reasons? Why { get; set; }

    /// <summary>Style classes beside its own: <c>large</c>.</summary>
    [Parameter]
    public string? Class { get; set; }

    /// <inheritdoc/>
    protected override void OnParametersSet() => strongest = Why?.Strongest ?? 1;

    /// <inheritdoc/>
    protected override void BuildRenderTree(RenderTreeBuilder builder)
    {
        builder.OpenElement(0, "p");
        builder.AddAttribute(1, "class", $"tweet marked {Class}");
        builder.AddAttribute(2, "dir", "auto");
        int at = 0;
        foreach (WordPull word in Why?.Words ?? [])
        {
            if (word.End > Text.Length) break; // of another text: never cut wrongly
            if (word.Start > at) builder.AddContent(3, Text[at..word.Start]);
            Mark(builder, word);
            at = word.End;
        }

        if (at < Text.Length) builder.AddContent(8, Text[at..]);
        builder.CloseElement();
    }

    private void Mark(RenderTreeBuilder builder, WordPull word)
    {
        double weight = Math.Abs(word.Pull) / strongest;
        builder.OpenElement(4, "span");
        if (weight >= LeastSeen)
        {
            builder.AddAttribute(5, "class", word.Pull < 0 ? "word negative" : "word positive");
            builder.AddAttribute(6, "style", "--weight:" + Math.Max(Faintest, weight).ToString("0.###", CultureInfo.InvariantCulture));
        }
        else if (!word.Known)
        {
            builder.AddAttribute(5, "class", "word unseen-word");
        }

        builder.AddAttribute(7, "title", Says(word));
        builder.AddContent(8, Text[word.Start..word.End]);
        builder.CloseElement();
    }

    private string Says(WordPull word) => word switch
    {
        { Pull: not 0, Known: true } => Viewer.Signed(word.Pull),
        { Pull: not 0 } => T($"{Viewer.Signed(word.Pull)}, the word itself never seen", $"{Viewer.Signed(word.Pull)}, le mot lui-même jamais vu"),
        { Known: true } => T("counts for nothing here", "ne compte pas ici"),
        _ => T("never seen in training", "jamais vu à l’entraînement"),
    };
}
