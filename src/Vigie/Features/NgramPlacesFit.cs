using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Vigie.Text;

namespace Vigie.Features;

/// <summary>
/// Finds the n-grams that texts repeat, in one pass over the texts. The pass notes the place of every n-gram, and in two bits a place
/// whether it was met, and met again; what was met once falls out when places become columns, without a table.
/// </summary>
internal sealed class NgramPlacesFit(Tokenizer tokenizer, Ngrams ngrams, int space, int minCount, int threads)
{
    private const int LookAhead = 16;
    private ulong[] marks = new ulong[2 * ((space + 63) / 64)]; // met, met again; of 64 places each, side by side
    private readonly NgramMatrix matrix = new(counted: false);

    /// <summary>Reads the texts.</summary>
    /// <returns>
    /// The n-grams; the columns of each text, in its order and as often as they occur, the most frequent n-gram being column 0; and the row of each column among the n-grams.
    /// </returns>
    /// <exception cref="InvalidInputException">No n-gram occurs as often as asked for.</exception>
    public (NgramPlaces Ngrams, NgramMatrix Matrix, int[] RowOfColumn) Run(IReadOnlyList<string> texts, IProgress<double>? progress, CancellationToken cancellation)
    {
        foreach (HashedTexts run in HashedTexts.InOrder(texts, tokenizer, ngrams, cancellation, threads))
        {
            for (int i = 0; i < run.Count; i++) Note(run.Fingerprints.AsSpan(run.Start[i], run.Start[i + 1] - run.Start[i]));
            progress?.Report(0.9 * (run.First + run.Count) / texts.Count);
            cancellation.ThrowIfCancellationRequested();
        }
        int[] counts = CountRepeated(cancellation);
        int[] kept = MostFrequentFirst(counts);
        if (kept.Length == 0) throw new InvalidInputException($"no n-gram is left of {texts.Count} texts: none occurs min_count {minCount} times");
        var newColumn = new int[counts.Length];
        Array.Fill(newColumn, -1);
        for (int column = 0; column < kept.Length; column++) newColumn[kept[column]] = column;
        matrix.Renumber(newColumn, kept.Length);

        int[] places = PlacesOf(newColumn, kept.Length, out int[] rowOfColumn);
        progress?.Report(1);
        marks = [];
        // As in VocabularyFit: the collector, left to itself, lets all this lie until far more has been taken.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive);
        return (new NgramPlaces(places, space), matrix, rowOfColumn);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Note(ReadOnlySpan<ulong> fingerprints)
    {
        matrix.Begin(fingerprints.Length);
        for (int i = 0; i < fingerprints.Length; i++)
        {
            if (i + LookAhead < fingerprints.Length) Prefetch(NgramPlaces.PlaceOf(fingerprints[i + LookAhead], space));
            int place = NgramPlaces.PlaceOf(fingerprints[i], space);
            matrix.Add(place);
            ulong bit = 1UL << (place & 63);
            ref ulong met = ref marks[2 * (place >> 6)];
            if (minCount == 1 || (met & bit) != 0) Unsafe.Add(ref met, 1) |= bit;
            met |= bit;
        }
        matrix.End();
    }

    // Places become the ranks of those met again, -1 for others; answers how often each rank occurs.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int[] CountRepeated(CancellationToken cancellation)
    {
        // Of each pair of words only the second counts from here on; the first becomes the number of places before the 64.
        int total = 0;
        for (int i = 0; i < marks.Length; i += 2)
        {
            marks[i] = (ulong)total;
            total += BitOperations.PopCount(marks[i + 1]);
        }
        var counts = new int[total];
        for (int text = 0; text < matrix.RowCount; text++)
        {
            if ((text & 4095) == 0) cancellation.ThrowIfCancellationRequested();
            Span<int> entries = matrix.Writable(text);
            foreach (int place in entries) Prefetch(place);
            for (int k = 0; k < entries.Length; k++)
            {
                ulong repeated = marks[2 * (entries[k] >> 6) + 1], bit = 1UL << (entries[k] & 63);
                entries[k] = (repeated & bit) == 0 ? -1 : (int)marks[2 * (entries[k] >> 6)] + BitOperations.PopCount(repeated & (bit - 1));
                if (entries[k] >= 0) counts[entries[k]]++;
            }
        }
        return counts;
    }

    private int[] MostFrequentFirst(int[] counts)
    {
        int count = 0;
        var keys = new ulong[counts.Length];
        for (int rank = 0; rank < counts.Length; rank++)
        {
            if (counts[rank] >= minCount) keys[count++] = ((ulong)(int.MaxValue - counts[rank]) << 32) | (uint)rank;
        }
        Array.Sort(keys, 0, count);
        var ranks = new int[count];
        for (int i = 0; i < count; i++) ranks[i] = (int)(uint)keys[i];
        return ranks;
    }

    private int[] PlacesOf(int[] newColumn, int count, out int[] rowOfColumn)
    {
        var places = new int[count];
        rowOfColumn = new int[count];
        int row = 0, rank = 0;
        for (int word = 0; word < marks.Length; word += 2)
        {
            for (ulong left = marks[word + 1]; left != 0; left &= left - 1, rank++)
            {
                if (newColumn[rank] < 0) continue;
                rowOfColumn[newColumn[rank]] = row;
                places[row++] = 32 * word + BitOperations.TrailingZeroCount(left);
            }
        }
        return places;
    }

    // A hint about an address: it does not matter should the collector move the array meanwhile.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private unsafe void Prefetch(int place)
    {
        if (Sse.IsSupported) Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(marks), 2 * (place >> 6))));
    }
}
