namespace Vigie.Mlflow;

/// <summary>A rule applied to metrics. A metric that is missing makes the whole rule fail, whatever else holds: what was not measured is not better.</summary>
internal sealed record GateVerdict(bool Passed, IReadOnlyList<GateComparison> Comparisons)
{
    public string Reason => (Passed ? "passed: " : "did not pass: ") + string.Join("; ", Comparisons);

    /// <param name="rule">The rule.</param>
    /// <param name="metrics">Of the version.</param>
    /// <param name="champion">Of the champion; null where there is none, which makes every comparison with it true.</param>
    public static GateVerdict Of(GateRule rule, IReadOnlyDictionary<string, double> metrics, IReadOnlyDictionary<string, double>? champion)
    {
        var comparisons = new List<GateComparison>();
        bool holds = Holds(rule.Root, wanted: true);
        return new GateVerdict(holds && comparisons.All(comparison => comparison.Holds is not null), comparisons);

        // wanted: what a comparison that cannot matter has to be so that it is in nobody's way; a 'not' turns it.
        bool Holds(GateNode node, bool wanted) => node switch
        {
            GateNode.Both both => Holds(both.Left, wanted) & Holds(both.Right, wanted),
            GateNode.Either either => Holds(either.Left, wanted) | Holds(either.Right, wanted),
            GateNode.Opposite opposite => !Holds(opposite.Of, !wanted),
            GateNode.Comparison comparison => Compare(comparison, wanted),
            _ => throw new InvalidOperationException($"a rule has no part {node.GetType().Name}"),
        };

        bool Compare(GateNode.Comparison comparison, bool wanted)
        {
            (double? left, string? leftFault) = ValueOf(comparison.Left);
            (double? right, string? rightFault) = ValueOf(comparison.Right);
            if ((leftFault ?? rightFault) is { } fault)
            {
                comparisons.Add(new GateComparison(comparison.Text, left, right, Holds: null, fault));
                return false;
            }

            if (champion is null && comparison.NamesChampion)
            {
                comparisons.Add(new GateComparison(comparison.Text, left, right, Holds: wanted, "there is no champion yet, so this does not count"));
                return wanted;
            }

            bool holds = comparison.Operator switch
            {
                ">" => left > right,
                ">=" => left >= right,
                "<" => left < right,
                "<=" => left <= right,
                "=" => left == right,
                _ => left != right,
            };
            comparisons.Add(new GateComparison(comparison.Text, left, right, holds));
            return holds;
        }

        (double? Value, string? Fault) ValueOf(GateOperand operand)
        {
            if (operand is GateOperand.Number number) return (number.Value, null);
            var metric = (GateOperand.Metric)operand;
            IReadOnlyDictionary<string, double>? source = metric.OfChampion ? champion : metrics;
            if (source is null) return (null, null);
            string whose = metric.OfChampion ? "the champion" : "this version";
            if (!source.TryGetValue(metric.Name, out double value)) return (null, $"{whose} has no metric '{metric.Name}'");
            return double.IsNaN(value) ? (null, $"the metric '{metric.Name}' of {whose} is not a number") : (value, null);
        }
    }
}
