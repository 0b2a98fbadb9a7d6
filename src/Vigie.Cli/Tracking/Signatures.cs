using Vigie.Mlflow;

namespace Vigie.Cli;

/// <summary>
/// Who vouches for a model: whoever trains signs with the working folder's key, made on first use, and whoever loads a registered model trusts that key and
/// those in the folder <c>trusted</c> beside it.
/// </summary>
internal static class Signatures
{
    /// <summary>Signs a folder.</summary>
    /// <returns>SHA-256 of the signed manifest, for <see cref="ModelManifest.DigestTag"/>.</returns>
    public static async Task<string> SignAsync(VerbRun run, string folder)
    {
        Directory.CreateDirectory(run.StateFolder);
        using var key = SigningKey.LoadOrCreate(KeyFile(run));
        return (await ModelManifest.SignAsync(folder, key, run.Clock, run.Stop)).Digest;
    }

    /// <summary>Verifies that the folder of a version is what was signed and registered.</summary>
    /// <exception cref="InvalidInputException">It is not; the message names the files.</exception>
    public static async Task<ModelManifest> VerifyAsync(VerbRun run, string folder, ModelVersion version)
    {
        try
        {
            return await ModelManifest.VerifyAsync(folder, Trusted(run), version.Tags.FirstOrDefault(tag => tag.Key == ModelManifest.DigestTag)?.Value, run.Stop);
        }
        catch (Exception fault) when (fault is ManifestException or DirectoryNotFoundException)
        {
            throw new InvalidInputException($"version {version.Version} of '{Terminal.Printable(version.Name)}' is not loaded: {fault.Message}. Keys that are trusted lie in {Path.Combine(run.StateFolder, "trusted")} (*.pub)", fault);
        }
    }

    private static List<VerifyingKey> Trusted(VerbRun run)
    {
        string folder = Path.Combine(run.StateFolder, "trusted"), own = KeyFile(run) + ".pub";
        IEnumerable<string> files = Directory.Exists(folder) ? Directory.GetFiles(folder, "*.pub") : [];
        return [.. files.Append(own).Where(File.Exists).Select(VerifyingKey.Load)];
    }

    private static string KeyFile(VerbRun run) => Path.Combine(run.StateFolder, "signing.key");
}
