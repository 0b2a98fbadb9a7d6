namespace Vigie.Text;

/// <summary>
/// The French Snowball stemmer in its current revision (Snowball 3).
/// M. F. Porter and R. Boulton; defined at <see href="https://snowballstem.org/algorithms/french/stemmer.html"/>.
/// </summary>
/// <remarks>
/// Works in place and allocates nothing for words of up to 128 letters. While a word is being worked on, <c>I</c>, <c>U</c> and <c>Y</c>
/// stand for the consonants i, u and y, and <c>He</c>, <c>Hi</c> for ë and ï, so that those can begin a suffix.
/// </remarks>
public static class FrenchStemmer
{
    /// <summary>How many characters the buffer must offer beyond the word: none, a stem is never longer than its word.</summary>
    public const int Spare = 0;

    private const int LongestOnStack = 128;

    /// <summary>Replaces the word in <c>buffer[..length]</c> by its stem and returns the stem's length.</summary>
    /// <param name="buffer">Holds the word in lower case, in NFC, with <c>'</c> (U+0027) as apostrophe.</param>
    /// <param name="length">Length of the word, from 0 to <c>buffer.Length</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is negative or beyond the buffer.</exception>
    public static int Stem(Span<char> buffer, int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)length, (uint)buffer.Length, nameof(length));
        length = DropElision(buffer, length);
        scoped Span<char> marked = buffer[..length];
        FrenchWord.MarkConsonants(marked);
        if (marked.IndexOfAny('ë', 'ï') >= 0)
        {
            // Each of them needs a second place until the end.
            Span<char> scratch = length <= LongestOnStack ? stackalloc char[2 * LongestOnStack] : new char[2 * length];
            marked = FrenchWord.SpellDiaereses(marked, scratch);
        }

        var word = new FrenchWord(marked);
        word.Stem();
        return Unmark(word.Text, buffer);
    }

    /// <summary>d'accord → accord, qu'il → il. A word that is nothing but an elision stays.</summary>
    private static int DropElision(Span<char> buffer, int length)
    {
        int elision = buffer[..length] switch
        {
            ['q', 'u', '\'', _, ..] => 3,
            ['c' or 'd' or 'j' or 'l' or 'm' or 'n' or 's' or 't', '\'', _, ..] => 2,
            _ => 0,
        };
        if (elision > 0) buffer[elision..length].CopyTo(buffer);
        return length - elision;
    }

    private static int Unmark(ReadOnlySpan<char> marked, Span<char> buffer)
    {
        int written = 0;
        for (int i = 0; i < marked.Length; i++)
        {
            bool diaeresis = marked[i] == 'H';
            if (diaeresis && ++i == marked.Length) break;
            buffer[written++] = (marked[i], diaeresis) switch
            {
                ('e', true) => 'ë',
                ('i', true) => 'ï',
                ('I', _) => 'i',
                ('U', _) => 'u',
                ('Y', _) => 'y',
                (char other, _) => other,
            };
        }

        return written;
    }
}
