using System.Globalization;
using System.Text;

namespace Vigie.Pipelines;

/// <summary>Writes values as ruamel.yaml does with its defaults (block style, two columns a level, lines folded behind column 80), since DVC writes its files with that.</summary>
internal sealed class YamlWriter
{
    private const int Width = 80;

    private readonly StringBuilder text = new();
    private int column;

    public static string Write(DataMap map)
    {
        var writer = new YamlWriter();
        if (map.Entries.Count == 0) return "{}\n";
        writer.WriteMapping(map, 0, isOnLine: true);
        return writer.text.ToString();
    }

    private void WriteMapping(DataMap map, int indent, bool isOnLine)
    {
        foreach ((string key, DataValue value) in map.Entries)
        {
            if (!isOnLine) Indent(indent);
            isOnLine = false;
            WriteText(key, indent);
            Append(":");
            switch (value)
            {
                case DataMap { Entries.Count: > 0 } inner:
                    BreakLine();
                    WriteMapping(inner, indent + 2, isOnLine: false);
                    break;
                case DataList { Items.Count: > 0 } inner:
                    BreakLine();
                    WriteSequence(inner, indent, isOnLine: false);
                    break;
                default:
                    WriteScalar(value, indent);
                    break;
            }
        }
    }

    private void WriteSequence(DataList list, int indent, bool isOnLine)
    {
        foreach (DataValue value in list.Items)
        {
            if (!isOnLine) Indent(indent);
            isOnLine = false;
            Append("-");
            switch (value)
            {
                case DataMap { Entries.Count: > 0 } inner:
                    Append(" ");
                    WriteMapping(inner, indent + 2, isOnLine: true);
                    break;
                case DataList { Items.Count: > 0 } inner:
                    Append(" ");
                    WriteSequence(inner, indent + 2, isOnLine: true);
                    break;
                default:
                    WriteScalar(value, indent);
                    break;
            }
        }
    }

    private void WriteScalar(DataValue value, int indent)
    {
        if (value is not DataNothing) Append(" ");
        switch (value)
        {
            case DataNothing: break;
            case DataText words: WriteText(words.Text, indent); break;
            default: Append(Plain(value)); break;
        }
        BreakLine();
    }

    /// <summary>What stands for a value that is no text.</summary>
    public static string Plain(DataValue value) => value switch
    {
        DataNothing => "null",
        DataFlag flag => flag.IsTrue ? "true" : "false",
        DataInteger whole => whole.Number.ToString(CultureInfo.InvariantCulture),
        DataReal { Number: double number } when double.IsNaN(number) => ".nan",
        DataReal { Number: double number } when double.IsInfinity(number) => number > 0 ? ".inf" : "-.inf",
        DataReal real => PythonText.Repr(real.Number),
        DataMap { Entries.Count: 0 } => "{}",
        DataList { Items.Count: 0 } => "[]",
        _ => throw new ArgumentException($"{value.GetType().Name} is not one word", nameof(value)),
    };

    private void WriteText(string words, int indent)
    {
        YamlTextStyle style = YamlTextStyle.Of(words);
        if (style.IsPlain)
        {
            WriteFolded(words, indent);
        }
        else if (style.NeedsEscapes || words.Contains('\'', StringComparison.Ordinal) || words.Contains('\n', StringComparison.Ordinal))
        {
            WriteEscaped(words, indent);
        }
        else
        {
            Append("'");
            WriteFolded(words, indent);
            Append("'");
        }
    }

    // A line ends at the first lone space that stands behind the width.
    private void WriteFolded(string words, int indent)
    {
        int start = 0;
        for (int i = 1; i + 1 < words.Length; i++)
        {
            if (words[i] != ' ' || words[i - 1] == ' ' || words[i + 1] == ' ' || column + (i - start) <= Width) continue;
            Append(words.AsSpan(start, i - start));
            BreakLine();
            Indent(indent + 2);
            start = i + 1;
        }
        Append(words.AsSpan(start));
    }

    private void WriteEscaped(string words, int indent)
    {
        Append("\"");
        for (int i = 0; i < words.Length; i++)
        {
            char c = words[i];
            if (c == ' ' && column > Width && i > 0 && i + 1 < words.Length && words[i - 1] != ' ' && words[i + 1] != ' ')
            {
                BreakLine();
                Indent(indent + 2);
                continue;
            }
            Append(c switch
            {
                '"' => "\\\"",
                '\\' => @"\\",
                '\n' => "\\n",
                '\t' => "\\t",
                '\r' => "\\r",
                '\0' => "\\0",
                '\a' => "\\a",
                '\b' => "\\b",
                '\v' => "\\v",
                '\f' => "\\f",
                '\u001b' => "\\e",
                '\u0085' => "\\N",
                '\u2028' => "\\L",
                '\u2029' => "\\P",
                < ' ' or '\u007f' or (> '\u007f' and < '\u00a0') => $"\\x{(int)c:X2}",
                '\ufeff' or > '\ufffd' => $"\\u{(int)c:X4}",
                _ => c.ToString(),
            });
        }
        Append("\"");
    }

    private void Append(ReadOnlySpan<char> part)
    {
        text.Append(part);
        column += part.Length;
    }

    private void Indent(int indent)
    {
        text.Append(' ', indent);
        column = indent;
    }

    private void BreakLine()
    {
        text.Append('\n');
        column = 0;
    }
}

/// <summary>How a text may stand in YAML: PyYAML's analysis of scalars.</summary>
/// <param name="IsPlain">Without quotes.</param>
/// <param name="NeedsEscapes">In double quotes only.</param>
internal readonly record struct YamlTextStyle(bool IsPlain, bool NeedsEscapes)
{
    private const string Breaks = "\n\u0085\u2028\u2029", Whites = " \t\r\n\u0085\u2028\u2029";

    public static YamlTextStyle Of(string words)
    {
        if (words.Length == 0) return new YamlTextStyle(false, false);
        bool isMarked = words.StartsWith("---", StringComparison.Ordinal) || words.StartsWith("...", StringComparison.Ordinal);
        bool isSpecial = false, hasBreaks = false, isSpacedBreak = false;
        for (int i = 0; i < words.Length; i++)
        {
            char c = words[i];
            bool isWhiteAfter = i + 1 == words.Length || Whites.Contains(words[i + 1], StringComparison.Ordinal), isWhiteBefore = i == 0 || Whites.Contains(words[i - 1], StringComparison.Ordinal);
            if (i == 0 && (c is '#' or ',' or '[' or ']' or '{' or '}' or '&' or '*' or '!' or '|' or '>' or '\'' or '"' or '%' or '@' or '`' || (c is '?' or '-' && isWhiteAfter))) isMarked = true;
            if (c == ':' && isWhiteAfter) isMarked = true;
            if (c == '#' && isWhiteBefore) isMarked = true;
            if (Breaks.Contains(c, StringComparison.Ordinal)) (hasBreaks, isSpacedBreak) = (true, isSpacedBreak || (i > 0 && words[i - 1] == ' ') || (i + 1 < words.Length && words[i + 1] == ' '));
            else if (!(c is >= ' ' and <= '~' or >= '\u00a0' and <= '\ufffd') || c == '\ufeff') isSpecial = true;
        }
        bool isPlain = !isMarked && !isSpecial && !hasBreaks && words[0] != ' ' && words[^1] != ' ' && !YamlScalars.IsOther(words);
        return new YamlTextStyle(isPlain, isSpecial || isSpacedBreak);
    }
}
