using System.Runtime.CompilerServices;

namespace Vigie.Embeddings;

/// <summary>The words of a corpus that get vectors, with what the training draws them by.</summary>
internal sealed class TrainingVocabulary
{
    private readonly uint[] keepBelow; // of 32 random bits

    private TrainingVocabulary(IReadOnlyList<string> words, long[] counts, double sample)
    {
        (Words, Counts) = (words, counts);
        double total = counts.Sum();
        keepBelow = Array.ConvertAll(counts, count => (uint)Math.Round(KeepProbability(count / total, sample) * uint.MaxValue));
        Negatives = new AliasTable(Array.ConvertAll(counts, count => Math.Pow(count, 0.75)));
    }

    public IReadOnlyList<string> Words { get; }

    public IReadOnlyList<long> Counts { get; }

    public int Count => Words.Count;

    /// <summary>Draws the words that stand for 'not near'.</summary>
    public AliasTable Negatives { get; }

    public static TrainingVocabulary Of(WordCorpus corpus, NegativeSampling options)
    {
        int count = 0;
        while (count < corpus.Words.Count && corpus.Counts[count] >= options.MinCount) count++;
        if (count < 2)
        {
            string most = corpus.Words.Count == 0 ? "the corpus is empty" : $"the most frequent one, '{corpus.Words[0]}', occurs {corpus.Counts[0]} times";
            throw new InvalidInputException($"min_count {options.MinCount} leaves {count} of {corpus.Words.Count} different words, expected 2 or more: {most}; lower min_count or give more text");
        }
        return new TrainingVocabulary([.. corpus.Words.Take(count)], [.. corpus.Counts.Take(count)], options.Sample);
    }

    /// <summary>Whether an occurrence of a word is read this time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Keeps(int word, Xoshiro256 random)
    {
        uint below = keepBelow[word];
        return below == uint.MaxValue || (uint)random.NextUInt64() <= below;
    }

    /// <summary>The share of a word's occurrences that is read.</summary>
    /// <param name="share">The word's share of the text.</param>
    /// <param name="sample">The share from which on words are read past; 0 for never.</param>
    public static double KeepProbability(double share, double sample) => sample == 0 ? 1 : Math.Min(1, Math.Sqrt(sample / share) + sample / share);
}
