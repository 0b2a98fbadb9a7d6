using Vigie.Features;

namespace Vigie.Tests.Features;

public sealed class NgramMatrixTests
{
    [Fact]
    public void The_first_texts_may_be_empty()
    {
        (FittedVectorizer vectorizer, NgramMatrix matrix) = new NgramVectorizer().Fit(["", "", "late again"], []);

        Assert.Equal((3, 2, 2), (matrix.RowCount, vectorizer.FeatureCount, (int)matrix.EntryCount));
    }

    [Fact]
    public void Nothing_but_empty_texts_leaves_no_feature_and_says_so() =>
        Assert.Contains("no feature is left of 2 texts", Assert.Throws<InvalidInputException>(() => new NgramVectorizer().Fit(["", " "], [])).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Rows_keep_their_entries_when_others_fall_out_and_all_move_up(bool counted)
    {
        var random = new Xoshiro256(5);
        var matrix = new NgramMatrix(counted);
        var rows = new List<int[]>();
        // Several blocks of memory, rows that end a block early, and one longer than a block.
        foreach (int length in new[] { 700_000, 0, 500_000, 600_000, 1_200_000, 3, 400_000, 700_000, 700_000 })
        {
            matrix.Begin(length);
            rows.Add([.. Enumerable.Range(0, length).Select(_ => random.Next(10) - 1)]);
            foreach (int column in rows[^1])
            {
                int position = matrix.Add(column);
                if (column == 3) matrix.Repeat(position);
            }
            matrix.End();
        }

        matrix.Renumber([4, -1, 2, 7, -1, 0, -1, 5, 6], 8);

        int[] number = [4, -1, 2, 7, -1, 0, -1, 5, 6];
        int[][] expected = [.. rows.Select(row => row.Where(column => column >= 0 && number[column] >= 0).Select(column => number[column]).ToArray())];
        for (int row = 0; row < rows.Count; row++)
        {
            Assert.True(matrix.Columns(row).SequenceEqual(expected[row]), $"row {row}");
            if (counted) Assert.True(matrix.Counts(row).SequenceEqual(expected[row].Select(column => (ushort)(column == 7 ? 2 : 1)).ToArray()), $"counts of row {row}");
        }
        Assert.Equal((expected.Sum(row => (long)row.Length), 8), (matrix.EntryCount, matrix.ColumnCount));
    }
}
