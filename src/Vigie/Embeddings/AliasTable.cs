using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Vigie.Embeddings;

/// <summary>
/// Draws numbers in proportion to given weights, in constant time: A. J. Walker, 'An efficient method for generating discrete random variables with general
/// distributions', ACM TOMS 3, 1977, built as in M. D. Vose, IEEE TSE 17, 1991.
/// </summary>
internal sealed class AliasTable
{
    private readonly Column[] columns;

    public AliasTable(double[] weights)
    {
        columns = new Column[weights.Length];
        double mean = weights.Sum() / weights.Length;
        var share = Array.ConvertAll(weights, weight => weight / mean);
        var small = new Stack<int>();
        var large = new Stack<int>();
        for (int i = 0; i < share.Length; i++) (share[i] < 1 ? small : large).Push(i);
        while (small.Count > 0 && large.Count > 0)
        {
            (int low, int high) = (small.Pop(), large.Peek());
            columns[low] = new Column((uint)(share[low] * uint.MaxValue), high);
            share[high] -= 1 - share[low];
            if (share[high] < 1) small.Push(large.Pop());
        }
        // What is left has share 1 but for rounding.
        foreach (int i in small.Concat(large)) columns[i] = new Column(uint.MaxValue, i);
    }

    private readonly struct Column(uint ownBelow, int alias)
    {
        public readonly uint OwnBelow = ownBelow;
        public readonly int Alias = alias;
    }

    /// <summary>A number from 0 on, made of 64 random bits: the upper half picks the column, the lower decides between its two numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Pick(ulong bits)
    {
        int index = (int)(((bits >> 32) * (uint)columns.Length) >> 32);
        ref readonly Column column = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(columns), index);
        // Without a branch: which of the two it is cannot be foreseen, and half of the guesses would be wrong.
        int other = (int)(((long)column.OwnBelow - (uint)bits) >> 63);
        return index ^ ((index ^ column.Alias) & other);
    }
}
