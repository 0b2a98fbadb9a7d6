namespace Vigie.Text;

/// <summary>
/// A word on its way through the French stemmer: the marked letters, and the regions RV, R1 and R2 as the index of their first character.
/// </summary>
internal ref struct FrenchWord
{
    private const int IonsInR2 = 1, Plain = 2, AfterE = 3, AisEnding = 4;

    // Bit c is set where c is a vowel: aeiouy, then àâèéêëîïôùû in U+00E0–U+00FF.
    private const uint PlainVowels = 1u << ('a' - 'a') | 1u << ('e' - 'a') | 1u << ('i' - 'a') | 1u << ('o' - 'a') | 1u << ('u' - 'a') | 1u << ('y' - 'a');
    private const uint AccentedVowels = 1u << ('à' - 'à') | 1u << ('â' - 'à') | 1u << ('è' - 'à') | 1u << ('é' - 'à') | 1u << ('ê' - 'à') | 1u << ('ë' - 'à')
        | 1u << ('î' - 'à') | 1u << ('ï' - 'à') | 1u << ('ô' - 'à') | 1u << ('ù' - 'à') | 1u << ('û' - 'à');

    private static readonly SuffixTable IVerbs = new(("îmes ît îtes i ie ies ir ira irai iraIent irais irait iras irent irez iriez irions irons iront is issaIent issais "
        + "issait issant issante issantes issants isse issent isses issez issiez issions issons it", Plain));

    private static readonly SuffixTable Verbs = new(
        ("ions", IonsInR2),
        ("é ée ées és èrent er era erai eraIent erais erait eras erez eriez erions erons eront ez iez eais", Plain),
        ("âmes ât âtes a ai aIent ait ant ante antes ants as asse assent asses assiez assions", AfterE),
        ("ais aise aises", AisEnding));

    private readonly Span<char> buffer;
    private readonly int rv, r1, r2;
    private int length;

    /// <summary>Finds the regions of a marked word.</summary>
    public FrenchWord(Span<char> marked)
    {
        buffer = marked;
        length = marked.Length;
        rv = AfterFirstVowels(marked);
        r1 = AfterVowelConsonant(marked, 0);
        r2 = AfterVowelConsonant(marked, r1);
    }

    public readonly Span<char> Text => buffer[..length];

    public void Stem()
    {
        if (StandardSuffix() || VerbSuffixInI() || VerbSuffix())
        {
            if (length > 0 && buffer[length - 1] == 'Y') buffer[length - 1] = 'i';
            else if (length > 0 && buffer[length - 1] == 'ç') buffer[length - 1] = 'c';
        }
        else
        {
            ResidualSuffix();
        }

        if (Ends("enn") || Ends("onn") || Ends("ett") || Ends("ell") || Ends("eill")) length--;
        DropLastAccent();
    }

    private static bool IsVowel(char c) => c < 'à' ? (uint)(c - 'a') < 26 && (PlainVowels >> (c - 'a') & 1) != 0 : c <= 'ÿ' && (AccentedVowels >> (c - 'à') & 1) != 0;

    /// <summary>Writes u and i between vowels, u after q, and y beside a vowel as capitals, from left to right: a capital is no vowel to the next letter.</summary>
    public static void MarkConsonants(Span<char> word)
    {
        for (int i = 0; i + 1 < word.Length; i++)
        {
            bool vowel = IsVowel(word[i]);
            ref char next = ref word[i + 1];
            if (next == 'y' && vowel) next = 'Y';
            else if (next == 'u' && word[i] == 'q') next = 'U';
            else if (next is 'u' or 'i' && vowel && i + 2 < word.Length && IsVowel(word[i + 2])) next -= (char)('a' - 'A');
            else if (word[i] == 'y' && IsVowel(next)) word[i] = 'Y';
        }
    }

    /// <summary>Writes ë and ï as He and Hi, and returns the part of the target that was written.</summary>
    public static Span<char> SpellDiaereses(ReadOnlySpan<char> word, Span<char> target)
    {
        int written = 0;
        foreach (char c in word)
        {
            if (c is 'ë' or 'ï') target[written++] = 'H';
            target[written++] = c switch { 'ë' => 'e', 'ï' => 'i', _ => c };
        }

        return target[..written];
    }

    private static int AfterFirstVowels(ReadOnlySpan<char> word)
    {
        if (word.Length >= 3 && IsVowel(word[0]) && IsVowel(word[1])) return 3;
        if (word.StartsWith("par") || word.StartsWith("col") || word.StartsWith("tap")) return 3;
        if (word.Length >= 3 && word.StartsWith("ni") && IsVowel(word[2])) return 3;
        int i = 1;
        while (i < word.Length && !IsVowel(word[i])) i++;
        return Math.Min(i + 1, word.Length);
    }

    private static int AfterVowelConsonant(ReadOnlySpan<char> word, int start)
    {
        int i = start;
        while (i < word.Length && !IsVowel(word[i])) i++;
        while (i < word.Length && IsVowel(word[i])) i++;
        return Math.Min(i + 1, word.Length);
    }

    private readonly bool Ends(ReadOnlySpan<char> suffix) => MemoryExtensions.EndsWith(Text, suffix);

    /// <summary>Cuts the last characters off if they lie in the region.</summary>
    private bool Cut(int suffix, int region) => Replace(suffix, region, "");

    /// <summary>Replaces the last characters if they lie in the region.</summary>
    private bool Replace(int suffix, int region, ReadOnlySpan<char> replacement)
    {
        int start = length - suffix;
        if (start < region) return false;
        replacement.CopyTo(buffer[start..]);
        length = start + replacement.Length;
        return true;
    }

    /// <summary>Step 1. False where nothing was removed, and after the adverbs in -ment, whose stem is a verb form still.</summary>
    private bool StandardSuffix()
    {
        // Every suffix but these five has a plural in -s.
        if (Ends("eaux")) return Replace(4, 0, "eau");
        if (Ends("aux")) return Replace(3, r1, "al");
        if (Ends("eux")) return Cut(3, r2);
        if (Ends("oux")) return length > 3 && buffer[length - 4] is 'b' or 'h' or 'j' or 'l' or 'n' or 'p' && Replace(3, 0, "ou");
        if (Ends("amment")) return Replace(6, rv, "ant") && false;
        if (Ends("emment")) return Replace(6, rv, "ent") && false;

        int plural = Ends("s") ? 1 : 0;
        ReadOnlySpan<char> singular = Text[..^plural];
        if (singular.Length < 2) return false;
        return singular[^2] switch
        {
            'c' when singular.EndsWith("atrice") => Cut(6 + plural, r2) && ReduceIc(),
            'c' when singular.EndsWith("ance") => Cut(4 + plural, r2),
            'c' when singular.EndsWith("ence") => Replace(4 + plural, r2, "ent"),
            'U' when singular.EndsWith("iqUe") => Cut(4 + plural, r2),
            'm' when singular.EndsWith("isme") => Cut(4 + plural, r2),
            'l' when singular.EndsWith("able") => Cut(4 + plural, r2),
            't' when singular.EndsWith("iste") => Cut(4 + plural, r2),
            't' when singular.EndsWith("ité") => Cut(3 + plural, r2) && ReduceBeforeIté(),
            'u' when singular.EndsWith("ateur") => Cut(5 + plural, r2) && ReduceIc(),
            'o' when singular.EndsWith("ation") => Cut(5 + plural, r2) && ReduceIc(),
            'o' when singular.EndsWith("usion") || singular.EndsWith("ution") => Replace(5 + plural, r2, "u"),
            'i' when singular.EndsWith("logie") => Replace(5 + plural, r2, "log"),
            'i' when singular.EndsWith("if") => Cut(2 + plural, r2) && ReduceAtIc(),
            'v' when singular.EndsWith("ive") => Cut(3 + plural, r2) && ReduceAtIc(),
            's' when singular.EndsWith("euse") => Cut(4 + plural, r2) || Replace(4 + plural, r1, "eux"),
            'n' when singular.EndsWith("issement") => singular.Length > 8 && !IsVowel(singular[^9]) && Cut(8 + plural, r1),
            'n' when singular.EndsWith("ement") => Cut(5 + plural, rv) && ReduceBeforeEment(),
            'n' when singular.EndsWith("ment") => singular.Length - 5 >= rv && IsVowel(singular[^5]) && Cut(4 + plural, rv) && false,
            _ => false,
        };
    }

    private bool ReduceIc() => !Ends("ic") || Cut(2, r2) || Replace(2, 0, "iqU");

    private bool ReduceAtIc() => !Ends("at") || !Cut(2, r2) || ReduceIc();

    private bool ReduceBeforeIté()
    {
        if (Ends("abil")) return Cut(4, r2) || Replace(4, 0, "abl");
        if (Ends("iv")) Cut(2, r2);
        return ReduceIc();
    }

    private bool ReduceBeforeEment()
    {
        if (Ends("iv"))
        {
            if (Cut(2, r2) && Ends("at")) Cut(2, r2);
        }
        else if (Ends("eus"))
        {
            if (!Cut(3, r2)) Replace(3, r1, "eux");
        }
        else if (Ends("abl") || Ends("iqU"))
        {
            Cut(3, r2);
        }
        else if (Ends("ièr") || Ends("Ièr"))
        {
            Replace(3, rv, "i");
        }

        return true;
    }

    /// <summary>Step 2a.</summary>
    private bool VerbSuffixInI()
    {
        if (length < rv) return false;
        (int suffix, _) = IVerbs.Longest(Text[rv..]);
        if (suffix == 0 || length - suffix == rv) return false;
        char before = buffer[length - suffix - 1];
        return before != 'H' && !IsVowel(before) && Cut(suffix, rv);
    }

    /// <summary>Step 2b.</summary>
    private bool VerbSuffix()
    {
        if (length < rv) return false;
        (int suffix, int rule) = Verbs.Longest(Text[rv..]);
        int start = length - suffix;
        return rule switch
        {
            IonsInR2 => Cut(suffix, r2),
            AfterE => Cut(start > rv && buffer[start - 1] == 'e' ? suffix + 1 : suffix, rv),
            // balais, palais, mauvais, déplais: no verb ending there.
            AisEnding => !(Text[..start] is [_, 'a', 'l'] or [.., 'a', 'u', 'v'] or [.., 'é', 'p', 'l']) && Cut(suffix, rv),
            Plain => Cut(suffix, rv),
            _ => false,
        };
    }

    /// <summary>Step 4.</summary>
    private void ResidualSuffix()
    {
        if (Ends("s") && length > 1 && (Ends("His") || buffer[length - 2] is not ('a' or 'i' or 'o' or 'u' or 'è' or 's'))) length--;
        if (Ends("ion"))
        {
            if (length - 4 >= rv && buffer[length - 4] is 's' or 't') Cut(3, r2);
        }
        else if (Ends("ier") || Ends("Ier"))
        {
            Replace(3, rv, "i");
        }
        else if (Ends("ière") || Ends("Ière"))
        {
            // Where RV begins inside the suffix, only its final e lies in RV.
            if (!Replace(4, rv, "i")) Cut(1, rv);
        }
        else if (Ends("e"))
        {
            Cut(1, rv);
        }
    }

    /// <summary>Step 6: the last vowel loses its accent before consonants.</summary>
    private readonly void DropLastAccent()
    {
        int i = length - 1;
        while (i >= 0 && !IsVowel(buffer[i])) i--;
        if (i >= 0 && i < length - 1 && buffer[i] is 'é' or 'è') buffer[i] = 'e';
    }
}
