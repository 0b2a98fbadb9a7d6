using System.Runtime.CompilerServices;

namespace Vigie.Features;

/// <summary>
/// The n-grams that a model keeps, known by their places in a space of hashes: four bytes an n-gram and no names. Two n-grams of one place are
/// one to the model; in a space far larger than the number of n-grams that hardly happens. An n-gram's row is the rank of its place.
/// </summary>
internal sealed class NgramPlaces
{
    private readonly int[] places;
    private readonly int[] directory; // where the places with the same leading bits begin
    private readonly int shift;

    /// <summary>Takes over places in rising order.</summary>
    /// <exception cref="InvalidInputException">They do not rise, or leave the space.</exception>
    public NgramPlaces(int[] places, int space)
    {
        int before = -1;
        foreach (int place in places)
        {
            if (place <= before || place >= space) throw new InvalidInputException($"places of n-grams must rise and stay below {space}, found {place} after {before}");
            before = place;
        }
        (this.places, Space) = (places, space);
        // Four places to a stretch of the directory: it takes a quarter of the memory, and a search reads one cache line of places.
        while (((long)space >> shift) > Math.Max(1, places.Length / 4)) shift++;
        directory = new int[((space - 1) >> shift) + 2];
        foreach (int place in places) directory[(place >> shift) + 1]++;
        for (int i = 1; i < directory.Length; i++) directory[i] += directory[i - 1];
    }

    /// <summary>Number of places there could be.</summary>
    public int Space { get; }

    /// <summary>Number of n-grams.</summary>
    public int Count => places.Length;

    /// <summary>The places, rising.</summary>
    public int[] All => places;

    /// <summary>The place of an n-gram in a space.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int PlaceOf(ulong fingerprint, int space) => (int)Math.BigMul(fingerprint, (ulong)space, out _);

    /// <summary>The row of an n-gram, or -1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Find(ulong fingerprint)
    {
        int place = PlaceOf(fingerprint, Space), stretch = place >> shift, end = directory[stretch + 1];
        for (int row = directory[stretch]; row < end && places[row] <= place; row++)
        {
            if (places[row] == place) return row;
        }
        return -1;
    }
}
