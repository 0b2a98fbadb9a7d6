using System.Text;
using System.Text.RegularExpressions;

namespace Vigie.Pipelines;

/// <summary>What <c>.dvcignore</c> files leave out, in the language of gitignore: each holds for its folder and below, and a later line wins.</summary>
internal sealed class IgnoreFiles(string root)
{
    private const string Name = ".dvcignore";

    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, IReadOnlyList<IgnorePattern>> byFolder = new(StringComparer.Ordinal);
    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, bool> hasAny = new(StringComparer.Ordinal);

    /// <summary>Whether an entry of a folder is left out. Folders above it are taken to be asked for already.</summary>
    public bool IsIgnored(string fullPath, bool isFolder)
    {
        string name = Path.GetFileName(fullPath);
        if (isFolder && name is ".git" or ".hg" or ".dvc") return true;
        if (!hasAny.GetOrAdd(Path.GetDirectoryName(fullPath) ?? "", HasAny)) return false;
        for (string? folder = Path.GetDirectoryName(fullPath); folder is not null && folder.Length >= root.Length; folder = Path.GetDirectoryName(folder))
        {
            IReadOnlyList<IgnorePattern> patterns = byFolder.GetOrAdd(folder, Read);
            if (patterns.Count == 0) continue;
            string relative = fullPath[(folder.Length + (folder.EndsWith('/') ? 0 : 1))..];
            for (int i = patterns.Count - 1; i >= 0; i--)
            {
                if ((isFolder || !patterns[i].FoldersOnly) && patterns[i].Expression.IsMatch(relative)) return !patterns[i].IsException;
            }
        }
        return false;
    }

    private bool HasAny(string folder)
    {
        for (string? above = folder; above is not null && above.Length >= root.Length; above = Path.GetDirectoryName(above))
        {
            if (byFolder.GetOrAdd(above, Read).Count > 0) return true;
        }
        return false;
    }

    private static IReadOnlyList<IgnorePattern> Read(string folder)
    {
        string path = Path.Combine(folder, Name);
        return File.Exists(path) ? [.. File.ReadLines(path).Select(IgnorePattern.Parse).OfType<IgnorePattern>()] : [];
    }
}

/// <summary>A line of an ignore file.</summary>
internal sealed record IgnorePattern(Regex Expression, bool FoldersOnly, bool IsException)
{
    public static IgnorePattern? Parse(string line)
    {
        string text = line.TrimEnd('\r', '\n');
        while (text.EndsWith(' ') && !text.EndsWith("\\ ", StringComparison.Ordinal)) text = text[..^1];
        if (text.Length == 0 || text[0] == '#') return null;
        bool isException = text[0] == '!';
        if (isException) text = text[1..];
        bool foldersOnly = text.EndsWith('/');
        if (foldersOnly) text = text[..^1];
        bool isAnchored = text.Contains('/', StringComparison.Ordinal);
        text = text.TrimStart('/');
        return text.Length == 0 ? null : new IgnorePattern(new Regex($"^{(isAnchored ? "" : "(?:.*/)?")}{Translate(text)}$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking | RegexOptions.Singleline), foldersOnly, isException);
    }

    private static string Translate(string pattern)
    {
        var text = new StringBuilder();
        for (int i = 0; i < pattern.Length; i++)
        {
            char c = pattern[i];
            if (c == '*' && pattern.AsSpan(i).StartsWith("**/") && (i == 0 || pattern[i - 1] == '/')) (_, i) = (text.Append("(?:.*/)?"), i + 2);
            else if (c == '*' && pattern.AsSpan(i) is "**" && (i == 0 || pattern[i - 1] == '/')) (_, i) = (text.Append(".+"), i + 1);
            else if (c == '*') text.Append("[^/]*");
            else if (c == '?') text.Append("[^/]");
            else if (c == '[' && pattern.IndexOf(']', i + 2) is var end and > 0) (_, i) = (text.Append(CharacterClass(pattern[(i + 1)..end])), end);
            else if (c == '\\' && i + 1 < pattern.Length) text.Append(Regex.Escape(pattern[++i].ToString()));
            else text.Append(Regex.Escape(c.ToString()));
        }
        return text.ToString();
    }

    private static string CharacterClass(string inner)
    {
        bool isNegated = inner[0] is '!' or '^';
        string members = (isNegated ? inner[1..] : inner).Replace("\\", "\\\\", StringComparison.Ordinal).Replace("[", "\\[", StringComparison.Ordinal).Replace("^", "\\^", StringComparison.Ordinal);
        return members.Length == 0 ? "" : $"[{(isNegated ? "^/" : "")}{members}]";
    }
}
