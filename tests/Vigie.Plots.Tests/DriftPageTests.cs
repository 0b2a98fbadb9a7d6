using System.Text.RegularExpressions;
using System.Xml.Linq;
using Vigie.Monitoring;

namespace Vigie.Plots.Tests;

/// <summary>Drift reports as a page. Set VIGIE_PLOTS to a folder to keep it for the eye.</summary>
public sealed partial class DriftPageTests
{
    private static readonly DriftReport Report = new()
    {
        Texts = 220,
        TrainingTexts = 9_000,
        ValidationTexts = 1_000,
        Classes = ["negative", "positive"],
        ReferenceShares = [0.4, 0.6],
        Windows = [new ClassWindow(20, [2, 18], 0.0052), new ClassWindow(220, [10, 210], 1e-12)],
        Signals =
        [
            new DriftComparison(DriftSignal.ClassMix, DriftVerdict.Drifted, "positive: 90.0 % <of> the last 20 predictions") { P = 0.0052, HolmP = 0.01 },
            new DriftComparison(DriftSignal.Tokens, DriftVerdict.AsInTraining, "tokens as ever") { P = 0.4, HolmP = 0.4, PopulationStabilityIndex = 0.0123, JensenShannon = 0.0456 },
        ],
        Histograms = [new DriftHistogram(DriftSignal.Tokens, [0, 5, 10, 20], [0, 500, 500, 0], [0, 20, 180, 0]), new DriftHistogram(DriftSignal.Confidence, [0, 0.5], [0, 0], [100, 120])],
        Words = [new RisingWord("</td><script>alert(1)</script>", 30, 0.136, 0.01, true, 1e-20) { AdjustedP = 1e-17, Examples = [new DriftExample(null, "a <b>strike</b> & no plane")] }],
    };

    [Fact]
    public void The_page_says_and_shows_what_the_report_holds()
    {
        string page = DriftPage.Html(Report, "tfidf-lr on tweets.csv", "last week.csv");

        Assert.Contains("<h1>There is drift</h1>", page, StringComparison.Ordinal);
        Assert.Contains("class=\"drifted\">drifted<", page, StringComparison.Ordinal);
        Assert.Contains("last 20 10 %, 90 %", page, StringComparison.Ordinal); // the plot in words
        Assert.Contains("from 5 50 % and 10 %; from 10 50 % and 90 %", page, StringComparison.Ordinal);
        Assert.Contains(">0.012<", page, StringComparison.Ordinal);
        Assert.Contains("a &lt;b&gt;strike&lt;/b&gt; &amp; no plane", page, StringComparison.Ordinal);
        Assert.Equal(2, Regex.Count(page, "<svg ")); // what the training has nothing of is not drawn
        XElement[] bars = [.. Svg().Matches(page).Select(svg => XElement.Parse(svg.Value)).First().Elements("rect")];
        Assert.Equal(0.9, Number(bars[3], "width") / (Number(bars[2], "width") + Number(bars[3], "width")), 3);
    }

    [Fact]
    public void Nothing_on_it_runs_or_asks_the_network()
    {
        string page = DriftPage.Html(Report, "<i>model</i>", "<img src=x>.csv");

        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<i>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<img", page, StringComparison.Ordinal);
        Assert.DoesNotContain("http", page.Replace("http-equiv", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain(" style=", page, StringComparison.Ordinal); // the policy would not let it through
        Assert.Matches("default-src 'none'; base-uri 'none'; form-action 'none'; img-src data:; style-src 'sha256-[A-Za-z0-9+/=]{44}'\"", page);
    }

    [Fact]
    public void It_is_written_whole()
    {
        string folder = Environment.GetEnvironmentVariable("VIGIE_PLOTS") ?? Directory.CreateTempSubdirectory("vigie-drift-").FullName;
        string path = Path.Combine(folder, "inner", "drift.html");
        DriftPage.Save(Report, "model", "data.csv", path);

        Assert.Equal(DriftPage.Html(Report, "model", "data.csv"), File.ReadAllText(path));
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(path)!));
        if (Environment.GetEnvironmentVariable("VIGIE_PLOTS") is null) Directory.Delete(folder, recursive: true);
    }

    private static double Number(XElement element, string name) => double.Parse(element.Attribute(name)!.Value, System.Globalization.CultureInfo.InvariantCulture);

    [GeneratedRegex("<svg .*?</svg>", RegexOptions.Singleline)]
    private static partial Regex Svg();
}
