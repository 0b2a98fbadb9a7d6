namespace Vigie.Networks;

/// <summary>Texts that are computed together.</summary>
/// <param name="Texts">Their numbers.</param>
/// <param name="Steps">Steps of the longest.</param>
/// <param name="IsEven">All are of that length: no step is padding.</param>
public readonly record struct TextBatch(ReadOnlyMemory<int> Texts, int Steps, bool IsEven);

/// <summary>
/// Batches of texts of one length each, so that no step is wasted on padding. What is left over of each length, less than a batch, goes together with
/// what is left over of its neighbours, longest with longest. Same seed and epoch → same batches.
/// </summary>
public sealed class LengthBuckets
{
    private readonly EncodedTexts texts;
    private readonly int size;
    private readonly int[] byLength; // texts in the order of their lengths
    private readonly Range[] lengths; // of byLength, one a length

    /// <summary>Sorts texts by length.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="size">Texts per batch, from 1.</param>
    public LengthBuckets(EncodedTexts texts, int size)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        (this.texts, this.size) = (texts, size);
        byLength = [.. Enumerable.Range(0, texts.Count).OrderBy(texts.Steps)];
        List<Range> found = [];
        for (int start = 0, end; start < byLength.Length; start = end)
        {
            for (end = start + 1; end < byLength.Length && texts.Steps(byLength[end]) == texts.Steps(byLength[start]); end++) { }
            found.Add(start..end);
        }
        lengths = [.. found];
    }

    /// <summary>Number of batches, the same in every epoch.</summary>
    public int Count
    {
        get
        {
            int even = 0;
            foreach (Range length in lengths) even += length.GetOffsetAndLength(byLength.Length).Length / size;
            int left = byLength.Length - even * size;
            return even + (left + size - 1) / size;
        }
    }

    /// <summary>Steps that are padding in an epoch, over all steps computed.</summary>
    public static double PaddedShare(IReadOnlyList<TextBatch> batches, EncodedTexts texts)
    {
        long computed = batches.Sum(batch => (long)batch.Texts.Length * batch.Steps);
        long real = 0;
        foreach (TextBatch batch in batches)
        {
            foreach (int text in batch.Texts.Span) real += texts.Steps(text);
        }
        return computed == 0 ? 0 : 1 - (double)real / computed;
    }

    /// <summary>The batches of one epoch, each text in one of them, in an order drawn at random.</summary>
    public IReadOnlyList<TextBatch> Shuffled(int seed, int epoch)
    {
        var random = new Xoshiro256((ulong)seed, (ulong)epoch);
        int[] order = [.. byLength];
        foreach (Range length in lengths) random.Shuffle(order.AsSpan(length));
        TextBatch[] batches = Cut(order);
        int[] places = [.. Enumerable.Range(0, batches.Length)];
        random.Shuffle(places);
        return [.. places.Select(place => batches[place])];
    }

    /// <summary>The batches in the order of their lengths, to score texts by.</summary>
    public IReadOnlyList<TextBatch> InOrder() => Cut(byLength);

    private TextBatch[] Cut(int[] order)
    {
        List<TextBatch> batches = [];
        var left = new List<int>();
        foreach (Range length in lengths)
        {
            (int offset, int count) = length.GetOffsetAndLength(order.Length);
            int i = offset;
            for (; i + size <= offset + count; i += size) batches.Add(new TextBatch(order.AsMemory(i, size), texts.Steps(order[i]), true));
            for (; i < offset + count; i++) left.Add(order[i]);
        }
        int[] rest = [.. left];
        for (int i = 0; i < rest.Length; i += size)
        {
            int end = Math.Min(i + size, rest.Length);
            batches.Add(new TextBatch(rest.AsMemory(i, end - i), texts.Steps(rest[end - 1]), texts.Steps(rest[i]) == texts.Steps(rest[end - 1])));
        }
        return [.. batches];
    }
}
