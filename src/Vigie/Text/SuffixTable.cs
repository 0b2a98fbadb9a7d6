namespace Vigie.Text;

/// <summary>Suffixes with the number of the rule that each belongs to, found by their last letter, longest first.</summary>
internal sealed class SuffixTable
{
    private readonly (string Suffix, int Rule)[][] byLastLetter = new (string, int)[256][];

    /// <param name="groups">Suffixes separated by spaces, in letters up to U+00FF, and their rule, above 0.</param>
    public SuffixTable(params (string Suffixes, int Rule)[] groups)
    {
        var suffixes = groups.SelectMany(group => group.Suffixes.Split(' ').Select(suffix => (suffix, group.Rule)));
        Array.Fill(byLastLetter, []);
        foreach (var sameLast in suffixes.GroupBy(entry => entry.suffix[^1]))
            byLastLetter[sameLast.Key] = [.. sameLast.OrderByDescending(entry => entry.suffix.Length)];
    }

    /// <summary>The length and the rule of the longest suffix that ends the region, or (0, 0).</summary>
    public (int Length, int Rule) Longest(ReadOnlySpan<char> region)
    {
        if (region.IsEmpty || region[^1] >= byLastLetter.Length) return default;
        foreach ((string suffix, int rule) in byLastLetter[region[^1]])
            if (region.EndsWith(suffix)) return (suffix.Length, rule);
        return default;
    }
}
