namespace Vigie.Tweets;

/// <summary>
/// The words of a text for describing a data set: runs of letters and digits, apostrophes within them, with a leading # or @; links are left out.
/// Models cut texts by their own pipeline.
/// </summary>
internal static class TweetWords
{
    public static Enumerator Of(ReadOnlySpan<char> text) => new(text);

    public ref struct Enumerator(ReadOnlySpan<char> text)
    {
        private readonly ReadOnlySpan<char> text = text;
        private int at;

        public Range Current { get; private set; }

        public readonly Enumerator GetEnumerator() => this;

        public bool MoveNext()
        {
            while (at < text.Length)
            {
                if (!Inside(text[at]))
                {
                    at++;
                    continue;
                }

                if (text[at..].StartsWith("http://", StringComparison.OrdinalIgnoreCase) || text[at..].StartsWith("https://", StringComparison.OrdinalIgnoreCase))
                {
                    while (at < text.Length && !char.IsWhiteSpace(text[at])) at++;
                    continue;
                }

                int start = at > 0 && text[at - 1] is '#' or '@' ? at - 1 : at;
                while (at < text.Length && (Inside(text[at]) || (text[at] is '\'' or '’' && at + 1 < text.Length && Inside(text[at + 1])))) at++;
                Current = start..at;
                return true;
            }

            return false;
        }

        private static bool Inside(char letter) => char.IsLetterOrDigit(letter) || letter == '_';
    }
}
