using System.Globalization;
using System.Text.Json.Serialization;

namespace Vigie.Mlflow;

/// <summary>What a gate said of a version, and why.</summary>
public sealed record GateDecision
{
    /// <summary>The registered model.</summary>
    public required string Name { get; init; }

    /// <summary>The version that was judged.</summary>
    public required string Version { get; init; }

    /// <summary>The rule, as it then was.</summary>
    public required string Rule { get; init; }

    /// <summary>Whether the version passed.</summary>
    public required bool Passed { get; init; }

    /// <summary>Whether it was made champion at once.</summary>
    public bool Promoted { get; init; }

    /// <summary>Each comparison with its values, in words.</summary>
    public required string Reason { get; init; }

    /// <summary>Each comparison with its values.</summary>
    public required IReadOnlyList<GateComparison> Comparisons { get; init; }

    /// <summary>The champion it was compared with; null where there was none.</summary>
    public string? Champion { get; init; }

    /// <summary>One of <see cref="GateOccasion"/>.</summary>
    public required string Occasion { get; init; }

    /// <summary>Milliseconds since the epoch.</summary>
    public required long DecidedAt { get; init; }
}

/// <summary>One comparison of a rule.</summary>
/// <param name="Text">Such as <c>f1 &gt; champion.f1</c>.</param>
/// <param name="Left">Value of the left side; null where it is missing.</param>
/// <param name="Right">Value of the right side; null where it is missing.</param>
/// <param name="Holds">Whether it holds; null where it could not be made.</param>
/// <param name="Note">Why it could not be made.</param>
public sealed record GateComparison(string Text, double? Left, double? Right, bool? Holds, string? Note = null)
{
    /// <inheritdoc/>
    public override string ToString() => Note is null
        ? string.Create(CultureInfo.InvariantCulture, $"{Text}: {Left} and {Right}, {(Holds == true ? "holds" : "does not hold")}")
        : $"{Text}: {Note}";
}

/// <summary>When a gate judged.</summary>
public static class GateOccasion
{
    /// <summary>The version entered Staging.</summary>
    public const string Staging = "staging";

    /// <summary>Somebody asked.</summary>
    public const string Request = "request";
}

/// <summary>The form in which comparisons lie in the database.</summary>
[JsonSourceGenerationOptions(NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(List<GateComparison>))]
internal sealed partial class GateJson : JsonSerializerContext;
