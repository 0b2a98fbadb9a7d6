namespace Vigie.Embeddings;

/// <summary>
/// Learns vectors for words and for their character n-grams, so that words never seen have vectors too: P. Bojanowski, E. Grave, A. Joulin and T. Mikolov,
/// 'Enriching word vectors with subword information', TACL 5, 2017.
/// </summary>
public sealed record FastText : NegativeSampling
{
    /// <summary>Fewest characters of an n-gram, brackets at both ends of the word included; from 1.</summary>
    public int MinN { get; init; } = 3;

    /// <summary>Most characters of an n-gram; 0 for words without n-grams.</summary>
    public int MaxN { get; init; } = 6;

    /// <summary>Number of buckets that n-grams are hashed to; from 1. Only those that are used take memory.</summary>
    public int Bucket { get; init; } = 2_000_000;

    /// <summary>Learns the vectors of a corpus' words and n-grams.</summary>
    /// <param name="corpus">What is read.</param>
    /// <param name="progress">Receives the share done, from 0 to 1.</param>
    /// <param name="cancellation">Ends the training with <see cref="OperationCanceledException"/> within a fraction of a second.</param>
    /// <returns>The words that occur <see cref="NegativeSampling.MinCount"/> times, the most frequent first, and their n-grams.</returns>
    /// <exception cref="InvalidInputException">A setting is out of range, or fewer than two words occur often enough.</exception>
    public SubwordVectors Fit(WordCorpus corpus, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        Validate();
        Subwords subwords = new Subwords(MinN, MaxN, Bucket).Validated();
        var vocabulary = TrainingVocabulary.Of(corpus, this);
        InputRows rows = InputRows.WithSubwords(vocabulary.Words, subwords, out int[] bucketRows);
        using var run = new NegativeSamplingRun(this, corpus, vocabulary, rows, spread: 1f / VectorSize);
        run.Run(progress, cancellation);
        return new SubwordVectors(vocabulary.Words, run.Vectors(), VectorSize, subwords, bucketRows, vocabulary.Counts);
    }
}
