using Vigie.Features;

namespace Vigie.Embeddings;

/// <summary>
/// An encoder whose vectors are told along a few principal components: shorter input for a classifier, or points to plot. Immutable; as safe for threads as
/// the encoder beneath.
/// </summary>
public sealed class ReducedEncoder : ISentenceEncoder
{
    // Long vectors of all texts at once could fill the memory that short ones are to save.
    private const int TextsAtOnce = 8192;

    // Directions are as well known from these many; every k-th text is taken.
    private const int MostTexts = 50_000;

    /// <summary>Puts an encoder and its components together.</summary>
    /// <param name="inner">Gives the long vectors.</param>
    /// <param name="components">Fitted on such vectors.</param>
    /// <exception cref="InvalidInputException">The components are of vectors of another length.</exception>
    public ReducedEncoder(ISentenceEncoder inner, PrincipalComponents components)
    {
        if (components.Mean.Length != inner.Dimension) throw new InvalidInputException($"components of vectors of {components.Mean.Length} numbers do not fit vectors of {inner.Dimension}");
        (Inner, Components) = (inner, components);
    }

    /// <summary>The encoder beneath.</summary>
    public ISentenceEncoder Inner { get; }

    /// <summary>The directions, and how much of the vectors' variance each explains.</summary>
    public PrincipalComponents Components { get; }

    /// <inheritdoc/>
    public int Dimension => Components.Components.Length;

    /// <summary>Finds the components from texts.</summary>
    /// <param name="inner">Gives the long vectors.</param>
    /// <param name="texts">Two texts or more, of the kind to be encoded.</param>
    /// <param name="dimension">Length of the short vectors, 1 to the smaller of texts and the inner dimension.</param>
    /// <param name="seed">Seeds the randomised search.</param>
    /// <param name="cancellation">Ends the fit with <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="InvalidInputException">There are too few texts, or <paramref name="dimension"/> is out of range.</exception>
    public static ReducedEncoder Fit(ISentenceEncoder inner, IReadOnlyList<string> texts, int dimension, ulong seed = 1, CancellationToken cancellation = default)
    {
        int step = Math.Max(1, (texts.Count + MostTexts - 1) / MostTexts);
        string[] sample = [.. texts.Where((_, i) => i % step == 0)];
        var vectors = new float[sample.Length * inner.Dimension];
        inner.Encode(sample, vectors, cancellation);
        return new ReducedEncoder(inner, PrincipalComponents.FitRandomized(vectors, inner.Dimension, dimension, seed, cancellation));
    }

    /// <inheritdoc/>
    public void Encode(IReadOnlyList<string> texts, Memory<float> vectors, CancellationToken cancellation = default)
    {
        EncoderRoom.Check(texts, vectors, Dimension);
        var part = new float[Math.Min(texts.Count, TextsAtOnce) * Inner.Dimension];
        for (int from = 0; from < texts.Count; from += TextsAtOnce)
        {
            int count = Math.Min(TextsAtOnce, texts.Count - from);
            Memory<float> full = part.AsMemory(0, count * Inner.Dimension);
            Inner.Encode([.. texts.Skip(from).Take(count)], full, cancellation);
            Components.Transform(full, vectors.Slice(from * Dimension, count * Dimension), cancellation);
        }
    }
}

/// <summary>The one demand that every encoder makes.</summary>
internal static class EncoderRoom
{
    public static void Check(IReadOnlyList<string> texts, Memory<float> vectors, int dimension)
    {
        if (vectors.Length != (long)texts.Count * dimension) throw new InvalidInputException($"{texts.Count} vectors of {dimension} numbers do not fit {vectors.Length} numbers");
    }
}
