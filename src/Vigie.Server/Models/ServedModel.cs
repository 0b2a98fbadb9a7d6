using Vigie.Bundles;
using Vigie.Models;

namespace Vigie.Server;

/// <summary>A model that answers, and what is known of it.</summary>
/// <param name="Classifier">Gives the answers.</param>
/// <param name="Info">How it came about and how well it does.</param>
/// <param name="Digest">SHA-256 of the bundle: the same digest gives the same answers.</param>
/// <param name="Version">Its number in a registry, or null.</param>
public sealed record ServedModel(TextClassifier Classifier, BundleInfo Info, string Digest, string? Version = null)
{
    /// <summary>What callers know it by: its name in the registry, else the bundle's own.</summary>
    public string Name { get; init; } = Info.Name;

    /// <summary>The run that trained it, where a tracking server knows it.</summary>
    public string? RunId { get; init; }

    /// <summary>Whether callers may choose the threshold: where there are two classes.</summary>
    internal bool TakesThreshold => Classifier.Classes.Count == 2;

    /// <summary>The model of a bundle.</summary>
    public static ServedModel Of(Bundle bundle)
    {
        ArgumentNullException.ThrowIfNull(bundle);
        return new ServedModel(bundle.Classifier, bundle.Info, bundle.Digest);
    }
}
