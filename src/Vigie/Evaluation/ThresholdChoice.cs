using System.Text.Json.Serialization;

namespace Vigie.Evaluation;

/// <summary>What is wanted of a decision threshold: rows called positive that are, and enough of them to believe it.</summary>
/// <param name="Precision">Wanted precision of the positive class, in (0, 1].</param>
public sealed record PrecisionTarget(double Precision)
{
    /// <summary>Fewest rows that must be called positive: a precision seen on a handful of rows is luck.</summary>
    public int MinimumCalled { get; init; } = 50;

    /// <summary>Hold Wilson's lower bound, rather than the share itself, to the wanted precision.</summary>
    public bool UseLowerBound { get; init; }

    /// <summary>Confidence of that bound's two-sided interval, in (0, 1).</summary>
    public double Confidence { get; init; } = 0.95;

    /// <summary>
    /// The lowest threshold that reaches the target, hence the one that finds most positives. Choose on validation rows, report on test rows.
    /// </summary>
    /// <param name="scores">Positive class against the rest.</param>
    public ThresholdChoice Choose(RankedScores scores)
    {
        if (Precision is not (> 0 and <= 1)) throw new InvalidInputException($"a wanted precision lies above 0 and at most at 1, got {Precision}");
        if (Confidence is not (> 0 and < 1)) throw new InvalidInputException($"a confidence lies between 0 and 1, got {Confidence}");
        if (scores.Positives == 0 || scores.Negatives == 0)
        {
            return ThresholdChoice.NotReached(this, null, $"the rows hold {scores.Positives} of the positive class and {scores.Negatives} others; a threshold needs both");
        }
        PrecisionRecallPoint? lowest = null, best = null;
        foreach (PrecisionRecallPoint point in scores.PrecisionRecall())
        {
            if (point.Called < MinimumCalled) continue;
            double held = Held(point);
            if (held >= Precision) lowest = point;
            if (best is not { } sofar || held > Held(sofar)) best = point;
        }
        if (lowest is { } found) return ThresholdChoice.Of(this, found);
        return ThresholdChoice.NotReached(this, best, best is { } nearest
            ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"no threshold with at least {MinimumCalled} rows called positive reaches {Precision:0.####}; the best is {Held(nearest):0.####} at {nearest.Threshold:0.####}")
            : $"fewer than {MinimumCalled} rows in all, the fewest that must be called positive");
    }

    private double Held(PrecisionRecallPoint point) => UseLowerBound
        ? Binomial.Wilson((long)Math.Round(point.Precision * point.Called), point.Called, Confidence).Lower
        : point.Precision;
}

/// <summary>The outcome of choosing a threshold. Where the target is out of reach there is no threshold, and the nearest point is described instead.</summary>
/// <param name="Target">What was wanted.</param>
/// <param name="Reached">Whether a threshold reaches it.</param>
/// <param name="Threshold">The threshold, or null where none does.</param>
/// <param name="Precision">Precision there, or the best that was found; null where no threshold calls enough rows.</param>
/// <param name="PrecisionInterval">Wilson's interval around it.</param>
/// <param name="Recall">Share of positives found there.</param>
/// <param name="Called">Rows called positive there.</param>
/// <param name="Reason">Why it is out of reach, or null.</param>
public sealed record ThresholdChoice(
    [property: JsonIgnore] PrecisionTarget Target,
    [property: JsonPropertyName("reached")] bool Reached,
    [property: JsonPropertyName("threshold")] double? Threshold,
    [property: JsonPropertyName("precision")] double? Precision,
    [property: JsonPropertyName("precision_interval")] Interval? PrecisionInterval,
    [property: JsonPropertyName("recall")] double? Recall,
    [property: JsonPropertyName("called")] long Called,
    [property: JsonPropertyName("reason")] string? Reason)
{
    internal static ThresholdChoice Of(PrecisionTarget target, PrecisionRecallPoint point) =>
        new(target, true, point.Threshold, point.Precision, IntervalOf(target, point), point.Recall, point.Called, null);

    internal static ThresholdChoice NotReached(PrecisionTarget target, PrecisionRecallPoint? nearest, string reason) => nearest is { } point
        ? new(target, false, null, point.Precision, IntervalOf(target, point), point.Recall, point.Called, reason)
        : new(target, false, null, null, null, null, 0, reason);

    private static Interval IntervalOf(PrecisionTarget target, PrecisionRecallPoint point) =>
        Binomial.Wilson((long)Math.Round(point.Precision * point.Called), point.Called, target.Confidence);
}
