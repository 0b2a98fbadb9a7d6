using System.Text;

namespace Vigie.Dashboard.Experiments;

/// <summary>CSV (RFC 4180) and TSV for the eye: takes whatever comes, as nothing is made of it but a table to look at.</summary>
internal static class DelimitedText
{
    /// <summary>The first rows; a quoted field may hold delimiters, line ends and doubled quotes.</summary>
    /// <param name="text">The file, or its beginning.</param>
    /// <param name="delimiter">A comma or a tab; where the first line has semicolons and no comma, they divide.</param>
    /// <param name="most">At most so many rows.</param>
    public static List<IReadOnlyList<string>> Read(string text, char delimiter, int most)
    {
        int line = text.IndexOf('\n', StringComparison.Ordinal);
        ReadOnlySpan<char> header = line < 0 ? text : text.AsSpan(0, line);
        if (delimiter == ',' && !header.Contains(',') && header.Contains(';')) delimiter = ';';
        var rows = new List<IReadOnlyList<string>>();
        var row = new List<string>();
        var field = new StringBuilder();
        bool quoted = false, begun = false;
        for (int i = 0; i < text.Length && rows.Count < most; i++)
        {
            char letter = text[i];
            if (quoted)
            {
                if (letter != '"') field.Append(letter);
                else if (i + 1 < text.Length && text[i + 1] == '"') field.Append(text[i++]);
                else quoted = false;
            }
            else if (letter == '"' && field.Length == 0)
            {
                quoted = begun = true;
            }
            else if (letter == delimiter)
            {
                Take();
                begun = true;
            }
            else if (letter is '\n' or '\r')
            {
                if (begun || field.Length > 0) End();
            }
            else
            {
                field.Append(letter);
            }
        }

        if (rows.Count < most && (begun || field.Length > 0)) End();
        return rows;

        void Take()
        {
            row.Add(field.ToString());
            field.Clear();
        }

        void End()
        {
            Take();
            rows.Add(row);
            (row, begun) = ([], false);
        }
    }
}
