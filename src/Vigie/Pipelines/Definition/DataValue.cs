namespace Vigie.Pipelines;

/// <summary>A value of a YAML, JSON or TOML file, with the types that they share; equal where contents are equal, whatever the order of a map's keys.</summary>
public abstract record DataValue;

/// <summary>Text.</summary>
public sealed record DataText(string Text) : DataValue;

/// <summary>A whole number.</summary>
public sealed record DataInteger(System.Numerics.BigInteger Number) : DataValue;

/// <summary>A number with a fraction, as 64-bit floating point: <c>1.0</c> is not the integer 1.</summary>
public sealed record DataReal(double Number) : DataValue;

/// <summary>True or false.</summary>
public sealed record DataFlag(bool IsTrue) : DataValue;

/// <summary>Nothing: <c>null</c>, <c>~</c>, or a key without value.</summary>
public sealed record DataNothing : DataValue
{
    /// <summary>The one.</summary>
    public static DataNothing Instance { get; } = new();
}

/// <summary>Values in their order.</summary>
public sealed record DataList(IReadOnlyList<DataValue> Items) : DataValue
{
    /// <inheritdoc/>
    public bool Equals(DataList? other) => other is not null && Items.SequenceEqual(other.Items);

    /// <inheritdoc/>
    public override int GetHashCode() => Items.Aggregate(17, (hash, item) => HashCode.Combine(hash, item));
}

/// <summary>Values by key, in the file's order.</summary>
public sealed record DataMap(IReadOnlyList<KeyValuePair<string, DataValue>> Entries) : DataValue
{
    /// <summary>The value of a key, or null.</summary>
    public DataValue? this[string key]
    {
        get
        {
            foreach ((string name, DataValue value) in Entries)
            {
                if (name == key) return value;
            }
            return null;
        }
    }

    /// <inheritdoc/>
    public bool Equals(DataMap? other) => other is not null && Entries.Count == other.Entries.Count && Entries.All(entry => entry.Value.Equals(other[entry.Key]));

    /// <inheritdoc/>
    public override int GetHashCode() => Entries.Aggregate(Entries.Count, (hash, entry) => hash ^ HashCode.Combine(entry.Key, entry.Value));
}

/// <summary>Compares values.</summary>
public static class DataValues
{
    /// <summary>Whether Python would call two values equal: 1 and 1.0 and true are.</summary>
    public static bool AreEqual(DataValue one, DataValue other)
    {
        if (one is DataList list && other is DataList items) return list.Items.Count == items.Items.Count && list.Items.Zip(items.Items).All(pair => AreEqual(pair.First, pair.Second));
        if (one is DataMap map && other is DataMap entries) return map.Entries.Count == entries.Entries.Count && map.Entries.All(entry => entries[entry.Key] is { } value && AreEqual(entry.Value, value));
        return Number(one) is { } a && Number(other) is { } b ? a == b : one.Equals(other);
    }

    /// <summary>The number that a value is; null where it is none.</summary>
    public static double? Number(DataValue value) => value switch
    {
        DataFlag flag => flag.IsTrue ? 1 : 0,
        DataInteger whole => (double)whole.Number,
        DataReal real => real.Number,
        _ => null,
    };
}
