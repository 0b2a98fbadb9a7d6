using System.Diagnostics;
using Vigie.Evaluation;

namespace Vigie.Tests.Evaluation;

/// <summary>Runs with no test beside it: the processor time measured is the whole process's.</summary>
[CollectionDefinition(nameof(BootstrapSpeedTests), DisableParallelization = true)]
[Collection(nameof(BootstrapSpeedTests))]
public sealed class BootstrapSpeedTests
{
    [Fact]
    public void Twenty_thousand_rows_take_a_fraction_of_a_second()
    {
        var sample = BootstrapTests.Sample(20_000, 3);
        byte[] predicted = DecisionRule.Half.DecideAll(sample.Probabilities, 2);
        new Bootstrap(20).Intervals(sample.Truth, predicted, sample.Probabilities, 2);
        TimeSpan before = Process.GetCurrentProcess().TotalProcessorTime;
        new Bootstrap().Intervals(sample.Truth, predicted, sample.Probabilities, 2);
        TimeSpan spent = Process.GetCurrentProcess().TotalProcessorTime - before;
        TestContext.Current.TestOutputHelper!.WriteLine($"{spent.TotalSeconds:0.000} CPU s");
        // About 0.15 s on a quiet machine.
        Assert.True(spent < TimeSpan.FromSeconds(0.6), $"{spent.TotalSeconds} CPU s");
    }
}
