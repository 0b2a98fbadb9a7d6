using Vigie.Text;

namespace Vigie.Features;

/// <summary>From the name of a word, as <see cref="TokenBuffer.Name"/> writes it, back to the word.</summary>
internal static class WordName
{
    private const string Negated = "NOT_";

    /// <summary>The fingerprint of the token that bears a name. Of a token whose own text is NOT_ or a placeholder, it is that of the word it looks like.</summary>
    public static ulong FingerprintOf(string name)
    {
        bool negated = name.StartsWith(Negated, StringComparison.Ordinal);
        string word = (negated ? name[Negated.Length..] : name).Replace("<url>", $"{Placeholder.Url}", StringComparison.Ordinal)
            .Replace("<user>", $"{Placeholder.User}", StringComparison.Ordinal).Replace("<number>", $"{Placeholder.Number}", StringComparison.Ordinal);
        Span<char> padded = new char[word.Length + TokenBuffer.Slack];
        word.CopyTo(padded);
        return Fingerprint.OfToken(ref padded[0], word.Length, negated);
    }
}
