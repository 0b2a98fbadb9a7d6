namespace Vigie.Pipelines;

/// <summary>A <c>.dvc/config</c>: sections in brackets, with lines of <c>name = value</c>. Changes leave all other lines as they are.</summary>
public sealed class ConfigFile
{
    private readonly List<string> lines;

    /// <summary>Reads it; one that is not there is empty.</summary>
    /// <exception cref="PipelineException">A line is neither a section nor a setting.</exception>
    public ConfigFile(string path)
    {
        Path = path;
        lines = File.Exists(path) ? [.. File.ReadAllLines(path)] : [];
        for (int i = 0; i < lines.Count; i++)
        {
            string line = lines[i].Trim();
            if (line.Length > 0 && line[0] is not ('#' or ';' or '[') && !line.Contains('=', StringComparison.Ordinal)) throw new PipelineException(path, new FilePosition(i + 1, 1), $"'{line}' is neither [a section] nor a name = value");
        }
    }

    /// <summary>Full path.</summary>
    public string Path { get; }

    /// <summary>A setting, or null.</summary>
    public string? this[string section, string name] => Section(section).FirstOrDefault(setting => setting.Key == name).Value;

    /// <summary>The section of a remote.</summary>
    public static string RemoteSection(string name) => $"remote \"{name}\"";

    /// <summary>The names of remotes, in the file's order.</summary>
    public IEnumerable<string> Remotes() => lines.Select(Heading).OfType<string>().Where(heading => heading.StartsWith("remote \"", StringComparison.Ordinal) && heading.EndsWith('"')).Select(heading => heading[8..^1]);

    /// <summary>The settings of a section.</summary>
    public IEnumerable<KeyValuePair<string, string>> Section(string section)
    {
        bool isInside = false;
        foreach (string line in lines)
        {
            if (Heading(line) is { } heading) isInside = heading == section;
            else if (isInside && Setting(line) is { } setting) yield return setting;
        }
    }

    /// <summary>Sets a setting, or removes it with null.</summary>
    public void Set(string section, string name, string? value)
    {
        int heading = lines.FindIndex(line => Heading(line) == section);
        int end = heading < 0 ? -1 : lines.FindIndex(heading + 1, line => Heading(line) is not null) is var next and >= 0 ? next : lines.Count;
        int at = heading < 0 ? -1 : lines.FindIndex(heading + 1, end - heading - 1, line => Setting(line)?.Key == name);
        if (value is null)
        {
            if (at >= 0) lines.RemoveAt(at);
            return;
        }
        string text = $"    {name} = {(value.Contains('#', StringComparison.Ordinal) || value != value.Trim() ? $"\"{value}\"" : value)}";
        if (at >= 0)
        {
            lines[at] = text;
            return;
        }
        if (heading < 0)
        {
            lines.Add(section.Contains('"', StringComparison.Ordinal) ? $"['{section}']" : $"[{section}]");
            end = lines.Count;
        }
        lines.Insert(end, text);
    }

    /// <summary>Removes a section with its settings.</summary>
    public void Remove(string section)
    {
        bool isInside = false;
        lines.RemoveAll(line =>
        {
            if (Heading(line) is { } heading) isInside = heading == section;
            return isInside;
        });
    }

    /// <summary>Writes it down.</summary>
    public void Save() => AtomicFile.Write(Path, string.Concat(lines.Select(line => line + "\n")), isDurable: true);

    private static string? Heading(string line)
    {
        string text = line.Trim();
        if (!text.StartsWith('[') || text.LastIndexOf(']') is var end && end < 0) return null;
        string inner = text[1..text.LastIndexOf(']')].Trim();
        return inner is ['\'', .. var quoted, '\''] ? quoted : inner;
    }

    private static KeyValuePair<string, string>? Setting(string line)
    {
        string text = line.Trim();
        int at = text.IndexOf('=', StringComparison.Ordinal);
        if (at <= 0 || text[0] is '#' or ';' or '[') return null;
        string value = text[(at + 1)..].Trim();
        if (value.Length > 1 && value[0] is '"' or '\'' && value[^1] == value[0]) value = value[1..^1];
        else if (value.IndexOf(" #", StringComparison.Ordinal) is var comment and >= 0) value = value[..comment].TrimEnd();
        return KeyValuePair.Create(text[..at].Trim(), value);
    }
}
