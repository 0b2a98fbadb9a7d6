namespace Vigie.Features;

/// <summary>
/// The features that training kept: fingerprint → column, and a name for people. Columns are ordered by falling document
/// frequency, so that the weights of frequent features lie together in the processor's cache.
/// </summary>
public sealed class Vocabulary
{
    private const int LookAhead = 12;

    private readonly Lazy<FingerprintTable> table;

    internal Vocabulary(ulong[] fingerprints, FeatureNames names)
    {
        if (names.Count != fingerprints.Length) throw new InvalidInputException($"a vocabulary of {fingerprints.Length} fingerprints with {names.Count} names");
        Fingerprints = fingerprints;
        NameLines = names;
        // Training never looks anything up: the table is made when the first text comes in.
        table = new Lazy<FingerprintTable>(() => MakeTable(fingerprints));
    }

    /// <summary>Number of features.</summary>
    public int Count => Fingerprints.Length;

    /// <summary>Feature names by column: <c>good</c>, <c>NOT_good day</c>, <c>never … late</c>, <c>‹ery g›</c>. Each is decoded when asked for.</summary>
    public IReadOnlyList<string> Names => NameLines;

    internal FeatureNames NameLines { get; }

    internal ulong[] Fingerprints { get; }

    /// <summary>The column of a fingerprint, or -1.</summary>
    internal int Find(ulong fingerprint) => table.Value.Find(fingerprint);

    /// <summary>Counts the columns of a text's n-grams; those that training did not keep are passed over.</summary>
    internal void CountColumns(ReadOnlySpan<ulong> fingerprints, FeatureRow row)
    {
        FingerprintTable columns = table.Value;
        for (int i = 0; i < fingerprints.Length; i++)
        {
            // A large table answers from main memory: ask for what comes before waiting for what is here.
            if (i + LookAhead < fingerprints.Length) columns.Prefetch(fingerprints[i + LookAhead]);
            int column = columns.Find(fingerprints[i]);
            if (column >= 0) row.Count(column);
        }
    }

    /// <summary>Checks that fingerprints from outside are distinct.</summary>
    /// <exception cref="InvalidInputException">Two columns have the same fingerprint.</exception>
    internal void CheckDistinct()
    {
        if (table.Value.Count != Count) throw new InvalidInputException($"a vocabulary of {Count} fingerprints, only {table.Value.Count} of them distinct");
    }

    private static FingerprintTable MakeTable(ulong[] fingerprints)
    {
        var table = new FingerprintTable(fingerprints.Length);
        foreach (ulong fingerprint in fingerprints) table.FindOrAdd(fingerprint);
        return table;
    }
}
