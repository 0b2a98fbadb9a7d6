using Vigie.Text;

namespace Vigie.Features;

/// <summary>What the value of a feature is.</summary>
public enum Weighting
{
    /// <summary>Its number of occurrences, or 1: scikit-learn's CountVectorizer.</summary>
    Count,

    /// <summary>Occurrences × inverse document frequency <c>ln((1 + n) / (1 + df)) + 1</c>: scikit-learn's TfidfVectorizer.</summary>
    Idf,

    /// <summary>Presence × naive-Bayes log-count ratio: <see cref="NaiveBayesWeights"/>.</summary>
    NaiveBayes,
}

/// <summary>
/// Turns texts into sparse vectors of n-grams. Holds hyperparameters only; <see cref="Fit"/> returns the fitted vectoriser.
/// With its defaults it equals scikit-learn's TfidfVectorizer over the tokens of <see cref="Text"/>.
/// </summary>
public sealed record NgramVectorizer
{
    /// <summary>From raw text to tokens.</summary>
    public TextPipeline Text { get; init; } = new();

    /// <summary>Which n-grams are features.</summary>
    public Ngrams Ngrams { get; init; } = Ngrams.Unigrams;

    /// <summary>Fewest texts a feature must occur in; from 1.</summary>
    public int MinDf { get; init; } = 1;

    /// <summary>Largest share of texts a feature may occur in; in (0, 1].</summary>
    public double MaxDf { get; init; } = 1;

    /// <summary>Keep at most so many features, those with the most occurrences and, between equals, those seen first; null keeps all.</summary>
    public int? MaxFeatures { get; init; }

    /// <summary>
    /// Number of bits of the hashed feature space, from 10 to 28; null learns a vocabulary instead. Hashing needs no fitting and
    /// constant memory; features that fall on the same place share a weight, and names are not kept (scikit-learn's HashingVectorizer).
    /// </summary>
    public int? HashBits { get; init; }

    /// <summary>Use presence instead of the number of occurrences.</summary>
    public bool Binary { get; init; }

    /// <summary>Replace a count c by 1 + ln c.</summary>
    public bool SublinearTf { get; init; }

    /// <summary>What the value of a feature is.</summary>
    public Weighting Weighting { get; init; } = Weighting.Idf;

    /// <summary>How naive-Bayes weights are formed.</summary>
    public NaiveBayesWeights NaiveBayes { get; init; } = new();

    /// <summary>Scale every text's vector to Euclidean length 1.</summary>
    public bool L2 { get; init; } = true;

    /// <summary>Learns vocabulary and weights from texts, and vectorises them.</summary>
    /// <param name="texts">The training texts.</param>
    /// <param name="labels">Class index of each text; only <see cref="Weighting.NaiveBayes"/> reads them.</param>
    /// <param name="progress">Receives the share done, from 0 to 1.</param>
    /// <param name="cancellation">Ends the fit with <see cref="OperationCanceledException"/>: at once while texts are read, within a fraction of a second while the vocabulary is put in order.</param>
    /// <exception cref="InvalidInputException">A setting is out of range, or no feature is left.</exception>
    public (FittedVectorizer Vectorizer, NgramMatrix Matrix) Fit(
        IReadOnlyList<string> texts, ReadOnlySpan<byte> labels, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        Validate();
        if (Weighting == Weighting.NaiveBayes && labels.Length != texts.Count) throw new InvalidInputException($"weighting naive_bayes needs a label for each text, got {labels.Length} for {texts.Count}");
        if (HashBits is not null) throw new InvalidInputException("hash_bits is set: a hashed feature space has no vocabulary to fit");
        (Vocabulary vocabulary, NgramMatrix matrix, int[] frequency) = new VocabularyFit(this, texts, progress, cancellation).Run();
        double[]? weights = Weighting switch
        {
            Weighting.Idf => Array.ConvertAll(frequency, df => Math.Log((1.0 + texts.Count) / (1 + df)) + 1),
            Weighting.NaiveBayes => NaiveBayes.Compute(matrix, vocabulary.Fingerprints, labels),
            _ => null,
        };
        return (new FittedVectorizer(this, vocabulary, weights), matrix);
    }

    /// <summary>The vectoriser of a hashed feature space: nothing is learnt.</summary>
    /// <exception cref="InvalidInputException">A setting is out of range, or asks for what must be learnt.</exception>
    public FittedVectorizer Hashed()
    {
        Validate();
        if (HashBits is not (>= 10 and <= 28)) throw new InvalidInputException($"hash_bits {HashBits}: expected 10 to 28");
        if (Weighting != Weighting.Count) throw new InvalidInputException($"weighting {Weighting.ToString().ToLowerInvariant()} must be learnt; a hashed feature space takes weighting count");
        return new FittedVectorizer(this, null, null);
    }

    internal void Validate()
    {
        Ngrams.Validated();
        if (MinDf < 1) throw new InvalidInputException($"min_df {MinDf}: expected 1 or more texts");
        if (MaxDf is not (> 0 and <= 1)) throw new InvalidInputException($"max_df {MaxDf}: expected a share above 0 and up to 1");
        if (MaxFeatures < 1) throw new InvalidInputException($"max_features {MaxFeatures}: expected 1 or more");
        if (Weighting == Weighting.NaiveBayes) NaiveBayes.Validate();
        if (Weighting == Weighting.NaiveBayes && !Binary) throw new InvalidInputException("weighting naive_bayes needs binary true: it is defined on presence");
    }
}
