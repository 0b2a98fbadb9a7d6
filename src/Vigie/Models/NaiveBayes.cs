using Vigie.Features;

namespace Vigie.Models;

/// <summary>Which distribution naive Bayes assumes of a class's features.</summary>
public enum NaiveBayesKind
{
    /// <summary>Multinomial over counts.</summary>
    Multinomial,

    /// <summary>Multinomial over the counts of all other classes (Rennie et al. 2003): steadier where classes are uneven.</summary>
    Complement,

    /// <summary>Each feature present or absent.</summary>
    Bernoulli,
}

/// <summary>
/// Naive Bayes with Laplace smoothing: the same probabilities as scikit-learn's MultinomialNB, ComplementNB (<c>norm=False</c>) and
/// BernoulliNB. All three are linear in the features, so the fitted model is a <see cref="LinearModel"/> whose scores are joint
/// log-likelihoods.
/// </summary>
public sealed record NaiveBayes : ILinearEstimator
{
    /// <summary>The distribution.</summary>
    public NaiveBayesKind Kind { get; init; } = NaiveBayesKind.Multinomial;

    /// <summary>Added to every count; above 0.</summary>
    public double Alpha { get; init; } = 1;

    /// <inheritdoc/>
    /// <exception cref="InvalidInputException">Alpha is not above 0, or a feature value is negative.</exception>
    public LinearModel Fit(
        FittedVectorizer vectorizer, NgramMatrix counts, ReadOnlySpan<byte> labels, int classes,
        IProgress<FitProgress>? progress = null, CancellationToken cancellation = default) =>
        Fit(vectorizer.Weigh(counts), labels, classes, cancellation);

    /// <summary>Fits the model to a matrix of features.</summary>
    /// <param name="features">Texts × features.</param>
    /// <param name="labels">Class index of each text, from 0 to <paramref name="classes"/> − 1; every class occurs.</param>
    /// <param name="classes">Number of classes, 2 or more.</param>
    /// <param name="cancellation">Ends the fit with <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="InvalidInputException">Alpha is not above 0, or a feature value is negative.</exception>
    public LinearModel Fit(SparseMatrix features, ReadOnlySpan<byte> labels, int classes, CancellationToken cancellation = default)
    {
        if (!(Alpha > 0)) throw new InvalidInputException($"alpha {Alpha}: expected a number above 0");
        double[][] counts = Count(features, labels, classes, out double[] texts);
        var coefficients = new double[classes][];
        var intercepts = new double[classes];
        for (int c = 0; c < classes; c++)
        {
            double prior = Math.Log(texts[c] / labels.Length);
            (coefficients[c], intercepts[c]) = Kind switch
            {
                NaiveBayesKind.Multinomial => (LogShares(counts[c], 1), prior),
                NaiveBayesKind.Complement => (LogShares(Others(counts, c), -1), 0),
                _ => Bernoulli(counts[c], texts[c], prior),
            };
        }
        return classes == 2 ? LogOdds(coefficients, intercepts) : new LinearModel(coefficients, intercepts);
    }

    private double[][] Count(SparseMatrix features, ReadOnlySpan<byte> labels, int classes, out double[] texts)
    {
        var counts = new double[classes][];
        for (int c = 0; c < classes; c++) counts[c] = new double[features.ColumnCount];
        texts = new double[classes];
        for (int i = 0; i < labels.Length; i++)
        {
            texts[labels[i]]++;
            for (int k = features.RowStart[i]; k < features.RowStart[i + 1]; k++)
            {
                double value = features.Values[k];
                if (value < 0) throw new InvalidInputException($"row {i}, feature {features.Columns[k]}: naive Bayes counts features, and cannot count {value}");
                counts[labels[i]][features.Columns[k]] += Kind == NaiveBayesKind.Bernoulli ? (value > 0 ? 1 : 0) : value;
            }
        }
        return counts;
    }

    private double[] LogShares(double[] counts, int sign)
    {
        double total = Math.Log(counts.Sum() + Alpha * counts.Length);
        return Array.ConvertAll(counts, count => sign * (Math.Log(count + Alpha) - total));
    }

    private static double[] Others(double[][] counts, int own)
    {
        var others = new double[counts[own].Length];
        for (int c = 0; c < counts.Length; c++)
        {
            if (c == own) continue;
            for (int j = 0; j < others.Length; j++) others[j] += counts[c][j];
        }
        return others;
    }

    // Σ absent ln(1 − p) is written as a constant minus the present ones, which makes the model linear.
    private (double[] Coefficients, double Intercept) Bernoulli(double[] counts, double texts, double prior)
    {
        var coefficients = new double[counts.Length];
        double intercept = prior;
        for (int j = 0; j < counts.Length; j++)
        {
            double p = (counts[j] + Alpha) / (texts + 2 * Alpha), absent = Math.Log(1 - p);
            coefficients[j] = Math.Log(p) - absent;
            intercept += absent;
        }
        return (coefficients, intercept);
    }

    private static LinearModel LogOdds(double[][] coefficients, double[] intercepts)
    {
        var difference = new double[coefficients[0].Length];
        for (int j = 0; j < difference.Length; j++) difference[j] = coefficients[1][j] - coefficients[0][j];
        return new LinearModel([difference], [intercepts[1] - intercepts[0]]);
    }
}
