using System.Globalization;
using Vigie.Features;
using Vigie.Models;

namespace Vigie.Bundles;

/// <summary>
/// fastText's classifier: what is read of a text, the places of the n-grams that have embeddings, and the embeddings in half precision, which is
/// what the trained model itself computes with.
/// </summary>
internal sealed class FastTextFormat : ModelFormat
{
    private const string InputFile = "fasttext.json";

    public override string Classifier => "fasttext";

    public override string Noun => "A fastText classifier";

    public override IReadOnlyList<string> Required { get; } = [InputFile, WeightsFile.Name];

    public override IReadOnlyList<string> Large { get; } = [WeightsFile.Name];

    public override bool Fits(TextModel model) => model is FastTextModel;

    public override void Write(BundleWriter to, TextModel model)
    {
        var fastText = (FastTextModel)model;
        to.Json(InputFile, fastText.Input, BundleJson.Default.FastTextInput);
        to.Tensors(WeightsFile.Name,
        [
            Tensor.Of("places", fastText.Places),
            Tensor.Of("embeddings", fastText.Embeddings, fastText.FeatureCount, fastText.Dimension),
            Tensor.Of("output", fastText.Output, fastText.Intercepts.Length, fastText.Dimension),
            Tensor.Of("intercepts", fastText.Intercepts),
        ]);
    }

    public override TextModel Read(VerifiedFiles files, ModelFile file)
    {
        FastTextInput input = files.Parse(InputFile, BundleJson.Default.FastTextInput);
        files.At(InputFile, input.Validate);
        files.At(InputFile, () => file.CheckText(input.Text, Probe(input)));
        return files.At(WeightsFile.Name, () =>
        {
            var tensors = new SafetensorsFile(files[WeightsFile.Name]!);
            if (tensors.Names.Count != 4) throw new InvalidInputException($"{tensors.Names.Count} tensors, {string.Join(", ", tensors.Names)}: this model has 4");
            var ngrams = new NgramPlaces(tensors.ReadVector<int>("places"), input.Bucket);
            if (ngrams.Count != file.FeatureCount) throw new InvalidInputException($"{ngrams.Count} n-grams where {ModelFile.Name} says {file.FeatureCount}");
            float[] output = tensors.ReadRows<float>("output", file.Classes.Count);
            Half[] embeddings = tensors.Read<Half>("embeddings", ngrams.Count, output.Length / file.Classes.Count);
            return new FastTextModel(input, ngrams, embeddings, output, tensors.Read<float>("intercepts", file.Classes.Count));
        });
    }

    public override string TextProbe(TextModel model) => Probe(((FastTextModel)model).Input);

    public override IEnumerable<string> Describe(TextModel model)
    {
        var fastText = (FastTextModel)model;
        string characters = fastText.Input.MaxN > 0 ? $" and {fastText.Input.MinN}- to {fastText.Input.MaxN}-grams of characters" : "";
        yield return string.Create(CultureInfo.InvariantCulture, $"{model.FeatureCount:N0} n-grams, 1- to {fastText.Input.WordNgrams}-grams of words{characters}, with embeddings of {fastText.Dimension} numbers.");
    }

    private static string Probe(FastTextInput input) => Bundles.TextProbe.Of(input.Text, input.Ngrams);
}
