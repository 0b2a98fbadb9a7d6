using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Vigie.Features;

/// <summary>
/// Fingerprint → id, by open addressing with linear probing; at most seven tenths full. Ids count up from 0 in the order of first sight.
/// Key and id share a cache line, since a lookup in a large table costs one cache miss and nothing else matters.
/// </summary>
internal sealed class FingerprintTable
{
    /// <summary>One place of the table. <see cref="Mark"/> is for the table's user: reading it costs nothing once the slot is at hand.</summary>
    internal struct Slot
    {
        public ulong Key;
        public uint IdPlusOne;
        public uint Mark;

        public readonly bool IsEmpty => IdPlusOne == 0;

        public readonly int Id => (int)IdPlusOne - 1;
    }

    private Slot[] slots;

    public FingerprintTable(int expected = 0)
    {
        int size = 1024;
        while (7L * size < 10L * expected) size = checked(size * 2);
        slots = new Slot[size];
    }

    public int Count { get; private set; }

    /// <summary>The id of a fingerprint, or -1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Find(ulong key) => Seat(key).Id;

    /// <summary>The id of a fingerprint, new where it was not there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int FindOrAdd(ulong key)
    {
        ref Slot slot = ref Seat(key);
        return slot.IsEmpty ? Add(key).Id : slot.Id;
    }

    /// <summary>The slot of a fingerprint, or the empty slot where the search for it ended.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref Slot Seat(ulong key)
    {
        Slot[] table = slots;
        int mask = table.Length - 1;
        ref Slot first = ref MemoryMarshal.GetArrayDataReference(table);
        for (int i = Home(key) & mask; ; i = (i + 1) & mask)
        {
            ref Slot slot = ref Unsafe.Add(ref first, i);
            if (slot.Key == key || slot.IsEmpty) return ref slot;
        }
    }

    /// <summary>Gives a fingerprint that is not there the next id.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public ref Slot Add(ulong key)
    {
        if (10L * (Count + 1) > 7L * slots.Length) Grow();
        ref Slot slot = ref Seat(key);
        slot = new Slot { Key = key, IdPlusOne = (uint)++Count };
        return ref slot;
    }

    /// <summary>Asks the processor to fetch the place of a fingerprint that will be looked up soon.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public unsafe void Prefetch(ulong key)
    {
        if (!Sse.IsSupported) return;
        Slot[] table = slots;
        // A hint about an address: it does not matter should the collector move the array meanwhile.
        Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(table), Home(key) & (table.Length - 1))));
    }

    /// <summary>All fingerprints in the order of their ids.</summary>
    public ulong[] Keys()
    {
        var keys = new ulong[Count];
        foreach (ref readonly Slot slot in slots.AsSpan())
        {
            if (!slot.IsEmpty) keys[slot.Id] = slot.Key;
        }
        return keys;
    }

    // The low bits pick the bit in the filter of what was seen once: the slot comes from others.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Home(ulong key) => (int)(key >> 32);

    private void Grow()
    {
        Slot[] old = slots;
        slots = new Slot[checked(old.Length * 2)];
        foreach (ref readonly Slot slot in old.AsSpan())
        {
            if (!slot.IsEmpty) Seat(slot.Key) = slot;
        }
    }
}
