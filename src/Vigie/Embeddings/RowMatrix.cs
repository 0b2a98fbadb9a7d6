using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Vigie.Embeddings;

/// <summary>
/// A matrix outside the collector's heap whose rows start on cache lines and are padded with zeros to whole vector registers: no load straddles two lines, and loops need no rest.
/// </summary>
internal sealed unsafe class RowMatrix : IDisposable
{
    private readonly int dimension;
    private float* values;

    public RowMatrix(int rows, int dimension)
    {
        (Rows, this.dimension) = (rows, dimension);
        Stride = StrideOf(dimension);
        nuint bytes = checked((nuint)rows * (nuint)Stride * sizeof(float));
        values = (float*)NativeMemory.AlignedAlloc(bytes, 64);
        NativeMemory.Clear(values, bytes);
    }

    ~RowMatrix() => Free();

    public int Rows { get; }

    /// <summary>Numbers from one row to the next.</summary>
    public int Stride { get; }

    /// <summary>Numbers that a padded row takes.</summary>
    public static int StrideOf(int dimension) => (dimension + Vector512<float>.Count - 1) / Vector512<float>.Count * Vector512<float>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float* Row(int row) => values + (nint)row * Stride;

    /// <summary>Fills the rows with random numbers from -<paramref name="spread"/> to <paramref name="spread"/>.</summary>
    public void Randomise(Xoshiro256 random, float spread)
    {
        for (int i = 0; i < Rows; i++)
        {
            float* row = Row(i);
            for (int j = 0; j < dimension; j++) row[j] = (2 * (float)random.NextDouble() - 1) * spread;
        }
    }

    /// <summary>The rows without their padding.</summary>
    public float[] ToArray()
    {
        var array = new float[checked(Rows * dimension)];
        for (int i = 0; i < Rows; i++) new ReadOnlySpan<float>(Row(i), dimension).CopyTo(array.AsSpan(i * dimension));
        return array;
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        NativeMemory.AlignedFree(values);
        values = null;
    }
}
