namespace Vigie.Cli;

/// <summary>All that one run of <c>bench monitor</c> measured.</summary>
internal sealed record MonitorResults(BenchMachine Machine, IReadOnlyList<ServerFigure> Figures, double Minutes);

/// <summary>Measures the parts of the watch over a model, one after the other.</summary>
internal sealed record MonitorBenchmark(TimeProvider Clock, Action<string> Note)
{
    /// <summary>The parts there are.</summary>
    public static readonly string[] Parts = ["drift"];

    /// <summary>Quiet weeks rehearsed.</summary>
    public int Weeks { get; init; } = 1_000;

    /// <summary>Rehearsals of each change.</summary>
    public int Runs { get; init; } = 100;

    public async Task<MonitorResults> RunAsync(IReadOnlyList<string> parts, CancellationToken cancellation)
    {
        long start = Clock.GetTimestamp();
        BenchMachine machine = await BenchMachine.OfThisOneAsync(Clock, cancellation);
        var figures = new List<ServerFigure>();
        foreach (string part in parts)
        {
            figures.AddRange(part switch
            {
                "drift" => await Task.Run(() => new DriftBenchmark(Clock, Note) { Weeks = Weeks, Runs = Runs }.Run(cancellation), cancellation),
                _ => throw new InvalidOperationException($"no part '{part}'"),
            });
        }

        return new MonitorResults(machine, figures, Clock.GetElapsedTime(start).TotalMinutes);
    }
}
