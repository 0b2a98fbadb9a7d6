using System.Globalization;
using System.Text;
using Vigie.Dashboard.Reading;

namespace Vigie.Dashboard.Models;

/// <summary>The addresses of what models are made of and lead to.</summary>
internal static class ModelLinks
{
    /// <summary>Stands in a path for a name that no path can hold: browsers take a single dot away.</summary>
    private const string Nameless = "-";

    public static string Model(string name) => name is "." or ".." ? $"ui/models/{Nameless}?name={name}" : $"ui/models/{Uri.EscapeDataString(name)}";

    public static string Version(string name, string version) =>
        name is "." or ".." ? $"ui/models/{Nameless}/{Uri.EscapeDataString(version)}?name={name}" : $"ui/models/{Uri.EscapeDataString(name)}/{Uri.EscapeDataString(version)}";

    /// <summary>A name that somebody gave, such that it can be seen and heard: one of blanks alone would be a link to nothing.</summary>
    public static string Shown(string name, Viewer viewer) =>
        name.EnumerateRunes().Any(rune => !Rune.IsWhiteSpace(rune) && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Format or UnicodeCategory.Control or UnicodeCategory.OtherNotAssigned or UnicodeCategory.PrivateUse))
            ? name
            : viewer.T("(a name that cannot be seen)", "(un nom invisible)");

    /// <summary>The beginning of a description, for where one line has room.</summary>
    public static string? FirstLine(string? description)
    {
        const int longest = 160;
        string? line = description?.Trim().Split('\n')[0].Trim();
        return line is { Length: > longest } ? line[..(char.IsHighSurrogate(line[longest - 1]) ? longest - 1 : longest)] + "…" : line is "" ? null : line;
    }

    public static string Run(string runId) => $"ui/experiments/runs/{Uri.EscapeDataString(runId)}";

    public static string Data(string digest) => $"ui/data?set={Uri.EscapeDataString(digest)}";
}
