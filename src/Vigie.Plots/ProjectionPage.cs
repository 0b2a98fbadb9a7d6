using System.Globalization;
using System.Net;
using System.Text.Json;

namespace Vigie.Plots;

/// <summary>
/// A projection as a page that one can turn, zoom and search: one file, which holds its own script and style, asks the network for nothing, and lets no other
/// script run. Readable in light and dark, by keyboard and as a table.
/// </summary>
public static class ProjectionPage
{
    /// <summary>The page.</summary>
    /// <param name="projection">What to show.</param>
    /// <param name="language">The language of its own words: <c>en</c> or <c>fr</c>.</param>
    /// <exception cref="InvalidInputException">Groups and points do not fit together, or there is no such language.</exception>
    public static string Html(Projection projection, string language = "en")
    {
        projection.Validated();
        IReadOnlyDictionary<string, string>? words = PageFrame.WordsOf("projection", language);
        var parts = new Dictionary<string, string> { ["title"] = WebUtility.HtmlEncode(projection.Title), ["data"] = Data(projection, words), ["language"] = language };
        return PageFrame.Fill("projection.html", parts, "projection.css", "projection.js", words);
    }

    /// <summary>Writes the page; it is never seen half-written.</summary>
    /// <param name="projection">What to show.</param>
    /// <param name="path">The file; its folder is made where it does not exist.</param>
    public static void Save(Projection projection, string path) => PageFrame.Save(Html(projection), path);

    // The default encoder writes <, > and & as escapes: no text can end the element that holds it.
    private static string Data(Projection projection, IReadOnlyDictionary<string, string>? words)
    {
        float[] Axis(int axis) => [.. Enumerable.Range(0, projection.Count).Select(i => Rounded(projection.Coordinates[i * projection.Dimensions + axis]))];
        return JsonSerializer.Serialize(new
        {
            words,
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
}
