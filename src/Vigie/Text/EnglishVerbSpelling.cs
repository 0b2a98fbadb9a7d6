using System.Collections.Frozen;

namespace Vigie.Text;

/// <summary>What -ed and -ing did to the spelling of a verb, undone: a doubled consonant and a silent e.</summary>
internal static class EnglishVerbSpelling
{
    public static bool IsVowel(char c) => c is 'a' or 'e' or 'i' or 'o' or 'u';

    /// <summary>
    /// Replaces the stem in <c>buffer[..stemLength]</c>, which had an ending up to <paramref name="length"/>, by its verb and returns the
    /// verb's length; answers <paramref name="length"/> where the stem has no vowel and so is none.
    /// </summary>
    public static int Restore(Span<char> buffer, int stemLength, int length, FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> verbs)
    {
        ReadOnlySpan<char> stem = buffer[..stemLength];
        if (stemLength < 2 || stem.IndexOfAny("aeiou") < 0 && stem[1..].IndexOf('y') < 0 || !char.IsAsciiLetterLower(stem[^1])) return length;
        if (stem[^1] == stem[^2] && !IsVowel(stem[^1]))
        {
            if (verbs.Contains(stem)) return stemLength;
            bool undouble = verbs.Contains(stem[..^1]) || stemLength > 3 && stem[^1] is not ('l' or 's' or 'f' or 'z');
            return undouble ? stemLength - 1 : stemLength;
        }

        char ending = buffer[stemLength];
        buffer[stemLength] = 'e';
        bool knownWithE = verbs.Contains(buffer[..(stemLength + 1)]);
        bool known = verbs.Contains(stem);
        // A short verb without a silent e would have doubled its consonant: hoping is not from hop, riding not from rid.
        bool withE = known && knownWithE ? IsShort(stem) : knownWithE || !known && NeedsE(stem);
        if (withE) return stemLength + 1;
        buffer[stemLength] = ending;
        return stemLength;
    }

    /// <summary>One vowel letter, then one consonant letter that doubles: hop, rid, us.</summary>
    private static bool IsShort(ReadOnlySpan<char> stem) => !IsVowel(stem[^1]) && stem[^1] is not ('w' or 'x' or 'y') && IsVowel(stem[^2])
        && (stem.Length == 2 || stem[..^2].IndexOfAny("aeiou") < 0);

    /// <summary>Whether a verb that no list knows is written with a silent e after this stem.</summary>
    private static bool NeedsE(ReadOnlySpan<char> stem)
    {
        if (IsShort(stem)) return true;
        char before = stem[^2];
        char third = stem.Length > 2 ? stem[^3] : '\0';
        bool singleVowel = IsVowel(before) && (!IsVowel(third) || third == 'u' && stem.Length > 3 && stem[^4] == 'q');
        return stem[^1] switch
        {
            'v' or 'c' or 'u' => true,
            'z' => IsVowel(before),
            's' => before is 'n' or 'r' or 'l' or 'p' || IsVowel(before),
            'g' => before is 'd' or 'r' || singleVowel || before == 'n' && third == 'a',
            'l' => before is 'b' or 'c' or 'd' or 'f' or 'g' or 'k' or 'p' or 's' or 't' or 'z',
            't' => before == 'a' && (singleVowel || third is 'i' or 'u'),
            'r' => singleVowel && before is 'i' or 'u' or 'a',
            'n' => singleVowel && before == 'i',
            'd' => singleVowel && before != 'e',
            'k' => singleVowel && before == 'o',
            'p' => singleVowel && before == 'a',
            'm' => singleVowel && before == 'u',
            'b' => singleVowel && before == 'i',
            _ => false,
        };
    }
}
