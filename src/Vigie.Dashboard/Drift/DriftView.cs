using Vigie.Dashboard.Charts;
using Vigie.Dashboard.Embeddings;
using Vigie.Dashboard.Reading;
using Vigie.Monitoring;
using Vigie.Server;

namespace Vigie.Dashboard.Drift;

/// <summary>What the monitor of a model proves as tweets come in, and how its latest tweets compare with its training.</summary>
/// <param name="Model">The model.</param>
/// <param name="Look">What the monitor sees; null where this server does not watch.</param>
/// <param name="Report">The latest tweets beside the training; null where there are too few.</param>
internal sealed record DriftView(ServedModel Model, DriftLook? Look, DriftReport? Report)
{
    /// <summary>How many of the latest tweets are compared.</summary>
    public const int Latest = 2_000;

    /// <summary>Fewer tell nothing.</summary>
    public const int Least = 20;

    /// <summary>Reads it: the comparison predicts the tweets anew, so it takes a moment.</summary>
    /// <returns>Null where no model is on duty, or it has no training profile.</returns>
    /// <exception cref="RequestException">The records cannot be read.</exception>
    public static DriftView? Read(ModelHost host, AlertKeeper? keeper, RecordKeeper records, DateTimeOffset now, CancellationToken cancellation)
    {
        if (host.DutyIfReady?.Champion is not { Info.Profile: { } profile } model) return null;
        string[] texts = [.. MapEndpoint.Latest(records, Latest).Select(tweet => tweet.Text).Reverse()];
        return new DriftView(
            model,
            LookOf(model, keeper, now),
            texts.Length < Least ? null : new DriftComparer(model.Classifier, profile).Compare(texts, cancellation));
    }

    /// <summary>What the monitor sees by now.</summary>
    public DriftView Again(AlertKeeper? keeper, DateTimeOffset now) => this with { Look = LookOf(Model, keeper, now) };

    /// <summary>What people call a signal.</summary>
    public static string NameOf(DriftSignal signal, Viewer viewer) => signal switch
    {
        DriftSignal.ClassMix => viewer.T("Class mix", "Répartition des classes"),
        DriftSignal.UnknownWords => viewer.T("Unknown words", "Mots inconnus"),
        DriftSignal.RisingWords => viewer.T("Rising words", "Mots en hausse"),
        DriftSignal.Tokens => viewer.T("Length in words", "Longueur en mots"),
        DriftSignal.Characters => viewer.T("Length in characters", "Longueur en caractères"),
        DriftSignal.Confidence => viewer.T("Confidence", "Confiance"),
        DriftSignal.Embedding => viewer.T("What is talked about", "Ce dont on parle"),
        _ => throw new InvalidOperationException($"there is no drift signal {(int)signal}"),
    };

    /// <summary>A distribution then and now, as shares.</summary>
    public static BarChart Chart(DriftHistogram histogram, Viewer viewer)
    {
        double then = Math.Max(1, histogram.Reference.Sum()), now = Math.Max(1, histogram.Current.Sum());
        int last = Enumerable.Range(0, histogram.Edges.Count).LastOrDefault(i => histogram.Reference[i] > 0 || histogram.Current[i] > 0);
        return new BarChart
        {
            Categories = [.. histogram.Edges.Take(last + 1).Select(edge => viewer.Short(edge))],
            Up = Scale.Percent,
            Series =
            [
                new BarSeries(viewer.T("training", "entraînement"), [.. histogram.Reference.Take(last + 1).Select(count => (double?)(count / then))], "neutral"),
                new BarSeries(viewer.T("latest tweets", "derniers tweets"), [.. histogram.Current.Take(last + 1).Select(count => (double?)(count / now))], "info"),
            ],
        };
    }

    /// <summary>The class mix of the training, and of the last tweets.</summary>
    public static BarChart Mix(DriftReport report, Viewer viewer) => new()
    {
        Categories = [viewer.T("training", "entraînement"), .. report.Windows.Reverse().Select(window => viewer.T($"last {viewer.Count(window.Texts)}", $"{viewer.Count(window.Texts)} derniers"))],
        Up = Scale.Percent,
        Lying = true,
        Stacked = true,
        Series =
        [
            .. report.Classes.Select((name, i) => new BarSeries(
                name switch { "negative" => viewer.T("negative", "négatifs"), "positive" => viewer.T("positive", "positifs"), "neutral" => viewer.T("neutral", "neutres"), _ => name },
                [report.ReferenceShares.Count > i ? report.ReferenceShares[i] : null, .. report.Windows.Reverse().Select(window => (double?)window.Counts[i] / window.Texts)],
                name)),
        ],
    };

    private static DriftLook? LookOf(ServedModel model, AlertKeeper? keeper, DateTimeOffset now) => keeper?.Drift.Looks(now).Where(look => look.Model.Digest == model.Digest).Select(look => look.Look).FirstOrDefault();
}
