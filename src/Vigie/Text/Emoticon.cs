namespace Vigie.Text;

/// <summary>Faces of ASCII characters: <c>:-)</c>, <c>;(</c>, <c>=D</c>, <c>(:</c>, <c>&lt;3</c>, <c>^_^</c>, <c>T_T</c>.</summary>
internal static class Emoticon
{
    /// <summary>Length of the emoticon that starts at <paramref name="i"/>, or 0. A letter or digit may not follow it.</summary>
    public static int Match(ReadOnlySpan<char> text, int i)
    {
        int length = Western(text, i);
        if (length == 0) length = Mirrored(text, i);
        if (length == 0) length = Other(text, i);
        return length > 0 && (i + length == text.Length || CharClass.WordLength(text, i + length) == 0) ? length : 0;
    }

    // [<>]? eyes nose? mouth
    private static int Western(ReadOnlySpan<char> text, int start)
    {
        int i = start;
        if (text[i] is '<' or '>') i++;
        if (i >= text.Length || text[i] is not (':' or ';' or '=' or '8' or 'x' or 'X')) return 0;
        bool digit = text[i++] == '8';
        bool nose = i < text.Length - 1 && text[i] is '-' or 'o' or '*' or '\'' && IsMouth(text[i + 1]);
        // Without a nose, 8D is a seat and 8) the end of a list.
        if (digit && !nose) return 0;
        if (nose) i++;
        return i < text.Length && IsMouth(text[i]) ? i + 1 - start : 0;
    }

    private static bool IsMouth(char c) => c
        is ')' or ']' or '(' or '[' or 'd' or 'D' or 'p' or 'P' or 'o' or 'O' or '/' or '\\' or ':' or '}' or '{' or '@' or '|' or '3';

    // mouth nose? eyes
    private static int Mirrored(ReadOnlySpan<char> text, int start)
    {
        int i = start;
        if (text[i] is not (')' or ']' or '(' or '[')) return 0;
        i++;
        if (i < text.Length && text[i] is '-' or 'o' or '*' or '\'') i++;
        return i < text.Length && text[i] is ':' or ';' or '=' ? i + 1 - start : 0;
    }

    private static int Other(ReadOnlySpan<char> text, int i)
    {
        ReadOnlySpan<char> rest = text[i..];
        if (rest.StartsWith("<3")) return 2;
        if (rest.StartsWith("^_^")) return 3;
        if (rest.StartsWith("^^")) return 2;
        if (rest.Length >= 3 && rest[1] == '_' && (rest[0] is 't' or 'T' && rest[2] is 't' or 'T' || rest[0] is 'o' or 'O' && rest[2] is 'o' or 'O')) return 3;
        if (rest[0] != '-') return 0;
        int line = 1;
        while (line < rest.Length && rest[line] == '_') line++;
        return line > 1 && line < rest.Length && rest[line] == '-' ? line + 1 : 0;
    }
}
