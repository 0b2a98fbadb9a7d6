namespace Vigie.Mlflow;

/// <summary>What a key names.</summary>
internal enum Field
{
    /// <summary>A property of the thing itself.</summary>
    Attribute,

    /// <summary>The latest value of a metric.</summary>
    Metric,

    /// <summary>A param.</summary>
    Param,

    /// <summary>A tag.</summary>
    Tag,

    /// <summary>A data set that a run read.</summary>
    Dataset,
}

/// <summary>A property that can be compared or ordered by.</summary>
/// <param name="Column">Its column, with the alias that the search's query gives the table.</param>
/// <param name="IsNumber">Compared with numbers; otherwise with texts.</param>
/// <param name="IsNullable">May be missing, and then comes last in both directions.</param>
internal sealed record AttributeColumn(string Column, bool IsNumber = false, bool IsNullable = false);

/// <summary>The words of one kind of search: what may stand before the dot, and which attributes there are.</summary>
internal sealed record Vocabulary
{
    private static readonly Dictionary<string, Field> Prefixes = new(StringComparer.Ordinal)
    {
        ["attribute"] = Field.Attribute,
        ["attributes"] = Field.Attribute,
        ["attr"] = Field.Attribute,
        ["run"] = Field.Attribute,
        ["metric"] = Field.Metric,
        ["metrics"] = Field.Metric,
        ["param"] = Field.Param,
        ["params"] = Field.Param,
        ["parameter"] = Field.Param,
        ["parameters"] = Field.Param,
        ["tag"] = Field.Tag,
        ["tags"] = Field.Tag,
        ["dataset"] = Field.Dataset,
        ["datasets"] = Field.Dataset,
    };

    private static readonly string[] NumberOperators = ["=", "!=", "<", "<=", ">", ">=", "IS NULL", "IS NOT NULL"];
    private static readonly string[] TextOperators = ["=", "!=", "LIKE", "ILIKE", "IS NULL", "IS NOT NULL"];
    private static readonly string[] TextListOperators = [.. TextOperators, "IN", "NOT IN"];
    private static readonly string[] DatasetOperators = ["=", "!=", "LIKE", "ILIKE", "IN", "NOT IN"];

    /// <summary>What can be filtered by, attributes aside.</summary>
    public required IReadOnlyList<Field> Fields { get; init; }

    /// <summary>Attributes of a filter, other spellings among them.</summary>
    public required IReadOnlyDictionary<string, AttributeColumn> Attributes { get; init; }

    /// <summary>Attributes of an ordering; those of a filter where it is null.</summary>
    public IReadOnlyDictionary<string, AttributeColumn>? OrderAttributes { get; init; }

    /// <summary>Attributes that can be ordered by.</summary>
    public IReadOnlyDictionary<string, AttributeColumn> Ordered => OrderAttributes ?? Attributes;

    /// <summary>What can be ordered by, attributes aside.</summary>
    public IReadOnlyList<Field> OrderFields { get; init; } = [];

    /// <summary>Whether a param or tag may be compared with a number that stands without quotes, as MLflow allows for logged models.</summary>
    public bool BareTexts { get; init; }

    /// <summary>What the key names.</summary>
    public Field FieldOf(FilterScanner scanner, int position, string? prefix, string key, bool ordering)
    {
        prefix ??= "attributes";
        IReadOnlyList<Field> allowed = ordering ? OrderFields : Fields;
        if (!Prefixes.TryGetValue(prefix, out Field field) || (field != Field.Attribute && !allowed.Contains(field)))
        {
            string expected = string.Concat(allowed.Select(name => $", {name.ToString().ToLowerInvariant()}s"));
            throw scanner.Failure(position, $"'{Short(prefix)}' cannot stand before the dot here; expected one of attributes{expected}");
        }

        IReadOnlyDictionary<string, AttributeColumn> attributes = ordering ? Ordered : Attributes;
        if (field == Field.Attribute && !attributes.ContainsKey(key))
            throw scanner.Failure(position, $"there is no attribute '{Short(key)}'; expected one of {string.Join(", ", attributes.Keys)}");
        if (field == Field.Dataset && key is not ("name" or "digest" or "context"))
            throw scanner.Failure(position, $"a data set has no '{Short(key)}'; expected one of name, digest, context");
        return field;
    }

    /// <summary>Whether the field is compared with numbers.</summary>
    public bool IsNumber(Field field, string key) => field == Field.Metric || (field == Field.Attribute && Attributes[key].IsNumber);

    /// <summary>The operators of a field.</summary>
    public IReadOnlyList<string> OperatorsOf(Field field, string key) => field switch
    {
        _ when IsNumber(field, key) => NumberOperators,
        Field.Attribute => TextListOperators,
        Field.Dataset => DatasetOperators,
        _ => TextOperators,
    };

    private static string Short(string text) => text.Length <= 60 ? text : text[..(char.IsHighSurrogate(text[59]) ? 59 : 60)] + "…";
}
