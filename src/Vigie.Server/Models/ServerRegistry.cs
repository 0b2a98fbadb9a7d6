using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Vigie.Mlflow;
using Vigie.Mlflow.Client;

namespace Vigie.Server;

/// <summary>The registry of a tracking server: ours or MLflow's own. Of what is loaded a copy is kept, once it was verified.</summary>
/// <param name="client">Talks to the server; its owner disposes of it.</param>
/// <param name="cache">The folder of copies.</param>
public sealed class ServerRegistry(MlflowClient client, string cache) : IModelRegistry
{
    private const string Part = ".part";

    private static readonly TimeSpan Rest = TimeSpan.FromDays(1);

    private readonly SemaphoreSlim gate = new(1);
    private readonly HashSet<string> given = [];

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
    public async Task<string> FolderOfAsync(ModelVersion version, TrustedKeys keys, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(version);
        ArgumentNullException.ThrowIfNull(keys);
        // The signed manifest's digest names the copy: what was fetched once is verified again on every load, and never mistaken for another version.
        string? digest = version.Tags.FirstOrDefault(tag => tag.Key == ModelManifest.DigestTag)?.Value;
        if (!IsDigest(digest)) throw new InvalidInputException($"version {version.Version} of '{version.Name}' was not signed by Vigie, and is not loaded");
        string folder = Path.Combine(cache, digest);
        await gate.WaitAsync(cancellation); // two parts may name the same version
        try
        {
            if (!await IsSoundAsync(folder, version, keys, cancellation)) await FetchAsync(folder, version, keys, cancellation);
            given.Add(digest);
            return folder;
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>
    /// Deletes copies that nobody asked for since the start, but for those that were used last, and what was left of downloads that never ended. To be called when everything that is to be on duty
    /// was asked for. What is younger than a day stays: another process may be at it.
    /// </summary>
    /// <param name="keep">Copies to keep beside those that were asked for.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellation">Ends the waiting for a download.</param>
    /// <exception cref="IOException">One cannot be deleted.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written to.</exception>
    internal async Task TidyAsync(int keep, DateTimeOffset now, CancellationToken cancellation)
    {
        await gate.WaitAsync(cancellation);
        try
        {
            foreach (string digest in given) Directory.SetLastWriteTimeUtc(Path.Combine(cache, digest), now.UtcDateTime);
            if (!Directory.Exists(cache)) return;
            DirectoryInfo[] rested = [.. new DirectoryInfo(cache).EnumerateDirectories().Where(folder => !given.Contains(folder.Name) && folder.LastWriteTimeUtc < now.UtcDateTime - Rest)];
            IEnumerable<DirectoryInfo> parts = rested.Where(folder => folder.Name.EndsWith(Part, StringComparison.Ordinal) && IsDigest(folder.Name.Split('.')[0]));
            IEnumerable<DirectoryInfo> copies = rested.Where(folder => IsDigest(folder.Name)).OrderByDescending(folder => folder.LastWriteTimeUtc).Skip(keep);
            foreach (DirectoryInfo old in parts.Concat(copies)) old.Delete(recursive: true);
        }
        finally
        {
            gate.Release();
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        gate.Dispose();
        return ValueTask.CompletedTask;
    }

    private static bool IsDigest([NotNullWhen(true)] string? text) => text is { Length: 64 } && text.All(char.IsAsciiHexDigit);

    private static async Task<bool> IsSoundAsync(string folder, ModelVersion version, TrustedKeys keys, CancellationToken cancellation)
    {
        if (!Directory.Exists(folder)) return false;
        try
        {
            await keys.VerifyAsync(folder, version, cancellation);
            return true;
        }
        catch (InvalidInputException)
        {
            Directory.Delete(folder, recursive: true);
            return false; // whatever became of it here, the server may still have what was registered; where it has not, fetching says what is wrong
        }
    }

    private async Task FetchAsync(string folder, ModelVersion version, TrustedKeys keys, CancellationToken cancellation)
    {
        string root = await client.Registry.DownloadAddressAsync(version.Name, version.Version, cancellation), part = $"{folder}.{RandomNumberGenerator.GetHexString(8, lowercase: true)}{Part}";
        try
        {
            await client.Artifacts.DownloadFolderAsync(root, null, part, cancellation);
            await keys.VerifyAsync(part, version, cancellation); // what came damaged must not stand in the way of the next attempt
            if (!Directory.Exists(folder)) Directory.Move(part, folder);
        }
        catch (IOException) when (Directory.Exists(folder))
        {
            return; // another process fetched and verified the same version at the same time, and was done first
        }
        finally
        {
            if (Directory.Exists(part)) Directory.Delete(part, recursive: true);
        }
    }
}
