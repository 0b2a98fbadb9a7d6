using System.Globalization;

namespace Vigie.Mlflow;

/// <summary>One comparison of a filter.</summary>
/// <param name="Field">What is compared.</param>
/// <param name="Key">Its key.</param>
/// <param name="Operator">In upper case: <c>= != &lt; &lt;= &gt; &gt;= LIKE ILIKE IN NOT IN IS NULL IS NOT NULL</c>.</param>
/// <param name="Value">A text, a number (long or double), a list of texts; null for IS NULL and IS NOT NULL.</param>
internal sealed record Comparison(Field Field, string Key, string Operator, object? Value)
{
    /// <summary>The value of LIKE, and of = and != on texts.</summary>
    public string Text => (string)Value!;
}

/// <summary>One key of an ordering.</summary>
internal sealed record OrderKey(Field Field, string Key, bool Ascending);

/// <summary>
/// Filters and orderings of MLflow's searches. A filter is comparisons joined by AND: <c>metrics.f1 &gt; 0.79 AND params.C = '1'</c>; keys may stand in backticks
/// or double quotes, texts in single or double quotes. LIKE and ILIKE know % and _, and have no escape; ILIKE takes no notice of the case of ASCII letters.
/// </summary>
internal static class Filter
{
    /// <summary>SQLite nests one level for each AND, and allows 1,000.</summary>
    private const int MostComparisons = 100;

    /// <summary>Each key sorts, and may join a table.</summary>
    private const int MostOrderKeys = 20;

    /// <summary>SQLite's limit for a pattern is 50,000 bytes; a tag has 8,000 characters at most.</summary>
    private const int LongestPattern = 8_000;

    /// <summary>Reads a filter; no comparison for null or blank.</summary>
    /// <exception cref="MlflowException">INVALID_PARAMETER_VALUE, with the place in the filter.</exception>
    public static IReadOnlyList<Comparison> Parse(string? filter, Vocabulary vocabulary)
    {
        if (string.IsNullOrWhiteSpace(filter)) return [];
        var scanner = new FilterScanner(filter, "filter");
        var comparisons = new List<Comparison>();
        while (true)
        {
            if (comparisons.Count == MostComparisons) throw scanner.Failure(scanner.Position, $"a filter has at most {MostComparisons} comparisons");
            comparisons.Add(ParseComparison(scanner, vocabulary));
            if (scanner.AtEnd) return comparisons;
            if (!scanner.Keyword("AND")) throw scanner.Expected("AND or the end (comparisons can be joined by AND alone, without parentheses)");
        }
    }

    /// <summary>Reads an ordering: a key each, then ASC or DESC or neither.</summary>
    /// <exception cref="MlflowException">INVALID_PARAMETER_VALUE, with the place in the clause.</exception>
    public static IReadOnlyList<OrderKey> ParseOrder(IReadOnlyList<string> clauses, Vocabulary vocabulary)
    {
        if (clauses.Count > MostOrderKeys) throw MlflowException.Invalid($"order_by has {clauses.Count} keys; at most {MostOrderKeys} are allowed");
        var keys = new List<OrderKey>(clauses.Count);
        foreach (string clause in clauses)
        {
            var scanner = new FilterScanner(clause ?? "", "order_by"); // JSON may hold a null
            (string? prefix, string key) = scanner.Identifier();
            Field field = vocabulary.FieldOf(scanner, 0, prefix, key, ordering: true);
            bool ascending = scanner.Keyword("ASC") || !scanner.Keyword("DESC");
            if (!scanner.AtEnd) throw scanner.Expected("ASC, DESC or the end");
            if (keys.Any(other => other.Field == field && other.Key == key)) throw scanner.Failure(0, "the key is ordered by twice");
            keys.Add(new OrderKey(field, key, ascending));
        }

        return keys;
    }

    private static Comparison ParseComparison(FilterScanner scanner, Vocabulary vocabulary)
    {
        int position = scanner.Position;
        (string? prefix, string key) = scanner.Identifier();
        Field field = vocabulary.FieldOf(scanner, position, prefix, key, ordering: false);
        int operatorAt = scanner.Position;
        string operation = Operator(scanner);
        IReadOnlyList<string> operators = vocabulary.OperatorsOf(field, key);
        if (!operators.Contains(operation)) throw scanner.Failure(operatorAt, $"{operation} cannot be used here; expected one of {string.Join(", ", operators)}");
        return new Comparison(field, key, operation, Value(scanner, operation, vocabulary.IsNumber(field, key), vocabulary.BareTexts && field is Field.Param or Field.Tag));
    }

    private static string Operator(FilterScanner scanner)
    {
        if (scanner.Symbol() is string symbol) return symbol;
        if (scanner.Keyword("LIKE")) return "LIKE";
        if (scanner.Keyword("ILIKE")) return "ILIKE";
        if (scanner.Keyword("IN")) return "IN";
        if (scanner.Keyword("NOT")) return scanner.Keyword("IN") ? "NOT IN" : throw scanner.Expected("IN");
        if (!scanner.Keyword("IS")) throw scanner.Expected("one of =, !=, <, <=, >, >=, LIKE, ILIKE, IN, NOT IN, IS NULL, IS NOT NULL");
        bool not = scanner.Keyword("NOT");
        if (!scanner.Keyword("NULL")) throw scanner.Expected("NULL");
        return not ? "IS NOT NULL" : "IS NULL";
    }

    private static object? Value(FilterScanner scanner, string operation, bool number, bool bareText)
    {
        int position = scanner.Position;
        switch (operation)
        {
            case "IS NULL" or "IS NOT NULL":
                return null;
            case "IN" or "NOT IN":
                return List(scanner);
            case "LIKE" or "ILIKE":
                string pattern = scanner.Quoted() ?? throw scanner.Expected("a pattern in quotes");
                return pattern.Length <= LongestPattern ? pattern : throw scanner.Failure(position, $"the pattern has {pattern.Length} characters; at most {LongestPattern} are allowed");
        }

        if (!number) return scanner.Quoted() ?? (bareText ? scanner.Number() : null) ?? throw scanner.Expected("a text in quotes");
        string written = scanner.Number() ?? throw scanner.Expected("a number without quotes");
        if (long.TryParse(written, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long whole)) return whole;
        return double.Parse(written, CultureInfo.InvariantCulture);
    }

    private static string[] List(FilterScanner scanner)
    {
        if (!scanner.Sign('(')) throw scanner.Expected("a list such as ('a', 'b')");
        var values = new List<string>();
        do values.Add(scanner.Quoted() ?? throw scanner.Expected("a text in quotes"));
        while (scanner.Sign(','));
        if (!scanner.Sign(')')) throw scanner.Expected("a comma or )");
        return [.. values.Distinct(StringComparer.Ordinal)];
    }
}
