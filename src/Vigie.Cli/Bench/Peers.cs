using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Vigie.Cli;

/// <summary>A peer's script and how it is called.</summary>
/// <param name="Name">For people.</param>
/// <param name="Script">The script in the peers' folder.</param>
/// <param name="Arguments">Besides <c>--data</c>.</param>
/// <param name="LargestSize">Not run on larger samples.</param>
/// <param name="CounterpartOf">The recipe that does the same, whose figures must agree.</param>
internal sealed record Peer(string Name, string Script, string[] Arguments, int LargestSize = int.MaxValue, string? CounterpartOf = null);

/// <summary>Runs the peers' scripts, each in a process of its own, and reads the JSON line that it prints.</summary>
/// <param name="folder">The scripts; null where the caller has none.</param>
/// <param name="clock">Measures how long a script takes.</param>
internal sealed class Peers(string? folder, TimeProvider clock)
{
    public static IReadOnlyList<Peer> All { get; } =
    [
        new("scikit-learn, TF-IDF 10k + LR", "bench_sklearn.py", ["--max-features", "10000", "--ngram", "1", "1", "--model", "lr-lbfgs"], CounterpartOf: "tfidf-lr"),
        new("scikit-learn, NB 1–3-grams", "bench_linear.py", ["--word", "1", "3", "--weight", "nb"]),
        new("scikit-learn, NB 1–3-grams, negation", "bench_linear.py", ["--word", "1", "3", "--weight", "nb", "--neg", "3"]),
        new("scikit-learn, NB 1–3-grams, negation, characters 2–5", "bench_linear.py", ["--word", "1", "3", "--char", "2", "5", "--weight", "nb", "--neg", "3"], LargestSize: 50_000),
        new("fastText, trigrams, 3 epochs, negation", "bench_fasttext.py", ["--wordNgrams", "3", "--epoch", "3", "--prep", "tweetneg"]),
    ];

    /// <summary>Runs the scripts; Debian's own, because that is whose packages hold the peers.</summary>
    public string Interpreter { get; init; } = "/usr/bin/python3";

    /// <summary>Why no peer can be measured at all; null where they can be tried.</summary>
    public string? Unavailable =>
        folder is null ? "no --peers folder" : File.Exists(Interpreter) ? null : $"no {Interpreter} here";

    /// <summary>Measures one peer on a sample that <see cref="PeerSample"/> wrote. A peer that cannot be run is no error: its row says why.</summary>
    public async Task<LinearRow> MeasureAsync(Peer peer, int? size, string sample, CancellationToken cancellation)
    {
        var row = new LinearRow(peer.Name, size) { CounterpartOf = peer.CounterpartOf, Command = $"{peer.Script} --data {Path.GetFileName(sample)} {string.Join(' ', peer.Arguments)}" };
        var variables = new Dictionary<string, string>
        {
            ["PEERS_DATA"] = Path.GetDirectoryName(sample)!,
            // Threads that spin while they wait would be billed as work.
            ["OMP_WAIT_POLICY"] = "passive",
            ["GOMP_SPINCOUNT"] = "0",
            ["PYTHONDONTWRITEBYTECODE"] = "1",
        };
        ChildResult result;
        try
        {
            result = await Child.RunAsync(Interpreter, [Path.Combine(folder!, peer.Script), "--data", sample, .. peer.Arguments], clock, cancellation, variables);
        }
        catch (Win32Exception missing)
        {
            return row with { NotMeasured = missing.Message };
        }

        if (result.ExitCode != 0) return row with { NotMeasured = result.Complaint };
        string? line = result.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault();
        try
        {
            return JsonNode.Parse(line ?? "") is JsonObject said ? Figures(row, said) : row with { NotMeasured = $"it printed no JSON object but {line}" };
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or FormatException)
        {
            return row with { NotMeasured = $"its answer was not understood: {fault.Message}" };
        }
    }

    private static LinearRow Figures(LinearRow row, JsonObject said)
    {
        // A script that was trained on the sample whose test rows are the common ones has them under its own name.
        JsonNode? test = said["test_common"] ?? said["test"];
        return row with
        {
            TestRows = (int?)test?["n"],
            F1Macro = (double?)test?["f1_macro"],
            RocAuc = (double?)test?["auc"],
            F1 = (double?)test?["f1"],
            PrecisionPositive = (double?)test?["prec_pos"],
            CpuSeconds = (double?)said["train_total_cpu_s"],
            WallSeconds = (double?)said["train"]?["wall_s"] + (double?)(said["vectorize_fit"] ?? said["prep"])?["wall_s"],
            PeakMib = (double?)said["rss_peak_mb"],
            ModelMb = (double?)said["model_bytes"] / 1e6,
            TweetsPerSecond = (double?)said["batch"]?["tweets_per_s_best"],
            P50Us = 1000 * (double?)said["single"]?["p50_ms"],
        };
    }
}
