using System.Buffers;
using System.Globalization;
using Vigie.Features;
using Vigie.Models;
using Vigie.Networks;
using Vigie.Text;

namespace Vigie.Bundles;

/// <summary><c>tokens.json</c>: how a network reads a text; the words themselves stand in <c>vocabulary.txt</c>.</summary>
internal sealed record TokensFile
{
    public const string Name = "tokens.json";

    public required TextPipeline Text { get; init; }

    public required int MaxLength { get; init; }

    public required int BigramBuckets { get; init; }
}

/// <summary>A network: its graph in the ONNX format, which other programs run too, and the words behind its rows.</summary>
internal sealed class NetworkFormat : ModelFormat
{
    public const string Graph = "network.onnx";

    public override string Classifier => "network";

    public override string Noun => "A neural network";

    public override IReadOnlyList<string> Required { get; } = [TokensFile.Name, VectorizerFile.Vocabulary, Graph];

    public override IReadOnlyList<string> Large { get; } = [VectorizerFile.Vocabulary, Graph];

    // As MLflow's own onnx flavor writes it. The version is that of the ONNX format whose operators the graph uses.
    public override string Flavors => $"""
          onnx:
            code: null
            data: {Graph}
            onnx_version: 1.12.0
            providers:
            - CPUExecutionProvider

        """;

    public override bool Fits(TextModel model) => model is NetworkTextModel;

    public override void Write(BundleWriter to, TextModel model)
    {
        var network = (NetworkTextModel)model;
        TokenVocabulary vocabulary = network.Vocabulary;
        to.Json(TokensFile.Name, new TokensFile { Text = vocabulary.Text, MaxLength = vocabulary.MaxLength, BigramBuckets = vocabulary.BigramBuckets }, BundleJson.Default.TokensFile);
        var lines = new ArrayBufferWriter<byte>();
        foreach (string word in vocabulary.Words) FeatureNames.WriteLine(word, lines);
        to.Bytes(VectorizerFile.Vocabulary, lines.WrittenSpan);
        to.Bytes(Graph, network.Graph.Span);
    }

    public override TextModel Read(VerifiedFiles files, ModelFile file)
    {
        TokensFile tokens = files.Parse(TokensFile.Name, BundleJson.Default.TokensFile);
        files.At(TokensFile.Name, () => file.CheckText(tokens.Text.Validated(), Probe(tokens.Text)));
        TokenVocabulary vocabulary = files.At(VectorizerFile.Vocabulary, () => new TokenVocabulary(tokens.Text, [.. new FeatureNames(files[VectorizerFile.Vocabulary]!)], tokens.MaxLength, tokens.BigramBuckets));
        return files.At(Graph, () =>
        {
            var model = new NetworkTextModel(vocabulary, files[Graph]!, Graph);
            return model.ScoreCount == file.ScoreCount ? model : throw new InvalidInputException($"{model.ScoreCount} scores, and {file.Classes.Count} classes take {file.ScoreCount}");
        });
    }

    public override string TextProbe(TextModel model) => Probe(model.Text);

    public override IEnumerable<string> Describe(TextModel model)
    {
        TokenVocabulary vocabulary = ((NetworkTextModel)model).Vocabulary;
        yield return string.Create(CultureInfo.InvariantCulture, $"A network over the first {vocabulary.MaxLength:N0} of a text's words, of which it knows {vocabulary.Words.Count:N0}{(vocabulary.BigramBuckets > 0 ? $", and pairs of them hashed to {vocabulary.BigramBuckets:N0} rows" : "")}.");
        yield return $"`{Graph}` is the network in the ONNX format: `ids` (rows of the embedding table: 0 padding, 1 unknown, 2 the first line of `{VectorizerFile.Vocabulary}`) and `lengths` in, `scores` out.";
    }

    private static string Probe(TextPipeline text) => Bundles.TextProbe.Of(text, new Ngrams());
}
