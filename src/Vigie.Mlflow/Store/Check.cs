using System.Globalization;
using System.Text;

namespace Vigie.Mlflow;

/// <summary>What MLflow's protocol asks of keys, values and ids. A refusal names the value and what would be right.</summary>
internal static class Check
{
    private const int ExperimentName = 500;
    private const int ArtifactLocation = 2048;

    /// <summary>A key of a metric, param or tag: it may become a file's path in other stores of MLflow, so it must be one that means itself.</summary>
    public static void Key(string what, string? key)
    {
        if (string.IsNullOrEmpty(key)) throw MlflowException.Invalid($"{what} key is missing; a key must be given");
        Length($"{what} key", key, Limits.Key);
        foreach (Rune rune in key.EnumerateRunes())
        {
            if (!IsAllowed(rune))
                throw MlflowException.Invalid($"{what} key '{Shown(key)}' is invalid: U+{rune.Value:X4} is not allowed; keys hold letters, digits, underscores, dashes, periods, spaces, colons and slashes");
        }

        if (key.StartsWith('/') || key.Split('/').Any(name => name is "" or "." or ".."))
            throw MlflowException.Invalid($"{what} key '{Shown(key)}' is invalid: as a path it would mean another one; it must not begin or end with '/', nor hold '//', '.' or '..' as a name");
    }

    public static void Metric(Metric? metric)
    {
        if (metric is null) throw MlflowException.Invalid("metrics holds a null; expected a metric");
        Key("Metric", metric.Key);
        if (metric.Timestamp < 0)
            throw MlflowException.Invalid($"metric '{metric.Key}' has the timestamp {metric.Timestamp}; expected milliseconds since the epoch, 0 or more");
    }

    public static void Param(Param? param)
    {
        if (param is null) throw MlflowException.Invalid("params holds a null; expected a param");
        Key("Param", param.Key);
        Length($"Param '{param.Key}'", param.Value ?? throw MlflowException.Invalid($"param '{param.Key}' has no value"), Limits.ParamValue);
    }

    public static void Tag(Tag? tag)
    {
        if (tag is null) throw MlflowException.Invalid("tags holds a null; expected a tag");
        Key("Tag", tag.Key);
        Length($"Tag '{tag.Key}'", tag.Value ?? throw MlflowException.Invalid($"tag '{tag.Key}' has no value"), Limits.TagValue);
    }

    /// <summary>No more than <paramref name="most"/> characters: code points, as Python counts them.</summary>
    public static void Length(string what, string value, int most)
    {
        if (value.Length <= most) return;
        int characters = value.EnumerateRunes().Count();
        if (characters > most) throw MlflowException.Invalid($"{what} has {characters} characters, which exceeds the limit of {most}; it begins '{Shown(value)}'");
    }

    public static void Count(string what, int count, int most)
    {
        if (count > most) throw MlflowException.Invalid($"a batch may hold at most {most} {what}, this one holds {count}; split it");
    }

    public static void NewExperiment(string? name, string? artifactLocation)
    {
        NewExperimentName(name);
        if (artifactLocation is null) return;
        Length("Artifact location", artifactLocation, ArtifactLocation);
        if (artifactLocation.StartsWith("runs:", StringComparison.OrdinalIgnoreCase))
            throw MlflowException.Invalid($"artifact location '{Shown(artifactLocation)}' is invalid: an experiment's artifacts cannot be stored below a run's");
    }

    public static void NewExperimentName(string? name)
    {
        if (string.IsNullOrWhiteSpace(name)) throw MlflowException.Invalid("the experiment's name is missing; a name with at least one character must be given");
        Length("Experiment name", name, ExperimentName);
    }

    /// <summary>The number of an experiment.</summary>
    public static long ExperimentId(string? id) => long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out long number)
        ? number
        : throw MlflowException.Invalid(string.IsNullOrEmpty(id) ? "experiment_id is missing" : $"experiment_id '{Shown(id)}' is invalid; expected a whole number");

    public static void Status(string status)
    {
        if (!RunStatus.All.Contains(status)) throw MlflowException.Invalid($"status '{Shown(status)}' is unknown; expected one of {string.Join(", ", RunStatus.All)}");
    }

    public static void Dataset(DatasetInput? input)
    {
        Dataset dataset = input?.Dataset ?? throw MlflowException.Invalid("an input has no dataset");
        Filled("Dataset name", dataset.Name, 500);
        Filled("Dataset digest", dataset.Digest, 36);
        Filled("Dataset source_type", dataset.SourceType, 36);
        Length("Dataset source", dataset.Source ?? throw MlflowException.Invalid("the dataset's source is missing"), 65_535);
        if (dataset.Schema is not null) Length("Dataset schema", dataset.Schema, 1_048_575);
        if (dataset.Profile is not null) Length("Dataset profile", dataset.Profile, 16_777_215);
        foreach (Tag? tag in input.Tags ?? [])
        {
            Filled("Input tag key", tag?.Key, 255);
            Length($"Input tag '{tag!.Key}'", tag.Value ?? throw MlflowException.Invalid($"input tag '{tag.Key}' has no value"), 500);
        }
    }

    public static void Filled(string what, string? value, int most)
    {
        if (string.IsNullOrEmpty(value)) throw MlflowException.Invalid($"{what} is missing");
        Length(what, value, most);
    }

    /// <summary>
    /// Refuses what no database can keep and give back: U+0000, which PostgreSQL does not store, and halves of surrogate pairs, which are no text.
    /// </summary>
    public static void Storable(string text)
    {
        if (text.Contains('\0', StringComparison.Ordinal)) throw MlflowException.Invalid($"the text '{Shown(text)}' holds the character U+0000, which cannot be stored");
        for (int i = text.AsSpan().IndexOfAnyInRange('\ud800', '\udfff'); i >= 0 && i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1]))
                throw MlflowException.Invalid($"the text has half of a surrogate pair at position {i}, which is no character");
            i++;
        }
    }

    /// <summary>The beginning of a value for a message, without what would break a terminal or a log.</summary>
    internal static string Shown(string value)
    {
        string start = value.Length <= 100 ? value : value[..100] + "…";
        return string.Create(start.Length, start, (shown, text) =>
        {
            for (int i = 0; i < shown.Length; i++) shown[i] = char.IsControl(text[i]) || char.IsSurrogate(text[i]) ? '\ufffd' : text[i];
        });
    }

    private static bool IsAllowed(Rune rune) => rune.Value is '/' or '_' or '.' or '-' or ' ' or ':'
        || Rune.IsLetterOrDigit(rune)
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.OtherNumber or UnicodeCategory.LetterNumber;
}
