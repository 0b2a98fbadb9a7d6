using System.Text.Json.Serialization;
using Vigie.Bundles;
using Vigie.Evaluation;

namespace Vigie.Server;

/// <summary>How an accuracy was estimated without labels.</summary>
internal enum EstimateMethod
{
    /// <summary>Held-out accuracy, and what the mean confidence has changed since (Guillory et al., ICCV 2021).</summary>
    DifferenceOfConfidences,

    /// <summary>The mean calibrated confidence: nothing is known of how the models did on held-out texts.</summary>
    MeanConfidence,

    /// <summary>The one for some models, the other for others.</summary>
    Mixed,
}

/// <summary><c>difference_of_confidences</c>, <c>mean_confidence</c>, <c>mixed</c>.</summary>
internal sealed class EstimateMethodName() : JsonStringEnumConverter<EstimateMethod>(System.Text.Json.JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false);

/// <summary>How many predictions ought to be right, as far as confidences tell.</summary>
internal sealed record AccuracyEstimate
{
    private const double Z = 1.959963984540054; // of 95 %

    /// <summary>The share, in [0, 1].</summary>
    public required double Accuracy { get; init; }

    /// <summary>95 % interval: chance in these predictions, and in the held-out figures. That texts have become such that confidences no longer mean what they did is not in it.</summary>
    public required Interval Interval { get; init; }

    /// <summary>How it was estimated.</summary>
    public required EstimateMethod Method { get; init; }

    /// <summary>Estimates the accuracy of several models together, by how many predictions each made.</summary>
    /// <param name="models">Predictions and the sum of their confidences, by digest.</param>
    /// <param name="heldOut">What is known of a model; null for nothing.</param>
    /// <returns>Null where there is no prediction.</returns>
    public static AccuracyEstimate? Of(IReadOnlyDictionary<string, (long Predictions, double Confidence)> models, Func<string, HeldOut?> heldOut)
    {
        double all = models.Values.Sum(model => model.Predictions);
        if (all == 0) return null;
        double accuracy = 0, variance = 0;
        int known = 0, unknown = 0;
        foreach ((string digest, (long predictions, double confidence)) in models)
        {
            if (predictions == 0) continue;
            double share = predictions / all, mean = confidence / predictions;
            // Each is right or not by a chance of its own; the same chance for all of them varies most.
            variance += share * share * mean * (1 - mean) / predictions;
            if (heldOut(digest) is { } held)
            {
                accuracy += share * Math.Clamp(held.Accuracy + mean - held.Confidence, 0, 1);
                variance += share * share * held.Variance;
                known++;
            }
            else
            {
                accuracy += share * mean;
                unknown++;
            }
        }

        double reach = Z * Math.Sqrt(variance);
        return new AccuracyEstimate
        {
            Accuracy = accuracy,
            Interval = new Interval(Math.Max(0, accuracy - reach), Math.Min(1, accuracy + reach)),
            Method = unknown == 0 ? EstimateMethod.DifferenceOfConfidences : known == 0 ? EstimateMethod.MeanConfidence : EstimateMethod.Mixed,
        };
    }
}

/// <summary>How a model did on texts that it was not trained on.</summary>
/// <param name="Accuracy">Share of them that it labelled right.</param>
/// <param name="Confidence">Its mean confidence in those labels.</param>
/// <param name="Variance">Of the difference of the two, by chance and by what the profile's bins leave open.</param>
internal sealed record HeldOut(double Accuracy, double Confidence, double Variance)
{
    /// <summary>From the bundle's validation report and its training profile, which are about the same texts; null where one of them is missing.</summary>
    public static HeldOut? Of(BundleInfo info)
    {
        if (info.Validation is not { Accuracy: { } accuracy, Rows: > 0 } validation || info.Profile is not { ValidationTexts: > 0 } profile) return null;
        Histogram bins = profile.Confidence;
        double sum = 0, width = 0, texts = bins.Counts.Sum();
        for (int i = 0; i < bins.Counts.Count; i++)
        {
            double end = i + 1 < bins.Edges.Count ? bins.Edges[i + 1] : 1;
            sum += bins.Counts[i] * (bins.Edges[i] + end) / 2;
            width = Math.Max(width, end - bins.Edges[i]);
        }

        // Texts lie anywhere in their bin, and not all of them at the same end: a shift of a twelfth of its width squared is generous for the mean.
        double binned = width * width / 12;
        double sampled = accuracy * (1 - accuracy) / Math.Min(validation.Rows, profile.ValidationTexts);
        return new HeldOut(accuracy, sum / texts, sampled + binned);
    }
}

/// <summary>What is known of models by their digests; those that have left are remembered while the server runs.</summary>
internal sealed class HeldOutFigures(ModelHost host)
{
    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, HeldOut?> known = [];

    public HeldOut? Of(string digest)
    {
        foreach (DutyPart part in host.Parts)
        {
            if (part.Model is { } model && !known.ContainsKey(model.Digest)) known[model.Digest] = HeldOut.Of(model.Info);
        }

        return known.GetValueOrDefault(digest);
    }
}
