namespace Vigie.Text;

/// <summary>
/// The English Snowball stemmer, known as Porter2, in its current revision (Snowball 3).
/// M. F. Porter, <i>An algorithm for suffix stripping</i>, Program 14(3), 1980, and its successor's definition at
/// <see href="https://snowballstem.org/algorithms/english/stemmer.html"/>.
/// </summary>
/// <remarks>
/// Works in place and allocates nothing. <c>R1</c> and <c>R2</c>, the regions that most suffixes must lie in, are kept as the index of
/// their first character. A <c>y</c> that sounds as a consonant is written <c>Y</c> while the word is being worked on.
/// </remarks>
public static class EnglishStemmer
{
    /// <summary>How many characters the buffer must offer beyond the word: none, a stem is never longer than its word.</summary>
    public const int Spare = 0;

    private const uint Vowels = 1u << ('a' - 'a') | 1u << ('e' - 'a') | 1u << ('i' - 'a') | 1u << ('o' - 'a') | 1u << ('u' - 'a') | 1u << ('y' - 'a');

    /// <summary>Replaces the word in <c>buffer[..length]</c> by its stem and returns the stem's length.</summary>
    /// <param name="buffer">Holds the word in lower case with <c>'</c> (U+0027) as apostrophe; letters beyond a–z count as consonants.</param>
    /// <param name="length">Length of the word, from 0 to <c>buffer.Length</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is negative or beyond the buffer.</exception>
    public static int Stem(Span<char> buffer, int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)length, (uint)buffer.Length, nameof(length));
        if (length <= 2) return length;
        if (length <= 6 && ExceptionalStem(buffer[..length]) is int exceptional) return exceptional;
        if (buffer[0] == '\'')
        {
            buffer[1..length].CopyTo(buffer);
            length--;
        }

        Span<char> word = buffer[..length];
        bool marked = MarkConsonantY(word);
        (int r1, int r2) = Regions(word);
        length = PossessiveAndPlural(word, length);
        length = PastAndProgressive(word, length, r1);
        if (length > 2 && word[length - 1] is 'y' or 'Y' && !IsVowel(word[length - 2])) word[length - 1] = 'i';
        length = DoubleSuffix(word, length, r1);
        length = FulNessIcal(word, length, r1, r2);
        length = LastSuffix(word, length, r2);
        length = FinalEOrL(word, length, r1, r2);
        if (marked) word[..length].Replace('Y', 'y');
        return length;
    }

    private static bool IsVowel(char c) => (uint)(c - 'a') < 26 && (Vowels >> (c - 'a') & 1) != 0;

    /// <summary>Words that the rules would get wrong. Answers the stem's length, or null for an ordinary word.</summary>
    private static int? ExceptionalStem(Span<char> word)
    {
        switch (word)
        {
            case "sky" or "news" or "howe" or "atlas" or "cosmos" or "bias" or "andes": return word.Length;
            case "skies":
                word[2] = 'y';
                return 3;
            case "ugly" or "early" or "only":
                word[^1] = 'i';
                return word.Length;
            case "skis" or "idly" or "gently" or "singly": return word.Length - 1;
            default: return null;
        }
    }

    private static bool MarkConsonantY(Span<char> word)
    {
        bool marked = false;
        bool afterVowel = true; // an initial y is a consonant too
        for (int i = 0; i < word.Length; i++)
        {
            if (word[i] == 'y' && afterVowel)
            {
                word[i] = 'Y';
                marked = true;
            }

            afterVowel = IsVowel(word[i]);
        }

        return marked;
    }

    private static (int R1, int R2) Regions(ReadOnlySpan<char> word)
    {
        // inter- is newer than the definition at hand (Snowball 3.0): it is read off the published vocabulary.
        int r1 = word switch
        {
            ['a', 'r', 's', 'e', 'n', ..] or ['e', 'm', 'e', 'r', 'g', ..] or ['g', 'e', 'n', 'e', 'r', ..] => 5,
            ['i', 'n', 't', 'e', 'r', ..] or ['l', 'a', 't', 'e', 'r', ..] or ['o', 'r', 'g', 'a', 'n', ..] => 5,
            ['c', 'o', 'm', 'm', 'u', 'n', ..] => 6,
            ['u', 'n', 'i', 'v', 'e', 'r', 's', ..] => 7,
            ['p', 'a', 's', 't', ..] => 4,
            _ => AfterVowelConsonant(word, 0),
        };
        return (r1, AfterVowelConsonant(word, r1));
    }

    private static int AfterVowelConsonant(ReadOnlySpan<char> word, int start)
    {
        int i = start;
        while (i < word.Length && !IsVowel(word[i])) i++;
        while (i < word.Length && IsVowel(word[i])) i++;
        return Math.Min(i + 1, word.Length);
    }

    private static bool ContainsVowel(ReadOnlySpan<char> part)
    {
        foreach (char c in part)
            if (IsVowel(c)) return true;
        return false;
    }

    /// <summary>Whether a short syllable ends the part: <c>rap</c>, <c>trap</c>, <c>on</c>, <c>past</c>, but not <c>bow</c> or <c>uproot</c>.</summary>
    private static bool EndsInShortSyllable(ReadOnlySpan<char> part) => part switch
    {
        [.., 'p', 'a', 's', 't'] => true,
        [char vowel, char consonant] => IsVowel(vowel) && !IsVowel(consonant),
        [.., char before, char vowel, char consonant] =>
            !IsVowel(before) && IsVowel(vowel) && !IsVowel(consonant) && consonant is not ('w' or 'x' or 'Y'),
        _ => false,
    };

    /// <summary>Steps 0 and 1a: <c>'s</c>, <c>-sses</c>, <c>-ies</c>, <c>-ied</c>, <c>-s</c>.</summary>
    private static int PossessiveAndPlural(Span<char> buffer, int length)
    {
        ReadOnlySpan<char> word = buffer[..length];
        if (word.EndsWith("'s'")) length -= 3;
        else if (word.EndsWith("'s")) length -= 2;
        else if (word.EndsWith('\'')) length -= 1;

        word = buffer[..length];
        if (word.EndsWith("sses")) return length - 2;
        if (word.EndsWith("ies") || word.EndsWith("ied")) return length > 4 ? length - 2 : length - 1;
        if (length < 2 || word[^1] != 's' || word[^2] is 's' or 'u') return length;
        return ContainsVowel(word[..^2]) ? length - 1 : length;
    }

    /// <summary>Step 1b: <c>-eed</c>, <c>-ed</c>, <c>-ing</c> and their adverbs.</summary>
    private static int PastAndProgressive(Span<char> buffer, int length, int r1)
    {
        ReadOnlySpan<char> word = buffer[..length];
        ReadOnlySpan<char> verb = word.EndsWith("ly") ? word[..^2] : word;
        if (verb.EndsWith("eed"))
        {
            int start = verb.Length - 3;
            return start >= r1 && !(verb[..start] is "proc" or "exc" or "succ") ? start + 2 : length;
        }

        if (verb.EndsWith("ed")) return RestoreVerb(buffer, verb.Length - 2, length, r1);
        if (!verb.EndsWith("ing")) return length;

        ReadOnlySpan<char> stem = verb[..^3];
        if (verb.Length == length)
        {
            if (stem is "inn" or "out" or "cann" or "herr" or "earr" or "even") return length;
            if (stem is [char first, 'y'] && !IsVowel(first))
            {
                buffer[1] = 'i'; // dying → die
                buffer[2] = 'e';
                return 3;
            }
        }

        return RestoreVerb(buffer, stem.Length, length, r1);
    }

    /// <summary>What -ed and -ing leave behind gets its e back (<c>hop[ing]</c> → <c>hope</c>) or loses a doubled letter (<c>hopp[ing]</c> → <c>hop</c>).</summary>
    private static int RestoreVerb(Span<char> buffer, int stemLength, int length, int r1)
    {
        ReadOnlySpan<char> stem = buffer[..stemLength];
        if (!ContainsVowel(stem)) return length;
        bool addE;
        if (stem.EndsWith("at") || stem.EndsWith("bl") || stem.EndsWith("iz")) addE = true;
        else if (stem.Length >= 2 && stem[^1] == stem[^2] && stem[^1] is 'b' or 'd' or 'f' or 'g' or 'm' or 'n' or 'p' or 'r' or 't')
            return stem is ['a' or 'e' or 'o', _, _] ? stemLength : stemLength - 1;
        else addE = stemLength <= r1 && EndsInShortSyllable(stem);
        if (addE) buffer[stemLength++] = 'e';
        return stemLength;
    }

    /// <summary>Step 2: the outer one of two suffixes, in R1.</summary>
    private static int DoubleSuffix(Span<char> buffer, int length, int r1)
    {
        ReadOnlySpan<char> word = buffer[..length];
        if (length < 3) return length;
        switch (word[^2])
        {
            case 'a':
                if (word.EndsWith("ational")) return Replace(buffer, length, 7, r1, "ate");
                if (word.EndsWith("tional")) return Replace(buffer, length, 6, r1, "tion");
                break;
            case 'c':
                if (word.EndsWith("enci")) return Replace(buffer, length, 4, r1, "ence");
                if (word.EndsWith("anci")) return Replace(buffer, length, 4, r1, "ance");
                break;
            case 'e':
                if (word.EndsWith("izer")) return Replace(buffer, length, 4, r1, "ize");
                break;
            case 'g':
                if (word.EndsWith("logi")) return Replace(buffer, length, 3, r1, "og");
                break;
            case 'l':
                if (word[^1] == 'i') return AdverbSuffix(buffer, length, r1);
                break;
            case 'o':
                if (word.EndsWith("ization")) return Replace(buffer, length, 7, r1, "ize");
                if (word.EndsWith("ation")) return Replace(buffer, length, 5, r1, "ate");
                if (word.EndsWith("ator")) return Replace(buffer, length, 4, r1, "ate");
                break;
            case 's':
                if (word.EndsWith("alism")) return Replace(buffer, length, 5, r1, "al");
                if (word.EndsWith("fulness")) return Replace(buffer, length, 7, r1, "ful");
                if (word.EndsWith("ousness")) return Replace(buffer, length, 7, r1, "ous");
                if (word.EndsWith("iveness")) return Replace(buffer, length, 7, r1, "ive");
                if (word.EndsWith("ogist")) return Replace(buffer, length, 5, r1, "og");
                break;
            case 't':
                if (word.EndsWith("aliti")) return Replace(buffer, length, 5, r1, "al");
                if (word.EndsWith("iviti")) return Replace(buffer, length, 5, r1, "ive");
                if (word.EndsWith("biliti")) return Replace(buffer, length, 6, r1, "ble");
                break;
        }

        return length;
    }

    /// <summary>The suffixes of step 2 that end in <c>-li</c>, which was <c>-ly</c>.</summary>
    private static int AdverbSuffix(Span<char> buffer, int length, int r1)
    {
        ReadOnlySpan<char> word = buffer[..length];
        if (word.EndsWith("entli")) return Replace(buffer, length, 5, r1, "ent");
        if (word.EndsWith("ousli")) return Replace(buffer, length, 5, r1, "ous");
        if (word.EndsWith("alli")) return Replace(buffer, length, 4, r1, "al");
        if (word.EndsWith("abli")) return Replace(buffer, length, 4, r1, "able");
        if (word.EndsWith("bli")) return Replace(buffer, length, 3, r1, "ble");
        if (word.EndsWith("fulli")) return Replace(buffer, length, 5, r1, "ful");
        if (word.EndsWith("lessli")) return Replace(buffer, length, 6, r1, "less");
        return word[^3] is 'c' or 'd' or 'e' or 'g' or 'h' or 'k' or 'm' or 'n' or 'r' or 't' ? Replace(buffer, length, 2, r1, "") : length;
    }

    /// <summary>Step 3: in R1, <c>-ative</c> in R2.</summary>
    private static int FulNessIcal(Span<char> buffer, int length, int r1, int r2)
    {
        ReadOnlySpan<char> word = buffer[..length];
        if (word.EndsWith("ational")) return Replace(buffer, length, 7, r1, "ate");
        if (word.EndsWith("tional")) return Replace(buffer, length, 6, r1, "tion");
        if (word.EndsWith("alize")) return Replace(buffer, length, 5, r1, "al");
        if (word.EndsWith("icate") || word.EndsWith("iciti")) return Replace(buffer, length, 5, r1, "ic");
        if (word.EndsWith("ical")) return Replace(buffer, length, 4, r1, "ic");
        if (word.EndsWith("ful")) return Replace(buffer, length, 3, r1, "");
        if (word.EndsWith("ness")) return Replace(buffer, length, 4, r1, "");
        return word.EndsWith("ative") ? Replace(buffer, length, 5, r2, "") : length;
    }

    /// <summary>Step 4: in R2.</summary>
    private static int LastSuffix(Span<char> buffer, int length, int r2)
    {
        ReadOnlySpan<char> word = buffer[..length];
        if (length - r2 < 2) return length;
        int suffix = word[^2] switch
        {
            'a' when word[^1] == 'l' => 2,
            'c' when word.EndsWith("ance") || word.EndsWith("ence") => 4,
            'e' when word[^1] == 'r' => 2,
            'i' when word[^1] == 'c' => 2,
            'l' when word.EndsWith("able") || word.EndsWith("ible") => 4,
            'n' when word.EndsWith("ement") => 5,
            'n' when word.EndsWith("ment") => 4,
            'n' when word.EndsWith("ent") || word.EndsWith("ant") => 3,
            'o' when word.EndsWith("sion") || word.EndsWith("tion") => 3,
            's' when word.EndsWith("ism") => 3,
            't' when word.EndsWith("ate") || word.EndsWith("iti") => 3,
            'u' when word.EndsWith("ous") => 3,
            'v' when word.EndsWith("ive") => 3,
            'z' when word.EndsWith("ize") => 3,
            _ => 0,
        };
        return suffix == 0 ? length : Replace(buffer, length, suffix, r2, "");
    }

    /// <summary>Step 5.</summary>
    private static int FinalEOrL(ReadOnlySpan<char> buffer, int length, int r1, int r2)
    {
        int last = length - 1;
        if (last < r1) return length;
        bool delete = buffer[last] switch
        {
            'e' => last >= r2 || !EndsInShortSyllable(buffer[..last]),
            'l' => last >= r2 && buffer[last - 1] == 'l',
            _ => false,
        };
        return delete ? last : length;
    }

    /// <summary>Replaces the last <paramref name="suffix"/> characters if they lie in the region.</summary>
    private static int Replace(Span<char> buffer, int length, int suffix, int region, ReadOnlySpan<char> replacement)
    {
        int start = length - suffix;
        if (start < region) return length;
        replacement.CopyTo(buffer[start..]);
        return start + replacement.Length;
    }
}
