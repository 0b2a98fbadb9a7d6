using System.Globalization;
using System.Text.RegularExpressions;

namespace Vigie.Mlflow.Tests;

/// <summary>MLflow's search of runs as its documentation says it, over runs in memory.</summary>
internal static class PlainSearch
{
    public static IEnumerable<Run> Find(IEnumerable<Run> runs, string[] experiments, string filter, string[] order, string view)
    {
        IReadOnlyList<Comparison> comparisons = Filter.Parse(filter, RunSearch.Vocabulary);
        IReadOnlyList<OrderKey> keys = Filter.ParseOrder(order, RunSearch.Vocabulary);
        return runs.Where(run => experiments.Contains(run.Info.ExperimentId))
            .Where(run => view == "ALL" || run.Info.LifecycleStage == (view == "ACTIVE_ONLY" ? "active" : "deleted"))
            .Where(run => comparisons.All(comparison => Matches(run, comparison)))
            .Order(Comparer<Run>.Create((a, b) => Compare(a, b, keys)));
    }

    private static bool Matches(Run run, Comparison comparison)
    {
        if (comparison.Field != Field.Dataset) return Matches(Value(run, comparison.Field, comparison.Key), comparison);
        return run.Inputs!.DatasetInputs.Any(input => comparison.Key switch
        {
            "name" => Matches(input.Dataset.Name, comparison),
            "digest" => Matches(input.Dataset.Digest, comparison),
            _ => input.Tags.Any(tag => tag.Key == "mlflow.data.context" && Matches(tag.Value, comparison)),
        });
    }

    private static bool Matches(object? value, Comparison comparison)
    {
        if (comparison.Operator == "IS NULL") return value is null;
        if (value is null) return false;
        if (comparison.Operator == "IS NOT NULL") return true;
        if (value is string text)
        {
            return comparison.Operator switch
            {
                "=" => text == comparison.Text,
                "!=" => text != comparison.Text,
                "IN" => ((string[])comparison.Value!).Contains(text),
                "NOT IN" => !((string[])comparison.Value!).Contains(text),
                _ => Regex.IsMatch(
                    text, "^" + string.Concat(comparison.Text.Select(c => c switch { '%' => ".*", '_' => ".", _ => Regex.Escape($"{c}") })) + "$",
                    RegexOptions.Singleline | (comparison.Operator == "ILIKE" ? RegexOptions.IgnoreCase : RegexOptions.None)),
            };
        }

        double number = Convert.ToDouble(value, CultureInfo.InvariantCulture), other = Convert.ToDouble(comparison.Value, CultureInfo.InvariantCulture);
        return comparison.Operator switch { "=" => number == other, "!=" => number != other, "<" => number < other, "<=" => number <= other, ">" => number > other, _ => number >= other };
    }

    private static int Compare(Run a, Run b, IReadOnlyList<OrderKey> keys)
    {
        foreach (OrderKey key in keys)
        {
            object? left = Value(a, key.Field, key.Key), right = Value(b, key.Field, key.Key);
            int rank = Rank(left).CompareTo(Rank(right));
            if (rank != 0) return rank;
            if (Rank(left) > 0) continue;
            int order = left is string text ? string.CompareOrdinal(text, (string)right!) : ((IComparable)left!).CompareTo(right);
            if (order != 0) return key.Ascending ? order : -order;
        }

        int start = b.Info.StartTime.CompareTo(a.Info.StartTime);
        return start != 0 ? start : string.CompareOrdinal(a.Info.RunId, b.Info.RunId);
    }

    private static int Rank(object? value) => value switch { null => 2, double.NaN => 1, _ => 0 };

    private static object? Value(Run run, Field field, string key) => field switch
    {
        Field.Metric => run.Data.Metrics.FirstOrDefault(metric => metric.Key == key)?.Value,
        Field.Param => run.Data.Params.FirstOrDefault(param => param.Key == key)?.Value,
        Field.Tag => run.Data.Tags.FirstOrDefault(tag => tag.Key == key)?.Value,
        _ => key switch
        {
            "run_id" => run.Info.RunId,
            "run_name" or "Run name" => run.Info.RunName,
            "user_id" => run.Info.UserId,
            "status" => run.Info.Status,
            "start_time" => run.Info.StartTime,
            "end_time" => run.Info.EndTime,
            "duration" => run.Info.EndTime - run.Info.StartTime,
            "experiment_id" => long.Parse(run.Info.ExperimentId, CultureInfo.InvariantCulture),
            _ => throw new ArgumentOutOfRangeException(nameof(key), key, null),
        },
    };
}
