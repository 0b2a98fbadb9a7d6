namespace Vigie.Dashboard.Experiments;

/// <summary>Which values of a metric are good.</summary>
internal enum Sense
{
    /// <summary>Its name does not tell.</summary>
    Unknown,

    /// <summary>The more the better.</summary>
    Higher,

    /// <summary>The less the better.</summary>
    Lower,
}

/// <summary>
/// Which values of a metric are good, by the words of its name: a store does not say. A name with words of both kinds, such as <c>accuracy_gap</c>, goes by those of which
/// less is better; one with none, such as <c>threshold</c>, has no best value, rather than a wrong one.
/// </summary>
internal static class MetricSense
{
    private static readonly HashSet<string> Less = new(
        ["loss", "error", "errors", "err", "rmse", "mse", "mae", "mape", "brier", "ece", "gap", "perplexity", "seconds", "ms", "us", "time", "duration", "latency", "memory", "mb", "bytes", "cost", "fpr", "fnr"],
        StringComparer.OrdinalIgnoreCase);

    private static readonly HashSet<string> More = new(
        ["accuracy", "acc", "f1", "fbeta", "auc", "precision", "recall", "score", "r2", "kappa", "mcc", "agreement", "specificity", "sensitivity", "bleu", "rouge", "throughput", "map", "ndcg", "tpr", "tnr"],
        StringComparer.OrdinalIgnoreCase);

    private static readonly char[] Between = ['_', '-', '.', '/', ' ', ':'];

    /// <summary>Which values of the metric are good.</summary>
    public static Sense Of(string metric)
    {
        string[] words = metric.Split(Between, StringSplitOptions.RemoveEmptyEntries);
        return words.Any(Less.Contains) ? Sense.Lower : words.Any(More.Contains) ? Sense.Higher : Sense.Unknown;
    }

    /// <summary>The best of some values; null where there is none, or all are the same.</summary>
    public static double? BestOf(string metric, IEnumerable<double?> values)
    {
        double[] known = [.. values.OfType<double>().Where(double.IsFinite)];
        if (Of(metric) is var sense && (sense == Sense.Unknown || known.Distinct().Count() < 2)) return null;
        return sense == Sense.Higher ? known.Max() : known.Min();
    }
}
