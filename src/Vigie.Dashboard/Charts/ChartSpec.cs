using System.Text.Json.Serialization;

namespace Vigie.Dashboard.Charts;

/// <summary>How the numbers of an axis are written.</summary>
public enum Scale
{
    /// <summary>As they are.</summary>
    Number,

    /// <summary>Shares of one as percentages.</summary>
    Percent,

    /// <summary>Whole numbers.</summary>
    Count,

    /// <summary>Seconds, as milliseconds or whatever fits.</summary>
    Seconds,

    /// <summary>Unix milliseconds, as times of the reader's zone.</summary>
    Time,

    /// <summary>By powers of ten.</summary>
    Log,
}

/// <summary>What a chart shows. The browser gets it as JSON and never as text that it could take for markup.</summary>
[JsonDerivedType(typeof(LineChart), "line")]
[JsonDerivedType(typeof(BarChart), "bar")]
[JsonDerivedType(typeof(ScatterChart), "scatter")]
[JsonDerivedType(typeof(ParallelChart), "parallel")]
[JsonDerivedType(typeof(HeatChart), "heat")]
public abstract record ChartSpec;

/// <summary>One line.</summary>
/// <param name="Name">What it shows.</param>
/// <param name="X">Places on the axis across, ascending; unix milliseconds for <see cref="Scale.Time"/>.</param>
/// <param name="Y">Values; null leaves a gap.</param>
/// <param name="Tone">A colour of the theme: <c>negative</c>, <c>positive</c>, <c>neutral</c>, <c>critical</c>, <c>warning</c>, <c>good</c>; null for the next of the palette.</param>
/// <param name="Stack">Lines with the same stack stand on each other, filled.</param>
/// <param name="Dashed">For what is expected rather than measured.</param>
public sealed record LineSeries(string Name, IReadOnlyList<double> X, IReadOnlyList<double?> Y, string? Tone = null, string? Stack = null, bool Dashed = false);

/// <summary>A place on the axis across that something happened at.</summary>
public sealed record Mark(double X, string Text, string? Tone = null);

/// <summary>Lines over time or steps.</summary>
public sealed record LineChart : ChartSpec
{
    /// <summary>The lines.</summary>
    public required IReadOnlyList<LineSeries> Series { get; init; }

    /// <summary>The axis across.</summary>
    public Scale Across { get; init; } = Scale.Time;

    /// <summary>What the axis across counts, where that is not time.</summary>
    public string? AcrossName { get; init; }

    /// <summary>The axis up.</summary>
    public Scale Up { get; init; }

    /// <summary>Where the axis up begins; null where the data does.</summary>
    public double? Least { get; init; }

    /// <summary>Where it ends.</summary>
    public double? Most { get; init; }

    /// <summary>What happened meanwhile.</summary>
    public IReadOnlyList<Mark> Marks { get; init; } = [];
}

/// <summary>One kind of bars.</summary>
public sealed record BarSeries(string Name, IReadOnlyList<double?> Values, string? Tone = null);

/// <summary>Bars, one group for each category.</summary>
public sealed record BarChart : ChartSpec
{
    /// <summary>The categories.</summary>
    public required IReadOnlyList<string> Categories { get; init; }

    /// <summary>The bars.</summary>
    public required IReadOnlyList<BarSeries> Series { get; init; }

    /// <summary>The axis of values.</summary>
    public Scale Up { get; init; }

    /// <summary>Whether bars lie, which leaves room for long names.</summary>
    public bool Lying { get; init; }

    /// <summary>Whether bars of a category stand on each other.</summary>
    public bool Stacked { get; init; }
}

/// <summary>One point.</summary>
/// <param name="X">Across.</param>
/// <param name="Y">Up.</param>
/// <param name="Name">What it is.</param>
/// <param name="Group">Points of a group share a colour.</param>
public sealed record Dot(double X, double Y, string Name, string? Group = null);

/// <summary>Points over two values.</summary>
public sealed record ScatterChart : ChartSpec
{
    /// <summary>The points.</summary>
    public required IReadOnlyList<Dot> Dots { get; init; }

    /// <summary>What the axis across measures.</summary>
    public required string AcrossName { get; init; }

    /// <summary>What the axis up measures.</summary>
    public required string UpName { get; init; }

    /// <summary>The axis across.</summary>
    public Scale Across { get; init; }

    /// <summary>The values across where they are words; then points name the index of theirs.</summary>
    public IReadOnlyList<string>? AcrossCategories { get; init; }

    /// <summary>The axis up.</summary>
    public Scale Up { get; init; }
}

/// <summary>One upright axis among several.</summary>
/// <param name="Name">What it measures.</param>
/// <param name="Categories">Its values where they are words; then lines name the index of theirs.</param>
/// <param name="Scale">How its numbers are written, and whether it goes by powers of ten.</param>
public sealed record ParallelAxis(string Name, IReadOnlyList<string>? Categories = null, Scale Scale = Scale.Number);

/// <summary>One line across all axes.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Values">Its place on each axis; null where it has none.</param>
/// <param name="Group">Lines of a group share a colour.</param>
public sealed record ParallelLine(string Name, IReadOnlyList<double?> Values, string? Group = null);

/// <summary>Parallel coordinates: what many have in common that do well.</summary>
public sealed record ParallelChart : ChartSpec
{
    /// <summary>The axes.</summary>
    public required IReadOnlyList<ParallelAxis> Axes { get; init; }

    /// <summary>The lines.</summary>
    public required IReadOnlyList<ParallelLine> Lines { get; init; }

    /// <summary>The axis whose value colours the lines; null for groups.</summary>
    public int? ColourBy { get; init; }
}

/// <summary>A table whose cells are darker the more there is in them, such as a confusion matrix.</summary>
public sealed record HeatChart : ChartSpec
{
    /// <summary>The columns.</summary>
    public required IReadOnlyList<string> Columns { get; init; }

    /// <summary>The rows, from the top.</summary>
    public required IReadOnlyList<string> Rows { get; init; }

    /// <summary>The cells, row by row.</summary>
    public required IReadOnlyList<IReadOnlyList<double>> Cells { get; init; }

    /// <summary>How the cells are written.</summary>
    public Scale Scale { get; init; } = Scale.Count;
}
