using Vigie.Monitoring;

namespace Vigie.Plots;

/// <summary>What people call the parts of a drift report.</summary>
public static class DriftWords
{
    /// <summary>The name of a signal.</summary>
    public static string Name(DriftSignal signal) => signal switch
    {
        DriftSignal.ClassMix => "class mix",
        DriftSignal.UnknownWords => "unknown words",
        DriftSignal.RisingWords => "rising words",
        DriftSignal.Tokens => "length in tokens",
        DriftSignal.Characters => "length in characters",
        DriftSignal.Confidence => "confidence",
        DriftSignal.Embedding => "embedding",
        _ => throw new InvalidInputException($"there is no drift signal {(int)signal}"),
    };

    /// <summary>A verdict in plain words.</summary>
    public static string Verdict(DriftVerdict verdict) => verdict switch
    {
        DriftVerdict.Untold => "cannot be told",
        DriftVerdict.AsInTraining => "as in training",
        DriftVerdict.Slight => "slightly off",
        DriftVerdict.Drifted => "drifted",
        _ => throw new InvalidInputException($"there is no verdict {(int)verdict}"),
    };
}
