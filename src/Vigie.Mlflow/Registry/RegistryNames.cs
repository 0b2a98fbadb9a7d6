using System.Globalization;
using System.Text.RegularExpressions;

namespace Vigie.Mlflow;

/// <summary>What names, aliases, tags and stages of the registry may look like. The rules are MLflow's, so that what it takes is taken here.</summary>
internal static partial class RegistryNames
{
    /// <summary>Prompts are kept in tags, and are long.</summary>
    private const int LongestTagValue = 100_000;

    private const int LongestName = 256;

    private const int LongestAlias = 255;

    /// <summary>The alias that always means the newest version, and is never stored.</summary>
    public const string Latest = "latest";

    public static string Model(string? name, string field = "name")
    {
        if (string.IsNullOrEmpty(name)) throw MlflowException.Invalid($"Missing value for required parameter '{field}': a registered model needs a name");
        if (name.AsSpan().IndexOfAny('/', ':') >= 0) throw MlflowException.Invalid($"registered model name '{name}': '/' and ':' cannot stand in a name, because models:/NAME/VERSION could not be read");
        if (name.Length > LongestName) throw MlflowException.Invalid($"registered model name has {name.Length} characters; at most {LongestName} are possible");
        return Text(name, field)!;
    }

    public static long Version(string? version) => long.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out long number)
        ? number
        : throw MlflowException.Invalid(string.IsNullOrEmpty(version) ? "Missing value for required parameter 'version'" : $"Parameter 'version' must be an integer, got '{version}'");

    /// <summary>An alias that is asked for: <see cref="Latest"/> is one.</summary>
    public static string Alias(string? alias)
    {
        if (string.IsNullOrEmpty(alias)) throw MlflowException.Invalid("Missing value for required parameter 'alias': an alias needs a name");
        if (!AliasCharacters().IsMatch(alias)) throw MlflowException.Invalid($"alias '{alias}': letters, digits, underscores and dashes are possible");
        return alias.Length <= LongestAlias ? alias : throw MlflowException.Invalid($"alias has {alias.Length} characters; at most {LongestAlias} are possible");
    }

    /// <summary>An alias that is to be set.</summary>
    public static string OwnAlias(string? alias)
    {
        if (Alias(alias).Equals(Latest, StringComparison.OrdinalIgnoreCase)) throw MlflowException.Invalid($"alias '{alias}' is reserved: it always means the newest version");
        return VersionLike().IsMatch(alias!) ? throw MlflowException.Invalid($"alias '{alias}' is reserved: it could be taken for a version") : alias!;
    }

    public static Tag Tag(Tag tag)
    {
        TagKey(tag.Key);
        if (tag.Value is null) throw MlflowException.Invalid($"tag '{tag.Key}' has no value");
        if (tag.Value.Length > LongestTagValue) throw MlflowException.Invalid($"tag '{tag.Key}' has a value of {tag.Value.Length} characters; at most {LongestTagValue} are possible");
        Text(tag.Value, "tags");
        return tag;
    }

    public static string TagKey(string? key)
    {
        if (string.IsNullOrEmpty(key)) throw MlflowException.Invalid("Missing value for required parameter 'key': a tag needs a key");
        if (!TagCharacters().IsMatch(key)) throw MlflowException.Invalid($"Invalid tag name '{key}': letters, digits, underscores, dashes, periods, colons, spaces and slashes are possible");
        if (key.StartsWith('/') || key.Split('/').Any(part => part is "" or "." or "..")) throw MlflowException.Invalid($"Invalid tag name '{key}': it must not be a path to elsewhere");
        return key.Length <= Limits.Key ? key : throw MlflowException.Invalid($"tag key has {key.Length} characters; at most {Limits.Key} are possible");
    }

    /// <summary>The tags as they will be stored: of two with the same key the later counts.</summary>
    public static IEnumerable<Tag> Tags(IReadOnlyList<Tag>? tags)
    {
        var last = new SortedDictionary<string, Tag>(StringComparer.Ordinal);
        foreach (Tag tag in tags ?? []) last[Tag(tag).Key] = tag;
        return last.Values;
    }

    /// <summary>The stage as MLflow writes it.</summary>
    public static string Stage(string? stage) => ModelStage.All.FirstOrDefault(known => known.Equals(stage, StringComparison.OrdinalIgnoreCase))
        ?? throw MlflowException.Invalid($"Invalid Model Version stage: '{stage}'. Value must be one of {string.Join(", ", ModelStage.All)}");

    /// <summary>Free text: everything but the character that PostgreSQL cannot hold.</summary>
    public static string? Text(string? text, string field) =>
        text is not null && text.Contains('\0', StringComparison.Ordinal) ? throw MlflowException.Invalid($"Parameter '{field}' contains the character U+0000, which cannot be stored") : text;

    [GeneratedRegex(@"^[\w\-]+\z")]
    private static partial Regex AliasCharacters();

    [GeneratedRegex(@"^[vV]\d+\z")]
    private static partial Regex VersionLike();

    [GeneratedRegex(@"^[/\w.\- :]+\z")]
    private static partial Regex TagCharacters();
}
