using System.Buffers;
using System.Collections.Concurrent;
using Vigie.Text;

namespace Vigie.Features;

/// <summary>The fingerprints of a run of texts. Word n-grams and skip-grams come first in each text, character n-grams behind.</summary>
internal sealed record HashedTexts(int First, int[] Start, int[] CharStart, ulong[] Fingerprints)
{
    public int Count => CharStart.Length;

    public ReadOnlySpan<ulong> Words(int i) => Fingerprints.AsSpan(Start[i], CharStart[i] - Start[i]);

    public ReadOnlySpan<ulong> Chars(int i) => Fingerprints.AsSpan(CharStart[i], Start[i + 1] - CharStart[i]);

    /// <summary>
    /// Tokenises and hashes on all processors and hands the results out in the order of the texts, so that what follows is
    /// deterministic; at most one run per processor is held in memory. A run is valid until the next one is asked for.
    /// </summary>
    /// <param name="texts">The texts.</param>
    /// <param name="tokenizer">Cuts them.</param>
    /// <param name="ngrams">What is hashed.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <param name="threads">Number of processors to use at most; 0 for all.</param>
    public static IEnumerable<HashedTexts> InOrder(IReadOnlyList<string> texts, Tokenizer tokenizer, Ngrams ngrams, CancellationToken cancellation, int threads = 0)
    {
        const int run = 1024;
        int atOnce = threads == 0 ? Environment.ProcessorCount : threads;
        var ahead = new Queue<Task<HashedTexts>>();
        var idle = new ConcurrentBag<NgramBuffer>();
        int next = 0;
        while (next < texts.Count || ahead.Count > 0)
        {
            while (next < texts.Count && ahead.Count < atOnce)
            {
                int first = next, count = Math.Min(run, texts.Count - first);
                ahead.Enqueue(Task.Run(() => Hash(first, count), cancellation));
                next += count;
            }
            HashedTexts ready = ahead.Dequeue().GetAwaiter().GetResult();
            yield return ready;
            ArrayPool<ulong>.Shared.Return(ready.Fingerprints);
        }

        HashedTexts Hash(int first, int count)
        {
            if (!idle.TryTake(out NgramBuffer? buffer)) buffer = new NgramBuffer(tokenizer, ngrams);
            var start = new int[count + 1];
            var charStart = new int[count];
            ulong[] fingerprints = ArrayPool<ulong>.Shared.Rent(count * 32);
            int used = 0;
            for (int i = 0; i < count; i++)
            {
                buffer.Fill(texts[first + i]);
                if (used + buffer.Count > fingerprints.Length)
                {
                    ulong[] larger = ArrayPool<ulong>.Shared.Rent(2 * (used + buffer.Count));
                    fingerprints.AsSpan(0, used).CopyTo(larger);
                    ArrayPool<ulong>.Shared.Return(fingerprints);
                    fingerprints = larger;
                }
                buffer.Fingerprints.CopyTo(fingerprints.AsSpan(used));
                charStart[i] = used + buffer.CharStart;
                used += buffer.Count;
                start[i + 1] = used;
            }
            idle.Add(buffer);
            return new HashedTexts(first, start, charStart, fingerprints);
        }
    }
}
