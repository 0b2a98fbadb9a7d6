using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Vigie.Cli;

/// <summary>Trains recipes on samples of a file, each in a process of its own, and runs the peers on the same rows right after.</summary>
internal sealed record LinearBenchmark(string Data, IReadOnlyList<int?> Sizes, IReadOnlyList<string> Recipes)
{
    /// <summary>Whatever a system was trained on, it is measured on the test rows of this sample.</summary>
    public const int TestSample = 200_000;

    public required Peers Peers { get; init; }

    public required IReadOnlyList<int?> PeerSizes { get; init; }

    /// <summary>How often each system is measured on a sample, ours and the peers' alike; on all rows it is once.</summary>
    public required int Runs { get; init; }

    public required TimeProvider Clock { get; init; }

    /// <summary>Told each step before it is done.</summary>
    public required Action<string> Note { get; init; }

    public async Task<LinearResults> RunAsync(CancellationToken cancellation)
    {
        long start = Clock.GetTimestamp();
        BenchMachine machine = await BenchMachine.OfThisOneAsync(Clock, cancellation);
        using var folder = new ScratchFolder();
        Note("reading");
        ReadingSpeed reading = Parsed<ReadingSpeed>(await Verb(folder, cancellation, "bench", "read", "--data", Data));
        var rows = new List<LinearRow>();
        var predictions = new List<PredictionRow>();
        foreach (int? size in Sizes)
        {
            foreach (string recipe in Recipes)
            {
                string model = folder.At("model");
                Note($"{recipe}, {Shown(size)} rows");
                rows.Add(await MedianAsync(size, () => MeasureAsync(recipe, size, folder, model, cancellation)));
                if (size == Sizes[0])
                    predictions.Add(new PredictionRow(recipe, size, Parsed<PredictionSpeed>(await Verb(folder, cancellation, "bench", "predict", "--model", model, "--data", Data))));
                Directory.Delete(model, recursive: true);
            }

            if (PeerSizes.Contains(size)) rows.AddRange(await MeasurePeersAsync(size, folder, cancellation));
        }

        return new LinearResults(machine, Path.GetFileName(Data), Runs, rows, predictions, reading, Clock.GetElapsedTime(start).TotalMinutes);
    }

    /// <summary>A sample's size for people.</summary>
    public static string Shown(int? size) => size is { } rows ? rows.ToString("N0", CultureInfo.InvariantCulture) : "all";

    /// <summary>The run of median processor time, whole: no row mixes figures of several runs.</summary>
    private async Task<LinearRow> MedianAsync(int? size, Func<Task<LinearRow>> measure)
    {
        var runs = new List<LinearRow> { await measure() };
        while (runs[0].NotMeasured is null && runs.Count < (size is null ? 1 : Runs)) runs.Add(await measure());
        return runs.OrderBy(run => run.CpuSeconds).ElementAt((runs.Count - 1) / 2);
    }

    private async Task<LinearRow> MeasureAsync(string recipe, int? size, ScratchFolder folder, string model, CancellationToken cancellation)
    {
        string[] train = ["train", recipe, "--data", Data, "--output", model, .. size is { } rows ? ["--sample", rows.ToString(CultureInfo.InvariantCulture)] : Array.Empty<string>()];
        JsonObject trained = await Verb(folder, cancellation, train);
        JsonObject measured = await Verb(folder, cancellation, "evaluate", "--model", model, "--data", Data, "--split", "test", "--sample", TestSample.ToString(CultureInfo.InvariantCulture));
        return new LinearRow(recipe, size)
        {
            Recipe = recipe,
            TestRows = (int?)measured["rows"],
            F1Macro = (double?)measured["f1_macro"],
            RocAuc = (double?)measured["roc_auc"],
            F1 = (double?)measured["f1"],
            PrecisionPositive = (double?)measured["precision_positive"],
            CpuSeconds = (double?)trained["seconds"]!["cpu_fit"],
            WallSeconds = (double?)trained["seconds"]!["fit"],
            PeakMib = (double?)trained["peak_memory_mb"] * 1e6 / 1048576,
            ModelMb = (double?)trained["bundle"]!["bytes"] / 1e6,
            Digest = (string?)trained["bundle"]!["digest"],
        };
    }

    private async Task<IReadOnlyList<LinearRow>> MeasurePeersAsync(int? size, ScratchFolder folder, CancellationToken cancellation)
    {
        Peer[] peers = [.. Peers.All.Where(peer => (size ?? int.MaxValue) <= peer.LargestSize)];
        if (Peers.Unavailable is { } reason) return None(reason);
        string sample;
        try
        {
            Note($"writing {Shown(size)} rows for the peers");
            if (!File.Exists(folder.At("test_common.tsv"))) PeerSample.WriteTest(Data, TestSample, folder.Path, cancellation);
            sample = PeerSample.Write(Data, size, folder.Path, cancellation);
        }
        catch (InvalidInputException unfit)
        {
            return None(unfit.Message);
        }

        var rows = new List<LinearRow>();
        foreach (Peer peer in peers)
        {
            Note($"{peer.Name}, {Shown(size)} rows");
            rows.Add(await MedianAsync(size, () => Peers.MeasureAsync(peer, size, sample, cancellation)));
        }

        File.Delete(sample);
        return rows;

        IReadOnlyList<LinearRow> None(string why) => [.. peers.Select(peer => new LinearRow(peer.Name, size) { CounterpartOf = peer.CounterpartOf, NotMeasured = why })];
    }

    /// <summary>Runs a verb whose runs go where the benchmark's files go: what is measured is no experiment of the caller's.</summary>
    private Task<JsonObject> Verb(ScratchFolder folder, CancellationToken cancellation, params string[] arguments) =>
        Child.VerbAsync(arguments, Clock, cancellation, new Dictionary<string, string> { ["VIGIE_HOME"] = folder.At("home"), ["MLFLOW_TRACKING_URI"] = "", ["MLFLOW_EXPERIMENT_NAME"] = "", ["MLFLOW_EXPERIMENT_ID"] = "", ["MLFLOW_RUN_ID"] = "" });

    private static T Parsed<T>(JsonObject json) => json.Deserialize<T>(JsonText.OneLine)!;

    /// <summary>A folder that is gone when the benchmark ends, however it ends.</summary>
    private sealed class ScratchFolder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("vigie-bench-").FullName;

        public string At(string name) => System.IO.Path.Combine(Path, name);

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
