using Vigie.Mlflow;

namespace Vigie.Cli;

/// <summary>All that one run of <c>bench tracking</c> measured; a figure's reference is what MLflow 3.9 did on a machine of two cores when the number was set.</summary>
internal sealed record TrackingResults(BenchMachine Machine, IReadOnlyList<ServerFigure> Figures, double Minutes);

/// <summary>Drives a tracking server in a process of its own over loopback: SQLite, every acknowledged write on the disk.</summary>
internal sealed record TrackingBenchmark(TimeProvider Clock, Action<string> Note)
{
    /// <summary>The smaller of the two counts of runs that the numbers to reach were set for.</summary>
    public const int FewerRuns = 10_000;

    private const long Gigabyte = 1_000_000_000;

    /// <summary>Among how many runs is searched first; then among ten times as many.</summary>
    public int Runs { get; init; } = FewerRuns;

    public async Task<TrackingResults> RunAsync(TimeSpan each, CancellationToken cancellation)
    {
        long start = Clock.GetTimestamp();
        BenchMachine machine = await BenchMachine.OfThisOneAsync(Clock, cancellation);
        string folder = Directory.CreateTempSubdirectory("vigie-bench-").FullName;
        try
        {
            var figures = new List<ServerFigure>();
            Note("starting");
            await using (ServerProcess server = await ServerProcess.TrackingAsync(Path.Combine(folder, "first"), Clock, cancellation))
            {
                figures.Add(new("ready after start, new database", "s", server.Ready.TotalSeconds, 1, AtMost: true, "12"));
                figures.Add(new("memory then", "MiB", server.MemoryMib, 120, AtMost: true, "350"));
                using var load = new TrackingLoad(server.Address, Clock);
                string experiment = await load.ExperimentAsync("bench", cancellation);
                Note("log_metric");
                figures.Add(new("log_metric, 1 client", "/s", await load.LogMetricAsync(experiment, 1, each, cancellation), 200, AtMost: false, "45"));
                figures.Add(new("log_metric, 32 clients", "/s", await load.LogMetricAsync(experiment, 32, each, cancellation), 3000, AtMost: false, null));
                Note("log_batch");
                figures.Add(new("log_batch of 1,000 metrics", "metrics/s", await load.LogBatchAsync(experiment, each, cancellation), 100_000, AtMost: false, "3,600–6,000"));
                await MeasureArtifactsAsync(server, load, figures, cancellation);
            }

            figures.AddRange(await MeasureSearchAsync(Path.Combine(folder, "fewer"), Runs, 5, 10, 15, Runs == FewerRuns ? "110 / 150 / 10,800" : null, cancellation));
            figures.AddRange(await MeasureSearchAsync(Path.Combine(folder, "more"), 10 * Runs, 10, 30, 30, null, cancellation));
            return new TrackingResults(machine, figures, Clock.GetElapsedTime(start).TotalMinutes);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task MeasureArtifactsAsync(ServerProcess server, TrackingLoad load, List<ServerFigure> figures, CancellationToken cancellation)
    {
        Note("1 GB up and down");
        const string path = "0/bench/artifacts/large.bin";
        await load.UploadAsync("0/bench/artifacts/small.bin", 1_000_000, cancellation);
        double before = server.MemoryMib, most = before;
        using var done = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task watching = WatchAsync();
        double up = await load.UploadAsync(path, Gigabyte, cancellation), down = await load.DownloadAsync(path, Gigabyte, cancellation);
        await done.CancelAsync();
        await watching;
        figures.Add(new("1 GB artifact up", "MB/s", up, 300, AtMost: false, null));
        figures.Add(new("1 GB artifact down", "MB/s", down, 300, AtMost: false, null));
        figures.Add(new("memory added by both", "MiB", most - before, 50, AtMost: true, null));

        async Task WatchAsync()
        {
            while (!done.IsCancellationRequested)
            {
                most = Math.Max(most, server.MemoryMib);
                await Task.Delay(TimeSpan.FromMilliseconds(20), Clock, done.Token).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            }
        }
    }

    private async Task<IReadOnlyList<ServerFigure>> MeasureSearchAsync(string folder, int runs, double first, double filtered, double ordered, string? reference, CancellationToken cancellation)
    {
        Note($"writing {runs:N0} runs");
        Directory.CreateDirectory(folder);
        string experiment;
        await using (Database database = await Database.OpenAsync(Path.Combine(folder, "vigie.db"), Clock, cancellation)) experiment = await SampleRuns.AddAsync(database, "bench", runs, seed: 1, cancellation);
        await using ServerProcess server = await ServerProcess.TrackingAsync(folder, Clock, cancellation);
        using var load = new TrackingLoad(server.Address, Clock);
        Note($"searching {runs:N0} runs");
        string[] noted = reference?.Split(" / ") ?? [];
        string? Noted(int i) => i < noted.Length ? noted[i] : null;
        return
        [
            new($"search in {runs:N0} runs: first 100", "ms", await load.SearchAsync(experiment, "", cancellation), first, AtMost: true, Noted(0)),
            new($"search in {runs:N0} runs: filtered", "ms", await load.SearchAsync(experiment, ""","filter":"params.model = 'linear' AND metrics.f1 > 0.5" """, cancellation), filtered, AtMost: true, Noted(1)),
            new($"search in {runs:N0} runs: ordered by a metric", "ms", await load.SearchAsync(experiment, ""","order_by":["metrics.f1 DESC"]""", cancellation), ordered, AtMost: true, Noted(2)),
        ];
    }
}
