using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Vigie.Server;

/// <summary>The server's own instruments; ASP.NET Core and Kestrel bring theirs (requests, connections).</summary>
internal sealed class ServerMetrics : IDisposable
{
    public const string MeterName = "Vigie";

    private readonly Meter meter;
    private readonly Counter<long> predictions;
    private readonly Histogram<double> duration;
    private readonly Histogram<double> confidence;
    private readonly Histogram<double> unknown;

    public ServerMetrics(IMeterFactory factory)
    {
        meter = factory.Create(MeterName);
        predictions = meter.CreateCounter<long>("vigie.predictions", "{prediction}", "Predictions made, by model, label and part");
        duration = meter.CreateHistogram<double>("vigie.prediction.duration", "s", "From a request's arrival to its prediction");
        confidence = meter.CreateHistogram<double>("vigie.prediction.confidence", "1", "Probability of the label");
        unknown = meter.CreateHistogram<double>("vigie.prediction.unknown_share", "1", "Share of words that the model has never seen");
    }

    /// <summary>Upper bounds of the buckets of times, in seconds: fine below a millisecond, where a linear model answers.</summary>
    public static double[] DurationBuckets { get; } = [0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.5, 1, 5];

    /// <summary>Upper bounds of the buckets of shares.</summary>
    public static double[] ShareBuckets { get; } = [0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1];

    /// <summary>Counts one prediction.</summary>
    public void Predicted(ServedModel model, ModelPart part, PredictionAnswer answer, TimeSpan latency)
    {
        if (!predictions.Enabled) return;
        var tags = new TagList { { "model", model.Name }, { "version", model.Version ?? "" } };
        duration.Record(latency.TotalSeconds, tags);
        confidence.Record(answer.Confidence, tags);
        unknown.Record(answer.UnknownShare, tags);
        tags.Add("label", Labels.Of(answer.Label));
        tags.Add("part", Labels.Of(part));
        predictions.Add(1, tags);
    }

    /// <summary>Shows a figure that some part of the server keeps.</summary>
    /// <param name="name">In the meter's way: <c>vigie.records.waiting</c>.</param>
    /// <param name="unit">UCUM.</param>
    /// <param name="description">For people.</param>
    /// <param name="value">Asked whenever metrics are read.</param>
    public void Show(string name, string unit, string description, Func<double> value) => meter.CreateObservableGauge(name, value, unit, description);

    /// <summary>Shows several figures of one kind, told apart by their tags.</summary>
    /// <param name="name">In the meter's way: <c>vigie.health.degraded</c>.</param>
    /// <param name="description">For people.</param>
    /// <param name="values">Asked whenever metrics are read.</param>
    public void Show(string name, string description, Func<IEnumerable<Measurement<int>>> values) => meter.CreateObservableGauge(name, values, description: description);

    /// <inheritdoc cref="Show(string, string, Func{IEnumerable{Measurement{int}}})"/>
    public void Show(string name, string description, Func<IEnumerable<Measurement<double>>> values) => meter.CreateObservableGauge(name, values, description: description);

    public void Dispose() => meter.Dispose();
}

/// <summary>Names of enumerated values without an allocation.</summary>
internal static class Labels
{
    public static string Of(Tweets.Sentiment label) => label switch { Tweets.Sentiment.Negative => "negative", Tweets.Sentiment.Neutral => "neutral", _ => "positive" };

    public static string Of(ModelPart part) => part switch { ModelPart.Champion => "champion", ModelPart.Challenger => "challenger", ModelPart.Named => "named", _ => "batch" };
}
