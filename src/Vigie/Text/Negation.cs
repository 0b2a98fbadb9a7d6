namespace Vigie.Text;

/// <summary>Words that turn what follows into its opposite, and what ends their reach. English and French.</summary>
internal static class Negation
{
    private const int Longest = 8;

    public static bool Starts(ReadOnlySpan<char> word)
    {
        if (word.EndsWith("n't", StringComparison.OrdinalIgnoreCase)) return true;
        if (word.Length > Longest) return false;
        Span<char> lower = stackalloc char[Longest];
        lower = lower[..word.ToLowerInvariant(lower)];
        return lower is "not" or "no" or "never" or "none" or "nothing" or "nobody" or "neither" or "nor" or "cannot" or "without"
            or "cant" or "dont" or "wont" or "isnt" or "wasnt" or "didnt" or "doesnt" or "couldnt" or "wouldnt" or "shouldnt"
            or "aint" or "arent" or "havent" or "hasnt" or "hadnt"
            or "pas" or "jamais" or "rien" or "aucun" or "aucune" or "sans" or "ni";
    }

    public static bool IsEndedBy(TokenKind kind, ReadOnlySpan<char> token) => kind switch
    {
        TokenKind.Url => true,
        TokenKind.Punctuation => token[0] is '.' or ',' or ';' or ':' or '!' or '?',
        TokenKind.Word => token.Equals("but", StringComparison.OrdinalIgnoreCase) || token.Equals("mais", StringComparison.OrdinalIgnoreCase),
        _ => false,
    };
}
