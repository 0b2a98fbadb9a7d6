using System.Collections.Frozen;
using System.Text;
using System.Text.RegularExpressions;

namespace Vigie.Corpus;

/// <summary>The spelling rules that hang on the next word: English a/an, French elision and contraction. Productions are written as if they did not exist.</summary>
internal static partial class Orthography
{
    private static readonly FrozenSet<string> ElidedOrAltered = FrozenSet.ToFrozenSet(
        ["le", "la", "de", "ne", "je", "me", "te", "se", "que", "jusque", "lorsque", "puisque", "si", "ce", "ma", "ta", "sa", "du", "au", "beau", "nouveau", "vieux"], StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string> Elided = FrozenSet.ToFrozenSet(["le", "la", "de", "ne", "je", "me", "te", "se", "que", "jusque", "lorsque", "puisque"], StringComparer.OrdinalIgnoreCase);

    // French words in h- that elide; the others (hall, honte, haut, hublot, hurler) keep their article whole.
    private static readonly string[] MuteH = ["hôtel", "heure", "hôtesse", "homme", "histoire", "horaire", "hiver", "hier", "humain", "honnête", "horrible", "habitude", "habitué", "humour", "huile", "hésit", "hygiène", "hallucin", "hôpital", "honneur", "humeur", "héro"];

    private static readonly string[] SoundedLikeConsonant = ["one", "once", "uni", "use", "usu", "euro", "uk", "url", "onze", "oui", "ouais", "ok", "yaourt", "onzième"];

    // Read letter by letter, these open with a vowel: an SMS, an hour.
    private static readonly string[] SoundedLikeVowel = ["hour", "honest", "hono", "8", "11:", "11 ", "11h", "18", "80", "sms", "fa "];

    /// <summary>Single spaces, no space before a comma or full stop, and the forms that the next word asks for.</summary>
    public static string Tidy(string raw, TweetLanguage language)
    {
        string[] words = raw.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var text = new StringBuilder(raw.Length + 8);
        for (int i = 0; i < words.Length; i++)
        {
            string word = words[i];
            string next = i + 1 < words.Length ? words[i + 1] : "";
            if (text.Length > 0 && text[^1] != '\'' && word is not ("," or "." or "..." or "…" or ")")) text.Append(' ');
            if (language == TweetLanguage.English) text.Append(English(word, next));
            else if (Contracted(word, next, i + 2 < words.Length ? words[i + 2] : "") is string contracted)
            {
                text.Append(contracted);
                i++;
            }
            else text.Append(French(word, next));
        }

        // A question that stands where its frame ends the sentence brings its own mark, and a frame may open with nothing before its comma.
        return Doubled().Replace(text.ToString(), "$1").TrimStart(',', ' ');
    }

    /// <summary>Capitals at the start and after a full stop, question mark or exclamation mark.</summary>
    public static string Capitalise(string text)
    {
        char[] letters = text.ToCharArray();
        bool opening = true;
        for (int i = 0; i < letters.Length; i++)
        {
            if (opening && char.IsLetter(letters[i])) letters[i] = char.ToUpperInvariant(letters[i]);
            opening = letters[i] is '.' or '!' or '?' || (opening && (letters[i] == ' ' || letters[i] == '"'));
        }

        return new string(letters);
    }

    [GeneratedRegex(@"([?!])(?: ?[.?!])+", RegexOptions.CultureInvariant)]
    private static partial Regex Doubled();

    private static string English(string word, string next) => word switch
    {
        "a" when OpensWithVowelSound(next) => "an",
        "A" when OpensWithVowelSound(next) => "An",
        _ => word,
    };

    private static bool OpensWithVowelSound(string next)
    {
        string padded = next + " ";
        if (SoundedLikeVowel.Any(prefix => padded.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))) return true;
        if (SoundedLikeConsonant.Any(prefix => next.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))) return false;
        return next.Length > 0 && "aeiouAEIOU".Contains(next[0], StringComparison.Ordinal);
    }

    // 'de le comptoir' is 'du comptoir'; before a vowel the article elides and nothing contracts.
    private static string? Contracted(string word, string article, string noun) => (word, article) switch
    {
        ("de", "les") => "des",
        ("à", "les") => "aux",
        ("de", "le") when !OpensWithFrenchVowel(noun) => "du",
        ("à", "le") when !OpensWithFrenchVowel(noun) => "au",
        _ => null,
    };

    private static string French(string word, string next)
    {
        if (!ElidedOrAltered.Contains(word) || !OpensWithFrenchVowel(next)) return word;
        if (Elided.Contains(word)) return string.Concat(word.AsSpan(0, word.Length - 1), "'");
        return word switch
        {
            "si" when next is "il" or "ils" => "s'",
            "ce" when char.IsLetter(next[0]) && next is not ("est" or "était" or "en") => "cet",
            "ce" when next is "est" or "était" or "en" => "c'",
            "ma" => "mon",
            "ta" => "ton",
            "sa" => "son",
            "du" => "de l'",
            "au" => "à l'",
            "beau" => "bel",
            "nouveau" => "nouvel",
            "vieux" => "vieil",
            _ => word,
        };
    }

    private static bool OpensWithFrenchVowel(string next)
    {
        if (next.Length == 0 || SoundedLikeConsonant.Any(prefix => next.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))) return false;
        if (next[0] is 'h' or 'H') return MuteH.Any(prefix => next.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));
        // Capitals that spell an acronym are left alone, as in 'le ATC'; a city is not: 'de Athènes' is 'd'Athènes'.
        if (next.Length > 1 && char.IsUpper(next[0]) && char.IsUpper(next[1])) return false;
        return "aàâäeéèêëiîïoôöuùûüyœæAEIOUÉÈÊÎÔ".Contains(next[0], StringComparison.Ordinal);
    }
}
