namespace Vigie.Tweets;

/// <summary>Keeps the N items with the smallest text hash of a stream; of equal hashes, the earlier ones.</summary>
internal sealed class HashSample<T>(int size)
{
    // The item that would go first stands on top: largest hash, then latest.
    private readonly PriorityQueue<T, (ulong Hash, long Row)> kept = new(Comparer<(ulong, long)>.Create((left, right) => right.CompareTo(left)));

    /// <summary>Whether an item with this hash would be kept now.</summary>
    public bool Wants(ulong hash) => kept.Count < size || (kept.TryPeek(out _, out var worst) && hash < worst.Hash);

    public void Offer(T item, ulong hash, long row)
    {
        if (kept.Count < size) kept.Enqueue(item, (hash, row));
        else kept.EnqueueDequeue(item, (hash, row));
    }

    /// <summary>What was kept, in the order of the stream.</summary>
    public IEnumerable<T> InOrder() => kept.UnorderedItems.OrderBy(entry => entry.Priority.Row).Select(entry => entry.Element);
}
