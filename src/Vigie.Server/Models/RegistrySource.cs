using Vigie.Bundles;
using Vigie.Mlflow;

namespace Vigie.Server;

/// <summary>A registered model's version, or whichever an alias points to at present. What is loaded is what was signed and registered, or nothing.</summary>
/// <param name="registry">Holds it.</param>
/// <param name="address">Its name there.</param>
/// <param name="keys">Whose signature is believed.</param>
public sealed class RegistrySource(IModelRegistry registry, ModelAddress address, TrustedKeys keys) : IModelSource
{
    private ModelVersion? found;

    /// <inheritdoc/>
    public string Name => address.ToString();

    /// <inheritdoc/>
    public async Task<string> IdentifyAsync(CancellationToken cancellation) => Identity(await FindAsync(cancellation));

    /// <inheritdoc/>
    public Task<ServedModel> LoadAsync(string identity, CancellationToken cancellation) => AskAsync(async () =>
    {
        ModelVersion version = found is { } last && Identity(last) == identity ? last : await FindAsync(cancellation);
        if (Identity(version) != identity) throw new IOException($"{Name} moved on while it was loaded");
        string folder = await registry.FolderOfAsync(version, keys, cancellation);
        Bundle bundle = await Task.Run(() => Bundle.Load(folder, cancellation), cancellation); // seconds of work, off the caller's thread
        return ServedModel.Of(bundle) with { Name = version.Name, Version = version.Version, RunId = version.RunId };
    });

    // The tag is in it because it decides what is believed: a version whose tag was changed is loaded and verified anew.
    private static string Identity(ModelVersion version) => $"{version.Name}/{version.Version} {version.Tags.FirstOrDefault(tag => tag.Key == ModelManifest.DigestTag)?.Value}";

    private Task<ModelVersion> FindAsync(CancellationToken cancellation) => AskAsync(async () => found = await registry.FindAsync(address, cancellation));

    private async Task<T> AskAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (MlflowException none) when (none.Code is ErrorCode.ResourceDoesNotExist or ErrorCode.InvalidParameterValue)
        {
            throw new InvalidInputException($"{Name}: {none.Message} (looked up in {registry.Address}; 'vigie models list' shows what there is)", none);
        }
        catch (MlflowException refused) when (refused.Code is ErrorCode.Unauthenticated or ErrorCode.PermissionDenied)
        {
            throw new InvalidInputException($"{Name}: {registry.Address} lets this server not read it: {refused.Message}; MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, say who it is", refused);
        }
        catch (Exception away) when (away is MlflowException or StoreException)
        {
            throw new IOException($"{Name}: {registry.Address}: {away.Message}", away);
        }
        catch (Exception refused) when (refused is UnauthorizedAccessException or PlatformNotSupportedException)
        {
            throw new InvalidInputException($"{Name}: {refused.Message}", refused);
        }
    }
}
