using System.Security.Cryptography;
using Vigie.Mlflow;
using Vigie.Mlflow.Client;

namespace Vigie.Server;

/// <summary>The registry of a tracking server: ours or MLflow's own. Of what is loaded a copy is kept.</summary>
/// <param name="client">Talks to the server; its owner disposes of it.</param>
/// <param name="cache">The folder of copies.</param>
public sealed class ServerRegistry(MlflowClient client, string cache) : IModelRegistry
{
    /// <inheritdoc/>
    public string Address => client.Server.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);

    /// <inheritdoc/>
    public async Task<ModelVersion> FindAsync(ModelAddress address, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (address.Alias is { } alias) return await client.Registry.GetByAliasAsync(address.Name, alias, cancellation);
        if (address.Version is { } version) return await client.Registry.GetVersionAsync(address.Name, version, cancellation);
        IReadOnlyList<ModelVersion> inStage = await client.Registry.LatestVersionsAsync(address.Name, [address.Stage!], cancellation);
        return inStage.Count > 0 ? inStage[0] : throw MlflowException.Missing($"no version of '{address.Name}' is in the stage {address.Stage}");
    }

    /// <inheritdoc/>
    public async Task<string> FolderOfAsync(ModelVersion version, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(version);
        // The signed manifest's digest names the copy: what was fetched once is verified again on every load, and never mistaken for another version.
        string? digest = version.Tags.FirstOrDefault(tag => tag.Key == ModelManifest.DigestTag)?.Value;
        if (digest is not { Length: 64 } || !digest.All(char.IsAsciiHexDigit)) throw new InvalidInputException($"version {version.Version} of '{version.Name}' was not signed by Vigie, and is not loaded");
        string folder = Path.Combine(cache, digest);
        if (Directory.Exists(folder)) return folder;
        string root = await client.Registry.DownloadAddressAsync(version.Name, version.Version, cancellation), part = $"{folder}.{RandomNumberGenerator.GetHexString(8, lowercase: true)}.part";
        try
        {
            await client.Artifacts.DownloadFolderAsync(root, null, part, cancellation);
            if (!Directory.Exists(folder)) Directory.Move(part, folder);
        }
        catch (IOException) when (Directory.Exists(folder))
        {
            return folder; // another process fetched the same version at the same time, and was done first
        }
        finally
        {
            if (Directory.Exists(part)) Directory.Delete(part, recursive: true);
        }

        return folder;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
