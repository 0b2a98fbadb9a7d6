using Vigie.Features;
using Vigie.Models;

namespace Vigie.Tests.Models.Trees;

/// <summary>Made-up sparse rows, the same for the same seed.</summary>
internal static class SparseRows
{
    public const int Columns = 60;

    /// <summary>About eight features of sixty a row, values in (0, 1]; the class follows which of the first features are there, and now and then does not.</summary>
    public static LabelledRows Of(int classes, int rows = 600, ulong seed = 1)
    {
        var random = new Xoshiro256(seed);
        List<int> start = [0], columns = [];
        List<double> values = [];
        var labels = new byte[rows];
        for (int i = 0; i < rows; i++)
        {
            bool first = false, second = false;
            for (int c = 0; c < Columns; c++)
            {
                if (!random.Chance(c < 2 ? 0.5 : 0.12)) continue;
                columns.Add(c);
                values.Add(1 - random.NextDouble());
                first |= c == 0;
                second |= c == 1 && values[^1] > 0.4;
            }
            start.Add(columns.Count);
            labels[i] = (byte)(random.Chance(0.1) ? random.Next(classes) : classes == 2 ? (first ? 1 : 0) : first ? 0 : second ? 1 : 2);
        }
        return new LabelledRows(new SparseMatrix([.. start], [.. columns], [.. values], Columns), labels);
    }

    /// <summary>The class is whether exactly one of the first two features is there, which no sum over features can say. Six more say nothing.</summary>
    public static LabelledRows ExclusiveOr(int rows = 400)
    {
        var random = new Xoshiro256(5);
        List<int> start = [0], columns = [];
        var labels = new byte[rows];
        for (int i = 0; i < rows; i++)
        {
            int[] own = [.. Enumerable.Range(0, 8).Where(_ => random.Chance(0.5))];
            columns.AddRange(own);
            start.Add(columns.Count);
            labels[i] = (byte)(own.Contains(0) != own.Contains(1) ? 1 : 0);
        }
        return new LabelledRows(new SparseMatrix([.. start], [.. columns], [.. columns.Select(_ => 1.0)], 8), labels);
    }

    /// <summary>Share of rows whose best score is that of their class.</summary>
    public static double Accuracy(Forest forest, LabelledRows rows)
    {
        double[] scores = forest.Score(rows.Features);
        int right = 0;
        for (int i = 0; i < rows.Labels.Length; i++)
        {
            ReadOnlySpan<double> own = scores.AsSpan(i * forest.ScoreCount, forest.ScoreCount);
            int best = own.Length == 1 ? own[0] > 0 ? 1 : 0 : own.IndexOf(own.ToArray().Max());
            if (best == rows.Labels[i]) right++;
        }
        return (double)right / rows.Labels.Length;
    }

    public static void SkipUnlessInstalled(string library)
    {
        try
        {
            NativeTreeLibrary.Require(library);
        }
        catch (InvalidInputException missing)
        {
            Assert.Skip(missing.Message);
        }
    }
}

/// <summary>Keeps every report, in order.</summary>
internal sealed class Reports : IProgress<FitProgress>
{
    private readonly List<FitProgress> reports = [];

    public Action<FitProgress>? Then { get; init; }

    public IReadOnlyList<FitProgress> All => reports;

    public void Report(FitProgress value)
    {
        lock (reports) reports.Add(value);
        Then?.Invoke(value);
    }
}
