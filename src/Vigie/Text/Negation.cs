namespace Vigie.Text;

/// <summary>Words that turn what follows into its opposite, and what ends their reach. English and French.</summary>
internal static class Negation
{
    /// <summary>True for a word that negates what follows. Case is told apart: the pipeline folds it before, unless it is told not to.</summary>
    public static bool Starts(ReadOnlySpan<char> word)
    {
        if (word.Length < 2) return false;
        if (word[^1] == 't' && word.Length > 2 && word[^2] == '\'' && word[^3] == 'n') return true;
        return word is "not" or "no" or "never" or "none" or "nothing" or "nobody" or "neither" or "nor" or "cannot" or "without"
            or "cant" or "dont" or "wont" or "isnt" or "wasnt" or "didnt" or "doesnt" or "couldnt" or "wouldnt" or "shouldnt"
            or "aint" or "arent" or "havent" or "hasnt" or "hadnt"
            or "pas" or "jamais" or "rien" or "aucun" or "aucune" or "sans" or "ni";
    }

    public static bool IsEndedBy(TokenKind kind, ReadOnlySpan<char> token) => kind switch
    {
        TokenKind.Url => true,
        TokenKind.Punctuation => token[0] is '.' or ',' or ';' or ':' or '!' or '?',
        TokenKind.Word => token is "but" or "mais",
        _ => false,
    };
}
