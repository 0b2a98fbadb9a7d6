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
internal sealed record Peer(string Name, string Script, string[] Arguments, int LargestSize = int.MaxValue, string? CounterpartOf = null)
{
    /// <summary>What it is measured beside in <c>bench linear</c>.</summary>
    public static IReadOnlyList<Peer> OfLinear { get; } =
    [
        new("scikit-learn, TF-IDF 10k + LR", "bench_sklearn.py", ["--max-features", "10000", "--ngram", "1", "1", "--model", "lr-lbfgs"], CounterpartOf: "tfidf-lr"),
        new("scikit-learn, NB 1–3-grams", "bench_linear.py", ["--word", "1", "3", "--weight", "nb"]),
        new("scikit-learn, NB 1–3-grams, negation", "bench_linear.py", ["--word", "1", "3", "--weight", "nb", "--neg", "3"]),
        new("scikit-learn, NB 1–3-grams, negation, characters 2–5", "bench_linear.py", ["--word", "1", "3", "--char", "2", "5", "--weight", "nb", "--neg", "3"], LargestSize: 50_000),
        new("fastText, trigrams, 3 epochs, negation", "bench_fasttext.py", ["--wordNgrams", "3", "--epoch", "3", "--prep", "tweetneg"]),
    ];

    /// <summary>What it is measured beside in <c>bench models</c>.</summary>
    public static IReadOnlyList<Peer> OfModels { get; } =
    [
        new("fastText, trigrams", "bench_fasttext.py", ["--wordNgrams", "3"], CounterpartOf: "fasttext"),
        new("fastText, trigrams, 3 epochs, negation", "bench_fasttext.py", ["--wordNgrams", "3", "--epoch", "3", "--prep", "tweetneg"]),
        new("scikit-learn, TF-IDF 10k + random forest", "bench_sklearn.py", ["--max-features", "10000", "--model", "rf100"], LargestSize: 50_000, CounterpartOf: "tfidf-rf"),
        new("XGBoost, TF-IDF 10k, 200 trees", "bench_sklearn.py", ["--max-features", "10000", "--model", "xgb200"], LargestSize: 50_000, CounterpartOf: "tfidf-xgboost"),
        new("PyTorch, Word2Vec and BiLSTM 128", "bench_bilstm.py", ["--vec", "train"], LargestSize: 200_000, CounterpartOf: "word2vec-lstm"),
    ];
}

/// <summary>Runs the peers' scripts, each in a process of its own, and reads the JSON line that it prints.</summary>
/// <param name="folder">The scripts; null where the caller has none.</param>
/// <param name="clock">Measures how long a script takes.</param>
internal sealed class Peers(string? folder, TimeProvider clock)
{
    /// <summary>Runs the scripts; Debian's own, because that is whose packages hold the peers.</summary>
    public string Interpreter { get; init; } = "/usr/bin/python3";

    /// <summary>Why no peer can be measured at all; null where they can be tried.</summary>
    public string? Unavailable =>
        folder is null ? "no --peers folder" : File.Exists(Interpreter) ? null : $"no {Interpreter} here";

    /// <summary>Measures one peer on a sample that <see cref="PeerSample"/> wrote. A peer that cannot be run is no error: its row says why.</summary>
    public async Task<ModelRow> MeasureAsync(Peer peer, int? size, string sample, CancellationToken cancellation)
    {
        var row = new ModelRow(peer.Name, size) { CounterpartOf = peer.CounterpartOf, Command = CommandLine(peer.Script, sample, peer.Arguments) };
        (JsonObject? said, string? why) = await AskAsync(peer.Script, peer.Arguments, sample, cancellation);
        if (said is null) return row with { NotMeasured = why };
        try
        {
            return Figures(row, said);
        }
        catch (Exception fault) when (fault is InvalidOperationException or FormatException)
        {
            return row with { NotMeasured = $"its answer was not understood: {fault.Message}" };
        }
    }

    /// <summary>How a script is called, for people.</summary>
    public static string CommandLine(string script, string sample, IEnumerable<string> arguments) => $"{script} --data {Path.GetFileName(sample)} {string.Join(' ', arguments)}";

    /// <summary>Runs a script and reads the JSON object that its last line is.</summary>
    /// <returns>The object, or why there is none.</returns>
    public async Task<(JsonObject? Said, string? Why)> AskAsync(string script, IEnumerable<string> arguments, string sample, CancellationToken cancellation)
    {
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
            result = await Child.RunAsync(Interpreter, [Path.Combine(folder!, script), "--data", sample, .. arguments], clock, cancellation, variables);
        }
        catch (Win32Exception missing)
        {
            return (null, missing.Message);
        }

        if (result.ExitCode != 0) return (null, result.Complaint);
        string? line = result.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault();
        try
        {
            return JsonNode.Parse(line ?? "") is JsonObject said ? (said, null) : (null, $"it printed no JSON object but {line}");
        }
        catch (JsonException fault)
        {
            return (null, $"its answer was not understood: {fault.Message}");
        }
    }

    private static ModelRow Figures(ModelRow row, JsonObject said)
    {
        // A script that was trained on the sample whose test rows are the common ones has them under its own name.
        JsonNode? test = said["test_common"] ?? said["test"];
        return row with
        {
            TestRows = (int?)test?["n"],
            Accuracy = (double?)test?["acc"],
            F1Macro = (double?)test?["f1_macro"],
            RocAuc = (double?)test?["auc"],
            F1 = (double?)test?["f1"],
            PrecisionPositive = (double?)test?["prec_pos"],
            CpuSeconds = (double?)said["train_total_cpu_s"],
            EpochCpuSeconds = (double?)said["cpu_s_per_epoch_min"],
            WallSeconds = (double?)said["train"]?["wall_s"] + (double?)(said["vectorize_fit"] ?? said["prep"])?["wall_s"],
            PeakMib = (double?)said["rss_peak_mb"],
            ModelMb = (double?)said["model_bytes"] / 1e6,
            TweetsPerSecond = (double?)said["batch"]?["tweets_per_s_best"],
            P50Us = 1000 * (double?)(said["single"] ?? said["single_1thread"])?["p50_ms"],
            P95Us = 1000 * (double?)(said["single"] ?? said["single_1thread"])?["p95_ms"],
        };
    }
}
