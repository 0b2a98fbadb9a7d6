using System.Globalization;
using Vigie.Pipelines;

namespace Vigie.Cli;

/// <summary>Experiments as tables.</summary>
internal static class ExperimentTable
{
    private const int ShortHash = 7;

    /// <summary>Metrics, and those parameters in which rows differ.</summary>
    public static (string[] Headers, string[][] Cells) ForPeople(IReadOnlyList<ExperimentRow> rows, int precision, TimeProvider clock)
    {
        IReadOnlyList<IReadOnlyDictionary<string, DataValue>> metrics = Columns(rows, row => row.Metrics), parameters = Columns(rows, row => row.Parameters);
        string[] measured = Keys(metrics), changed = [.. Keys(parameters).Where(key => parameters.Where((_, i) => rows[i].Failure is null).Select(values => DataJson.Words(values.GetValueOrDefault(key), 17)).Distinct().Count() > 1)];
        string today = clock.GetLocalNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        return (
            ["experiment", "created", .. measured, .. changed],
            [.. rows.Select((row, i) => (string[])[Name(rows, i), Time(row, today), .. Words(row, metrics[i], measured), .. Words(row, parameters[i], changed)])]);

        IEnumerable<string> Words(ExperimentRow row, IReadOnlyDictionary<string, DataValue> values, string[] keys) => keys.Select(key => row.Failure is null ? DataJson.Words(values.GetValueOrDefault(key), precision) : "!");
    }

    /// <summary>All values, under DVC's headers.</summary>
    public static void WriteCsv(TextWriter output, IReadOnlyList<ExperimentRow> rows)
    {
        IReadOnlyList<IReadOnlyDictionary<string, DataValue>> metrics = Columns(rows, row => row.Metrics), parameters = Columns(rows, row => row.Parameters);
        string[] measured = Keys(metrics), set = Keys(parameters), read = [.. rows.SelectMany(row => row.Dependencies).Select(path => path.Key).Distinct().Order(StringComparer.Ordinal)];
        Write(["Experiment", "rev", "typ", "Created", "parent", .. measured, .. set, .. read]);
        for (int i = 0; i < rows.Count; i++)
        {
            ExperimentRow row = rows[i];
            string kind = row.Kind != ExperimentRowKind.Experiment ? "baseline" : IsLast(rows, i) ? "branch_base" : "branch_commit";
            Write(
            [
                row.Name ?? "", row.Kind == ExperimentRowKind.Workspace ? row.Revision : row.Revision[..ShortHash], kind, row.Created ?? "", "",
                .. measured.Select(key => Exact(metrics[i].GetValueOrDefault(key))), .. set.Select(key => Exact(parameters[i].GetValueOrDefault(key))),
                .. read.Select(path => row.Dependencies.FirstOrDefault(one => one.Key == path).Value?.Md5[..ShortHash] ?? ""),
            ]);
        }

        void Write(string[] cells) => output.WriteLine(string.Join(',', cells.Select(cell => cell.AsSpan().ContainsAny(",\"\n\r") ? $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : cell)));

        static string Exact(DataValue? value) => value is null ? "" : DataJson.Words(value, 17);
    }

    private static bool IsLast(IReadOnlyList<ExperimentRow> rows, int i) => i + 1 == rows.Count || rows[i + 1].Kind != ExperimentRowKind.Experiment;

    private static string Name(IReadOnlyList<ExperimentRow> rows, int i) => rows[i] switch
    {
        { Kind: ExperimentRowKind.Workspace } => rows[i].Revision,
        { Kind: ExperimentRowKind.Baseline } row => row.Name ?? row.Revision[..ShortHash],
        { } row => $"{(IsLast(rows, i) ? "└──" : "├──")} {row.Name}",
    };

    private static string Time(ExperimentRow row, string today) => row.Created is not { } time ? "-" : time.StartsWith(today, StringComparison.Ordinal) ? time[11..16] : time[..10];

    private static string[] Keys(IReadOnlyList<IReadOnlyDictionary<string, DataValue>> rows) => [.. rows.SelectMany(values => values.Keys).Distinct()];

    // A key has its file before it where several files have one of that name, in whichever row.
    private static IReadOnlyList<IReadOnlyDictionary<string, DataValue>> Columns(IReadOnlyList<ExperimentRow> rows, Func<ExperimentRow, IReadOnlyList<KeyValuePair<string, DataValue>>> files)
    {
        var cells = rows.Select(row => files(row).SelectMany(file => ValueFiles.Flat(file.Value).Select(value => (File: file.Key, value.Key, value.Value))).ToList()).ToList();
        HashSet<string> shared = [.. cells.SelectMany(row => row).Select(cell => (cell.File, cell.Key)).Distinct().GroupBy(cell => cell.Key).Where(group => group.Count() > 1).Select(group => group.Key)];
        return [.. cells.Select(row => row.ToDictionary(cell => shared.Contains(cell.Key) || cell.Key.Length == 0 ? $"{cell.File}:{cell.Key}" : cell.Key, cell => cell.Value, StringComparer.Ordinal))];
    }
}
