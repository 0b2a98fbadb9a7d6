using Vigie.Mlflow;

namespace Vigie.Dashboard.Experiments;

/// <summary>What a column of runs shows.</summary>
internal enum ColumnKind
{
    /// <summary>What the run is: when it started, its status.</summary>
    Attribute,

    /// <summary>A setting.</summary>
    Param,

    /// <summary>The latest value of a metric.</summary>
    Metric,

    /// <summary>A text that may change.</summary>
    Tag,
}

/// <summary>A column of runs, as an address names it: <c>start_time</c>, <c>params.C</c>, <c>metrics.f1</c>, <c>tags.owner</c>.</summary>
internal sealed record RunColumn(ColumnKind Kind, string Key)
{
    /// <summary>Attributes that a table can show, in the order in which they are offered. The name is not among them: it is every row's first cell.</summary>
    public static readonly IReadOnlyList<string> Attributes = ["status", "start_time", "duration", "end_time", "user_id", "experiment_id", "run_id"];

    private static readonly (ColumnKind Kind, string Prefix)[] Prefixes = [(ColumnKind.Param, "params."), (ColumnKind.Metric, "metrics."), (ColumnKind.Tag, "tags.")];

    /// <summary>The name of the run: ordered by as any other column.</summary>
    public static RunColumn Name { get; } = new(ColumnKind.Attribute, "run_name");

    /// <summary>As an address names it.</summary>
    public string Text => Prefix + Key;

    /// <summary>As MLflow's search names it: whatever the key holds.</summary>
    public string Searched => Kind == ColumnKind.Attribute ? Key : $"{Prefix}`{Key.Replace("`", "``", StringComparison.Ordinal)}`";

    /// <summary>Whether its cells are figures, which stand at the right.</summary>
    public bool IsFigure => Kind == ColumnKind.Metric || Key is "duration" && Kind == ColumnKind.Attribute;

    private string Prefix => Prefixes.FirstOrDefault(one => one.Kind == Kind).Prefix ?? "";

    /// <summary>Reads what an address says.</summary>
    /// <returns>Null where it names no column.</returns>
    public static RunColumn? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        foreach ((ColumnKind kind, string prefix) in Prefixes)
        {
            if (text.StartsWith(prefix, StringComparison.Ordinal)) return text.Length > prefix.Length ? new RunColumn(kind, text[prefix.Length..]) : null;
        }

        return Attributes.Contains(text) ? new RunColumn(ColumnKind.Attribute, text) : text == Name.Key ? Name : null;
    }

    /// <summary>Reads the columns of an address, which commas divide: no key of MLflow holds one.</summary>
    public static IReadOnlyList<RunColumn> ParseAll(string text) =>
        [.. text.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(Parse).OfType<RunColumn>().Where(column => column != Name).Distinct()];

    /// <summary>The columns of an address.</summary>
    public static string Join(IEnumerable<RunColumn> columns) => string.Join(',', columns.Select(column => column.Text));

    /// <summary>What a param, metric or tag is worth to a run; null where it has none.</summary>
    public string? ParamOf(Run run) => Kind switch
    {
        ColumnKind.Param => run.Data.Params.FirstOrDefault(param => param.Key == Key)?.Value,
        ColumnKind.Tag => run.Data.Tags.FirstOrDefault(tag => tag.Key == Key)?.Value,
        _ => null,
    };

    /// <summary>The latest value of the metric; null where the run has none.</summary>
    public double? MetricOf(Run run) => Kind == ColumnKind.Metric ? run.Data.Metrics.FirstOrDefault(metric => metric.Key == Key)?.Value : null;

    /// <summary>What tells runs apart at a glance: when they were, the params in which they differ, and the figures that matter most among those they have.</summary>
    public static IReadOnlyList<RunColumn> Usual(IReadOnlyList<Run> runs)
    {
        string[] parameters =
        [
            .. runs.SelectMany(run => run.Data.Params).GroupBy(param => param.Key)
                .Where(group => runs.Count == 1 || group.Select(param => param.Value).Distinct().Count() > 1)
                .OrderByDescending(group => group.Key is "recipe" or "model")
                .ThenByDescending(group => group.Count()).Select(group => group.Key).Take(2),
        ];
        string[] metrics =
        [
            .. runs.SelectMany(run => run.Data.Metrics).GroupBy(metric => metric.Key)
                .OrderByDescending(group => Weight(group.Key)).ThenByDescending(group => group.Count()).Select(group => group.Key).Take(3),
        ];
        return
        [
            new(ColumnKind.Attribute, "status"), new(ColumnKind.Attribute, "start_time"), new(ColumnKind.Attribute, "duration"),
            .. runs.DistinctBy(run => run.Info.ExperimentId).Skip(1).Any() ? [new RunColumn(ColumnKind.Attribute, "experiment_id")] : Array.Empty<RunColumn>(),
            .. parameters.Select(key => new RunColumn(ColumnKind.Param, key)), .. metrics.Select(key => new RunColumn(ColumnKind.Metric, key)),
        ];
    }

    private static int Weight(string metric) => metric switch
    {
        "f1_macro" or "f1" => 5,
        "accuracy" => 4,
        "roc_auc" => 3,
        "val_accuracy" or "validation_f1_macro" => 2,
        "loss" or "val_loss" => 1,
        _ => 0,
    };
}

/// <summary>What runs are ordered by, as an address says it: <c>metrics.f1 DESC</c>.</summary>
internal sealed record RunOrdering(RunColumn Column, bool Descending)
{
    /// <summary>The newest first, as the store has it where nothing else is asked for.</summary>
    public static RunOrdering Newest { get; } = new(new RunColumn(ColumnKind.Attribute, "start_time"), true);

    /// <summary>As an address says it.</summary>
    public string Text => Column.Text + (Descending ? " DESC" : " ASC");

    /// <summary>As MLflow's search says it.</summary>
    public string Searched => Column.Searched + (Descending ? " DESC" : " ASC");

    /// <summary>Reads what an address says; <see cref="Newest"/> where it says nothing, or nothing that makes sense.</summary>
    public static RunOrdering Parse(string? text)
    {
        int space = text?.LastIndexOf(' ') ?? -1;
        if (space < 0 || text![(space + 1)..] is not ("ASC" or "DESC")) return Newest;
        return RunColumn.Parse(text[..space]) is { } column ? new RunOrdering(column, text.EndsWith("DESC", StringComparison.Ordinal)) : Newest;
    }

    /// <summary>The ordering after a press on a column's header: the other way round where it is ordered by already; figures and times begin with the greatest.</summary>
    public RunOrdering Press(RunColumn column) =>
        column == Column ? this with { Descending = !Descending } : new RunOrdering(column, column.IsFigure ? MetricSense.Of(column.Key) != Sense.Lower : column.Key is "start_time" or "end_time");
}
