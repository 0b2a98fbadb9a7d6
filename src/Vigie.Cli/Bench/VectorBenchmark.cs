using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Vigie.Cli;

/// <summary>Trains word vectors on samples of a file, each in a process of its own, and runs gensim and fastText on the same rows right after.</summary>
internal sealed class VectorBenchmark(string data, Peers peers, TimeProvider clock, Action<string> note)
{
    private static readonly (string Name, string Algorithm)[] OfPeers = [("gensim Word2Vec", "w2v"), ("gensim FastText, n-grams 3–6", "ft"), ("fastText skip-gram without n-grams", "ftcli")];

    public async Task<IReadOnlyList<VectorRow>> RunAsync(int? size, bool withPeers, string folder, CancellationToken cancellation)
    {
        var rows = new List<VectorRow>();
        foreach (string vectors in VectorSpeed.Algorithms)
        {
            note($"{vectors} vectors, {ModelBenchmark.Shown(size)} rows");
            rows.Add(await MeasureAsync(vectors, size, cancellation));
        }

        if (!withPeers) return rows;
        if (peers.Unavailable is { } reason) return [.. rows, .. OfPeers.Select(peer => new VectorRow(peer.Name, size) { NotMeasured = reason })];
        string sample = PeerSample.Write(data, size, folder, cancellation);
        foreach ((string name, string algorithm) in OfPeers)
        {
            note($"{name}, {ModelBenchmark.Shown(size)} rows");
            string[] arguments = ["--algo", algorithm];
            var row = new VectorRow(name, size) { Command = Peers.CommandLine("bench_w2v.py", sample, arguments) };
            (JsonObject? said, string? why) = await peers.AskAsync("bench_w2v.py", arguments, sample, cancellation);
            rows.Add(said is null ? row with { NotMeasured = why } : Figures(row, said));
        }

        File.Delete(sample);
        return rows;
    }

    private async Task<VectorRow> MeasureAsync(string vectors, int? size, CancellationToken cancellation)
    {
        string[] line = ["bench", "vectors", "--algorithm", vectors, "--data", data, .. size is { } rows ? ["--sample", rows.ToString(CultureInfo.InvariantCulture)] : Array.Empty<string>()];
        VectorSpeed speed = (await Child.VerbAsync(line, clock, cancellation)).Deserialize<VectorSpeed>(JsonText.OneLine)!;
        return new VectorRow($"Vigie {vectors}", size)
        {
            Vectors = vectors,
            Words = speed.Words,
            Epochs = speed.Epochs,
            CpuSeconds = speed.CpuSeconds,
            WallSeconds = speed.WallSeconds,
            WordsPerCpuSecond = speed.WordsPerCpuSecond,
            PeakMib = speed.PeakMib,
        };
    }

    private static VectorRow Figures(VectorRow row, JsonObject said) => row with
    {
        Words = (long?)said["words"],
        Epochs = (int?)said["config"]?["epochs"],
        CpuSeconds = (double?)said["train"]?["cpu_s"],
        WallSeconds = (double?)said["train"]?["wall_s"],
        WordsPerCpuSecond = (double?)said["words_per_cpu_s"],
        PeakMib = (double?)said["rss_peak_mb"],
    };
}
