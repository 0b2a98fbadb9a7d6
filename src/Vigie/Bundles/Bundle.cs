using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Vigie.Features;
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
    public static Bundle Load(string folder, CancellationToken cancellation = default)
    {
        VerifiedFiles files = VerifiedFiles.Read(folder, cancellation);
        string current = ModelFile.Name;
        try
        {
            ModelFile model = Parse(files[current]!, BundleJson.Default.ModelFile);
            model.Check();
            NgramVectorizer options = Parse(files[current = VectorizerFile.Name]!, BundleJson.Default.NgramVectorizer);
            options.Validate();
            model.CheckText(options);
            current = WeightsFile.Name;
            TextClassifier classifier = Assemble(files, model, options);
            MetricsFile metrics = Parse(files[current = MetricsFile.Name]!, BundleJson.Default.MetricsFile);
            TrainingProfile? profile = files[current = TrainingProfile.FileName] is byte[] json ? Parse(json, BundleJson.Default.TrainingProfile) : null;
            return new Bundle(classifier, model.ToInfo(metrics, profile), files.Digest);
        }
        // NotSupportedException: a calibration without a kind.
        catch (Exception fault) when (fault is JsonException or NotSupportedException or InvalidInputException)
        {
            throw new BundleException($"{Path.Combine(folder, current)}: {fault.Message}", fault);
        }
    }

    /// <summary>Compares every file with the manifest and answers the bundle's digest.</summary>
    /// <exception cref="BundleException">A file is missing, left over, changed or a link.</exception>
    public static string Verify(string folder, CancellationToken cancellation = default) => VerifiedFiles.Read(folder, cancellation).Digest;

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

    private static void Write(string staging, TextClassifier classifier, BundleInfo info, Action<string>? plots, CancellationToken cancellation)
    {
        FittedVectorizer vectorizer = classifier.Vectorizer;
        Create(ModelFile.Name, Json(ModelFile.Of(classifier, info), BundleJson.Default.ModelFile));
        Create(VectorizerFile.Name, Json(vectorizer.Options, BundleJson.Default.NgramVectorizer));
        Create(MetricsFile.Name, Json(MetricsFile.Of(info), BundleJson.Default.MetricsFile));
        if (info.Profile is not null) Create(TrainingProfile.FileName, Json(info.Profile, BundleJson.Default.TrainingProfile));
        if (vectorizer.Vocabulary is Vocabulary vocabulary) Create(ManifestFile.VocabularyFile, vocabulary.NameLines.Lines);
        Create(ModelCard.Name, Encoding.UTF8.GetBytes(ModelCard.Of(classifier, info)));
        using (FileStream weights = File.Create(Path.Combine(staging, WeightsFile.Name))) WeightsFile.Write(weights, vectorizer, classifier.Model);
        if (plots is not null) plots(Directory.CreateDirectory(Path.Combine(staging, ManifestFile.Plots)).FullName);
        Create(MlflowFile.Name, Encoding.UTF8.GetBytes(MlflowFile.Of(ManifestFile.Of(staging, cancellation))));
        Create(ManifestFile.Name, Json(ManifestFile.Of(staging, cancellation), BundleJson.Default.ManifestFile));

        void Create(string name, ReadOnlySpan<byte> bytes)
        {
            cancellation.ThrowIfCancellationRequested();
            using FileStream file = File.Create(Path.Combine(staging, name));
            file.Write(bytes);
        }
    }

    private static TextClassifier Assemble(VerifiedFiles files, ModelFile model, NgramVectorizer options)
    {
        int scores = model.Classes.Count == 2 ? 1 : model.Classes.Count;
        int? hashed = options.HashBits is null ? null : options.Hashed().FeatureCount;
        byte[]? names = files[ManifestFile.VocabularyFile];
        if (names is null != hashed is not null) throw new InvalidInputException($"{ManifestFile.VocabularyFile} goes with a learnt vocabulary, and only with one");
        (ulong[]? fingerprints, double[]? weights, LinearModel linear) =
            WeightsFile.Read(files[WeightsFile.Name]!, hashed, options.Weighting != Weighting.Count, scores, model.Link);
        Vocabulary? vocabulary = names is null ? null : new Vocabulary(fingerprints!, new FeatureNames(names));
        vocabulary?.CheckDistinct();
        var vectorizer = new FittedVectorizer(options, vocabulary, weights);
        if (vectorizer.FeatureCount != model.FeatureCount) throw new InvalidInputException($"{vectorizer.FeatureCount} features where {ModelFile.Name} says {model.FeatureCount}");
        return new TextClassifier([.. model.Classes], vectorizer, linear, [.. model.Prior], [.. model.Calibrations], model.Threshold);
    }

    private static byte[] Json<T>(T value, JsonTypeInfo<T> type) => [.. JsonSerializer.SerializeToUtf8Bytes(value, type), (byte)'\n'];

    private static T Parse<T>(byte[] json, JsonTypeInfo<T> type) =>
        JsonSerializer.Deserialize(json, type) ?? throw new JsonException("null where an object should stand");
}
