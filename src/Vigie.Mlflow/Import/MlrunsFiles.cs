using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Vigie.Mlflow.Import;

/// <summary>Files of an <c>mlruns/</c> folder. Links are passed over: they could lead to files that nobody meant to hand on.</summary>
internal static class MlrunsFiles
{
    /// <summary>A value larger than this is none: MLflow allows 8,000 characters at most.</summary>
    private const long LargestText = 1 << 20;

    /// <summary>The folders directly in a folder, in the order of their names; none where it is missing.</summary>
    public static string[] Folders(string folder) =>
        Directory.Exists(folder) ? [.. new DirectoryInfo(folder).EnumerateDirectories().Where(one => one.LinkTarget is null).Select(one => one.FullName).Order(StringComparer.Ordinal)] : [];

    /// <summary>A folder's <c>meta.yaml</c>, or null where it has none that can be read.</summary>
    public static Yaml? ReadMeta(string folder, string what, Action<Skipped> skip)
    {
        string file = Path.Combine(folder, MlrunsSource.Meta);
        if (!File.Exists(file))
        {
            skip(new Skipped(what, $"it holds no {MlrunsSource.Meta}"));
            return null;
        }

        try
        {
            return Yaml.Read(file);
        }
        catch (Exception fault) when (fault is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            skip(new Skipped(what, fault.Message));
            return null;
        }
    }

    /// <summary>The tags of an experiment, run, model or version.</summary>
    public static IReadOnlyList<Tag> Tags(string folder, Action<Skipped> skip) => [.. Texts(Path.Combine(folder, "tags"), skip).Select(pair => new Tag(pair.Key, pair.Value))];

    /// <summary>Files whose content is the value of the key that their path is.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Texts(string folder, Action<Skipped> skip)
    {
        var texts = new List<KeyValuePair<string, string>>();
        foreach ((string key, string file) in Keys(folder, skip))
        {
            if (new FileInfo(file).Length > LargestText) skip(new Skipped(file, $"it is larger than {LargestText} bytes, and cannot be the value of '{key}'"));
            else texts.Add(new(key, File.ReadAllText(file)));
        }

        return texts;
    }

    /// <summary>The files of a folder of keys, in the order of the keys.</summary>
    public static IReadOnlyList<(string Key, string File)> Keys(string folder, Action<Skipped> skip) =>
        [.. Below(folder, folder, skip).Select(pair => (pair.Path, pair.File))];

    /// <summary>All files below a folder, with their paths relative to it.</summary>
    public static IReadOnlyList<(string File, string Path)> Below(string folder, string of, Action<Skipped> skip)
    {
        var files = new List<(string File, string Path)>();
        if (Directory.Exists(folder)) Add(new DirectoryInfo(folder), "");
        files.Sort((a, b) => string.CompareOrdinal(a.Path, b.Path));
        return files;

        void Add(DirectoryInfo from, string prefix)
        {
            foreach (FileSystemInfo entry in from.EnumerateFileSystemInfos())
            {
                if (entry.LinkTarget is not null) skip(new Skipped($"file '{prefix}{entry.Name}' of {of}", "it is a link"));
                else if (entry is DirectoryInfo inner) Add(inner, $"{prefix}{entry.Name}/");
                else files.Add((entry.FullName, prefix + entry.Name));
            }
        }
    }

    /// <summary>
    /// Lines of a metric: <c>timestamp value [step]</c>, and for a logged model <c>timestamp value step run [dataset digest]</c>.
    /// </summary>
    public static async IAsyncEnumerable<Metric> MetricsAsync(string file, string key, string what, Action<Skipped> skip, [EnumeratorCancellation] CancellationToken cancellation)
    {
        int number = 0;
        await foreach (string line in File.ReadLinesAsync(file, Encoding.UTF8, cancellation))
        {
            number++;
            string[] parts = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (parts.Length == 0) continue;
            long step = 0;
            if (parts.Length is not (2 or 3 or 4 or 6) || !long.TryParse(parts[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long time)
                || Number(parts[1]) is not { } value || (parts.Length > 2 && !long.TryParse(parts[2], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out step)))
            {
                skip(new Skipped(what, $"line {number} is '{(line.Length > 80 ? line[..80] + "…" : line)}'; expected a timestamp, a value and a step"));
                continue;
            }

            yield return new Metric(key, value, time, step)
            {
                RunId = parts.Length > 3 ? parts[3] : null,
                DatasetName = parts.Length == 6 ? parts[4] : null,
                DatasetDigest = parts.Length == 6 ? parts[5] : null,
            };
        }
    }

    /// <summary>A number as Python writes it.</summary>
    private static double? Number(string text) => text.ToUpperInvariant() switch
    {
        "NAN" => double.NaN,
        "INF" => double.PositiveInfinity,
        "-INF" => double.NegativeInfinity,
        _ => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : null,
    };
}
