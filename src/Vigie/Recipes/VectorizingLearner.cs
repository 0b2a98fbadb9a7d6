using Vigie.Features;
using Vigie.Text;

namespace Vigie.Recipes;

/// <summary>Learns from the n-grams of texts.</summary>
public abstract record VectorizingLearner : TextLearner
{
    /// <summary>From text to features.</summary>
    public NgramVectorizer Vectorizer { get; init; } = new();

    /// <inheritdoc/>
    public sealed override TextPipeline Text
    {
        get => Vectorizer.Text;
        init => Vectorizer = Vectorizer with { Text = value };
    }
}
