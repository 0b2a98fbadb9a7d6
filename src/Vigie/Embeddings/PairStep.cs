using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Vigie.Embeddings;

/// <summary>
/// One step of gradient descent on the loss of a word's vector against one near word and some drawn ones. Written over 512-bit registers, which the compiler
/// makes two of 256 where the processor has no more: sums round the same way on both.
/// </summary>
internal static unsafe class PairStep
{
    /// <summary>Rows that are worked on at once: a near word and the five drawn against it by default. More than six sums do not fit the registers of every processor.</summary>
    public const int Group = 6;

    /// <summary>
    /// With p = σ(x · row) for each row: row += rate · (label - p) · x, and x += Σ rate · (label - p) · row, all from the values before the step.
    /// </summary>
    /// <param name="x">The vector that tells near words; <paramref name="stride"/> numbers on a cache line.</param>
    /// <param name="rows"><see cref="Group"/> rows of the same length. Where there are fewer words the rest may point to any row of zeros, with rate 0.</param>
    /// <param name="stride">Length, a multiple of 16.</param>
    /// <param name="labels">1 for near, 0 for drawn.</param>
    /// <param name="rates">Step length for each row.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Learn(float* x, float** rows, int stride, Vector256<float> labels, Vector256<float> rates)
    {
        float* r0 = rows[0], r1 = rows[1], r2 = rows[2], r3 = rows[3], r4 = rows[4], r5 = rows[5];
        Vector512<float> s0 = default, s1 = default, s2 = default, s3 = default, s4 = default, s5 = default;
        for (int j = 0; j < stride; j += Vector512<float>.Count)
        {
            Vector512<float> v = Vector512.LoadAligned(x + j);
            s0 = Vector512.FusedMultiplyAdd(v, Vector512.LoadAligned(r0 + j), s0);
            s1 = Vector512.FusedMultiplyAdd(v, Vector512.LoadAligned(r1 + j), s1);
            s2 = Vector512.FusedMultiplyAdd(v, Vector512.LoadAligned(r2 + j), s2);
            s3 = Vector512.FusedMultiplyAdd(v, Vector512.LoadAligned(r3 + j), s3);
            s4 = Vector512.FusedMultiplyAdd(v, Vector512.LoadAligned(r4 + j), s4);
            s5 = Vector512.FusedMultiplyAdd(v, Vector512.LoadAligned(r5 + j), s5);
        }

        Vector256<float> dots = Vector256.Create(Sum(s0), Sum(s1), Sum(s2), Sum(s3), Sum(s4), Sum(s5), 0, 0);
        Vector256<float> steps = (labels - Sigmoid(dots)) * rates;
        Vector512<float> g0 = Vector512.Create(steps[0]), g1 = Vector512.Create(steps[1]), g2 = Vector512.Create(steps[2]);
        Vector512<float> g3 = Vector512.Create(steps[3]), g4 = Vector512.Create(steps[4]), g5 = Vector512.Create(steps[5]);
        for (int j = 0; j < stride; j += Vector512<float>.Count)
        {
            Vector512<float> v = Vector512.LoadAligned(x + j), sum = v;
            sum = Move(r0 + j, g0, v, sum);
            sum = Move(r1 + j, g1, v, sum);
            sum = Move(r2 + j, g2, v, sum);
            sum = Move(r3 + j, g3, v, sum);
            sum = Move(r4 + j, g4, v, sum);
            sum = Move(r5 + j, g5, v, sum);
            sum.StoreAligned(x + j);
        }
    }

    // A row that was drawn twice is moved twice: each move reads what the one before has written.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Move(float* row, Vector512<float> step, Vector512<float> x, Vector512<float> sum)
    {
        Vector512<float> old = Vector512.LoadAligned(row);
        Vector512.FusedMultiplyAdd(step, x, old).StoreAligned(row);
        return Vector512.FusedMultiplyAdd(step, old, sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Sum(Vector512<float> v)
    {
        Vector256<float> half = v.GetLower() + v.GetUpper();
        return Vector128.Sum(half.GetLower() + half.GetUpper());
    }

    /// <summary>
    /// 1 / (1 + e⁻ˣ) = (1 + tanh(x / 2)) / 2, by a rational approximation of tanh: within 10⁻⁶ for all x, a table of 1,000 places is within 0.003.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<float> Sigmoid(Vector256<float> x)
    {
        Vector256<float> t = Vector256.MinNative(Vector256.MaxNative(x * 0.5f, Vector256.Create(-7.9f)), Vector256.Create(7.9f)), u = t * t;
        Vector256<float> p = Vector256.Create(-2.76076847742355e-16f);
        p = Vector256.FusedMultiplyAdd(p, u, Vector256.Create(2.00018790482477e-13f));
        p = Vector256.FusedMultiplyAdd(p, u, Vector256.Create(-8.60467152213735e-11f));
        p = Vector256.FusedMultiplyAdd(p, u, Vector256.Create(5.12229709037114e-08f));
        p = Vector256.FusedMultiplyAdd(p, u, Vector256.Create(1.48572235717979e-05f));
        p = Vector256.FusedMultiplyAdd(p, u, Vector256.Create(6.37261928875436e-04f));
        p = Vector256.FusedMultiplyAdd(p, u, Vector256.Create(4.89352455891786e-03f));
        Vector256<float> q = Vector256.Create(1.19825839466702e-06f);
        q = Vector256.FusedMultiplyAdd(q, u, Vector256.Create(1.18534705686654e-04f));
        q = Vector256.FusedMultiplyAdd(q, u, Vector256.Create(2.26843463243900e-03f));
        q = Vector256.FusedMultiplyAdd(q, u, Vector256.Create(4.89352518554385e-03f));
        return Vector256.FusedMultiplyAdd(Vector256.Create(0.5f), t * p / q, Vector256.Create(0.5f));
    }
}
