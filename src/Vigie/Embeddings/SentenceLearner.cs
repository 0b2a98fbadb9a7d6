using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Vigie.Embeddings;

/// <summary>
/// Learns from one sentence after another: first draws which words are read, how far their windows reach and which words stand against which; then takes the steps,
/// asking for rows ahead of their use. For one thread at a time; the matrices may be other threads' too.
/// </summary>
internal sealed unsafe class SentenceLearner : IDisposable
{
    /// <summary>Words of a sentence that are learnt from together; windows do not reach beyond.</summary>
    public const int LongestPiece = 1024;

    // Steps between asking for rows and using them.
    private const int Ahead = 2;

    private readonly TrainingVocabulary vocabulary;
    private readonly InputRows inputRows;
    private readonly RowMatrix input, output;
    private readonly RowMatrix scratch;
    private readonly float* x, before, idle;
    private readonly bool skipGram;
    private readonly int window, negative, groups;
    private readonly Vector256<float>[] labels, live; // of each group of a pair

    private readonly int[] words = new int[LongestPiece];
    private readonly int[] readsEnd = new int[LongestPiece], targetsEnd = new int[LongestPiece]; // behind what belongs to each word
    private int[] reads = new int[1024]; // rows whose mean tells
    private int[] targets = new int[1024]; // of each pair the near word, then those drawn against it, then -1 up to whole groups

    public SentenceLearner(NegativeSampling options, TrainingVocabulary vocabulary, InputRows inputRows, RowMatrix input, RowMatrix output)
    {
        (this.vocabulary, this.inputRows, this.input, this.output) = (vocabulary, inputRows, input, output);
        (skipGram, window, negative) = (options.Sg, options.Window, options.Negative);
        groups = (negative + PairStep.Group) / PairStep.Group; // of 1 + negative words, rounded up
        labels = new Vector256<float>[groups];
        labels[0] = Vector256.CreateScalar(1f);
        live = new Vector256<float>[groups];
        Vector256<float> lanes = Vector256<float>.Indices;
        for (int g = 0; g < groups; g++)
            live[g] = Vector256.LessThan(lanes, Vector256.Create((float)Math.Min(PairStep.Group, 1 + negative - g * PairStep.Group))) & Vector256<float>.One;
        scratch = new RowMatrix(3, options.VectorSize);
        x = scratch.Row(0);
        before = scratch.Row(1);
        idle = scratch.Row(2);
    }

    /// <summary>Decides whatever is drawn.</summary>
    public Xoshiro256 Random { get; set; } = new(0);

    /// <summary>Learns from a sentence, or a piece of one.</summary>
    /// <param name="sentence">Numbers of words, <see cref="LongestPiece"/> at most; those that get no vector are read past.</param>
    /// <param name="alpha">Step length.</param>
    public void Learn(ReadOnlySpan<int> sentence, float alpha)
    {
        int count = Draw(sentence);
        int reached = 0, read = 0;
        for (int i = 0; i < count; i++)
        {
            if (i + 1 < count) FetchReads(readsEnd[i], readsEnd[i + 1]);
            if (targetsEnd[i] > reached)
            {
                ReadOnlySpan<int> own = reads.AsSpan(read, readsEnd[i] - read);
                Mean(own);
                Steps(reached, targetsEnd[i], alpha);
                Move(own);
            }
            (reached, read) = (targetsEnd[i], readsEnd[i]);
        }
    }

    public void Dispose() => scratch.Dispose();

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Draw(ReadOnlySpan<int> sentence)
    {
        int count = 0;
        foreach (int word in sentence)
        {
            if (word < vocabulary.Count && vocabulary.Keeps(word, Random)) words[count++] = word;
        }

        int reached = 0, read = 0;
        for (int i = 0; i < count; i++)
        {
            int reach = 1 + Random.Next(window), first = Math.Max(0, i - reach), last = Math.Min(count - 1, i + reach);
            if (skipGram) read = AddRead(read, words[i]);
            for (int j = first; j <= last; j++)
            {
                if (j == i) continue;
                if (skipGram) reached = AddPair(reached, words[j]);
                else read = AddRead(read, words[j]);
            }
            if (!skipGram && last > first) reached = AddPair(reached, words[i]);
            (targetsEnd[i], readsEnd[i]) = (reached, read);
        }
        return count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int AddRead(int at, int word)
    {
        ReadOnlySpan<int> rows = inputRows.Of(word);
        if (at + rows.Length > reads.Length) Array.Resize(ref reads, 2 * (at + rows.Length));
        foreach (int row in rows) reads[at++] = row; // a few: fewer than a call for copying is worth
        return at;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int AddPair(int at, int near)
    {
        int end = at + groups * PairStep.Group;
        if (end > targets.Length) Array.Resize(ref targets, 2 * end);
        Span<int> pair = targets.AsSpan(at, end - at);
        pair[0] = near;
        for (int k = 1; k <= negative; k++)
        {
            int drawn;
            do drawn = vocabulary.Negatives.Pick(Random.NextUInt64());
            while (drawn == near);
            pair[k] = drawn;
        }
        pair[(1 + negative)..].Fill(-1);
        return end;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Steps(int first, int end, float alpha)
    {
        float** rows = stackalloc float*[PairStep.Group];
        int group = 0;
        for (int at = first; at < end; at += PairStep.Group)
        {
            FetchTargets(at + Ahead * PairStep.Group);
            for (int k = 0; k < PairStep.Group; k++) rows[k] = targets[at + k] is >= 0 and int target ? output.Row(target) : idle;
            PairStep.Learn(x, rows, output.Stride, labels[group], live[group] * alpha);
            if (++group == groups) group = 0;
        }
    }

    // What stands behind the drawn targets is left over from longer sentences: fetching it does no harm.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void FetchTargets(int at)
    {
        if (!Sse.IsSupported || at + PairStep.Group > targets.Length) return;
        for (int k = 0; k < PairStep.Group; k++)
        {
            if (targets[at + k] is >= 0 and int target) Fetch(output.Row(target), output.Stride);
        }
    }

    private void FetchReads(int first, int end)
    {
        if (!Sse.IsSupported) return;
        for (int i = first; i < end; i++) Fetch(input.Row(reads[i]), input.Stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Fetch(float* row, int stride)
    {
        for (int j = 0; j < stride; j += Vector512<float>.Count) Sse.Prefetch0(row + j);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Mean(ReadOnlySpan<int> own)
    {
        Vector512<float> share = Vector512.Create(1f / own.Length);
        for (int j = 0; j < input.Stride; j += Vector512<float>.Count)
        {
            Vector512<float> sum = default;
            foreach (int row in own) sum += Vector512.LoadAligned(input.Row(row) + j);
            sum *= share;
            sum.StoreAligned(x + j);
            sum.StoreAligned(before + j);
        }
    }

    // Each row moves as far as the mean: with n rows the mean then moves by what it has learnt, and not by an nth of it.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Move(ReadOnlySpan<int> own)
    {
        for (int j = 0; j < input.Stride; j += Vector512<float>.Count)
            (Vector512.LoadAligned(x + j) - Vector512.LoadAligned(before + j)).StoreAligned(before + j);
        foreach (int row in own)
        {
            float* at = input.Row(row);
            for (int j = 0; j < input.Stride; j += Vector512<float>.Count)
                (Vector512.LoadAligned(at + j) + Vector512.LoadAligned(before + j)).StoreAligned(at + j);
        }
    }
}
