using Vigie.Bundles;
using Vigie.Dashboard.Reading;
using Vigie.Mlflow;
using Vigie.Models;
using Vigie.Server;

namespace Vigie.Dashboard.Models;

/// <summary>What the files of a version say, where they are those that were signed and registered; and why nothing is believed where they are not.</summary>
internal sealed record VersionFolder
{
    /// <summary>The files, each as signed; null where they were refused.</summary>
    public ModelManifest? Manifest { get; init; }

    /// <summary>What the bundle says of itself; null where the files were refused.</summary>
    public BundleDescription? Description { get; init; }

    /// <summary>Whether this server's own key signed, and not one that it was told to trust.</summary>
    public bool IsOwnKey { get; init; }

    /// <summary>Why the files are not believed; null where they are.</summary>
    public string? Refused { get; init; }

    /// <summary>Verifies the files of a version as the server does before it loads one, and reads what describes it.</summary>
    public static async Task<VersionFolder> OpenAsync(MlflowStore store, TrackedStore tracked, ServerOptions options, Workbench bench, ModelVersion version, CancellationToken cancellation)
    {
        var keys = new TrustedKeys(options.Models.State);
        try
        {
            string folder = await LocateAsync(store, tracked, version, cancellation);
            ModelManifest manifest = await keys.VerifyAsync(folder, version, cancellation);
            BundleDescription description = await bench.RunAsync(() => BundleDescription.Read(folder, cancellation), cancellation);
            string own = TrustedKeys.OwnKeyIn(options.Models.State) + ".pub";
            return new VersionFolder { Manifest = manifest, Description = description, IsOwnKey = File.Exists(own) && VerifyingKey.Load(own).Id == manifest.KeyId };
        }
        catch (Exception refused) when (refused is InvalidInputException or MlflowException or IOException or UnauthorizedAccessException)
        {
            return new VersionFolder { Refused = refused.Message };
        }
    }

    /// <summary>The model of a version: the one on duty where it is that, else loaded as the server would, from files that are as signed and registered.</summary>
    /// <exception cref="InvalidInputException">The files are not, or this program does not look where they are.</exception>
    public static async Task<TextClassifier> LoadAsync(MlflowStore store, TrackedStore tracked, ServerOptions options, ModelHost host, Workbench bench, ModelVersion version, CancellationToken cancellation)
    {
        if (VersionFacts.DutyOf(host, version.Name, version.Version) is [{ Model: { RunId: not null } serving }, ..]) return serving.Classifier;
        await using var registry = new StoreRegistry("", store, tracked.Files);
        string folder = await registry.FolderOfAsync(version, new TrustedKeys(options.Models.State), cancellation);
        return (await bench.RunAsync(() => Bundle.Load(folder, cancellation), cancellation)).Classifier;
    }

    private static async Task<string> LocateAsync(MlflowStore store, TrackedStore tracked, ModelVersion version, CancellationToken cancellation)
    {
        await using var registry = new StoreRegistry("", store, tracked.Files);
        return await registry.LocateAsync(version, cancellation);
    }
}
