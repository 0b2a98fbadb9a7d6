using System.Runtime.CompilerServices;

namespace Vigie.Features;

/// <summary>
/// Fingerprint → id, by open addressing with linear probing; at most half full. Ids count up from 0 in the order of first sight.
/// Key and id share a cache line, since a lookup in a large table costs one cache miss and nothing else matters.
/// </summary>
internal sealed class FingerprintTable
{
    private struct Slot
    {
        public ulong Key;
        public int IdPlusOne;
    }

    private Slot[] slots;
    private int mask;

    public FingerprintTable(int expected = 0)
    {
        int size = 1024;
        while (size < 2L * expected) size = checked(size * 2);
        slots = new Slot[size];
        mask = size - 1;
    }

    public int Count { get; private set; }

    /// <summary>The id of a fingerprint, or -1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Find(ulong key)
    {
        Slot[] table = slots;
        for (int i = Home(key) & (table.Length - 1); ; i = (i + 1) & (table.Length - 1))
        {
            ref Slot slot = ref table[i];
            if (slot.Key == key && slot.IdPlusOne != 0) return slot.IdPlusOne - 1;
            if (slot.IdPlusOne == 0) return -1;
        }
    }

    /// <summary>The id of a fingerprint, new where it was not there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int FindOrAdd(ulong key)
    {
        Slot[] table = slots;
        int i = Home(key) & (table.Length - 1);
        while (true)
        {
            ref Slot slot = ref table[i];
            if (slot.IdPlusOne == 0) return Add(i, key);
            if (slot.Key == key) return slot.IdPlusOne - 1;
            i = (i + 1) & (table.Length - 1);
        }
    }

    /// <summary>All fingerprints in the order of their ids.</summary>
    public ulong[] Keys()
    {
        var keys = new ulong[Count];
        foreach (Slot slot in slots)
        {
            if (slot.IdPlusOne != 0) keys[slot.IdPlusOne - 1] = slot.Key;
        }
        return keys;
    }

    // The low bits pick the bit in the occurrence filter: the slot comes from others.
    private static int Home(ulong key) => (int)(key >> 32);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int Add(int i, ulong key)
    {
        if (2 * (Count + 1) > slots.Length)
        {
            Grow();
            for (i = Home(key) & mask; slots[i].IdPlusOne != 0; i = (i + 1) & mask) { }
        }
        slots[i] = new Slot { Key = key, IdPlusOne = ++Count };
        return Count - 1;
    }

    private void Grow()
    {
        Slot[] old = slots;
        slots = new Slot[checked(old.Length * 2)];
        mask = slots.Length - 1;
        foreach (Slot slot in old)
        {
            if (slot.IdPlusOne == 0) continue;
            int i = Home(slot.Key) & mask;
            while (slots[i].IdPlusOne != 0) i = (i + 1) & mask;
            slots[i] = slot;
        }
    }
}
