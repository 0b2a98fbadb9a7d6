using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Vigie.Cli;

/// <summary>Trains recipes on samples of a file, each in a process of its own, and runs the peers on the same rows right after.</summary>
/// <param name="Suite">What is measured together.</param>
/// <param name="Data">A labelled tweet file.</param>
/// <param name="Work">The trainings; those of one size follow one another.</param>
internal sealed record ModelBenchmark(BenchSuite Suite, string Data, IReadOnlyList<BenchWork> Work)
{
    /// <summary>Whatever a system was trained on, it is measured on the test rows of this sample.</summary>
    public const int TestSample = 200_000;

    public required Peers Peers { get; init; }

    public required IReadOnlyList<int?> PeerSizes { get; init; }

    /// <summary>The samples on which word vectors are trained and timed; none by default.</summary>
    public IReadOnlyList<int?> VectorSizes { get; init; } = [];

    /// <summary>How often each system is measured on a sample, ours and the peers' alike; on all rows it is once.</summary>
    public required int Runs { get; init; }

    public required TimeProvider Clock { get; init; }

    /// <summary>Told the folder of each trained model before it is deleted; null where nobody wants it.</summary>
    public Action<BenchWork, string>? Trained { get; init; }

    /// <summary>Told each step before it is done.</summary>
    public required Action<string> Note { get; init; }

    public async Task<ModelResults> RunAsync(CancellationToken cancellation)
    {
        long start = Clock.GetTimestamp();
        BenchMachine machine = await BenchMachine.OfThisOneAsync(Clock, cancellation);
        using var folder = new ScratchFolder();
        Note("reading");
        ReadingSpeed reading = Parsed<ReadingSpeed>(await Verb(folder, cancellation, "bench", "read", "--data", Data));
        var rows = new List<ModelRow>();
        var predictions = new List<PredictionRow>();
        var vectorRows = new List<VectorRow>();
        var vectors = new VectorBenchmark(Data, Peers, Clock, Note);
        foreach (int? size in Work.Select(work => work.Size).Union(VectorSizes))
        {
            foreach (BenchWork work in Work.Where(work => work.Size == size))
            {
                string model = folder.At("model");
                Note($"{string.Join(' ', [work.Recipe, .. work.Settings])}, {Shown(size)} rows");
                rows.Add(await MedianAsync(size, () => MeasureAsync(work, folder, model, cancellation)));
                if (work.Predictions)
                    predictions.Add(new PredictionRow(work.Recipe, size, Parsed<PredictionSpeed>(await Verb(folder, cancellation, "bench", "predict", "--model", model, "--data", Data))));
                Trained?.Invoke(work, model);
                Directory.Delete(model, recursive: true);
            }

            if (PeerSizes.Contains(size)) rows.AddRange(await MeasurePeersAsync(size, folder, cancellation));
            if (VectorSizes.Contains(size)) vectorRows.AddRange(await vectors.RunAsync(size, PeerSizes.Contains(size), folder.Path, cancellation));
        }

        return new ModelResults(Suite, machine, Path.GetFileName(Data), Runs, rows, predictions, reading, Clock.GetElapsedTime(start).TotalMinutes) { Vectors = vectorRows };
    }

    /// <summary>A sample's size for people.</summary>
    public static string Shown(int? size) => size is { } rows ? rows.ToString("N0", CultureInfo.InvariantCulture) : "all";

    /// <summary>The run of median processor time, whole: no row mixes figures of several runs.</summary>
    private async Task<ModelRow> MedianAsync(int? size, Func<Task<ModelRow>> measure)
    {
        var runs = new List<ModelRow> { await measure() };
        while (runs[0].NotMeasured is null && runs.Count < (size is null ? 1 : Runs)) runs.Add(await measure());
        return runs.OrderBy(run => run.CpuSeconds).ElementAt((runs.Count - 1) / 2);
    }

    private async Task<ModelRow> MeasureAsync(BenchWork work, ScratchFolder folder, string model, CancellationToken cancellation)
    {
        string[] train =
        [
            "train", work.Recipe, "--data", Data, "--output", model,
            .. work.Size is { } rows ? ["--sample", rows.ToString(CultureInfo.InvariantCulture)] : Array.Empty<string>(),
            .. work.Settings.SelectMany(setting => new[] { "--set", setting }),
        ];
        JsonObject trained = await Verb(folder, cancellation, train);
        JsonObject measured = await Verb(folder, cancellation, "evaluate", "--model", model, "--data", Data, "--split", "test", "--sample", TestSample.ToString(CultureInfo.InvariantCulture));
        return new ModelRow(work.Recipe, work.Size)
        {
            Recipe = work.Recipe,
            Settings = work.Settings,
            Accuracy = (double?)measured["accuracy"],
            EpochCpuSeconds = trained["epochs"] is JsonArray { Count: > 0 } epochs ? epochs.Min(epoch => (double)epoch!["cpu_seconds"]!) : null,
            P50Us = (double?)trained["latency_us"]?["p50"],
            P95Us = (double?)trained["latency_us"]?["p95"],
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

    private async Task<IReadOnlyList<ModelRow>> MeasurePeersAsync(int? size, ScratchFolder folder, CancellationToken cancellation)
    {
        Peer[] peers = [.. Suite.Peers.Where(peer => (size ?? int.MaxValue) <= peer.LargestSize)];
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

        var rows = new List<ModelRow>();
        foreach (Peer peer in peers)
        {
            Note($"{peer.Name}, {Shown(size)} rows");
            rows.Add(await MedianAsync(size, () => Peers.MeasureAsync(peer, size, sample, cancellation)));
        }

        File.Delete(sample);
        return rows;

        IReadOnlyList<ModelRow> None(string why) => [.. peers.Select(peer => new ModelRow(peer.Name, size) { CounterpartOf = peer.CounterpartOf, NotMeasured = why })];
    }

    /// <summary>Runs a verb whose runs go where the benchmark's files go: what is measured is no experiment of the caller's.</summary>
    private Task<JsonObject> Verb(ScratchFolder folder, CancellationToken cancellation, params string[] arguments) =>
        Child.VerbAsync(arguments, Clock, cancellation, new Dictionary<string, string> { ["VIGIE_HOME"] = folder.At("home"), ["MLFLOW_TRACKING_URI"] = "", ["MLFLOW_EXPERIMENT_NAME"] = "", ["MLFLOW_EXPERIMENT_ID"] = "", ["MLFLOW_RUN_ID"] = "" });

    private static T Parsed<T>(JsonObject json) => json.Deserialize<T>(JsonText.OneLine)!;
}
