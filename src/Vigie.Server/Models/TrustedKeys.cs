using Vigie.Mlflow;

namespace Vigie.Server;

/// <summary>The keys whose signature makes a registered model one to be loaded: a state folder's own, and those in the folder <c>trusted</c> beside it.</summary>
/// <param name="stateFolder">The state folder.</param>
public sealed class TrustedKeys(string stateFolder)
{
    /// <summary>The file of the key that a state folder's own models are signed with.</summary>
    public static string OwnKeyIn(string stateFolder) => Path.Combine(stateFolder, "signing.key");

    /// <summary>Verifies that the folder of a version is what was signed and registered. Keys are read anew, so that one can be added while a server runs.</summary>
    /// <exception cref="InvalidInputException">It is not; the message names the files.</exception>
    public async Task<ModelManifest> VerifyAsync(string folder, ModelVersion version, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(version);
        try
        {
            return await ModelManifest.VerifyAsync(folder, Keys(), version.Tags.FirstOrDefault(tag => tag.Key == ModelManifest.DigestTag)?.Value, cancellation);
        }
        catch (Exception fault) when (fault is ManifestException or DirectoryNotFoundException)
        {
            throw new InvalidInputException($"version {version.Version} of '{version.Name}' is not loaded: {fault.Message}. Keys that are trusted lie in {Path.Combine(stateFolder, "trusted")} (*.pub)", fault);
        }
    }

    private List<VerifyingKey> Keys()
    {
        string folder = Path.Combine(stateFolder, "trusted"), own = OwnKeyIn(stateFolder) + ".pub";
        IEnumerable<string> files = Directory.Exists(folder) ? Directory.GetFiles(folder, "*.pub") : [];
        return [.. files.Append(own).Where(File.Exists).Select(VerifyingKey.Load)];
    }
}
