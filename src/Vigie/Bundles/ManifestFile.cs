using System.Globalization;
using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace Vigie.Bundles;

/// <summary>One file of a bundle.</summary>
/// <param name="Path">Relative to the bundle, with forward slashes.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Sha256">Its SHA-256, in lower-case hexadecimal.</param>
internal sealed record ManifestEntry(string Path, long Bytes, string Sha256);

/// <summary><c>manifest.json</c>: every other file of a bundle with its size and SHA-256, sorted by path.</summary>
internal sealed partial record ManifestFile(string Format, int FormatVersion, IReadOnlyList<ManifestEntry> Files)
{
    public const string Name = "manifest.json";
    public const string Plots = "plots";
    public const string Members = "members";
    public const string FormatName = "vigie-bundle";
    public const int Version = 1;

    private const int MostFiles = 1_500;
    private const long LargestSmallFile = 64 << 20;

    private static readonly string[] Required = [MlflowFile.Name, ModelFile.Name, MetricsFile.Name, ModelCard.Name];
    private static readonly HashSet<string> Known = [.. Required, TrainingProfile.FileName, .. ModelFormat.AllFiles];
    private static readonly HashSet<string> Large = [.. ModelFormat.AllLarge];

    /// <summary>Describes the files that stand in a folder.</summary>
    public static ManifestFile Of(string folder, CancellationToken cancellation)
    {
        var files = new List<ManifestEntry>();
        foreach (string path in BundleListing.Of(folder).Where(path => path != Name).Order(StringComparer.Ordinal))
        {
            cancellation.ThrowIfCancellationRequested();
            using FileStream file = File.OpenRead(System.IO.Path.Combine(folder, path));
            files.Add(new ManifestEntry(path, file.Length, Convert.ToHexStringLower(SHA256.HashData(file))));
        }
        return new ManifestFile(FormatName, Version, files);
    }

    /// <summary>Checks the manifest itself: what it may name, how large that may be, and that nothing is missing.</summary>
    /// <exception cref="InvalidInputException">It is not the manifest of a bundle that this program reads.</exception>
    public void Check()
    {
        if (Format != FormatName || FormatVersion != Version) throw new InvalidInputException($"format {Format} {FormatVersion}: this program reads {FormatName} {Version}");
        if (Files.Count > MostFiles) throw new InvalidInputException($"{Files.Count} files: a bundle has at most {MostFiles}");
        for (int i = 0; i < Files.Count; i++)
        {
            // Nothing in JSON keeps null out of a list.
            ManifestEntry entry = Files[i] ?? throw new InvalidInputException("null stands where a file should be named");
            if (i > 0 && string.CompareOrdinal(Files[i - 1].Path, entry.Path) >= 0) throw new InvalidInputException($"{entry.Path} stands behind {Files[i - 1].Path}: paths must rise");
            if (!Known.Contains(entry.Path) && !PlotPath().IsMatch(entry.Path) && !IsOfMember(entry.Path))
                throw new InvalidInputException($"'{entry.Path}' is no file of a bundle of format {Version}");
            long most = Large.Contains(System.IO.Path.GetFileName(entry.Path)) ? Array.MaxLength : LargestSmallFile;
            if (entry.Bytes < 1 || entry.Bytes > most) throw new InvalidInputException($"{entry.Path} is said to have {entry.Bytes} bytes: expected 1 to {most}");
            if (!Digest().IsMatch(entry.Sha256)) throw new InvalidInputException($"{entry.Path}: '{entry.Sha256}' is no SHA-256");
        }
        if (Required.Except(Files.Select(entry => entry.Path)).ToArray() is { Length: > 0 } missing) throw new InvalidInputException($"{string.Join(", ", missing)} must be named and is not");
    }

    /// <summary>The folder of a member of an ensemble, by its number from 0.</summary>
    public static string MemberFolder(int member) => string.Create(CultureInfo.InvariantCulture, $"{Members}/{member}");

    private static bool IsOfMember(string path) => MemberPath().Match(path) is { Success: true } match && (match.Groups[1].Value == Name || Known.Contains(match.Groups[1].Value));

    [GeneratedRegex(@"\Amembers/(?:0|[1-9][0-9]?)/([^/]+)\z")]
    private static partial Regex MemberPath();

    [GeneratedRegex(@"\Aplots/[A-Za-z0-9][A-Za-z0-9._-]{0,99}\z")]
    private static partial Regex PlotPath();

    [GeneratedRegex(@"\A[0-9a-f]{64}\z")]
    private static partial Regex Digest();
}
