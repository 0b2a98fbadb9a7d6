using System.Globalization;
using System.Text;

namespace Vigie.Cli;

/// <summary>The parts that every page of results has.</summary>
internal static class BenchPage
{
    /// <summary>Where and when: the first table.</summary>
    public static IReadOnlyList<string>[] Facts(BenchMachine machine, double minutes) =>
    [
        ["date", machine.Date.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture)],
        ["commit", machine.Commit],
        ["machine", string.Create(CultureInfo.InvariantCulture, $"{machine.Cpu}, {machine.Cores} logical processors, {machine.MemoryMib:N0} MiB")],
        ["system", $"{machine.System}, {machine.Dotnet}"],
        ["load average at the start", machine.LoadAverage is { } load ? load.ToString("0.00", CultureInfo.InvariantCulture) : "not known"],
        ["took", string.Create(CultureInfo.InvariantCulture, $"{minutes:0.0} minutes")],
    ];

    /// <summary>Adds a Markdown table.</summary>
    public static void Append(StringBuilder page, string[] headers, IReadOnlyList<string>[] rows)
    {
        AppendRow(page, headers);
        page.Append('|').Insert(page.Length, "---|", headers.Length).Append('\n');
        foreach (IReadOnlyList<string> row in rows) AppendRow(page, row);
        page.Append('\n');
    }

    /// <summary>Writes a page: to the file named, or under its own name into the folder named.</summary>
    /// <returns>The file.</returns>
    public static string Save(string place, string name, string markdown)
    {
        bool isFolder = Directory.Exists(place) || Path.EndsInDirectorySeparator(place);
        string path = isFolder ? Path.Combine(place, name) : place;
        if (Path.GetDirectoryName(path) is { Length: > 0 } folder) Directory.CreateDirectory(folder);
        File.WriteAllText(path + ".part", markdown);
        File.Move(path + ".part", path, overwrite: true);
        return path;
    }

    private static void AppendRow(StringBuilder page, IReadOnlyList<string> cells) =>
        page.Append("| ").AppendJoin(" | ", cells.Select(cell => Terminal.Printable(cell).Replace("|", "\\|"))).Append(" |\n");
}
