using System.Runtime.Intrinsics;
using Vigie.Embeddings;

namespace Vigie.Tests.Embeddings;

public sealed unsafe class PairStepTests
{
    [Theory]
    [InlineData(100, 6)]
    [InlineData(100, 2)]
    [InlineData(7, 6)]
    [InlineData(300, 5)]
    public void A_step_is_that_of_the_plain_formula(int dimension, int words)
    {
        const float alpha = 0.3f;
        using var matrix = new RowMatrix(1 + PairStep.Group, dimension);
        matrix.Randomise(new Xoshiro256(11), spread: 1);
        for (int k = words; k < PairStep.Group; k++) new Span<float>(matrix.Row(1 + k), dimension).Clear();
        double[] x = Values(matrix, 0);
        double[][] rows = [.. Enumerable.Range(1, PairStep.Group).Select(row => Values(matrix, row))];
        ReferenceTraining.Step(x, rows, [.. Enumerable.Range(0, words)], near: true, alpha);

        float** pointers = stackalloc float*[PairStep.Group];
        for (int k = 0; k < PairStep.Group; k++) pointers[k] = matrix.Row(1 + k);
        Vector256<float> rates = Vector256.Create([.. Enumerable.Range(0, 8).Select(k => k < words ? alpha : 0)]);
        PairStep.Learn(matrix.Row(0), pointers, matrix.Stride, Vector256.CreateScalar(1f), rates);

        Close(x, Values(matrix, 0));
        for (int k = 0; k < PairStep.Group; k++) Close(rows[k], Values(matrix, 1 + k));
        // The padding stays zero, or the next step would read it.
        for (int row = 0; row < matrix.Rows; row++) Assert.False(new Span<float>(matrix.Row(row), matrix.Stride)[dimension..].ContainsAnyExcept(0f));
    }

    [Fact]
    public void A_row_that_was_drawn_twice_moves_twice()
    {
        using var matrix = new RowMatrix(3, 20);
        matrix.Randomise(new Xoshiro256(12), spread: 1);
        double[] x = Values(matrix, 0);
        double[][] rows = [Values(matrix, 1), Values(matrix, 2)];
        ReferenceTraining.Step(x, rows, [0, 1, 1, 1, 1, 1], near: true, 0.2);
        float** pointers = stackalloc float*[PairStep.Group];
        for (int k = 0; k < PairStep.Group; k++) pointers[k] = matrix.Row(k == 0 ? 1 : 2);
        PairStep.Learn(matrix.Row(0), pointers, matrix.Stride, Vector256.CreateScalar(1f), Vector256.Create(0.2f));
        Close(x, Values(matrix, 0));
        Close(rows[1], Values(matrix, 2));
    }

    [Fact]
    public void The_sigmoid_is_right_everywhere()
    {
        for (float x = -40; x <= 40; x += 0.01f) Assert.Equal(1 / (1 + Math.Exp(-x)), PairStep.Sigmoid(Vector256.Create(x))[0], 1e-6);
    }

    private static double[] Values(RowMatrix matrix, int row)
    {
        var values = new double[matrix.ToArray().Length / matrix.Rows];
        for (int j = 0; j < values.Length; j++) values[j] = matrix.Row(row)[j];
        return values;
    }

    private static void Close(double[] expected, double[] actual)
    {
        for (int j = 0; j < expected.Length; j++) Assert.Equal(expected[j], actual[j], 2e-6);
    }
}
