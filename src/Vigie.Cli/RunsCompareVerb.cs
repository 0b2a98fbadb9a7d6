using System.CommandLine;
using System.Globalization;
using Vigie.Mlflow;

namespace Vigie.Cli;

/// <summary><c>vigie runs compare</c>: the params in which runs differ, and their metrics, side by side.</summary>
internal static class RunsCompareVerb
{
    private const int Fewest = 2, Most = 8;

    public static Command Create(Terminal terminal)
    {
        var ids = new Argument<string[]>("RUN") { Description = $"{Fewest} to {Most} runs, by id or its first digits", Arity = new ArgumentArity(Fewest, Most) };
        return new Command("compare", "Show the params in which runs differ, and their metrics side by side") { ids }
            .WithExamples("vigie runs compare 3f2a91c0 77d01b2e", "vigie runs compare 3f2a91c0 77d01b2e --json")
            .Does(terminal, async run =>
            {
                await using TrackingPlace place = await TrackingPlace.OpenExistingAsync(run);
                var runs = new List<Run>();
                foreach (string id in run.Required(ids)) runs.Add(await RunSelection.OneAsync(run, place, id));
                Line[] parameters = [.. Lines(runs, one => one.Data.Params.Select(param => (param.Key, param.Value))).Where(line => line.Values.Distinct().Count() > 1)];
                Line[] metrics = [.. Lines(runs, one => one.Data.Metrics.Select(metric => (metric.Key, Number(metric.Value))))];
                run.Print(
                    new
                    {
                        Runs = runs.Select(one => one.Info.RunId).ToArray(),
                        ParamsThatDiffer = parameters.ToDictionary(line => line.Key, line => line.Values),
                        Metrics = Lines(runs, one => one.Data.Metrics.Select(metric => (metric.Key, (double?)metric.Value))).ToDictionary(line => line.Key, line => line.Values),
                    },
                    console =>
                    {
                        string[] headers = [.. runs.Select(one => $"{one.Info.RunId[..8]} {one.Info.RunName}")];
                        if (parameters.Length > 0) console.PrintTable(["param", .. headers], [.. parameters.Select(line => (string[])[line.Key, .. line.Values.Select(value => value ?? "")])]);
                        else terminal.Out.WriteLine("their params are the same");
                        if (metrics.Length > 0) console.PrintTable(["metric", .. headers], [.. metrics.Select(line => (string[])[line.Key, .. line.Values.Select(value => value ?? "")])]);
                    });
            });
    }

    public static string Number(double value) => value.ToString(Math.Abs(value) is >= 1000 or 0 ? "0.##" : "0.#####", CultureInfo.InvariantCulture);

    private static IEnumerable<Line<T>> Lines<T>(IReadOnlyList<Run> runs, Func<Run, IEnumerable<(string Key, T Value)>> read)
    {
        Dictionary<string, T>[] each = [.. runs.Select(run => read(run).ToDictionary(item => item.Key, item => item.Value))];
        foreach (string key in each.SelectMany(one => one.Keys).Distinct().Order(StringComparer.Ordinal)) yield return new Line<T>(key, [.. each.Select(one => one.GetValueOrDefault(key))]);
    }

    private static IEnumerable<Line> Lines(IReadOnlyList<Run> runs, Func<Run, IEnumerable<(string Key, string Value)>> read) => Lines<string>(runs, read).Select(line => new Line(line.Key, line.Values));

    private sealed record Line(string Key, string?[] Values);

    private sealed record Line<T>(string Key, T?[] Values);
}
