using System.Collections.Concurrent;
using Vigie.Features;
using Vigie.Text;

namespace Vigie.Embeddings;

/// <summary>
/// Sentence vectors from word vectors: the mean of a text's words, each weighed by a / (a + how often it occurs), less what is common to all texts. S. Arora,
/// Y. Liang and T. Ma, 'A simple but tough-to-beat baseline for sentence embeddings', ICLR 2017, algorithm 1.
/// </summary>
public sealed record SmoothInverseFrequency
{
    // The direction that texts share is as well known from these many; every k-th text is taken.
    private const int MostTexts = 50_000;

    /// <summary>a: at this share of all words a word weighs half. Above 0; the paper finds 0.0001 to 0.001 alike.</summary>
    public double Smoothing { get; init; } = 1e-3;

    /// <summary>How many common directions are taken out of every vector: the paper's 1, or 0 for none.</summary>
    public int RemovedDirections { get; init; } = 1;

    /// <summary>How texts are cut; as the texts were that the word vectors were learnt from.</summary>
    public TextPipeline Text { get; init; } = SentenceEmbedding.DefaultText;

    /// <summary>Seeds the search for the common directions.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Learns from texts how frequent words are, and what texts have in common.</summary>
    /// <param name="vectors">Word vectors.</param>
    /// <param name="texts">Texts of the kind to be encoded; labels are not needed.</param>
    /// <param name="cancellation">Ends the fit with <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="InvalidInputException">A setting is out of range, or hardly any text holds a word that has a vector.</exception>
    public SentenceEmbedding Fit(WordVectors vectors, IReadOnlyList<string> texts, CancellationToken cancellation = default) => Fit(vectors, null, texts, cancellation);

    /// <inheritdoc cref="Fit(WordVectors, IReadOnlyList{string}, CancellationToken)"/>
    /// <param name="vectors">Vectors of words and n-grams: words that were not learnt count too.</param>
    /// <param name="texts">Texts of the kind to be encoded; labels are not needed.</param>
    /// <param name="cancellation">Ends the fit with <see cref="OperationCanceledException"/>.</param>
    public SentenceEmbedding Fit(SubwordVectors vectors, IReadOnlyList<string> texts, CancellationToken cancellation = default) => Fit(vectors.Words, vectors, texts, cancellation);

    private SentenceEmbedding Fit(WordVectors words, SubwordVectors? subwords, IReadOnlyList<string> texts, CancellationToken cancellation)
    {
        if (!(Smoothing > 0) || !double.IsFinite(Smoothing)) throw new InvalidInputException($"smoothing {Smoothing}: expected a share above 0, such as 0.001");
        if (RemovedDirections < 0 || RemovedDirections >= words.Dimension) throw new InvalidInputException($"removed_directions {RemovedDirections}: expected 0 to {words.Dimension - 1}, less than the vectors' length");
        var weighed = new SentenceEmbedding(words, subwords, Weights(words, texts, cancellation), [], Text);
        if (RemovedDirections == 0) return weighed;

        int step = Math.Max(1, (texts.Count + MostTexts - 1) / MostTexts);
        string[] sample = [.. texts.Where((_, i) => i % step == 0)];
        var vectors = new float[sample.Length * words.Dimension];
        weighed.Encode(sample, vectors, cancellation);
        // Not centred: the paper takes the first singular vector, which is close to the mean.
        Spectrum spectrum = RandomizedSubspace.Find(vectors, new double[words.Dimension], RemovedDirections, Seed, cancellation);
        if (spectrum.Squares[^1] <= spectrum.Total * 1e-12) throw new InvalidInputException($"{texts.Count} texts hold too few words with a vector to tell what they have in common; are words cut and lower-cased as in the vectors?");
        return new SentenceEmbedding(words, subwords, weighed.Weights, [.. spectrum.Directions.Select(direction => Array.ConvertAll(direction, value => (float)value))], Text);
    }

    private float[] Weights(WordVectors vectors, IReadOnlyList<string> texts, CancellationToken cancellation)
    {
        if (texts.Count == 0) throw new InvalidInputException("no text to learn word frequencies from");
        var counts = new long[vectors.Count];
        long all = 0;
        Parallel.ForEach(Partitioner.Create(0, texts.Count), new ParallelOptions { CancellationToken = cancellation }, range =>
        {
            var words = new TextWords(Text);
            long seen = 0;
            for (int text = range.Item1; text < range.Item2; text++)
            {
                words.Read(texts[text]);
                seen += words.Count;
                for (int i = 0; i < words.Count; i++)
                {
                    if (vectors.IndexOf(words[i]) is >= 0 and int word) Interlocked.Increment(ref counts[word]);
                }
            }

            Interlocked.Add(ref all, seen);
        });
        return [.. counts.Select(count => (float)(Smoothing / (Smoothing + count / Math.Max(1.0, all))))];
    }
}
