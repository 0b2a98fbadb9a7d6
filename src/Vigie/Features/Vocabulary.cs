namespace Vigie.Features;

/// <summary>
/// The features that training kept: fingerprint → column, and a name for people. Columns are ordered by falling document
/// frequency, so that the weights of frequent features lie together in the processor's cache.
/// </summary>
public sealed class Vocabulary
{
    private readonly FingerprintTable table;
    private readonly string[] names;

    internal Vocabulary(ulong[] fingerprints, string[] names)
    {
        table = new FingerprintTable(fingerprints.Length);
        foreach (ulong fingerprint in fingerprints) table.FindOrAdd(fingerprint);
        if (table.Count != fingerprints.Length || names.Length != fingerprints.Length)
            throw new InvalidInputException($"a vocabulary of {fingerprints.Length} fingerprints, {table.Count} of them distinct, with {names.Length} names");
        this.names = names;
    }

    /// <summary>Number of features.</summary>
    public int Count => names.Length;

    /// <summary>Feature names by column: <c>good</c>, <c>NOT_good day</c>, <c>never … late</c>, <c>‹ery g›</c>.</summary>
    public IReadOnlyList<string> Names => names;

    internal ulong[] Fingerprints => table.Keys();

    /// <summary>The column of a fingerprint, or -1.</summary>
    internal int Find(ulong fingerprint) => table.Find(fingerprint);
}
