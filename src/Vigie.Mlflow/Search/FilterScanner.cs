using System.Globalization;
using System.Text;

namespace Vigie.Mlflow;

/// <summary>
/// Reads a filter or an ordering from left to right. There is no recursion, so no text can exhaust the stack; every failure says at which character it was.
/// </summary>
internal sealed class FilterScanner
{
    /// <summary>Characters of one filter: room for thousands of run ids.</summary>
    private const int Longest = 200_000;

    /// <summary>Characters of the text that a message repeats.</summary>
    private const int Excerpt = 24;

    private readonly string text;
    private readonly string what;
    private int at;

    /// <param name="text">What the client wrote.</param>
    /// <param name="what">How messages call it: filter or order_by.</param>
    public FilterScanner(string text, string what)
    {
        this.text = text;
        this.what = what;
        if (text.Length > Longest) throw MlflowException.Invalid($"the {what} has {text.Length} characters; at most {Longest} are read");
        for (int i = 0; i < text.Length; i++)
        {
            // No database keeps these in a text, so nothing could match; PostgreSQL would refuse the whole query.
            bool pair = char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]);
            if (text[i] == '\0' || (char.IsSurrogate(text[i]) && !pair)) throw Failure(i, $"U+{(int)text[i]:X4} is no character of a text");
            if (pair) i++;
        }

        SkipSpace();
    }

    /// <summary>Where the next token begins, counted from 0.</summary>
    public int Position => at;

    /// <summary>Whether all was read.</summary>
    public bool AtEnd => at == text.Length;

    /// <summary>A key with what stands before its dot: <c>metrics.f1</c>, <c>tags.`my key`</c>, <c>start_time</c>.</summary>
    public (string? Prefix, string Key) Identifier()
    {
        int start = at;
        string first = Part(dots: false) ?? throw Expected("a key such as metrics.f1");
        if (at == text.Length || text[at] != '.')
        {
            SkipSpace();
            return (null, first);
        }

        at++;
        string key = Part(dots: true) ?? throw Failure(start, $"'{first}.' names no key");
        SkipSpace();
        return (first, key);
    }

    /// <summary>Reads the keyword, in any case, if it comes next.</summary>
    public bool Keyword(string word)
    {
        int end = at + word.Length;
        if (string.Compare(text, at, word, 0, word.Length, StringComparison.OrdinalIgnoreCase) != 0 || (end < text.Length && IsKeyPart(text[end]))) return false;
        at = end;
        SkipSpace();
        return true;
    }

    /// <summary>Reads the sign if it comes next.</summary>
    public bool Sign(char sign)
    {
        if (at == text.Length || text[at] != sign) return false;
        at++;
        SkipSpace();
        return true;
    }

    /// <summary>One of <c>= != &lt; &lt;= &gt; &gt;=</c>; null where another thing stands.</summary>
    public string? Symbol()
    {
        string? symbol = (Peek(0), Peek(1)) switch
        {
            ('<', '>') => throw Failure(at, "'<>' is written !="),
            ('=', '=') => throw Failure(at, "'==' is written ="),
            ('!', '=') => "!=",
            ('<', '=') => "<=",
            ('>', '=') => ">=",
            ('=', _) => "=",
            ('<', _) => "<",
            ('>', _) => ">",
            _ => null,
        };
        if (symbol is null) return null;
        at += symbol.Length;
        SkipSpace();
        return symbol;
    }

    /// <summary>A text in single or double quotes, a quote in it written twice; null where another thing stands.</summary>
    public string? Quoted()
    {
        if (Peek(0) is not ('\'' or '"')) return null;
        string value = Delimited();
        SkipSpace();
        return value;
    }

    /// <summary>A number as it is written; null where another thing stands.</summary>
    public string? Number()
    {
        int end = at;
        if (end < text.Length && text[end] is '+' or '-') end++;
        int digits = end;
        while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] == '.' || (text[end] is '+' or '-' && text[end - 1] is 'e' or 'E'))) end++;
        if (end == digits || !(char.IsAsciiDigit(text[digits]) || text[digits] == '.')) return null;
        string number = text[at..end];
        if (!double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) || double.IsInfinity(value)) throw Failure(at, $"'{Cut(number)}' is no number");
        at = end;
        SkipSpace();
        return number;
    }

    /// <summary>That another thing should stand here.</summary>
    public MlflowException Expected(string expected) =>
        Failure(at, $"expected {expected}, found {(AtEnd ? "the end" : $"'{Cut(text[at..Math.Min(text.Length, at + Excerpt + 1)])}'")}");

    /// <summary>That what stands at a place cannot be.</summary>
    public MlflowException Failure(int position, string reason) => MlflowException.Invalid($"the {what} cannot be understood at character {position + 1}: {reason}");

    private static string Cut(string found) => found.Length <= Excerpt ? found : found[..(char.IsHighSurrogate(found[Excerpt - 1]) ? Excerpt - 1 : Excerpt)] + "…";

    private static bool IsKeyPart(char c) => char.IsLetterOrDigit(c) || char.IsSurrogate(c) || c is '_' or '-' or '/';

    private char Peek(int ahead) => at + ahead < text.Length ? text[at + ahead] : '\0';

    private string? Part(bool dots)
    {
        if (Peek(0) is '`' or '"') return Delimited();
        int start = at;
        while (at < text.Length && (IsKeyPart(text[at]) || (dots && text[at] == '.'))) at++;
        return at == start ? null : text[start..at];
    }

    private string Delimited()
    {
        int start = at;
        char quote = text[at++];
        var value = new StringBuilder();
        while (true)
        {
            int end = text.IndexOf(quote, at);
            if (end < 0) throw Failure(start, $"the {quote} is not closed");
            value.Append(text, at, end - at);
            at = end + 1;
            if (Peek(0) != quote) return value.ToString();
            value.Append(quote);
            at++;
        }
    }

    private void SkipSpace()
    {
        while (at < text.Length && char.IsWhiteSpace(text[at])) at++;
    }
}
