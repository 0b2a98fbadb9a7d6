namespace Vigie.Embeddings;

/// <summary>
/// Learns a vector for each word: T. Mikolov, K. Chen, G. Corrado and J. Dean, 'Efficient estimation of word representations in vector space', ICLR 2013.
/// </summary>
public sealed record Word2Vec : NegativeSampling
{
    /// <summary>Learns the vectors of a corpus' words.</summary>
    /// <param name="corpus">What is read.</param>
    /// <param name="progress">Receives the share done, from 0 to 1.</param>
    /// <param name="cancellation">Ends the training with <see cref="OperationCanceledException"/> within a fraction of a second.</param>
    /// <returns>The words that occur <see cref="NegativeSampling.MinCount"/> times, the most frequent first.</returns>
    /// <exception cref="InvalidInputException">A setting is out of range, or fewer than two words occur often enough.</exception>
    public WordVectors Fit(WordCorpus corpus, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        Validate();
        var vocabulary = TrainingVocabulary.Of(corpus, this);
        using var run = new NegativeSamplingRun(this, corpus, vocabulary, InputRows.OneEach(vocabulary.Count), spread: 0.5f / VectorSize);
        run.Run(progress, cancellation);
        return new WordVectors(vocabulary.Words, run.Vectors(), VectorSize, vocabulary.Counts);
    }
}
