using System.Buffers;
using System.Collections.Frozen;
using System.Text;

namespace Vigie.Corpus;

/// <summary>Tweet shorthand: <c>please → pls</c>, <c>s'il vous plaît → svp</c>; the pairs stand in slang.tsv.</summary>
/// <param name="Rate">Share of tweets whose author writes so; in these, each word that has a short form takes it two times in three.</param>
internal sealed record SlangNoise(double Rate) : INoise
{
    public string Apply(string text, TweetContext context)
    {
        if (!context.Random.Chance(Rate)) return text;
        foreach ((string full, string brief) in Pairs(context.Language))
        {
            int at = text.IndexOf(full, StringComparison.OrdinalIgnoreCase);
            if (at < 0 || !StandsAlone(text, at, full.Length) || !context.Random.Chance(2 / 3.0)) continue;
            text = string.Concat(text.AsSpan(0, at), brief, text.AsSpan(at + full.Length));
        }

        return text;
    }

    private static readonly Lazy<(string Full, string Brief)[]> English = new(() => Load("Grammars/en/slang.tsv"));

    private static readonly Lazy<(string Full, string Brief)[]> French = new(() => Load("Grammars/fr/slang.tsv"));

    internal static (string Full, string Brief)[] Pairs(TweetLanguage language) => (language == TweetLanguage.French ? French : English).Value;

    private static bool StandsAlone(string text, int at, int length) =>
        (at == 0 || !IsWordPart(text[at - 1])) && (at + length == text.Length || !IsWordPart(text[at + length]));

    private static bool IsWordPart(char c) => char.IsLetterOrDigit(c) || c is '\'' or '@' or '#' or '_';

    private static (string, string)[] Load(string resource)
    {
        using Stream stream = typeof(SlangNoise).Assembly.GetManifestResourceStream(resource)!;
        using var reader = new StreamReader(stream);
        return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.TrimEnd('\r').Split('\t')).Select(pair => (pair[0], pair[1]))];
    }
}

/// <summary>Stresses one word by holding a key down: <c>so → sooooo</c>, <c>trop → troooop</c>.</summary>
/// <param name="Rate">Share of tweets.</param>
internal sealed record ElongationNoise(double Rate) : INoise
{
    private static readonly SearchValues<char> Vowels = SearchValues.Create("aeiouyAEIOUY");

    private static readonly FrozenSet<string> Stressed = FrozenSet.ToFrozenSet(
        ["so", "no", "please", "why", "love", "never", "again", "long", "hours", "good", "bad", "great", "worst", "best", "really", "wow", "ugh", "thanks", "yes", "finally", "hello", "late", "still",
         "trop", "non", "merci", "jamais", "encore", "long", "super", "nul", "bravo", "enfin", "toujours", "tellement", "oui", "beau", "pire", "allo", "rien", "heures", "vraiment", "adore", "marre"], StringComparer.OrdinalIgnoreCase);

    public string Apply(string text, TweetContext context)
    {
        if (!context.Random.Chance(Rate)) return text;
        (int Start, int Length)[] candidates = [.. Words.In(text).Where(word => Stressed.Contains(text.Substring(word.Start, word.Length)))];
        if (candidates.Length == 0) return text;
        (int start, int length) = candidates[context.Random.Next(candidates.Length)];
        int vowel = LastVowel(text.AsSpan(start, length));
        return text.Insert(start + vowel, new string(text[start + vowel], 2 + context.Random.Next(5)));
    }

    // A final mute e is not what people hold down ('pleaaase', not 'pleaseee'), except where it is the only vowel.
    private static int LastVowel(ReadOnlySpan<char> word)
    {
        int last = word.LastIndexOfAny(Vowels);
        if (last == word.Length - 1 && word[last] is 'e' or 'E')
        {
            int before = word[..last].LastIndexOfAny(Vowels);
            if (before >= 0) return before;
        }

        return Math.Max(last, 0);
    }
}

/// <summary>Slips of the finger: a neighbouring key, two letters swapped, one dropped, one doubled.</summary>
/// <param name="Rate">Share of words (of four letters or more).</param>
internal sealed record TypoNoise(double Rate) : INoise
{
    private static readonly string[] Qwerty = ["qwertyuiop", "asdfghjkl", "zxcvbnm"];

    private static readonly string[] Azerty = ["azertyuiop", "qsdfghjklm", "wxcvbn"];

    public string Apply(string text, TweetContext context)
    {
        if (Rate <= 0) return text;
        StringBuilder? roughened = null;
        int shift = 0;
        foreach ((int start, int length) in Words.In(text))
        {
            if (length < 4 || !context.Random.Chance(Rate)) continue;
            roughened ??= new StringBuilder(text);
            // Not the first letter: that is the one that people look at.
            int at = start + shift + 1 + context.Random.Next(length - 2);
            switch (context.Random.Next(4))
            {
                case 0:
                    roughened[at] = Neighbour(roughened[at], context);
                    break;
                case 1:
                    (roughened[at], roughened[at + 1]) = (roughened[at + 1], roughened[at]);
                    break;
                case 2:
                    roughened.Remove(at, 1);
                    shift--;
                    break;
                default:
                    roughened.Insert(at, roughened[at]);
                    shift++;
                    break;
            }
        }

        return roughened?.ToString() ?? text;
    }

    internal static char Neighbour(char letter, TweetContext context)
    {
        foreach (string row in context.Language == TweetLanguage.French ? Azerty : Qwerty)
        {
            int key = row.IndexOf(char.ToLowerInvariant(letter), StringComparison.Ordinal);
            if (key < 0) continue;
            int neighbour = key == 0 ? 1 : key == row.Length - 1 || context.Random.Chance(0.5) ? key - 1 : key + 1;
            return char.IsUpper(letter) ? char.ToUpperInvariant(row[neighbour]) : row[neighbour];
        }

        return letter;
    }
}

/// <summary>French typed without accents, the whole tweet through, as on a foreign keyboard or in haste.</summary>
/// <param name="Rate">Share of French tweets.</param>
internal sealed record AccentNoise(double Rate) : INoise
{
    private const string Accented = "àâäçéèêëîïôöùûüÀÂÇÉÈÊËÎÏÔÖÙÛÜ";
    private const string Plain = "aaaceeeeiioouuuAACEEEEIIOOUUU";

    public string Apply(string text, TweetContext context)
    {
        if (context.Language != TweetLanguage.French || !context.Random.Chance(Rate)) return text;
        return string.Create(text.Length, text, static (buffer, source) =>
        {
            for (int i = 0; i < buffer.Length; i++)
            {
                int accented = Accented.IndexOf(source[i], StringComparison.Ordinal);
                buffer[i] = accented < 0 ? source[i] : Plain[accented];
            }
        });
    }
}

/// <summary>Where the plain words of a tweet are: runs of letters that belong to no handle, hashtag, URL or entity.</summary>
internal static class Words
{
    public static IEnumerable<(int Start, int Length)> In(string text)
    {
        int i = 0;
        while (i < text.Length)
        {
            int end = text.IndexOf(' ', i);
            if (end < 0) end = text.Length;
            bool special = end > i && (text[i] is '@' or '#' or '&' or '“' || text.IndexOf("://", i, end - i, StringComparison.Ordinal) >= 0);
            for (int start = i; !special && start < end;)
            {
                int stop = start;
                while (stop < end && char.IsLetter(text[stop])) stop++;
                if (stop > start) yield return (start, stop - start);
                start = stop + 1;
            }

            i = end + 1;
        }
    }
}
