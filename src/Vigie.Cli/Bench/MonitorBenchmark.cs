namespace Vigie.Cli;

/// <summary>All that one run of <c>bench monitor</c> measured.</summary>
internal sealed record MonitorResults(BenchMachine Machine, IReadOnlyList<ServerFigure> Figures, double Minutes);

/// <summary>Measures the parts of the watch over a model, one after the other.</summary>
internal sealed record MonitorBenchmark(TimeProvider Clock, Action<string> Note)
{
    /// <summary>The parts there are.</summary>
    public static readonly string[] Parts = ["drift", "recording", "figures", "alerts", "replay", "soak"];

    /// <summary>A labelled tweet file: the model that is watched is trained on it. Drift needs none.</summary>
    public string? Data { get; init; }

    /// <summary>How long each load lasts.</summary>
    public TimeSpan Each { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the long load lasts.</summary>
    public TimeSpan Soak { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Records over which figures are asked for.</summary>
    public long Records { get; init; } = 10_000_000;

    /// <summary>Quiet weeks rehearsed.</summary>
    public int Weeks { get; init; } = 1_000;

    /// <summary>Rehearsals of each change.</summary>
    public int Runs { get; init; } = 100;

    public async Task<MonitorResults> RunAsync(IReadOnlyList<string> parts, CancellationToken cancellation)
    {
        long start = Clock.GetTimestamp();
        BenchMachine machine = await BenchMachine.OfThisOneAsync(Clock, cancellation);
        var figures = new List<ServerFigure>();
        using var watch = new WatchBenchmark(Data ?? "") { Each = Each, Soak = Soak, Records = Records, Clock = Clock, Note = Note };
        foreach (string part in parts)
        {
            figures.AddRange(part switch
            {
                "recording" => await watch.RecordingAsync(cancellation),
                "figures" => await watch.FiguresAsync(cancellation),
                "alerts" => await watch.AlertsAsync(cancellation),
                "replay" => await watch.ReplayAsync(cancellation),
                "soak" => await watch.SoakAsync(cancellation),
                "drift" => await Task.Run(() => new DriftBenchmark(Clock, Note) { Weeks = Weeks, Runs = Runs }.Run(cancellation), cancellation),
                _ => throw new InvalidOperationException($"no part '{part}'"),
            });
        }

        return new MonitorResults(machine, figures, Clock.GetElapsedTime(start).TotalMinutes);
    }
}
