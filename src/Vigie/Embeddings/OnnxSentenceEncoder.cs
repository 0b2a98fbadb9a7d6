using System.Numerics.Tensors;
using System.Text.Json;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Vigie.Embeddings;

/// <summary>How the vectors of a text's tokens become one.</summary>
public enum SentencePooling
{
    /// <summary>Their mean, padding left out.</summary>
    Mean,

    /// <summary>The vector of the first token, [CLS].</summary>
    FirstToken,
}

/// <summary>How an ONNX sentence encoder is run. What is null is decided by the files beside the model.</summary>
public sealed record OnnxSentenceEncoderOptions
{
    /// <summary>Longest text in tokens, its two marks included; more is cut off. A tweet has 30 to 60.</summary>
    public int MaxTokens { get; init; } = 128;

    /// <summary>Texts that run through the network together.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>Threads of the network; 0 for one on each processor core.</summary>
    public int Threads { get; init; }

    /// <summary>Whether vectors are scaled to length 1, as such models are trained to be compared.</summary>
    public bool Normalize { get; init; } = true;

    /// <summary>How token vectors become one; null for what <c>1_Pooling/config.json</c> says, or else the mean. A model that gives sentence vectors itself has no need of it.</summary>
    public SentencePooling? Pooling { get; init; }

    /// <summary>Whether upper case and accents fall away; null for what <c>tokenizer_config.json</c> says, or else yes.</summary>
    public bool? Lowercase { get; init; }
}

/// <summary>
/// A sentence encoder of the BERT family as ONNX: a folder with <c>model.onnx</c> and <c>vocab.txt</c>, as sentence-transformers and others publish them. Safe for
/// any number of threads. The program that hosts it brings ONNX Runtime's native library.
/// </summary>
public sealed class OnnxSentenceEncoder : ISentenceEncoder, IDisposable
{
    // How exporters name a vector of the whole text.
    private static readonly string[] SentenceOutputs = ["sentence_embedding", "sentence_embeddings", "pooled_embeddings", "embeddings"];

    private readonly InferenceSession session;
    private readonly OnnxSentenceEncoderOptions options;
    private readonly SentencePooling pooling;
    private readonly string path, output;
    private readonly string[] inputs;

    private OnnxSentenceEncoder(string path, InferenceSession session, WordPieceTokenizer tokenizer, SentencePooling pooling, OnnxSentenceEncoderOptions options)
    {
        (this.path, this.session, this.pooling, this.options, Tokenizer) = (path, session, pooling, options, tokenizer);
        inputs = [.. session.InputMetadata.Keys];
        if (!inputs.Contains("input_ids") || inputs.FirstOrDefault(name => name is not ("input_ids" or "attention_mask" or "token_type_ids") || session.InputMetadata[name].ElementDataType != TensorElementType.Int64) is not null)
            throw new InvalidInputException($"{path}: takes {Listed(session.InputMetadata)}; expected input_ids, and perhaps attention_mask and token_type_ids, of 64-bit integers");
        output = SentenceOutputs.FirstOrDefault(name => Shape(name) is { Length: 2 })
            ?? session.OutputMetadata.Keys.FirstOrDefault(name => Shape(name) is { Length: 3 })
            ?? throw new InvalidInputException($"{path}: gives {Listed(session.OutputMetadata)}; expected sentence_embedding (texts × numbers), or vectors of tokens (texts × tokens × numbers), of 32-bit floats");
        Dimension = Run([tokenizer.Encode("")], CancellationToken.None).Length; // also shows that the network runs
    }

    /// <inheritdoc/>
    public int Dimension { get; }

    /// <summary>How texts are cut.</summary>
    public WordPieceTokenizer Tokenizer { get; }

    /// <summary>Loads a model.</summary>
    /// <param name="folder">Holds <c>model.onnx</c> (or <c>onnx/model.onnx</c>) and <c>vocab.txt</c>.</param>
    /// <param name="options">How to run it; null for the defaults.</param>
    /// <exception cref="InvalidInputException">A file is missing, damaged, or of another kind of model; an option is out of range.</exception>
    public static OnnxSentenceEncoder Load(string folder, OnnxSentenceEncoderOptions? options = null)
    {
        options ??= new OnnxSentenceEncoderOptions();
        if (options.MaxTokens < 2 || options.BatchSize < 1 || options.Threads < 0)
            throw new InvalidInputException($"max_tokens {options.MaxTokens}, batch_size {options.BatchSize}, threads {options.Threads}: expected 2 or more, 1 or more, 0 or more");
        if (!Directory.Exists(folder)) throw new InvalidInputException($"{folder}: no such folder; a sentence encoder is a folder with model.onnx and vocab.txt");
        string path = new[] { Path.Combine(folder, "model.onnx"), Path.Combine(folder, "onnx", "model.onnx") }.FirstOrDefault(File.Exists)
            ?? throw new InvalidInputException($"{folder}: has no model.onnx");
        bool lowercase = options.Lowercase ?? Setting(Path.Combine(folder, "tokenizer_config.json"), "do_lower_case") ?? true;
        bool first = Setting(Path.Combine(folder, "1_Pooling", "config.json"), "pooling_mode_cls_token") ?? false;
        var tokenizer = WordPieceTokenizer.Read(Path.Combine(folder, "vocab.txt"), lowercase);
        // What goes wrong comes as an exception; a library writes nothing to the console.
        using var settings = new SessionOptions { IntraOpNumThreads = options.Threads, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
        InferenceSession session;
        try
        {
            session = new InferenceSession(path, settings);
        }
        catch (OnnxRuntimeException damaged)
        {
            throw new InvalidInputException($"{path}: is no ONNX model that can be run: {damaged.Message}", damaged);
        }

        try
        {
            return new OnnxSentenceEncoder(path, session, tokenizer, options.Pooling ?? (first ? SentencePooling.FirstToken : SentencePooling.Mean), options);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Encode(IReadOnlyList<string> texts, Memory<float> vectors, CancellationToken cancellation = default)
    {
        EncoderRoom.Check(texts, vectors, Dimension);
        var tokens = new int[texts.Count][];
        Parallel.For(0, texts.Count, new ParallelOptions { CancellationToken = cancellation }, i => tokens[i] = Tokenizer.Encode(texts[i], options.MaxTokens));
        // Texts of like length run together, or most of the work would be padding.
        int[] order = [.. Enumerable.Range(0, texts.Count).OrderBy(i => tokens[i].Length)];
        foreach (int[] batch in order.Chunk(options.BatchSize))
        {
            cancellation.ThrowIfCancellationRequested();
            float[] found = Run([.. batch.Select(i => tokens[i])], cancellation);
            for (int i = 0; i < batch.Length; i++) found.AsSpan(i * Dimension, Dimension).CopyTo(vectors.Span[(batch[i] * Dimension)..]);
        }
    }

    /// <summary>Frees the network.</summary>
    public void Dispose() => session.Dispose();

    // The vectors of a batch, row by row.
    private float[] Run(int[][] batch, CancellationToken cancellation)
    {
        int longest = batch.Max(tokens => tokens.Length);
        long[] shape = [batch.Length, longest];
        long[] ids = new long[batch.Length * longest], mask = new long[ids.Length], types = new long[ids.Length];
        Array.Fill(ids, Tokenizer.Padding);
        for (int text = 0; text < batch.Length; text++)
        {
            for (int i = 0; i < batch[text].Length; i++) (ids[text * longest + i], mask[text * longest + i]) = (batch[text][i], 1);
        }

        using var run = new RunOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
        using CancellationTokenRegistration stop = cancellation.Register(() => run.Terminate = true);
        OrtValue[] values = [.. inputs.Select(name => OrtValue.CreateTensorValueFromMemory(name switch { "input_ids" => ids, "attention_mask" => mask, _ => types }, shape))];
        try
        {
            using IDisposableReadOnlyCollection<OrtValue> results = session.Run(run, inputs, values, [output]);
            long[] found = results[0].GetTensorTypeAndShape().Shape;
            ReadOnlySpan<float> numbers = results[0].GetTensorDataAsSpan<float>();
            bool pooled = found.Length == 2;
            if (found[0] != batch.Length || (!pooled && found[1] != longest) || found[^1] < 1 || (Dimension > 0 && found[^1] != Dimension))
                throw new InvalidInputException($"{path}: gave {string.Join(" × ", found)} numbers for {batch.Length} texts of {longest} tokens");
            return Pooled(numbers, batch, pooled ? 0 : longest, (int)found[^1]);
        }
        catch (OnnxRuntimeException) when (cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellation);
        }
        catch (OnnxRuntimeException refused)
        {
            throw new InvalidInputException($"{path}: does not run on the tokens of vocab.txt ({Tokenizer.Count} tokens): {refused.Message}", refused);
        }
        finally
        {
            foreach (OrtValue value in values) value.Dispose();
        }
    }

    // numbers: (text, token, number), or (text, number) where longest is 0
    private float[] Pooled(ReadOnlySpan<float> numbers, int[][] batch, int longest, int dimension)
    {
        var vectors = new float[batch.Length * dimension];
        for (int text = 0; text < batch.Length; text++)
        {
            Span<float> vector = vectors.AsSpan(text * dimension, dimension);
            ReadOnlySpan<float> row = numbers[(text * Math.Max(1, longest) * dimension)..];
            int tokens = longest == 0 || pooling == SentencePooling.FirstToken ? 1 : batch[text].Length;
            for (int token = 0; token < tokens; token++) TensorPrimitives.Add(vector, row.Slice(token * dimension, dimension), vector);
            TensorPrimitives.Multiply(vector, 1f / tokens, vector);
            if (!TensorPrimitives.IsFiniteAll<float>(vector)) throw new InvalidInputException($"{path}: gave a number that is not finite");
            float norm = options.Normalize ? TensorPrimitives.Norm<float>(vector) : 0;
            if (norm > 0) TensorPrimitives.Multiply(vector, 1 / norm, vector);
        }

        return vectors;
    }

    private int[]? Shape(string name) =>
        session.OutputMetadata.TryGetValue(name, out NodeMetadata? found) && found.OnnxValueType == OnnxValueType.ONNX_TYPE_TENSOR && found.ElementDataType == TensorElementType.Float ? found.Dimensions : null;

    private static string Listed(IReadOnlyDictionary<string, NodeMetadata> nodes) =>
        string.Join(", ", nodes.Select(node => node.Value.OnnxValueType == OnnxValueType.ONNX_TYPE_TENSOR ? $"{node.Key} ({node.Value.ElementDataType}, {string.Join(" × ", node.Value.Dimensions)})" : node.Key));

    private static bool? Setting(string path, string name)
    {
        if (!File.Exists(path)) return null;
        try
        {
            using JsonDocument settings = JsonDocument.Parse(File.ReadAllBytes(path));
            return settings.RootElement.ValueKind == JsonValueKind.Object && settings.RootElement.TryGetProperty(name, out JsonElement value) && (value.ValueKind is JsonValueKind.True or JsonValueKind.False) ? value.GetBoolean() : null;
        }
        catch (JsonException damaged)
        {
            throw new InvalidInputException($"{path}: is no JSON: {damaged.Message}", damaged);
        }
    }
}
