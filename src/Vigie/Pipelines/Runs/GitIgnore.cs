namespace Vigie.Pipelines;

/// <summary>Keeps outputs that the cache has out of git, by lines of <c>.gitignore</c> as DVC writes them.</summary>
internal static class GitIgnore
{
    private const string Name = ".gitignore";

    private static readonly Lock Gate = new();

    /// <summary>Leaves a path out of git.</summary>
    /// <returns>The file that was changed; null where nothing had to be.</returns>
    public static string? Add(string fullPath)
    {
        string path = Path.Combine(Path.GetDirectoryName(fullPath)!, Name), line = LineOf(fullPath);
        lock (Gate)
        {
            string text = File.Exists(path) ? File.ReadAllText(path) : "";
            if (text.Split('\n').Any(known => known.TrimEnd('\r') == line)) return null;
            AtomicFile.Write(path, $"{text}{(text.Length == 0 || text.EndsWith('\n') ? "" : "\n")}{line}\n");
            return path;
        }
    }

    // What gitignore would take for a pattern is escaped.
    private static string LineOf(string fullPath) =>
        "/" + string.Concat(Path.GetFileName(fullPath).Select(c => c is '*' or '?' or '[' or ']' or '\\' or '!' or '#' ? $"\\{c}" : c.ToString()));
}
