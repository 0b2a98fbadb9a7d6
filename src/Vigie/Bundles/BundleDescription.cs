using System.Text;
using Vigie.Tweets;

namespace Vigie.Bundles;

/// <summary>What a bundle says of its model, without the model: quick to read, however large that is.</summary>
/// <param name="Info">How it came about and how well it does; without the profile of its texts.</param>
/// <param name="Classes">The classes that it tells apart.</param>
/// <param name="Threshold">Least positive probability that a model of two classes calls positive.</param>
/// <param name="Features">Number of features that it weighs.</param>
/// <param name="Card">The model card, in Markdown.</param>
/// <param name="Digest">SHA-256 of the manifest, in lower-case hexadecimal.</param>
public sealed record BundleDescription(BundleInfo Info, IReadOnlyList<Sentiment> Classes, double Threshold, int Features, string Card, string Digest)
{
    /// <summary>Reads the files that describe, each compared with the manifest. What the others hold is not looked at: <see cref="Bundle.Load"/> does that.</summary>
    /// <param name="folder">The bundle.</param>
    /// <param name="cancellation">Stops between files.</param>
    /// <exception cref="BundleException">A file is missing, left over, changed, a link or malformed.</exception>
    public static BundleDescription Read(string folder, CancellationToken cancellation = default)
    {
        var files = VerifiedFiles.Read(folder, cancellation, name => name is ModelFile.Name or MetricsFile.Name or ModelCard.Name);
        ModelFile file = files.Parse(ModelFile.Name, BundleJson.Default.ModelFile);
        files.At(ModelFile.Name, file.Check);
        BundleInfo info = file.ToInfo(files.Parse(MetricsFile.Name, BundleJson.Default.MetricsFile), profile: null);
        string card = files[ModelCard.Name] is { } text ? Encoding.UTF8.GetString(text) : "";
        return new BundleDescription(info, [.. file.Classes], file.Threshold, file.FeatureCount, card, files.Digest);
    }
}
