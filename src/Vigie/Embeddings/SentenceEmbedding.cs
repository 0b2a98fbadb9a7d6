using System.Collections.Concurrent;
using System.Numerics.Tensors;
using Vigie.Text;

namespace Vigie.Embeddings;

/// <summary>Weighed means of word vectors, fitted by <see cref="SmoothInverseFrequency"/>. Immutable and safe for any number of threads.</summary>
public sealed class SentenceEmbedding : ISentenceEncoder
{
    private readonly SubwordVectors? subwords;

    /// <summary>Puts the parts together again.</summary>
    /// <param name="words">Word vectors.</param>
    /// <param name="subwords">Their n-grams, for words that were not learnt; null where there are none.</param>
    /// <param name="weights">Weight of each word, in (0, 1]; kept, not copied. A word that was not learnt weighs 1, as one that never occurred.</param>
    /// <param name="directions">Unit directions to take out of every vector, at right angles to each other; kept, not copied.</param>
    /// <param name="text">How texts are cut.</param>
    /// <exception cref="InvalidInputException">The sizes do not fit together.</exception>
    public SentenceEmbedding(WordVectors words, SubwordVectors? subwords, float[] weights, float[][] directions, TextPipeline text)
    {
        if (weights.Length != words.Count) throw new InvalidInputException($"{weights.Length} weights for {words.Count} words");
        if (directions.FirstOrDefault(direction => direction.Length != words.Dimension) is { } odd) throw new InvalidInputException($"a direction of {odd.Length} numbers for vectors of {words.Dimension}");
        if (subwords is not null && subwords.Words != words) throw new InvalidInputException("the words' vectors are not those of their n-grams");
        (Words, this.subwords, Weights, Directions, Text) = (words, subwords, weights, directions, text.Validated());
    }

    /// <summary>How texts are cut for word vectors: as tweets, in lower case, with negation left to the neighbours.</summary>
    public static TextPipeline DefaultText { get; } = new() { NegationScope = 0 };

    /// <summary>The word vectors.</summary>
    public WordVectors Words { get; }

    /// <summary>Weight of each word.</summary>
    public float[] Weights { get; }

    /// <summary>What is taken out of every vector.</summary>
    public float[][] Directions { get; }

    /// <summary>How texts are cut.</summary>
    public TextPipeline Text { get; }

    /// <inheritdoc/>
    public int Dimension => Words.Dimension;

    /// <summary>Encodes one text.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="vector">Receives <see cref="Dimension"/> numbers; zeros where the answer is false.</param>
    /// <returns>False where no word of the text has a vector.</returns>
    /// <exception cref="InvalidInputException">There is not just the room that a vector takes.</exception>
    public bool Embed(string text, Span<float> vector)
    {
        if (vector.Length != Dimension) throw new InvalidInputException($"room for {Dimension} numbers is wanted, got {vector.Length}");
        return Embed(text, vector, new TextWords(Text), new float[Dimension]);
    }

    /// <inheritdoc/>
    public void Encode(IReadOnlyList<string> texts, Memory<float> vectors, CancellationToken cancellation = default)
    {
        EncoderRoom.Check(texts, vectors, Dimension);
        if (texts.Count == 0) return;
        Parallel.ForEach(Partitioner.Create(0, texts.Count), new ParallelOptions { CancellationToken = cancellation }, range =>
        {
            var words = new TextWords(Text);
            var unlearnt = new float[Dimension];
            for (int i = range.Item1; i < range.Item2; i++)
            {
                if (i % 256 == 0) cancellation.ThrowIfCancellationRequested();
                Embed(texts[i], vectors.Span.Slice(i * Dimension, Dimension), words, unlearnt);
            }
        });
    }

    private bool Embed(string text, Span<float> vector, TextWords words, float[] unlearnt)
    {
        vector.Clear();
        words.Read(text);
        int known = 0;
        for (int i = 0; i < words.Count; i++)
        {
            ReadOnlySpan<char> word = words[i];
            int index = Words.IndexOf(word);
            if (index >= 0) TensorPrimitives.MultiplyAdd(Words[index], Weights[index], vector, vector);
            else if (subwords?.TryGetVector(word, unlearnt) == true) TensorPrimitives.Add(vector, unlearnt, vector);
            else continue;
            known++;
        }

        if (known == 0) return false;
        TensorPrimitives.Multiply(vector, 1f / known, vector);
        foreach (float[] direction in Directions) TensorPrimitives.MultiplyAdd(direction, -TensorPrimitives.Dot<float>(vector, direction), vector, vector);
        return true;
    }
}
