using System.Globalization;
using Vigie.Dashboard.Charts;
using Vigie.Mlflow;

namespace Vigie.Dashboard.Experiments;

/// <summary>A param of several runs.</summary>
/// <param name="Key">Its name.</param>
/// <param name="Values">Its value in each run; null where it has none.</param>
/// <param name="Differs">Whether the runs differ in it.</param>
internal sealed record ComparedParam(string Key, IReadOnlyList<string?> Values, bool Differs);

/// <summary>A metric of several runs.</summary>
/// <param name="Key">Its name.</param>
/// <param name="Values">Its latest value in each run; null where it has none.</param>
/// <param name="Best">The best of them; null where none is.</param>
internal sealed record ComparedMetric(string Key, IReadOnlyList<double?> Values, double? Best);

/// <summary>Several runs side by side.</summary>
internal sealed class RunComparison
{
    /// <summary>Axes of params in parallel coordinates: more cannot be told apart.</summary>
    private const int MostAxes = 9;

    /// <summary>Numbers over more than this ratio stand on an axis by powers of ten.</summary>
    private const double Wide = 50;

    /// <summary>Puts runs side by side.</summary>
    public RunComparison(IReadOnlyList<Run> runs)
    {
        (Runs, Names) = (runs, RunKeys.NamesOf(runs));
        Params = [.. Rows(run => run.Data.Params.Select(param => (param.Key, (string?)param.Value))).Select(row => new ComparedParam(row.Key, row.Values, row.Values.Distinct().Count() > 1))];
        Metrics = [.. Rows(run => run.Data.Metrics.Select(metric => (metric.Key, (double?)metric.Value))).Select(row => new ComparedMetric(row.Key, row.Values, MetricSense.BestOf(row.Key, row.Values)))];
    }

    /// <summary>The runs.</summary>
    public IReadOnlyList<Run> Runs { get; }

    /// <summary>What they are called here.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Their params, in the order of the names.</summary>
    public IReadOnlyList<ComparedParam> Params { get; }

    /// <summary>Their metrics, in the order of the names.</summary>
    public IReadOnlyList<ComparedMetric> Metrics { get; }

    /// <summary>The metric that they are judged by where nobody says another: one with a best value, of those that most runs have.</summary>
    public string? MainMetric => Metrics.OrderByDescending(metric => metric.Values.Count(value => value is not null)).ThenByDescending(metric => metric.Key switch
    {
        "f1_macro" => 4,
        "f1" => 3,
        "accuracy" => 2,
        _ => metric.Best is null ? 0 : 1,
    }).FirstOrDefault()?.Key;

    /// <summary>What can stand on the axis across of a scatter, as columns are named: params in which they differ, and metrics.</summary>
    public IReadOnlyList<string> Across => [.. Params.Where(param => param.Differs).Select(param => "params." + param.Key), .. Metrics.Select(metric => "metrics." + metric.Key)];

    /// <summary>Params in which they differ and a metric, as upright axes with a line for each run.</summary>
    /// <param name="metric">The last axis, whose values colour the lines.</param>
    public ParallelChart Parallel(string metric)
    {
        (ParallelAxis Axis, IReadOnlyList<double?> Values)[] axes =
        [
            .. Params.Where(param => param.Differs).OrderBy(param => param.Values.Count(value => value is null)).Take(MostAxes).Select(param => AxisOf(param.Key, param.Values)),
            (new ParallelAxis(metric), ValuesOf(metric)),
        ];
        return new ParallelChart
        {
            Axes = [.. axes.Select(axis => axis.Axis)],
            Lines = [.. Runs.Select((_, i) => new ParallelLine(Names[i], [.. axes.Select(axis => axis.Values[i])]))],
            ColourBy = axes.Length - 1,
        };
    }

    /// <summary>A param or metric against a metric; runs that lack one of them are left out.</summary>
    /// <param name="across">As <see cref="Across"/> names it.</param>
    /// <param name="up">A metric.</param>
    public ScatterChart Scatter(string across, string up)
    {
        RunColumn column = RunColumn.Parse(across) ?? new RunColumn(ColumnKind.Metric, up);
        (ParallelAxis axis, IReadOnlyList<double?> x) = column.Kind == ColumnKind.Param
            ? AxisOf(column.Key, Params.FirstOrDefault(param => param.Key == column.Key)?.Values ?? [.. Runs.Select(_ => (string?)null)])
            : (new ParallelAxis(column.Key), ValuesOf(column.Key));
        double?[] y = ValuesOf(up);
        return new ScatterChart
        {
            Dots = [.. Enumerable.Range(0, Runs.Count).Where(i => x[i] is not null && y[i] is not null).Select(i => new Dot(x[i]!.Value, y[i]!.Value, Names[i], Names.Count <= 8 ? Names[i] : null))],
            AcrossName = column.Key,
            UpName = up,
            Across = axis.Scale,
            AcrossCategories = axis.Categories,
        };
    }

    /// <summary>An axis of numbers where all values are numbers, of words otherwise.</summary>
    private static (ParallelAxis Axis, IReadOnlyList<double?> Values) AxisOf(string name, IReadOnlyList<string?> values)
    {
        double?[] numbers = [.. values.Select(value => double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number) ? number : (double?)null)];
        if (values.Zip(numbers).All(pair => pair.First is null || pair.Second is not null))
        {
            double[] known = [.. numbers.OfType<double>()];
            bool isWide = known.All(value => value > 0) && known.Max() / known.Min() >= Wide;
            return (new ParallelAxis(name, Scale: isWide ? Scale.Log : Scale.Number), numbers);
        }

        string[] words = [.. values.OfType<string>().Distinct().Order(StringComparer.Ordinal)];
        return (new ParallelAxis(name, [.. words.Select(word => RunKeys.Shown(word, 40)!)]), [.. values.Select(value => value is null ? (double?)null : Array.IndexOf(words, value))]);
    }

    private double?[] ValuesOf(string metric) =>
        Metrics.FirstOrDefault(one => one.Key == metric)?.Values.Select(value => value is { } some && double.IsFinite(some) ? some : (double?)null).ToArray() ?? new double?[Runs.Count];

    private IEnumerable<(string Key, T?[] Values)> Rows<T>(Func<Run, IEnumerable<(string Key, T? Value)>> read)
    {
        Dictionary<string, T?>[] each = [.. Runs.Select(run => read(run).ToDictionary(item => item.Key, item => item.Value))];
        foreach (string key in each.SelectMany(one => one.Keys).Distinct().Order(StringComparer.Ordinal)) yield return (key, [.. each.Select(one => one.GetValueOrDefault(key))]);
    }
}
