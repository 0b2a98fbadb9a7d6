using System.Globalization;
using System.Net;
using System.Text;
using Vigie.Monitoring;

namespace Vigie.Plots;

/// <summary>
/// A drift report as a page: one file with its style and its plots, no script, nothing asked of the network. Readable in light and dark, on paper and by a screen reader: every plot says in words what it shows.
/// </summary>
public static class DriftPage
{
    /// <summary>The page.</summary>
    /// <param name="report">The report.</param>
    /// <param name="model">What the model is called.</param>
    /// <param name="data">What the file is called.</param>
    public static string Html(DriftReport report, string model, string data)
    {
        var body = new StringBuilder();
        string verdict = report.HasDrifted ? "There is drift" : "No drift";
        body.Append(CultureInfo.InvariantCulture, $"<header><h1>{verdict}</h1><p>{Text(data)}: {report.Texts:N0} texts beside the training of <b>{Text(model)}</b> ({report.TrainingTexts:N0} texts, and {report.ValidationTexts:N0} that it was tried on)</p></header>\n<main>\n");
        Signals(body, report);
        if (report.Windows.Count > 0) ClassMix(body, report);
        foreach (DriftHistogram histogram in report.Histograms.Where(histogram => histogram.Reference.Sum() > 0 && histogram.Current.Sum() > 0)) Distribution(body, histogram);
        if (report.Words.Count > 0) Words(body, report);
        body.Append("</main>\n");
        return PageFrame.Fill("drift.html", new() { ["title"] = Text($"Drift of {data}"), ["body"] = body.ToString() }, "drift.css", script: null);
    }

    /// <summary>Writes the page; it is never seen half-written.</summary>
    /// <param name="report">The report.</param>
    /// <param name="model">What the model is called.</param>
    /// <param name="data">What the file is called.</param>
    /// <param name="path">The file; its folder is made where it does not exist.</param>
    public static void Save(DriftReport report, string model, string data, string path) => PageFrame.Save(Html(report, model, data), path);

    private static void Signals(StringBuilder body, DriftReport report)
    {
        body.Append("<section class=\"card wide\"><h2>Signals</h2><table><thead><tr><th>signal</th><th>verdict</th><th>what was found</th><th class=\"number\">p</th><th class=\"number\">p, all signals</th><th class=\"number\">stability index</th><th class=\"number\">Jensen-Shannon</th></tr></thead><tbody>\n");
        foreach (DriftComparison signal in report.Signals)
        {
            string kind = signal.Verdict.ToString().ToLowerInvariant();
            body.Append(CultureInfo.InvariantCulture, $"<tr><th scope=\"row\">{DriftWords.Name(signal.Signal)}</th><td><span class=\"{kind}\">{DriftWords.Verdict(signal.Verdict)}</span></td><td>{Text(signal.Says)}</td><td class=\"number\">{Text(P(signal.P))}</td><td class=\"number\">{Text(P(signal.HolmP))}</td><td class=\"number\">{Number(signal.PopulationStabilityIndex)}</td><td class=\"number\">{Number(signal.JensenShannon)}</td></tr>\n");
        }

        body.Append("</tbody></table><p class=\"quiet\">p: how often chance alone gives as much. A signal has drifted where p is below 0.01 and the difference matters. ‘p, all signals’ is corrected for looking at all of them (Holm).</p></section>\n");
    }

    private static void ClassMix(StringBuilder body, DriftReport report)
    {
        string[] rows = ["training", .. report.Windows.Select(window => string.Create(CultureInfo.InvariantCulture, $"last {window.Texts:N0}"))];
        double[][] shares = [[.. report.ReferenceShares], .. report.Windows.Select(window => window.Counts.Select(count => (double)count / window.Texts).ToArray())];
        string[] notes = ["", .. report.Windows.Select(window => $"p {P(window.P)}")];
        body.Append("<section class=\"card\"><h2>Class mix</h2>").Append(DriftFigures.Shares(report.Classes, rows, shares, notes)).Append("</section>\n");
    }

    private static void Distribution(StringBuilder body, DriftHistogram histogram)
    {
        string name = DriftWords.Name(histogram.Signal);
        body.Append(CultureInfo.InvariantCulture, $"<section class=\"card\"><h2>{char.ToUpperInvariant(name[0])}{name[1..]}</h2>").Append(DriftFigures.Histogram(histogram, name)).Append("<p class=\"key\"><span class=\"then\">training</span> <span class=\"now\">now</span></p></section>\n");
    }

    private static void Words(StringBuilder body, DriftReport report)
    {
        body.Append("<section class=\"card wide\"><h2>Rising words</h2><table><thead><tr><th>word</th><th class=\"number\">texts</th><th class=\"number\">now</th><th class=\"number\">in training</th><th class=\"number\">p, all words</th><th>for example</th></tr></thead><tbody>\n");
        foreach (RisingWord word in report.Words)
        {
            string examples = string.Concat(word.Examples.Select(example => $"<li>{Text(example.Text ?? "")}</li>"));
            body.Append(CultureInfo.InvariantCulture, $"<tr><th scope=\"row\">{Text(word.Word ?? "")}</th><td class=\"number\">{word.Texts:N0}</td><td class=\"number\">{100 * word.Share:0.0} %</td><td class=\"number\">{(word.IsNew ? "≤ " : "")}{100 * word.ReferenceShare:0.0} %</td><td class=\"number\">{Text(P(word.AdjustedP))}</td><td><ul>{examples}</ul></td></tr>\n");
        }

        body.Append("</tbody></table><p class=\"quiet\">Words in more than twice as many texts as in training; of those listed, one in twenty may be chance (Benjamini and Hochberg).</p></section>\n");
    }

    private static string P(double? p) => p switch
    {
        null => "–",
        < 0.0001 => "< 0.0001",
        { } value => value.ToString("0.0000", CultureInfo.InvariantCulture),
    };

    private static string Number(double? value) => value is { } number ? number.ToString("0.000", CultureInfo.InvariantCulture) : "–";

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
