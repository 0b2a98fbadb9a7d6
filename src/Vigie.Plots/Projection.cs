namespace Vigie.Plots;

/// <summary>Points of a projection to two or three dimensions, and what they stand for.</summary>
public sealed record Projection
{
    /// <summary>Puts a projection together.</summary>
    /// <param name="coordinates">Points × <paramref name="dimensions"/>, point by point, finite; kept, not copied.</param>
    /// <param name="dimensions">2 or 3.</param>
    /// <param name="labels">What each point is: a word, or a text.</param>
    /// <param name="explainedVarianceRatio">Share of variance of each component, those shown first; more may follow.</param>
    /// <exception cref="InvalidInputException">The sizes do not fit, a coordinate is not finite, or there is no point.</exception>
    public Projection(float[] coordinates, int dimensions, IReadOnlyList<string> labels, IReadOnlyList<double> explainedVarianceRatio)
    {
        if (dimensions is not (2 or 3)) throw new InvalidInputException($"a projection to {dimensions} dimensions cannot be drawn; it takes 2 or 3");
        if (labels.Count == 0 || (long)labels.Count * dimensions != coordinates.Length) throw new InvalidInputException($"{coordinates.Length} coordinates do not place {labels.Count} points in {dimensions} dimensions");
        if (explainedVarianceRatio.Count < dimensions) throw new InvalidInputException($"{explainedVarianceRatio.Count} shares of variance for {dimensions} components");
        if (Array.FindIndex(coordinates, value => !float.IsFinite(value)) is >= 0 and int odd) throw new InvalidInputException($"point {odd / dimensions} has a coordinate that is not finite");
        (Coordinates, Dimensions, Labels, ExplainedVarianceRatio) = (coordinates, dimensions, labels, explainedVarianceRatio);
    }

    /// <summary>Points × dimensions, point by point.</summary>
    public float[] Coordinates { get; }

    /// <summary>2 or 3.</summary>
    public int Dimensions { get; }

    /// <summary>What each point is.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>Share of variance of each component, those shown first.</summary>
    public IReadOnlyList<double> ExplainedVarianceRatio { get; }

    /// <summary>Number of points.</summary>
    public int Count => Labels.Count;

    /// <summary>Heading.</summary>
    public string Title { get; init; } = "Projection";

    /// <summary>A line below the heading: what was projected, and how many.</summary>
    public string Subtitle { get; init; } = "";

    /// <summary>Whether labels are short names, written beside the points, the first ones first; texts show when pointed at.</summary>
    public bool Named { get; init; }

    /// <summary>Names of groups; empty where there are none. negative, neutral and positive have colours of their own.</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];

    /// <summary>The group of each point, counted from 0; empty where there are none.</summary>
    public IReadOnlyList<int> GroupOf { get; init; } = [];

    internal Projection Validated()
    {
        if (GroupOf.Count != (Groups.Count == 0 ? 0 : Count)) throw new InvalidInputException($"{GroupOf.Count} groups of {Count} points");
        if (GroupOf.Any(group => group < 0 || group >= Groups.Count)) throw new InvalidInputException($"a point of a group that is none of {string.Join(", ", Groups)}");
        return this;
    }
}
