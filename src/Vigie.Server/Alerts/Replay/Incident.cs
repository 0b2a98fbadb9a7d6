using System.Globalization;
using System.Text;

namespace Vigie.Server;

/// <summary>A time in which something really was wrong.</summary>
/// <param name="From">When it began.</param>
/// <param name="To">When it ended.</param>
/// <param name="Name">What it was; null where nobody said.</param>
public sealed record Incident(DateTimeOffset From, DateTimeOffset To, string? Name)
{
    private const int MostBytes = 1 << 20;

    private static readonly string[] Keys = ["from", "to", "name"];

    /// <summary>Reads a file of incidents: CSV with the columns from, to and name, or YAML with a list of them under <c>incidents</c>; recognised by its content.</summary>
    /// <exception cref="InvalidInputException">It cannot be read, or a line is wrong.</exception>
    public static IReadOnlyList<Incident> Read(string path, string name)
    {
        byte[] bytes;
        try
        {
            if (new FileInfo(path).Length > MostBytes) throw new InvalidInputException($"{name} is larger than {MostBytes >> 20} MiB, the most that a file of incidents may have");
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new InvalidInputException($"{name}: cannot be read: {failure.Message}", failure);
        }

        string[] lines = Encoding.UTF8.GetString(bytes).TrimStart('\uFEFF').Split('\n');
        string[] header = Cells(lines[0]);
        return [.. (header.Contains("from") && header.Contains("to") ? Table(lines, header, name) : List(SettingsFile.Parse(bytes, name), name)).OrderBy(incident => incident.From)];
    }

    private static IEnumerable<Incident> Table(string[] lines, string[] header, string name)
    {
        for (int i = 1; i < lines.Length; i++)
        {
            if (lines[i].Trim().Length == 0) continue;
            string where = string.Create(CultureInfo.InvariantCulture, $"{name}:{i + 1}");
            string[] cells = Cells(lines[i]);
            if (cells.Length != header.Length) throw new InvalidInputException($"{where}: {cells.Length} columns; expected {header.Length}: {string.Join(", ", header)}");
            int named = Array.IndexOf(header, "name");
            yield return Of(cells[Array.IndexOf(header, "from")], cells[Array.IndexOf(header, "to")], named < 0 || cells[named].Length == 0 ? null : cells[named], where);
        }
    }

    private static IEnumerable<Incident> List(SettingInput input, string name)
    {
        var file = new RuleSection("", input, "");
        file.Only(["incidents"]);
        if (file.Find("incidents") is not InputList list) throw new InvalidInputException($"{name}: expected a header from,to,name with a line for each incident, or a list of them under incidents:");
        foreach (SettingInput item in list.Items)
        {
            if (item is not InputMap) throw new InvalidInputException($"{item.Origin.Text}: {SettingsReader.Kind(item)}; expected from and to below it");
            var one = new RuleSection("incident: ", item, "");
            one.Only(Keys);
            yield return Of(one.Text("from") ?? throw one.Missing("from", Form), one.Text("to") ?? throw one.Missing("to", Form), one.Text("name"), item.Origin.Text);
        }
    }

    private const string Form = "a time such as 2026-11-23T12:00:00Z";

    private static Incident Of(string from, string to, string? name, string where)
    {
        var incident = new Incident(Time(from, "from", where), Time(to, "to", where), name);
        return incident.To > incident.From ? incident : throw new InvalidInputException($"{where}: to is {to}; expected a time after from, which is {from}");
    }

    private static DateTimeOffset Time(string text, string key, string where) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTimeOffset time)
            ? time
            : throw new InvalidInputException($"{where}: {key} is '{text}'; expected {Form}");

    private static string[] Cells(string line) => [.. line.TrimEnd('\r').Split(line.Contains('\t') ? '\t' : line.Contains(';') ? ';' : ',').Select(cell => cell.Trim().Trim('"'))];
}
