using Vigie.Models;
using Vigie.Recipes;

namespace Vigie.Bundles;

/// <summary>
/// A trained model as a folder: data, never code, in the layout of an MLflow model. <c>docs/bundle.md</c> describes each file. What is loaded
/// is what was saved, to the last bit, or nothing.
/// </summary>
public sealed class Bundle
{
    private Bundle(TextClassifier classifier, BundleInfo info, string digest) => (Classifier, Info, Digest) = (classifier, info, digest);

    /// <summary>The model.</summary>
    public TextClassifier Classifier { get; }

    /// <summary>How it came about and how well it does.</summary>
    public BundleInfo Info { get; }

    /// <summary>SHA-256 of the manifest, in lower-case hexadecimal: two bundles of one digest are the same to the byte.</summary>
    public string Digest { get; }

    /// <summary>Loads a model after comparing every file with the manifest.</summary>
    /// <param name="folder">The bundle.</param>
    /// <param name="cancellation">Stops between files.</param>
    /// <exception cref="BundleException">A file is missing, left over, changed, a link or malformed, or this program reads texts otherwise than the one that trained the model.</exception>
    public static Bundle Load(string folder, CancellationToken cancellation = default) => Read(VerifiedFiles.Read(folder, cancellation));

    /// <summary>Puts a model together from files that are as the manifest says.</summary>
    /// <exception cref="BundleException">A file is malformed or does not fit the others.</exception>
    internal static Bundle Read(VerifiedFiles files)
    {
        ModelFile file = files.Parse(ModelFile.Name, BundleJson.Default.ModelFile);
        ModelFormat format = files.At(ModelFile.Name, () =>
        {
            file.Check();
            var found = ModelFormat.Find(file.Classifier);
            found.CheckFiles(files);
            return found;
        });
        TextModel model = format.Read(files, file);
        if (model.FeatureCount != file.FeatureCount) throw new BundleException($"{files.PathOf(ModelFile.Name)}: says {file.FeatureCount} features where the model has {model.FeatureCount}");
        TextClassifier classifier = files.At(ModelFile.Name, () => new TextClassifier([.. file.Classes], model, [.. file.Prior], [.. file.Calibrations], file.Threshold));
        MetricsFile metrics = files.Parse(MetricsFile.Name, BundleJson.Default.MetricsFile);
        TrainingProfile? profile = files[TrainingProfile.FileName] is null ? null : files.Parse(TrainingProfile.FileName, BundleJson.Default.TrainingProfile);
        return new Bundle(classifier, file.ToInfo(metrics, profile), files.Digest);
    }

    /// <summary>Compares every file with the manifest and answers the bundle's digest.</summary>
    /// <exception cref="BundleException">A file is missing, left over, changed or a link.</exception>
    public static string Verify(string folder, CancellationToken cancellation = default) => VerifiedFiles.Read(folder, cancellation).Digest;

    /// <summary>The digest of the bundle that a folder says it holds. Only its manifest is read, so that it can be asked every second; <see cref="Load"/> verifies the rest.</summary>
    /// <exception cref="BundleException">The folder has no manifest.</exception>
    public static string DigestOf(string folder) => VerifiedFiles.ReadDigest(folder);

    /// <summary>Writes <c>mlflow_id.json</c>, which says which tracked run trained the bundle, beside its files. The bundle stays the same: the file is no part of it.</summary>
    /// <param name="folder">A bundle's folder.</param>
    /// <param name="text">The file's content, a JSON object.</param>
    public static void WriteRunFile(string folder, string text)
    {
        File.WriteAllText(Path.Combine(BundleFolder.Resolve(folder), BundleListing.RunFile), text);
    }

    /// <summary>Refuses a folder that saving would refuse: to be asked before the work whose result is saved.</summary>
    /// <exception cref="BundleException">The folder holds something that is no bundle.</exception>
    public static void CheckTarget(string folder) => BundleFolder.CheckReplaceable(BundleFolder.Resolve(folder));

    /// <summary>
    /// Saves a model so that the folder holds, at every moment, what it held before or the whole new bundle. The same model and
    /// information give the same bytes.
    /// </summary>
    /// <param name="folder">Absent, empty, or a bundle, which is replaced.</param>
    /// <param name="classifier">The model.</param>
    /// <param name="info">How it came about and how well it does.</param>
    /// <param name="plots">Writes plots into the folder it is given; they become part of the bundle.</param>
    /// <param name="cancellation">Stops between files and leaves what was there.</param>
    /// <returns>The bundle's <see cref="Digest"/>.</returns>
    /// <exception cref="BundleException">The folder holds something that is no bundle.</exception>
    /// <exception cref="InvalidInputException">The model has numbers that are not finite, or a plot has a name that no bundle has.</exception>
    public static string Save(string folder, TextClassifier classifier, BundleInfo info, Action<string>? plots = null, CancellationToken cancellation = default)
    {
        string digest = "";
        BundleFolder.Replace(folder, staging =>
        {
            Write(staging, classifier, info, plots, cancellation);
            digest = VerifiedFiles.Read(staging, cancellation).Digest;
        });
        return digest;
    }

    /// <summary>Saves what a training gave: its model, and all that <see cref="BundleInfo.Of"/> says of it.</summary>
    /// <param name="folder">Absent, empty, or a bundle, which is replaced.</param>
    /// <param name="result">The training.</param>
    /// <param name="plots">Writes plots into the folder it is given; they become part of the bundle.</param>
    /// <param name="cancellation">Stops between files and leaves what was there.</param>
    /// <returns>The bundle's <see cref="Digest"/>.</returns>
    /// <exception cref="BundleException">The folder holds something that is no bundle.</exception>
    public static string Save(string folder, TrainingResult result, Action<string>? plots = null, CancellationToken cancellation = default) =>
        Save(folder, result.Classifier, BundleInfo.Of(result, cancellation), plots, cancellation);

    internal static void Write(string staging, TextClassifier classifier, BundleInfo info, Action<string>? plots, CancellationToken cancellation)
    {
        var to = new BundleWriter(staging, cancellation);
        var format = ModelFormat.Of(classifier.Model);
        to.Json(ModelFile.Name, ModelFile.Of(classifier, info), BundleJson.Default.ModelFile);
        to.Json(MetricsFile.Name, MetricsFile.Of(info), BundleJson.Default.MetricsFile);
        if (info.Profile is not null) to.Json(TrainingProfile.FileName, info.Profile, BundleJson.Default.TrainingProfile);
        format.Write(to, classifier.Model);
        to.Text(ModelCard.Name, ModelCard.Of(classifier, info));
        if (plots is not null) plots(Directory.CreateDirectory(Path.Combine(staging, ManifestFile.Plots)).FullName);
        to.Text(MlflowFile.Name, MlflowFile.Of(format, ManifestFile.Of(staging, cancellation)));
        to.Json(ManifestFile.Name, ManifestFile.Of(staging, cancellation), BundleJson.Default.ManifestFile);
    }
}
