using System.Globalization;

namespace Vigie.Cli;

/// <summary>Lists on the command line: samples and recipes.</summary>
internal static class BenchSizes
{
    /// <summary>Every recipe on every size; single predictions are timed on the first.</summary>
    public static IReadOnlyList<BenchWork> Work(int?[] sizes, string[] recipes) =>
        [.. sizes.SelectMany(size => recipes.Select(recipe => new BenchWork(recipe, size) { Predictions = size == sizes[0] }))];

    /// <summary>Names of recipes.</summary>
    /// <exception cref="InvalidInputException">There is no such recipe.</exception>
    public static string[] Recipes(string option, string list) => [.. Parts(option, list).Select(name => RecipeOptions.Find(name).Name)];

    /// <summary>Samples; null for all rows.</summary>
    /// <exception cref="InvalidInputException">A part is no number of rows.</exception>
    public static int?[] Of(string option, string list) =>
    [
        .. Parts(option, list).Select(part => part switch
        {
            "all" => (int?)null,
            _ when int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int rows) && rows > 0 => rows,
            _ => throw new InvalidInputException($"{option}: '{Terminal.Printable(part)}' is no size; give numbers of rows or 'all', separated by commas"),
        }),
    ];

    /// <exception cref="InvalidInputException">The list is empty.</exception>
    public static string[] Parts(string option, string list) =>
        list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is { Length: > 0 } parts
            ? [.. parts.Distinct()]
            : throw new InvalidInputException($"{option}: expected names or numbers separated by commas, found nothing");
}
