using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Vigie.Dashboard.Reading;
using Vigie.Mlflow;

namespace Vigie.Dashboard.Experiments;

/// <summary>What runs have, and how it is called and written.</summary>
internal static class RunKeys
{
    private const int LongestCell = 200;

    /// <summary>The params, metrics and tags of some runs, as columns are named, in the order of their names.</summary>
    public static IReadOnlyList<string> Of(IReadOnlyList<Run> runs) =>
    [
        .. runs.SelectMany(run => run.Data.Params).Select(param => "params." + param.Key)
            .Concat(runs.SelectMany(run => run.Data.Metrics).Select(metric => "metrics." + metric.Key))
            .Concat(runs.SelectMany(run => run.Data.Tags).Select(tag => "tags." + tag.Key)).Distinct().Order(StringComparer.Ordinal),
    ];

    /// <summary>What an attribute is called.</summary>
    public static string TitleOf(string attribute, Func<string, string, string> words) => attribute switch
    {
        "run_name" => words("Run", "Exécution"),
        "status" => words("Status", "État"),
        "start_time" => words("Started", "Début"),
        "end_time" => words("Ended", "Fin"),
        "duration" => words("Took", "Durée"),
        "user_id" => words("By", "Par"),
        "experiment_id" => words("Experiment", "Expérience"),
        _ => "Id",
    };

    /// <summary>How long a run took, or has taken up to now; null where it ended without a word.</summary>
    public static TimeSpan? DurationOf(Run run, TimeProvider clock) =>
        run.Info.EndTime is { } end ? TimeSpan.FromMilliseconds(end - run.Info.StartTime)
        : run.Info.Status == RunStatus.Running ? clock.GetUtcNow() - DateTimeOffset.FromUnixTimeMilliseconds(run.Info.StartTime)
        : null;

    /// <summary>The beginning of a value, as there is room for: a param may have 6,000 characters.</summary>
    public static string? Shown(string? value, int most = LongestCell) => value is not null && value.Length > most ? value[..(char.IsHighSurrogate(value[most - 1]) ? most - 1 : most)] + "…" : value;

    /// <summary>An amount of bytes in its largest fitting unit.</summary>
    public static string Bytes(long count, Viewer viewer)
    {
        string unit = viewer.T("B", "o");
        return count switch
        {
            < 1000 => $"{count} {unit}",
            < 1_000_000 => $"{(count / 1e3).ToString("0.#", viewer.Culture)} k{unit}",
            < 1_000_000_000 => $"{(count / 1e6).ToString("0.#", viewer.Culture)} M{unit}",
            _ => $"{(count / 1e9).ToString("0.#", viewer.Culture)} G{unit}",
        };
    }

    /// <summary>What a run is called: by its id where its name shows nothing that one could see.</summary>
    public static string NameOf(Run run) => Shown(IsSeen(run.Info.RunName) ? run.Info.RunName : run.Info.RunId)!;

    /// <summary>Whether a name has anything that is seen, and can be pressed: not spaces and invisible characters alone.</summary>
    public static bool IsSeen([NotNullWhen(true)] string? name) => name is not null && name.EnumerateRunes().Any(rune => Rune.GetUnicodeCategory(rune) is not
        (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.OtherNotAssigned
        or UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.PrivateUse or UnicodeCategory.Surrogate) && rune.Value is not (0x115F or 0x1160 or 0x3164 or 0xFFA0 or 0x2800)); // letters of no shape

    /// <summary>What runs are called where several are shown together: two of the same name by the beginning of their ids too.</summary>
    public static IReadOnlyList<string> NamesOf(IReadOnlyList<Run> runs)
    {
        HashSet<string> twice = [.. runs.GroupBy(NameOf).Where(group => group.Count() > 1).Select(group => group.Key)];
        return [.. runs.Select(run => NameOf(run) is var name && twice.Contains(name) ? $"{name} {run.Info.RunId[..Math.Min(8, run.Info.RunId.Length)]}" : name)];
    }
}
