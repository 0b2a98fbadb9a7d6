using System.Numerics.Tensors;
using Vigie.Embeddings;
using Vigie.Networks;

namespace Vigie.Recipes;

/// <summary>Where word vectors come from.</summary>
public enum VectorOrigin
{
    /// <summary>Drawn at random; all that is known of words is learnt with the network.</summary>
    Random,

    /// <summary>Word2Vec over the training texts.</summary>
    Word2vec,

    /// <summary>fastText over the training texts: words that were too rare for a vector of their own have one by their letters.</summary>
    Fasttext,

    /// <summary>A file.</summary>
    File,

    /// <summary>Word2Vec over the training texts, weighed so that a text's mean vector is its smooth-inverse-frequency sentence vector, times a constant.</summary>
    Sentence,
}

/// <summary>The table that a network starts from.</summary>
/// <param name="Values">Rows × dimension, row by row.</param>
/// <param name="Dimension">Length of a row.</param>
internal sealed record EmbeddingRows(float[] Values, int Dimension);

/// <summary>Where the vectors come from that a network's embedding table starts with.</summary>
public sealed record FirstVectors
{
    private const ulong DrawnRows = 1UL << 42; // a stream of the seed's that nothing else draws from

    /// <summary>Where the vectors come from.</summary>
    public VectorOrigin Origin { get; init; }

    /// <summary>The file of <see cref="VectorOrigin.File"/>, in any form that <see cref="WordVectorFile"/> reads.</summary>
    public string? File { get; init; }

    /// <summary>Passes over the texts of <see cref="VectorOrigin.Word2vec"/>, <see cref="VectorOrigin.Fasttext"/> and <see cref="VectorOrigin.Sentence"/>.</summary>
    public int Epochs { get; init; } = 5;

    /// <summary>Most words on each side that count as near, of the same.</summary>
    public int Window { get; init; } = 5;

    /// <summary>Whether the vectors are learnt from the training texts.</summary>
    public bool AreLearnt => Origin is VectorOrigin.Word2vec or VectorOrigin.Fasttext or VectorOrigin.Sentence;

    /// <summary>The embedding table of a vocabulary.</summary>
    /// <param name="vocabulary">Which row is whose.</param>
    /// <param name="texts">The training texts.</param>
    /// <param name="dimension">Length of a vector; a file has its own.</param>
    /// <param name="context">Seed, progress, cancellation.</param>
    /// <returns>Null where all rows are drawn at random.</returns>
    /// <exception cref="InvalidInputException">The file is missing, is none, or has none of the words.</exception>
    internal EmbeddingRows? Fill(TokenVocabulary vocabulary, IReadOnlyList<string> texts, int dimension, FitContext context)
    {
        switch (Origin)
        {
            case VectorOrigin.Random: return null;
            case VectorOrigin.File: return Read(vocabulary, context);
            case VectorOrigin.Fasttext:
                SubwordVectors subwords = new FastText { VectorSize = dimension, Epochs = Epochs, Window = Window, MinCount = 2, Workers = 1, Seed = context.Seed }
                    .Fit(WordCorpus.FromTexts(texts, vocabulary.Text, context.Cancellation), context.Phase("learning word vectors"), context.Cancellation);
                return Table(vocabulary, dimension, (word, row) => subwords.TryGetVector(word, row), context.Seed);
            default:
                // On one thread: several do not give the same vectors twice.
                WordVectors words = new Word2Vec { VectorSize = dimension, Epochs = Epochs, Window = Window, MinCount = 2, Workers = 1, Seed = context.Seed }
                    .Fit(WordCorpus.FromTexts(texts, vocabulary.Text, context.Cancellation), context.Phase("learning word vectors"), context.Cancellation);
                return Origin == VectorOrigin.Sentence ? Weighed(vocabulary, texts, words, context) : Table(vocabulary, dimension, (word, row) => Copy(words, word, row), context.Seed);
        }
    }

    private EmbeddingRows Read(TokenVocabulary vocabulary, FitContext context)
    {
        if (File is null)
        {
            throw new InvalidInputException(
                "this recipe starts from word vectors in a file: give one with vectors_file=PATH, such as glove.twitter.27B.100d.txt of nlp.stanford.edu/projects/glove, "
                + "a word2vec or fastText file, or one that 'vigie embed train' has written; packed files are read as they are");
        }
        WordVectors vectors = WordVectorFile.Read(File, WordVectorReading.Of(vocabulary.Words), cancellation: context.Cancellation).Vectors;
        return Table(vocabulary, vectors.Dimension, (word, row) => Copy(vectors, word, row), context.Seed);
    }

    // A text's sentence vector is the mean over its words of weight · vector, less its part along the common directions. All of that is linear, so each word's row
    // is weighed and projected beforehand, and the mean that the network takes is the sentence vector; unknown words count as zeros. What is left of frequent words is
    // so short that a network would be slow to see it: the table is scaled until the values of sentence vectors have mean square 1.
    private static EmbeddingRows Weighed(TokenVocabulary vocabulary, IReadOnlyList<string> texts, WordVectors words, FitContext context)
    {
        SentenceEmbedding sentences = new SmoothInverseFrequency { Text = vocabulary.Text, Seed = (ulong)context.Seed }.Fit(words, texts, context.Cancellation);
        var table = new float[vocabulary.Rows * words.Dimension];
        float scale = Scale(sentences, texts, context.Cancellation);
        for (int i = 0; i < vocabulary.Words.Count; i++)
        {
            int word = words.IndexOf(vocabulary.Words[i]);
            if (word < 0) continue;
            Span<float> row = table.AsSpan((TokenVocabulary.FirstWord + i) * words.Dimension, words.Dimension);
            TensorPrimitives.Multiply(words[word], scale * sentences.Weights[word], row);
            foreach (float[] direction in sentences.Directions) TensorPrimitives.MultiplyAdd(direction, -TensorPrimitives.Dot<float>(row, direction), row, row);
        }
        return new EmbeddingRows(table, words.Dimension);
    }

    private static float Scale(SentenceEmbedding sentences, IReadOnlyList<string> texts, CancellationToken cancellation)
    {
        string[] sample = [.. texts.Take(10_000)];
        var vectors = new float[sample.Length * sentences.Dimension];
        sentences.Encode(sample, vectors, cancellation);
        return MathF.Sqrt(vectors.Length / Math.Max(float.Epsilon, TensorPrimitives.SumOfSquares<float>(vectors)));
    }

    private delegate bool Vector(string word, Span<float> row);

    // Words that have no vector are drawn, as long as those that have one; padding, the unknown word and pairs of words start at zero.
    private static EmbeddingRows Table(TokenVocabulary vocabulary, int dimension, Vector vectorOf, int seed)
    {
        var table = new float[checked(vocabulary.Rows * dimension)];
        double squares = 0;
        List<int> missing = [];
        for (int i = 0; i < vocabulary.Words.Count; i++)
        {
            Span<float> row = table.AsSpan((TokenVocabulary.FirstWord + i) * dimension, dimension);
            if (vectorOf(vocabulary.Words[i], row)) squares += TensorPrimitives.SumOfSquares<float>(row);
            else missing.Add(TokenVocabulary.FirstWord + i);
        }
        var random = new Xoshiro256((ulong)seed, DrawnRows);
        // Uniform within ±√3 σ has the standard deviation σ.
        double bound = Math.Sqrt(3 * squares / Math.Max(1, (vocabulary.Words.Count - missing.Count) * (double)dimension));
        foreach (int row in missing)
        {
            for (int d = 0; d < dimension; d++) table[row * dimension + d] = (float)((2 * random.NextDouble() - 1) * bound);
        }
        return new EmbeddingRows(table, dimension);
    }

    private static bool Copy(WordVectors vectors, string word, Span<float> row)
    {
        int index = vectors.IndexOf(word);
        if (index < 0) return false;
        vectors[index].CopyTo(row);
        return true;
    }
}
