namespace Vigie.Monitoring;

/// <summary>What a report says of a signal.</summary>
public enum DriftVerdict
{
    /// <summary>Nothing to compare with, or too few texts.</summary>
    Untold,

    /// <summary>Chance explains the difference.</summary>
    AsInTraining,

    /// <summary>There is a difference, and it is too little to matter.</summary>
    Slight,

    /// <summary>There is a difference, and it matters.</summary>
    Drifted,
}

/// <summary>Texts of a file beside those of a model's training: one look, as opposed to the many of <see cref="DriftMonitor"/>.</summary>
public sealed record DriftReport
{
    /// <summary>Texts looked at.</summary>
    public required int Texts { get; init; }

    /// <summary>Texts of the training's profile.</summary>
    public required int TrainingTexts { get; init; }

    /// <summary>Validation texts of the training's profile.</summary>
    public required int ValidationTexts { get; init; }

    /// <summary>Each signal.</summary>
    public required IReadOnlyList<DriftComparison> Signals { get; init; }

    /// <summary>Names of the classes.</summary>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>Share of each class among the training's decisions; empty where there were none.</summary>
    public required IReadOnlyList<double> ReferenceShares { get; init; }

    /// <summary>The class mix of the last texts: 20, 200, 2,000 and all.</summary>
    public required IReadOnlyList<ClassWindow> Windows { get; init; }

    /// <summary>Tokens, characters and confidence, then and now.</summary>
    public required IReadOnlyList<DriftHistogram> Histograms { get; init; }

    /// <summary>Words that are in more texts than in training, those that have grown most first.</summary>
    public required IReadOnlyList<RisingWord> Words { get; init; }

    /// <summary>Whether any signal has drifted.</summary>
    public bool HasDrifted => Signals.Any(signal => signal.Verdict == DriftVerdict.Drifted);
}

/// <summary>One signal of a report.</summary>
/// <param name="Signal">The signal.</param>
/// <param name="Verdict">What is to be made of it.</param>
/// <param name="Says">In plain words.</param>
public sealed record DriftComparison(DriftSignal Signal, DriftVerdict Verdict, string Says)
{
    /// <summary>What was measured, as <see cref="DriftReading.Figure"/>.</summary>
    public double? Figure { get; init; }

    /// <summary>The same in training, where it has one.</summary>
    public double? Reference { get; init; }

    /// <summary>So far from the training it does not matter.</summary>
    public double? Tolerance { get; init; }

    /// <summary>How often chance alone gives as much.</summary>
    public double? P { get; init; }

    /// <summary>The same after Holm's correction for the signals of the report: below 0.01, not even the best of all of them is chance.</summary>
    public double? HolmP { get; init; }

    /// <summary>Of a distribution: population stability index.</summary>
    public double? PopulationStabilityIndex { get; init; }

    /// <summary>Of a distribution: Jensen-Shannon distance.</summary>
    public double? JensenShannon { get; init; }
}

/// <summary>The class mix of the last texts.</summary>
/// <param name="Texts">How many.</param>
/// <param name="Counts">Of each class.</param>
/// <param name="P">How often chance alone gives counts no likelier, if classes come as in training: exact for two classes.</param>
public sealed record ClassWindow(int Texts, IReadOnlyList<long> Counts, double P);

/// <summary>A distribution then and now.</summary>
/// <param name="Signal">Of what.</param>
/// <param name="Edges">Lower edge of each bin.</param>
/// <param name="Reference">Counts then.</param>
/// <param name="Current">Counts now.</param>
public sealed record DriftHistogram(DriftSignal Signal, IReadOnlyList<double> Edges, IReadOnlyList<long> Reference, IReadOnlyList<long> Current);
