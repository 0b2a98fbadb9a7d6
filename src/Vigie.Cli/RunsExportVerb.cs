using System.CommandLine;
using System.Globalization;
using System.Text.Json;

namespace Vigie.Cli;

/// <summary><c>vigie runs export</c>: runs as a file, for spreadsheets and scripts.</summary>
internal static class RunsExportVerb
{
    public static Command Create(Terminal terminal)
    {
        var selection = new RunSelection();
        var output = new Option<string>("--output", "-o") { Description = "A .csv file, one row a run and one column a param, metric or tag; or a .jsonl file, one object a run", HelpName = "FILE", Required = true };
        var command = new Command("export", "Write runs as CSV or JSON lines") { output };
        selection.AddTo(command);
        return command
            .WithExamples("vigie runs export --output runs.csv", "vigie runs export --experiment sentiment --output runs.jsonl")
            .Does(terminal, async run =>
            {
                string path = ModelFolder.PathOf(run, run.Required(output));
                bool csv = path.EndsWith(".csv", StringComparison.OrdinalIgnoreCase);
                if (!csv && !path.EndsWith(".jsonl", StringComparison.OrdinalIgnoreCase)) throw new InvalidInputException($"--output {Terminal.Printable(path)}: expected a name that ends in .csv or .jsonl");
                await using TrackingPlace place = await TrackingPlace.OpenExistingAsync(run);
                IReadOnlyList<TrackedRow> rows = await selection.FindAsync(run, place, int.MaxValue);
                if (Path.GetDirectoryName(path) is { Length: > 0 } folder) Directory.CreateDirectory(folder);
                await File.WriteAllLinesAsync(path + ".part", csv ? Csv(rows) : rows.Select(row => JsonSerializer.Serialize(row.ToJson(), JsonText.OneLine)), run.Stop);
                File.Move(path + ".part", path, overwrite: true);
                run.Print(new { Runs = rows.Count, File = path }, _ => terminal.Out.WriteLine($"wrote {rows.Count:N0} runs to {Terminal.Printable(path)}"));
            });
    }

    private static IEnumerable<string> Csv(IReadOnlyList<TrackedRow> rows)
    {
        string[] parameters = Keys(rows, row => row.Run.Data.Params.Select(param => param.Key)), metrics = Keys(rows, row => row.Run.Data.Metrics.Select(metric => metric.Key));
        string[] tags = Keys(rows, row => row.Run.Data.Tags.Select(tag => tag.Key));
        yield return Line(["run_id", "run_name", "experiment", "status", "start_time", "end_time", .. parameters.Select(key => $"params.{key}"), .. metrics.Select(key => $"metrics.{key}"), .. tags.Select(key => $"tags.{key}")]);
        foreach (TrackedRow row in rows)
        {
            yield return Line(
            [
                row.Id, row.Run.Info.RunName, row.Experiment, row.Run.Info.Status, Whole(row.Run.Info.StartTime), Whole(row.Run.Info.EndTime),
                .. parameters.Select(row.Param), .. metrics.Select(key => row.Metric(key)?.ToString("R", CultureInfo.InvariantCulture)), .. tags.Select(row.Tag),
            ]);
        }
    }

    private static string[] Keys(IReadOnlyList<TrackedRow> rows, Func<TrackedRow, IEnumerable<string>> keys) => [.. rows.SelectMany(keys).Distinct().Order(StringComparer.Ordinal)];

    private static string? Whole(long? number) => number?.ToString(CultureInfo.InvariantCulture);

    private static string Line(IEnumerable<string?> fields) => string.Join(',', fields.Select(Quoted));

    private static string Quoted(string? field) => field is null ? "" : field.AsSpan().IndexOfAny(",\"\r\n") < 0 ? field : $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
