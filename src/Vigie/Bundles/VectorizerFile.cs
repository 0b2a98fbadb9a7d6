using Vigie.Features;
using Vigie.Models;

namespace Vigie.Bundles;

/// <summary>
/// <c>vectorizer.json</c>, <c>vocabulary.txt</c> and the vectoriser's part of <see cref="WeightsFile"/>: what every model over n-grams has.
/// </summary>
internal static class VectorizerFile
{
    public const string Name = "vectorizer.json";
    public const string Vocabulary = "vocabulary.txt";

    /// <summary>Writes the vectoriser's files, and adds its arrays to those that the model writes.</summary>
    public static void Write(BundleWriter to, FittedVectorizer vectorizer, List<Tensor> tensors)
    {
        to.Json(Name, vectorizer.Options, BundleJson.Default.NgramVectorizer);
        if (vectorizer.Vocabulary is Vocabulary vocabulary)
        {
            to.Bytes(Vocabulary, vocabulary.NameLines.Lines);
            tensors.Add(Tensor.Of("fingerprints", vocabulary.Fingerprints));
        }
        if (vectorizer.Weights is double[] weights) tensors.Add(WeightsFile.Real("feature_weights", weights));
    }

    /// <summary>Reads a vectoriser, and then the model over it.</summary>
    /// <param name="files">The bundle.</param>
    /// <param name="file">What is known of the model.</param>
    /// <param name="read">From the vectoriser and all arrays to the model, and how many of the arrays are its own.</param>
    public static TextModel Read(VerifiedFiles files, ModelFile file, Func<FittedVectorizer, SafetensorsFile, (TextModel Model, int Tensors)> read)
    {
        NgramVectorizer options = files.Parse(Name, BundleJson.Default.NgramVectorizer);
        files.At(Name, options.Validate);
        files.At(Name, () => file.CheckText(options.Text, Probe(options)));
        return files.At(WeightsFile.Name, () =>
        {
            byte[]? names = files[Vocabulary];
            if (names is null != options.HashBits is not null) throw new InvalidInputException($"{Vocabulary} goes with a learnt vocabulary, and only with one");
            var tensors = new SafetensorsFile(files[WeightsFile.Name]!);
            ulong[]? fingerprints = names is null ? null : tensors.ReadVector<ulong>("fingerprints");
            int features = fingerprints?.Length ?? options.Hashed().FeatureCount;
            double[]? weights = options.Weighting != Weighting.Count ? WeightsFile.ReadReal(tensors, "feature_weights", features) : null;
            Vocabulary? vocabulary = fingerprints is null ? null : new Vocabulary(fingerprints, new FeatureNames(names!));
            vocabulary?.CheckDistinct();
            var vectorizer = new FittedVectorizer(options, vocabulary, weights);
            if (vectorizer.FeatureCount != file.FeatureCount) throw new InvalidInputException($"{vectorizer.FeatureCount} features where {ModelFile.Name} says {file.FeatureCount}");
            (TextModel model, int own) = read(vectorizer, tensors);
            int expected = own + (fingerprints is null ? 0 : 1) + (weights is null ? 0 : 1);
            if (tensors.Names.Count != expected) throw new InvalidInputException($"{tensors.Names.Count} tensors, {string.Join(", ", tensors.Names)}: this model has {expected}");
            return model;
        });
    }

    /// <summary>What these options make of the texts of <see cref="TextProbe"/>.</summary>
    public static string Probe(NgramVectorizer options) => TextProbe.Of(options.Text, options.Ngrams);

    /// <summary>The kinds of n-grams, for people.</summary>
    public static string Describe(NgramVectorizer options)
    {
        Ngrams ngrams = options.Ngrams;
        List<string> kinds = [];
        if (ngrams.WordMax > 0) kinds.Add(ngrams.WordMin == ngrams.WordMax ? $"{ngrams.WordMax}-grams of words" : $"{ngrams.WordMin}- to {ngrams.WordMax}-grams of words");
        if (ngrams.SkipMax > 0) kinds.Add($"pairs of words up to {ngrams.SkipMax} apart");
        if (ngrams.CharMax > 0) kinds.Add($"{ngrams.CharMin}- to {ngrams.CharMax}-grams of characters");
        return string.Join(", ", kinds) + (options.HashBits is int bits ? $", hashed to {bits} bits" : "");
    }
}
