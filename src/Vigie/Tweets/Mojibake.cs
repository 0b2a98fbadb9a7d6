using System.Buffers;

namespace Vigie.Tweets;

/// <summary>Recognises text that was UTF-8 and was read as windows-1252 somewhere on its way: <c>cafÃ©</c>, <c>itâ€™s</c>, <c>ðŸ˜€</c>.</summary>
public static class Mojibake
{
    private static readonly SearchValues<char> Leads = SearchValues.Create("ÂÃâïð");

    // What windows-1252 makes of the bytes 80–9F, leaving out dashes, quotes and dots that honestly follow a word that ends in Ã.
    private static readonly SearchValues<char> Continuations = SearchValues.Create(
        "€‚ƒ„†‡ˆ‰Š‹ŒŽ“•˜™š›œžŸ" + string.Concat(Enumerable.Range(0x80, 0x40).Select(code => (char)code)));

    private static readonly SearchValues<char> AllContinuations = SearchValues.Create(
        "€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ" + string.Concat(Enumerable.Range(0x80, 0x40).Select(code => (char)code)));

    /// <summary>Whether the text holds at least one such sequence.</summary>
    public static bool In(ReadOnlySpan<char> text)
    {
        while (true)
        {
            int at = text.IndexOfAny(Leads);
            if (at < 0) return false;
            int wanted = text[at] switch { 'Â' or 'Ã' => 1, 'ð' => 3, _ => 2 };
            SearchValues<char> allowed = wanted == 1 ? Continuations : AllContinuations;
            text = text[(at + 1)..];
            if (text.Length >= wanted && text[..wanted].IndexOfAnyExcept(allowed) < 0) return true;
        }
    }
}
