using System.Diagnostics.Metrics;
using Vigie.Tweets;

namespace Vigie.Server;

/// <summary>Among the metrics, what no counter of one process can tell: figures over the last minutes, hour and day, from the records of all, for each model on duty.</summary>
internal sealed class FigureGauges(FigureHistory history, HeldOutFigures heldOut, ModelHost host, TimeProvider clock)
{
    private static readonly (string Name, TimeSpan Length)[] Windows = [("5m", TimeSpan.FromMinutes(5)), ("1h", TimeSpan.FromHours(1)), ("24h", TimeSpan.FromDays(1))];

    /// <summary>One reading of the metrics asks for all of them, one after the other.</summary>
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private (long Stamp, List<ModelWindow> All)? last;

    /// <summary>Shows them; what nothing is known of is left out.</summary>
    public void Show(ServerMetrics metrics)
    {
        metrics.Show("vigie.recent.judged", "Predictions of the window that somebody judged", () => Each(window => [window.Measure(window.Figures.AllJudged)]));
        metrics.Show("vigie.recent.accuracy", "Share of the judged predictions that were right", () => Each(window =>
            window.Figures.AllJudged > 0 ? [window.Measure((double)window.Figures.JudgedRight / window.Figures.AllJudged)] : []));
        metrics.Show("vigie.recent.estimated_accuracy", "Accuracy that the confidences let expect", () => Each(window => window.Estimate is { } estimate ? [window.Measure(estimate.Accuracy)] : []));
        metrics.Show("vigie.recent.unknown_share", "Mean share of words that the model has never seen", () => Each(window =>
            window.Figures.Predictions > 0 ? [window.Measure(window.Figures.UnknownShare / window.Figures.Predictions)] : []));
        metrics.Show("vigie.recent.class_share", "Share of predictions of a class", () => Each(window => window.Figures.Predictions == 0 ? [] : Enum.GetValues<Sentiment>().Select(label =>
            window.Measure((double)window.Figures.Of(label) / window.Figures.Predictions, new KeyValuePair<string, object?>("label", Labels.Of(label))))));
    }

    private IEnumerable<Measurement<double>> Each(Func<ModelWindow, IEnumerable<Measurement<double>>> measure)
    {
        lock (gate)
        {
            if (history.ReadAt is null) return [];
            if (last is not { } known || clock.GetElapsedTime(known.Stamp) >= Moment) last = known = (clock.GetTimestamp(), [.. Compute()]);
            return [.. known.All.SelectMany(measure)];
        }
    }

    private IEnumerable<ModelWindow> Compute()
    {
        DateTimeOffset now = clock.GetUtcNow(), end = now.AddMinutes(1);
        foreach (ServedModel model in host.Parts.Select(part => part.Model).OfType<ServedModel>().DistinctBy(model => model.Digest))
        {
            foreach ((string name, TimeSpan length) in Windows)
            {
                Figures figures = history.Over(now - length, end, model.Digest);
                var alone = new Dictionary<string, (long, double)> { [model.Digest] = (figures.Predictions, figures.Confidence) };
                yield return new ModelWindow(model, name, figures, AccuracyEstimate.Of(alone, heldOut.Of));
            }
        }
    }

    private sealed record ModelWindow(ServedModel Model, string Name, Figures Figures, AccuracyEstimate? Estimate)
    {
        public Measurement<double> Measure(double value, params KeyValuePair<string, object?>[] tags) => new(value, [new("model", Model.Name), new("version", Model.Version ?? ""), new("window", Name), .. tags]);
    }
}
