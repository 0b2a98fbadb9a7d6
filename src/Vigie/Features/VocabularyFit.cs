using Vigie.Text;

namespace Vigie.Features;

/// <summary>
/// Learns a vocabulary and counts it in two passes over the texts: the first finds the word n-grams met more than once, the
/// second counts. Most word n-grams of a corpus occur once; they never enter a table.
/// </summary>
internal sealed class VocabularyFit(NgramVectorizer options, IReadOnlyList<string> texts, IProgress<double>? progress, CancellationToken cancellation)
{
    private readonly Tokenizer tokenizer = new(options.Text);
    private readonly FingerprintTable table = new();
    private readonly NgramMatrix matrix = new(counted: !options.Binary);
    private int[] documents = new int[1 << 16];
    private long[] occurrences = new long[1 << 16];
    private long[] lastPosition = new long[1 << 16];
    private (int Text, int Ngram)[] firstSight = new (int, int)[1 << 16];

    public (Vocabulary Vocabulary, NgramMatrix Matrix, int[] DocumentFrequency) Run()
    {
        bool selective = options.MinDf > 1 && options.Ngrams.WordMax > 0;
        if (selective) FindRepeated();
        Count(selective);
        int[] kept = Select();
        var frequency = new int[kept.Length];
        var newColumn = new int[table.Count];
        Array.Fill(newColumn, -1);
        for (int column = 0; column < kept.Length; column++)
        {
            newColumn[kept[column]] = column;
            frequency[column] = documents[kept[column]];
        }
        matrix.Renumber(newColumn, kept.Length);
        ulong[] keys = table.Keys();
        return (new Vocabulary(Array.ConvertAll(kept, id => keys[id]), new FeatureNames(Names(kept))), matrix, frequency);
    }

    private void FindRepeated()
    {
        var once = new SeenOnce(Math.Min(30L * texts.Count, 1L << 25));
        foreach (HashedTexts run in HashedTexts.InOrder(texts, tokenizer, options.Ngrams with { CharMax = 0 }, cancellation))
        {
            foreach (ulong fingerprint in run.Fingerprints.AsSpan(0, run.Start[^1]))
            {
                if (once.Mark(fingerprint)) table.FindOrAdd(fingerprint);
            }
            progress?.Report(0.4 * (run.First + run.Count) / texts.Count);
            cancellation.ThrowIfCancellationRequested();
        }
    }

    private void Count(bool wordsAreKnown)
    {
        foreach (HashedTexts run in HashedTexts.InOrder(texts, tokenizer, options.Ngrams, cancellation))
        {
            for (int i = 0; i < run.Count; i++)
            {
                ReadOnlySpan<ulong> words = run.Words(i), chars = run.Chars(i);
                matrix.Begin(words.Length + chars.Length);
                CountText(run.First + i, words, 0, add: !wordsAreKnown);
                CountText(run.First + i, chars, words.Length, add: true);
                matrix.End();
            }
            progress?.Report((wordsAreKnown ? 0.4 : 0) + (wordsAreKnown ? 0.6 : 1) * (run.First + run.Count) / texts.Count);
            cancellation.ThrowIfCancellationRequested();
        }
    }

    private void CountText(int text, ReadOnlySpan<ulong> fingerprints, int offset, bool add)
    {
        for (int i = 0; i < fingerprints.Length; i++)
        {
            int id = add ? table.FindOrAdd(fingerprints[i]) : table.Find(fingerprints[i]);
            if (id < 0) continue;
            if (id >= documents.Length) Grow();
            occurrences[id]++;
            // Positions are only compared inside the open row: the text's number keeps those of earlier rows apart.
            long position = lastPosition[id];
            if (documents[id] > 0 && (int)(position >> 32) == text)
            {
                matrix.Repeat((int)(uint)position);
                continue;
            }
            if (documents[id]++ == 0) firstSight[id] = (text, offset + i);
            lastPosition[id] = ((long)text << 32) | (uint)matrix.Add(id);
        }
    }

    private void Grow()
    {
        int size = Math.Max(2 * documents.Length, table.Count);
        Array.Resize(ref documents, size);
        Array.Resize(ref occurrences, size);
        Array.Resize(ref lastPosition, size);
        Array.Resize(ref firstSight, size);
    }

    /// <summary>Ids of the features to keep, most frequent first; earlier sight decides between equals.</summary>
    private int[] Select()
    {
        double most = options.MaxDf * texts.Count;
        var kept = new List<long>();
        for (int id = 0; id < table.Count; id++)
        {
            if (documents[id] >= options.MinDf && documents[id] <= most) kept.Add(((long)(int.MaxValue - documents[id]) << 32) | (uint)id);
        }
        if (options.MaxFeatures is int limit && kept.Count > limit)
        {
            // scikit-learn keeps the terms with the most occurrences, not those in the most documents.
            kept.Sort((a, b) => occurrences[(uint)a] != occurrences[(uint)b] ? occurrences[(uint)b].CompareTo(occurrences[(uint)a]) : a.CompareTo(b));
            kept.RemoveRange(limit, kept.Count - limit);
        }
        kept.Sort();
        return kept.ConvertAll(key => (int)(uint)key).ToArray();
    }

    private string[] Names(int[] kept)
    {
        var names = new string[kept.Length];
        int[] bySight = [.. Enumerable.Range(0, kept.Length)];
        Array.Sort(Array.ConvertAll(kept, id => ((long)firstSight[id].Text << 32) | (uint)firstSight[id].Ngram), bySight);
        Parallel.ForEach(System.Collections.Concurrent.Partitioner.Create(0, kept.Length), new ParallelOptions { CancellationToken = cancellation }, range =>
        {
            var buffer = new NgramBuffer(tokenizer, options.Ngrams);
            int current = -1;
            for (int k = range.Item1; k < range.Item2; k++)
            {
                (int text, int ngram) = firstSight[kept[bySight[k]]];
                if (text != current) buffer.Fill(texts[current = text]);
                names[bySight[k]] = buffer.Name(ngram);
            }
        });
        return names;
    }
}
