using System.Globalization;

namespace Vigie.Cli;

/// <summary>A figure of a server, beside the number to reach and what a peer does.</summary>
/// <param name="What">The work.</param>
/// <param name="Unit">Of the figures.</param>
/// <param name="Measured">What this run measured.</param>
/// <param name="Wanted">The number to reach; null where there is none.</param>
/// <param name="AtMost">Whether less is better.</param>
/// <param name="Reference">What a peer does; null where that is not known.</param>
internal sealed record ServerFigure(string What, string Unit, double Measured, double? Wanted, bool AtMost, string? Reference)
{
    /// <summary>Null where there is nothing to reach.</summary>
    public bool? Reached => Wanted is not { } wanted ? null : AtMost ? Measured <= wanted : Measured >= wanted;

    /// <summary>The columns of <see cref="Rows"/>.</summary>
    public static string[] Headers(string reference) => ["work", "measured", "unit", "to reach", "", reference];

    /// <summary>The figures as a table.</summary>
    public static string[][] Rows(IEnumerable<ServerFigure> figures) =>
    [
        .. figures.Select(figure => (string[])
        [
            figure.What, Number(figure.Measured), figure.Unit, figure.Wanted is { } wanted ? $"{(figure.AtMost ? "≤" : "≥")} {Number(wanted)}" : "",
            figure.Reached switch { true => "✓", false => "✗", null => "" }, figure.Reference ?? "–",
        ]),
    ];

    /// <summary>As many digits as mean something.</summary>
    public static string Number(double value) => value.ToString(value >= 100 ? "N0" : value >= 10 ? "0.0" : value >= 1 ? "0.00" : "0.000", CultureInfo.InvariantCulture);
}
