using System.Text.Json.Serialization;

namespace Vigie.Cli;

/// <summary>One system trained on one sample; null is what was not measured.</summary>
/// <param name="System">Ours by the name of the recipe, a peer by its own.</param>
/// <param name="Size">The sample; null for all rows.</param>
internal sealed record ModelRow(string System, int? Size)
{
    /// <summary>The recipe, where it is ours.</summary>
    public string? Recipe { get; init; }

    /// <summary>The name of the recipe that the peer is the counterpart of.</summary>
    public string? CounterpartOf { get; init; }

    public int? TestRows { get; init; }

    public double? Accuracy { get; init; }

    public double? F1Macro { get; init; }

    public double? RocAuc { get; init; }

    public double? F1 { get; init; }

    public double? PrecisionPositive { get; init; }

    /// <summary>Processor time of vectorising and fitting, reading not counted.</summary>
    public double? CpuSeconds { get; init; }

    /// <summary>Of the cheapest epoch of a network, validation included.</summary>
    public double? EpochCpuSeconds { get; init; }

    /// <summary>Fitting by the clock.</summary>
    public double? WallSeconds { get; init; }

    public double? PeakMib { get; init; }

    /// <summary>Of the saved model, in MB of 1,000,000 bytes.</summary>
    public double? ModelMb { get; init; }

    /// <summary>SHA-256 of the model's manifest, where it is ours.</summary>
    public string? Digest { get; init; }

    /// <summary>One thread, 20,000 texts at once, the best pass.</summary>
    public double? TweetsPerSecond { get; init; }

    /// <summary>Median time of a single prediction in microseconds.</summary>
    public double? P50Us { get; init; }

    /// <summary>Nineteen in twenty single predictions take at most this.</summary>
    public double? P95Us { get; init; }

    /// <summary>Settings that differ from the recipe's own.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];

    /// <summary>The command line that measures it again.</summary>
    public string? Command { get; init; }

    /// <summary>Why there are no figures.</summary>
    public string? NotMeasured { get; init; }
}

/// <summary>The predictions of one of our models.</summary>
/// <param name="Recipe">How it was trained.</param>
/// <param name="Size">On which sample.</param>
/// <param name="Speed">How fast it answers.</param>
internal sealed record PredictionRow(string Recipe, int? Size, PredictionSpeed Speed);

/// <summary>One training of word vectors.</summary>
/// <param name="System">Ours or a peer, for people.</param>
/// <param name="Size">The sample; null for all rows.</param>
internal sealed record VectorRow(string System, int? Size)
{
    /// <summary>word2vec or fasttext, where it is ours.</summary>
    public string? Vectors { get; init; }

    /// <summary>Words of the sample, those left out for their frequency included.</summary>
    public long? Words { get; init; }

    public int? Epochs { get; init; }

    public double? CpuSeconds { get; init; }

    public double? WallSeconds { get; init; }

    /// <summary>Words of all epochs over processor time.</summary>
    public double? WordsPerCpuSecond { get; init; }

    public double? PeakMib { get; init; }

    public string? Command { get; init; }

    /// <summary>Why there are no figures.</summary>
    public string? NotMeasured { get; init; }
}

/// <summary>A target and what became of it.</summary>
/// <param name="Target">The number to reach.</param>
/// <param name="Size">The sample that was measured; null for all rows.</param>
/// <param name="Measured">The number reached.</param>
/// <param name="Peer">What <see cref="Bound.OffPeer"/> compares it with.</param>
/// <param name="PeerIsNoted">The peer was not measured in this run; its number is the one noted when the target was set.</param>
internal sealed record TargetOutcome(Target Target, int? Size, double Measured, double? Peer, bool PeerIsNoted)
{
    public bool Reached => Target.Bound switch
    {
        Bound.AtLeast => Measured >= Target.Wanted,
        Bound.AtMost => Measured <= Target.Wanted,
        _ => Math.Abs(Measured - Peer!.Value) <= Target.Wanted,
    };
}

/// <summary>All that one run of a suite measured.</summary>
internal sealed record ModelResults(
    [property: JsonIgnore] BenchSuite Suite, BenchMachine Machine, string File, int Runs, IReadOnlyList<ModelRow> Rows, IReadOnlyList<PredictionRow> Predictions, ReadingSpeed Reading, double Minutes)
{
    /// <summary>Trainings of word vectors, ours and the peers'; empty where none was measured.</summary>
    public IReadOnlyList<VectorRow> Vectors { get; init; } = [];

    /// <summary>What the page is called in a folder.</summary>
    [JsonIgnore]
    public string PageName => $"{Machine.CpuFileName}{Suite.Suffix}.md";

    /// <summary>The targets that this run has measured; none where the file is another than the one they were set for.</summary>
    public IReadOnlyList<TargetOutcome> Targets => Reading.Rows == LinearTargets.RowsOfTheFile ? [.. Suite.Targets.SelectMany(Outcome)] : [];

    private IEnumerable<TargetOutcome> Outcome(Target target)
    {
        if (target.Recipe is null)
        {
            yield return new TargetOutcome(target, null, target.Figure == Figure.ReadSeconds ? Reading.WallSeconds : Reading.PeakMib, null, false);
            yield break;
        }

        if (target.Figure == Figure.WordsPerCpuSecond)
        {
            foreach (VectorRow row in Vectors.Where(row => row.Vectors == target.Recipe && row.WordsPerCpuSecond is not null))
                yield return new TargetOutcome(target, row.Size, row.WordsPerCpuSecond!.Value, null, false);
            yield break;
        }

        if (target.Figure is Figure.TweetsPerSecond or Figure.P50Microseconds or Figure.P95Microseconds)
        {
            foreach (PredictionRow row in Predictions.Where(row => row.Recipe == target.Recipe))
                yield return new TargetOutcome(target, row.Size, Of(row.Speed, target.Figure), null, false);
            yield break;
        }

        if (Rows.FirstOrDefault(row => row.Recipe == target.Recipe && row.Size == target.Size) is not { } ours || Of(ours, target.Figure) is not { } measured) yield break;
        double? peer = Rows.Where(row => row.CounterpartOf == target.Recipe && row.Size == target.Size).Select(row => Of(row, target.Figure)).FirstOrDefault();
        yield return target.Bound == Bound.OffPeer
            ? new TargetOutcome(target, target.Size, measured, peer ?? target.Noted, PeerIsNoted: peer is null)
            : new TargetOutcome(target, target.Size, measured, null, false);
    }

    private static double Of(PredictionSpeed speed, Figure figure) => figure switch
    {
        Figure.TweetsPerSecond => speed.TweetsPerSecondBest,
        Figure.P50Microseconds => speed.P50Us,
        _ => speed.P95Us,
    };

    private static double? Of(ModelRow row, Figure figure) => figure switch
    {
        Figure.F1Macro => row.F1Macro,
        Figure.RocAuc => row.RocAuc,
        Figure.CpuSeconds => row.CpuSeconds,
        Figure.EpochCpuSeconds => row.EpochCpuSeconds,
        _ => row.PeakMib,
    };
}
