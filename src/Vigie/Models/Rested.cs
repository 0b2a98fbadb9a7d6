using System.Collections.Concurrent;

namespace Vigie.Models;

/// <summary>
/// What one thread at a time uses, to be used again. Not a ConcurrentBag: that keeps its contents with the threads that brought them, and contents that know their owner would keep it for ever;
/// a server that loads a model a day would keep them all.
/// </summary>
internal sealed class Rested<T> where T : class
{
    private readonly ConcurrentQueue<T> others = new();
    private T? first; // most of the time, one is enough

    /// <summary>Takes one out; null where none rests.</summary>
    public T? Take()
    {
        T? taken = first;
        if (taken is not null && Interlocked.CompareExchange(ref first, null, taken) == taken) return taken;
        return others.TryDequeue(out taken) ? taken : null;
    }

    /// <summary>Puts one back.</summary>
    public void Put(T item)
    {
        if (first is not null || Interlocked.CompareExchange(ref first, item, null) is not null) others.Enqueue(item);
    }
}
