using System.Buffers;
using System.Runtime.CompilerServices;
using Vigie.Text;

namespace Vigie.Features;

/// <summary>
/// Learns a vocabulary and counts it in two passes over the texts: the first finds the word n-grams met more than once, the
/// second counts. Most word n-grams of a corpus occur once; they never enter a table.
/// </summary>
internal sealed class VocabularyFit(NgramVectorizer options, IReadOnlyList<string> texts, IProgress<double>? progress, CancellationToken cancellation)
{
    private const int LookAhead = 12, NameParts = 64;
    private readonly Tokenizer tokenizer = new(options.Text);
    private FingerprintTable table = new();
    private readonly NgramMatrix matrix = new(counted: !options.Binary);
    private (int Text, int Ngram)[] firstSight = new (int, int)[1 << 16];
    private uint entries;

    public (Vocabulary Vocabulary, NgramMatrix Matrix, int[] DocumentFrequency) Run()
    {
        bool selective = options.MinDf > 1 && options.Ngrams.WordMax > 0;
        if (selective) FindRepeated();
        Count(selective);
        int[] documents = matrix.DocumentFrequency(table.Count);
        int[] kept = Select(documents);
        if (kept.Length == 0)
            throw new InvalidInputException($"no feature is left of {texts.Count} texts: every n-gram is in fewer than min_df {options.MinDf} texts or in more than max_df {options.MaxDf} of them");
        var newColumn = new int[table.Count];
        Array.Fill(newColumn, -1);
        for (int column = 0; column < kept.Length; column++) newColumn[kept[column]] = column;
        matrix.Renumber(newColumn, kept.Length);
        ulong[] keys = table.Keys();
        ulong[] fingerprints = Array.ConvertAll(kept, id => keys[id]);
        int[] frequency = Array.ConvertAll(kept, id => documents[id]);
        firstSight = Array.ConvertAll(kept, id => firstSight[id]);
        // A third of all memory is needed no more, and the collector, left to itself, lets it lie until far more has been taken.
        table = new FingerprintTable();
        keys = [];
        kept = documents = newColumn = [];
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive);
        return (new Vocabulary(fingerprints, Names()), matrix, frequency);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void FindRepeated()
    {
        var once = new SeenOnce(Math.Min(30L * texts.Count, 1L << 25));
        foreach (HashedTexts run in HashedTexts.InOrder(texts, tokenizer, options.Ngrams with { CharMax = 0 }, cancellation))
        {
            ReadOnlySpan<ulong> fingerprints = run.Fingerprints.AsSpan(0, run.Start[^1]);
            for (int i = 0; i < fingerprints.Length; i++)
            {
                if (i + LookAhead < fingerprints.Length) once.Prefetch(fingerprints[i + LookAhead]);
                if (once.Mark(fingerprints[i])) table.FindOrAdd(fingerprints[i]);
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
                uint before = entries;
                if (before > uint.MaxValue - (uint)(words.Length + chars.Length))
                    throw new InvalidInputException($"more than {uint.MaxValue:N0} n-grams in the first {run.First + i:N0} texts: train on a sample, or use linear-fast, which needs no vocabulary");
                CountText(run.First + i, words, 0, before, add: !wordsAreKnown);
                CountText(run.First + i, chars, words.Length, before, add: true);
                matrix.End();
            }
            progress?.Report((wordsAreKnown ? 0.4 : 0) + (wordsAreKnown ? 0.6 : 1) * (run.First + run.Count) / texts.Count);
            cancellation.ThrowIfCancellationRequested();
        }
    }

    // A slot's mark is the number of its last entry plus 1: entries above 'before' are this text's. Numbers run to four billion entries.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void CountText(int text, ReadOnlySpan<ulong> fingerprints, int offset, uint before, bool add)
    {
        for (int i = 0; i < fingerprints.Length; i++)
        {
            if (i + LookAhead < fingerprints.Length) table.Prefetch(fingerprints[i + LookAhead]);
            ref FingerprintTable.Slot slot = ref table.Seat(fingerprints[i]);
            if (slot.IsEmpty)
            {
                if (!add) continue;
                slot = ref table.Add(fingerprints[i]);
            }
            if (slot.Mark > before)
            {
                matrix.Repeat((int)(slot.Mark - before - 1));
                continue;
            }
            if (slot.Mark == 0) See(slot.Id, text, offset + i);
            matrix.Add(slot.Id);
            slot.Mark = ++entries;
        }
    }

    private void See(int id, int text, int ngram)
    {
        if (id >= firstSight.Length) Array.Resize(ref firstSight, Math.Max(2 * firstSight.Length, table.Count));
        firstSight[id] = (text, ngram);
    }

    /// <summary>Ids of the features to keep, most frequent first; earlier sight decides between equals.</summary>
    private int[] Select(int[] documents)
    {
        double most = options.MaxDf * texts.Count;
        int count = 0;
        var kept = new long[table.Count];
        for (int id = 0; id < table.Count; id++)
        {
            if (documents[id] >= options.MinDf && documents[id] <= most) kept[count++] = ((long)(int.MaxValue - documents[id]) << 32) | (uint)id;
        }
        Array.Resize(ref kept, count);
        if (options.MaxFeatures is int limit && count > limit)
        {
            // scikit-learn keeps the terms with the most occurrences, not those in the most documents.
            long[] occurrences = matrix.Occurrences(table.Count);
            Array.Sort(kept, (a, b) => occurrences[(uint)a] != occurrences[(uint)b] ? occurrences[(uint)b].CompareTo(occurrences[(uint)a]) : a.CompareTo(b));
            Array.Resize(ref kept, limit);
        }
        Array.Sort(kept);
        return Array.ConvertAll(kept, key => (int)(uint)key);
    }

    private FeatureNames Names()
    {
        int count = firstSight.Length;
        int[] bySight = [.. Enumerable.Range(0, count)];
        Array.Sort(Array.ConvertAll(firstSight, sight => ((long)sight.Text << 32) | (uint)sight.Ngram), bySight);
        int share = count / NameParts + 1;
        var parts = new byte[NameParts][];
        var places = new NamePlace[count];
        Parallel.For(0, NameParts, new ParallelOptions { CancellationToken = cancellation }, part =>
        {
            var buffer = new NgramBuffer(tokenizer, options.Ngrams);
            var lines = new ArrayBufferWriter<byte>(1 << 16);
            var name = new ArrayBufferWriter<char>();
            int current = -1;
            for (int k = part * share; k < Math.Min(count, (part + 1) * share); k++)
            {
                (int text, int ngram) = firstSight[bySight[k]];
                if (text != current) buffer.Fill(texts[current = text], locate: true);
                name.ResetWrittenCount();
                buffer.WriteName(ngram, name);
                places[bySight[k]] = new NamePlace(part, lines.WrittenCount);
                FeatureNames.WriteLine(name.WrittenSpan, lines);
            }
            parts[part] = lines.WrittenSpan.ToArray();
        });
        return FeatureNames.Gather(parts, places);
    }
}
