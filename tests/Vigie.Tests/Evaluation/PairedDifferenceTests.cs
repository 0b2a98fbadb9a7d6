using Vigie.Evaluation;

namespace Vigie.Tests.Evaluation;

public sealed class PairedDifferenceTests
{
    // Two models that are right on 80 % and on 70 % of the rows, mostly on the same ones.
    private static (byte[] Truth, byte[] First, byte[] Second) Sample(int rows, int seed)
    {
        var random = new Random(seed);
        byte[] truth = new byte[rows], first = new byte[rows], second = new byte[rows];
        for (int row = 0; row < rows; row++)
        {
            double luck = random.NextDouble(), own = random.NextDouble();
            truth[row] = (byte)random.Next(2);
            first[row] = luck < 0.7 ? truth[row] : (byte)(1 - truth[row]);
            second[row] = luck < 0.7 ? own < 0.95 ? truth[row] : (byte)(1 - truth[row]) : own < 0.45 ? truth[row] : (byte)(1 - truth[row]);
        }

        return (truth, first, second);
    }

    [Fact]
    public void The_differences_are_those_of_the_two_reports()
    {
        (byte[] truth, byte[] first, byte[] second) = Sample(400, 1);
        ConfusionMatrix one = ConfusionMatrix.Of(truth, first, 2), other = ConfusionMatrix.Of(truth, second, 2);

        var difference = PairedDifference.Of(truth, first, second, 2);

        Assert.Equal(other.Accuracy!.Value - one.Accuracy!.Value, difference.Accuracy, 12);
        Assert.Equal(other.F1Macro!.Value - one.F1Macro!.Value, difference.F1Macro, 12);
        Assert.Equal(difference, PairedDifference.Of(truth, first, second, 2));
    }

    [Fact]
    public void The_interval_is_as_wide_as_theory_has_it_for_pairs()
    {
        const int rows = 4_000;
        (byte[] truth, byte[] first, byte[] second) = Sample(rows, 2);
        var test = McNemarTest.Of(truth, first, second);
        double b = (double)test.OnlyFirstRight / rows, c = (double)test.OnlySecondRight / rows, expected = 2 * 1.96 * Math.Sqrt((b + c - (c - b) * (c - b)) / rows);

        Interval interval = PairedDifference.Of(truth, first, second, 2).AccuracyInterval;

        Assert.InRange((interval.Upper - interval.Lower) / expected, 0.93, 1.07);
        Assert.InRange(c - b, interval.Lower, interval.Upper);
    }

    [Fact]
    public void Models_that_say_the_same_do_not_differ_and_a_class_that_does_not_occur_does_not_count()
    {
        byte[] truth = [0, 2, 0, 2], said = [0, 2, 2, 2];
        Assert.Equal(new PairedDifference(0, 0, new Interval(0, 0), new Interval(0, 0)), PairedDifference.Of(truth, said, said, 3));
        // F1 of class 0: 2/3, then 1; of class 2: 4/5, then 1. Class 1 has no rows.
        Assert.Equal((1 - 2.0 / 3 + 1 - 4.0 / 5) / 2, PairedDifference.Of(truth, said, truth, 3).F1Macro, 12);
    }

    [Fact]
    public void What_cannot_be_compared_is_refused()
    {
        Assert.Throws<InvalidInputException>(() => PairedDifference.Of([], [], [], 2));
        Assert.Throws<InvalidInputException>(() => PairedDifference.Of([0, 1], [0], [0, 1], 2));
        Assert.Throws<InvalidInputException>(() => PairedDifference.Of([0, 1], [0, 2], [0, 1], 2));
        Assert.Throws<InvalidInputException>(() => PairedDifference.Of([0], [0], [0], 7));
    }
}
