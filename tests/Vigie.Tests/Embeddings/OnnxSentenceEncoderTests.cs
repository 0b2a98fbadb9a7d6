using System.Runtime.InteropServices;
using Google.Protobuf;
using Vigie.Embeddings;
using Vigie.Onnx;
using Vigie.Tests.Tweets;

namespace Vigie.Tests.Embeddings;

/// <summary>Over a network of one layer, a table of vectors, which the tests write themselves.</summary>
public sealed class OnnxSentenceEncoderTests : IDisposable
{
    private const int Floats = 1, Integers = 7;

    private static readonly string[] Vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "late", "crew", "good"];

    // Two numbers for each token; padding's are large, so that it would show.
    private static readonly float[] Table = [99, -99, 1, 0, 0.5f, 0.25f, 0, 1, 3, -1, 2, 2, -4, 1];

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Model(string output = "last_hidden_state", bool types = true, float[]? table = null, string? vocabulary = null, int input = Integers)
    {
        var graph = new GraphProto { Name = "table" };
        foreach (string name in types ? new[] { "input_ids", "attention_mask", "token_type_ids" } : ["input_ids"]) graph.Input.Add(Value(name, input, "texts", "tokens"));
        table ??= Table;
        graph.Initializer.Add(new TensorProto { Name = "table", DataType = Floats, Dims = { table.Length / 2, 2 }, RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(table.AsSpan())) });
        if (output == "last_hidden_state")
        {
            graph.Node.Add(new NodeProto { OpType = "Gather", Input = { "table", "input_ids" }, Output = { output } });
            graph.Output.Add(Value(output, Floats, "texts", "tokens", "2"));
        }
        else
        {
            graph.Node.Add(new NodeProto { OpType = "Gather", Input = { "table", "input_ids" }, Output = { "tokens" } });
            graph.Node.Add(new NodeProto
            {
                OpType = "ReduceMin",
                Input = { "tokens" },
                Output = { output },
                Attribute = { new AttributeProto { Name = "axes", Type = AttributeProto.Types.AttributeType.Ints, Ints = { 1 } }, new AttributeProto { Name = "keepdims", Type = AttributeProto.Types.AttributeType.Int, I = 0 } },
            });
            graph.Output.Add(Value(output, Floats, "texts", "2"));
        }

        var model = new ModelProto { IrVersion = 8, ProducerName = "tests", Graph = graph, OpsetImport = { new OperatorSetIdProto { Version = 13 } } };
        _folder.Write("model.onnx", model.ToByteArray());
        _folder.Write("vocab.txt", vocabulary ?? string.Join('\n', Vocabulary) + "\n");
        return _folder.Path;
    }

    private static ValueInfoProto Value(string name, int type, params string[] sizes)
    {
        var shape = new TensorShapeProto();
        foreach (string size in sizes) shape.Dim.Add(int.TryParse(size, out int number) ? new TensorShapeProto.Types.Dimension { DimValue = number } : new TensorShapeProto.Types.Dimension { DimParam = size });
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = type, Shape = shape } } };
    }

    private static float[] Mean(params string[] tokens) =>
        [.. Enumerable.Range(0, 2).Select(i => tokens.Average(token => Table[2 * Array.IndexOf(Vocabulary, token) + i]))];

    private static float[] Encoded(OnnxSentenceEncoder encoder, params string[] texts)
    {
        var vectors = new float[texts.Length * encoder.Dimension];
        encoder.Encode(texts, vectors);
        return vectors;
    }

    private static void Near(float[] expected, float[] found)
    {
        Assert.Equal(expected.Length, found.Length);
        for (int i = 0; i < found.Length; i++) Assert.Equal(expected[i], found[i], 1e-6);
    }

    [Fact]
    public void The_vector_of_a_text_is_the_mean_over_its_own_tokens()
    {
        using var encoder = OnnxSentenceEncoder.Load(Model(), new OnnxSentenceEncoderOptions { Normalize = false, BatchSize = 2 });
        Assert.Equal(2, encoder.Dimension);
        // In two batches, of unlike lengths, in an order that is not by length.
        string[] texts = ["Good crew late", "late", "", "crew crew unheard"];
        float[] expected =
        [
            .. Mean("[CLS]", "good", "crew", "late", "[SEP]"), .. Mean("[CLS]", "late", "[SEP]"), .. Mean("[CLS]", "[SEP]"), .. Mean("[CLS]", "crew", "crew", "[UNK]", "[SEP]"),
        ];
        float[] found = Encoded(encoder, texts);
        Near(expected, found);
    }

    [Fact]
    public void Vectors_are_scaled_texts_cut_and_pooling_chosen_as_asked()
    {
        string folder = Model(types: false);
        using (var encoder = OnnxSentenceEncoder.Load(folder))
        {
            float[] unit = Encoded(encoder, "late crew");
            Assert.Equal(1, Math.Sqrt(unit[0] * unit[0] + unit[1] * unit[1]), 1e-6);
        }

        using (var encoder = OnnxSentenceEncoder.Load(folder, new OnnxSentenceEncoderOptions { Normalize = false, MaxTokens = 3 })) Near(Mean("[CLS]", "late", "[SEP]"), Encoded(encoder, "late crew good"));
        Directory.CreateDirectory(_folder["1_Pooling"]);
        _folder.Write("1_Pooling/config.json", """{"pooling_mode_cls_token": true, "word_embedding_dimension": 2}""");
        using (var encoder = OnnxSentenceEncoder.Load(folder, new OnnxSentenceEncoderOptions { Normalize = false })) Near(Mean("[CLS]"), Encoded(encoder, "late crew"));
        _folder.Write("tokenizer_config.json", """{"do_lower_case": false}""");
        using (var encoder = OnnxSentenceEncoder.Load(folder, new OnnxSentenceEncoderOptions { Normalize = false, Pooling = SentencePooling.Mean })) Near(Mean("[CLS]", "[UNK]", "[SEP]"), Encoded(encoder, "LATE"));
    }

    [Fact]
    public void A_model_that_gives_sentence_vectors_is_taken_at_its_word()
    {
        using var encoder = OnnxSentenceEncoder.Load(Model("sentence_embedding"), new OnnxSentenceEncoderOptions { Normalize = false });
        Assert.Equal([0, -1, 0, 0.25f], Encoded(encoder, "late", "crew")); // the least of [CLS], the word and [SEP]
    }

    [Fact]
    public void What_does_not_fit_is_said()
    {
        Refused(() => OnnxSentenceEncoder.Load(_folder["absent"]), "no such folder");
        Refused(() => OnnxSentenceEncoder.Load(_folder.Path), "has no model.onnx");
        _folder.Write("model.onnx", "nothing of the kind");
        _folder.Write("vocab.txt", string.Join('\n', Vocabulary));
        Refused(() => OnnxSentenceEncoder.Load(_folder.Path), "is no ONNX model");
        Refused(() => OnnxSentenceEncoder.Load(Model(input: 6)), "expected input_ids");
        Refused(() => OnnxSentenceEncoder.Load(Model("logits")), "expected sentence_embedding");
        Refused(() => OnnxSentenceEncoder.Load(Model(vocabulary: "a\nb\n")), "vocab.txt");
        Refused(() => OnnxSentenceEncoder.Load(Model(), new OnnxSentenceEncoderOptions { MaxTokens = 1 }), "max_tokens 1");
        Refused(() => OnnxSentenceEncoder.Load(Model(table: [1, 2, 3, 4])), "does not run on the tokens of vocab.txt (7 tokens)");
        Refused(() => OnnxSentenceEncoder.Load(Model(table: [.. Table[..4], float.NaN, .. Table[5..]])), "not finite");
        using var encoder = OnnxSentenceEncoder.Load(Model());
        Refused(() => encoder.Encode(["a"], new float[3]), "do not fit");
        using var stopped = new CancellationTokenSource();
        stopped.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => encoder.Encode(["a"], new float[2], stopped.Token));

        static void Refused(Action action, string problem) => Assert.Contains(problem, Assert.Throws<InvalidInputException>(action).Message, StringComparison.Ordinal);
    }
}
