using System.Text.Json.Serialization;
using Vigie.Features;

namespace Vigie.Models;

/// <summary>Makes scores of the probabilities that several classifiers give.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(SoftVote), "soft_vote")]
[JsonDerivedType(typeof(Stacking), "stacking")]
public abstract record Combiner
{
    /// <summary>A probability never counts as surer than this: one member's certainty must not outvote all others for ever.</summary>
    private protected const double Surest = 1e-6;

    /// <summary>Makes scores of one text.</summary>
    /// <param name="probabilities">Members × classes, row by row.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="scores">Receives one score for two classes, else one a class.</param>
    internal abstract void Combine(ReadOnlySpan<double> probabilities, int classes, Span<double> scores);

    /// <exception cref="InvalidInputException">The combiner does not fit so many members and classes.</exception>
    internal abstract void Check(int members, int classes);

    private protected static double LogOdds(double positive)
    {
        double bounded = Math.Clamp(positive, Surest, 1 - Surest);
        return Math.Log(bounded / (1 - bounded));
    }
}

/// <summary>Soft voting: the weighted mean of the members' probabilities (scikit-learn's VotingClassifier).</summary>
/// <param name="Weights">One a member, 0 or more, not all 0.</param>
public sealed record SoftVote(IReadOnlyList<double> Weights) : Combiner
{
    internal override void Combine(ReadOnlySpan<double> probabilities, int classes, Span<double> scores)
    {
        Span<double> mean = stackalloc double[classes];
        mean.Clear();
        double all = 0;
        for (int m = 0; m < Weights.Count; m++)
        {
            all += Weights[m];
            for (int c = 0; c < classes; c++) mean[c] += Weights[m] * probabilities[(m * classes) + c];
        }
        if (classes == 2) scores[0] = LogOdds(mean[1] / all);
        else for (int c = 0; c < classes; c++) scores[c] = Math.Log(Math.Max(mean[c] / all, Surest));
    }

    internal override void Check(int members, int classes)
    {
        if (Weights.Count != members) throw new InvalidInputException($"{Weights.Count} weights for {members} members: give one each, or none");
        if (Weights.Any(weight => !double.IsFinite(weight) || weight < 0) || Weights.All(weight => weight == 0))
            throw new InvalidInputException($"weights {string.Join(", ", Weights)}: expected numbers from 0 on, not all 0");
    }
}

/// <summary>Stacking (Wolpert 1992): a logistic regression over the members' log-odds, learnt on rows that no member was trained on.</summary>
/// <param name="Coefficients">(1 or classes) × (members, or members × classes): log-odds of two classes, log-probabilities of more.</param>
/// <param name="Intercepts">1 or classes.</param>
public sealed record Stacking(double[][] Coefficients, double[] Intercepts) : Combiner
{
    /// <summary>Learns how far to trust each member.</summary>
    /// <param name="probabilities">For each member, rows × classes.</param>
    /// <param name="labels">Class column of each row.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="cancellation">Ends the fit.</param>
    public static Stacking Fit(IReadOnlyList<double[]> probabilities, byte[] labels, int classes, CancellationToken cancellation = default)
    {
        int width = Width(probabilities.Count, classes);
        var values = new double[labels.Length * width];
        var columns = new int[values.Length];
        for (int row = 0; row < labels.Length; row++)
        {
            for (int m = 0; m < probabilities.Count; m++) Features(probabilities[m].AsSpan(row * classes, classes), values.AsSpan((row * width) + (m * width / probabilities.Count)));
            for (int k = 0; k < width; k++) columns[(row * width) + k] = k;
        }
        var matrix = new SparseMatrix([.. Enumerable.Range(0, labels.Length + 1).Select(row => row * width)], columns, values, width);
        LinearModel fitted = new LogisticRegression().Fit(matrix, labels, classes, cancellation: cancellation);
        return new Stacking(fitted.Coefficients, fitted.Intercepts);
    }

    internal override void Combine(ReadOnlySpan<double> probabilities, int classes, Span<double> scores)
    {
        int members = probabilities.Length / classes, own = Width(1, classes);
        Span<double> features = stackalloc double[Width(members, classes)];
        for (int m = 0; m < members; m++) Features(probabilities.Slice(m * classes, classes), features[(m * own)..]);
        for (int s = 0; s < scores.Length; s++)
        {
            scores[s] = Intercepts[s];
            for (int k = 0; k < features.Length; k++) scores[s] += Coefficients[s][k] * features[k];
        }
    }

    internal override void Check(int members, int classes)
    {
        int scores = classes == 2 ? 1 : classes;
        if (Intercepts.Length != scores || Coefficients.Length != scores || Coefficients.Any(row => row?.Length != Width(members, classes)))
            throw new InvalidInputException($"stacking coefficients do not fit {members} members and {classes} classes");
        if (Coefficients.Any(row => row.Any(weight => !double.IsFinite(weight))) || Intercepts.Any(weight => !double.IsFinite(weight)))
            throw new InvalidInputException("stacking coefficients hold a number that is not finite");
    }

    private static int Width(int members, int classes) => classes == 2 ? members : members * classes;

    private static void Features(ReadOnlySpan<double> probabilities, Span<double> features)
    {
        if (probabilities.Length == 2) features[0] = LogOdds(probabilities[1]);
        else for (int c = 0; c < probabilities.Length; c++) features[c] = Math.Log(Math.Max(probabilities[c], Surest));
    }
}
