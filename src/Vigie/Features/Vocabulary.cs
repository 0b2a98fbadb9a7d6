namespace Vigie.Features;

/// <summary>
/// The features that training kept: fingerprint → column, and a name for people. Columns are ordered by falling document
/// frequency, so that the weights of frequent features lie together in the processor's cache.
/// </summary>
public sealed class Vocabulary
{
    private readonly FingerprintTable table;

    internal Vocabulary(ulong[] fingerprints, FeatureNames names)
    {
        table = new FingerprintTable(fingerprints.Length);
        foreach (ulong fingerprint in fingerprints) table.FindOrAdd(fingerprint);
        if (table.Count != fingerprints.Length || names.Count != fingerprints.Length)
            throw new InvalidInputException($"a vocabulary of {fingerprints.Length} fingerprints, {table.Count} of them distinct, with {names.Count} names");
        NameLines = names;
    }

    /// <summary>Number of features.</summary>
    public int Count => NameLines.Count;

    /// <summary>Feature names by column: <c>good</c>, <c>NOT_good day</c>, <c>never … late</c>, <c>‹ery g›</c>. Each is decoded when asked for.</summary>
    public IReadOnlyList<string> Names => NameLines;

    internal FeatureNames NameLines { get; }

    internal ulong[] Fingerprints => table.Keys();

    /// <summary>The column of a fingerprint, or -1.</summary>
    internal int Find(ulong fingerprint) => table.Find(fingerprint);
}
