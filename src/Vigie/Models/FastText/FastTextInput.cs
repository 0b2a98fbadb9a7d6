using Vigie.Features;
using Vigie.Text;

namespace Vigie.Models;

/// <summary>What a <see cref="FastTextModel"/> reads of a text: which n-grams, and how many places they are hashed to. Options have fastText's names.</summary>
public sealed record FastTextInput
{
    /// <summary>From raw text to tokens.</summary>
    public TextPipeline Text { get; init; } = new();

    /// <summary>Longest n-gram of words, from 1 to 8.</summary>
    public int WordNgrams { get; init; } = 3;

    /// <summary>Shortest n-gram of characters inside a word and the spaces around it; 0 where there are none.</summary>
    public int MinN { get; init; }

    /// <summary>Longest n-gram of characters, up to 12; 0 for none.</summary>
    public int MaxN { get; init; }

    /// <summary>
    /// Number of places that n-grams are hashed to, from 1,024 to 2³⁰. Two n-grams of one place share an embedding. Places that no n-gram takes cost
    /// a model nothing, and a training two bits each, so there are a hundred times as many as fastText has.
    /// </summary>
    public int Bucket { get; init; } = 200_000_000;

    internal Ngrams Ngrams => new() { WordMax = WordNgrams, CharMin = Math.Max(1, MinN), CharMax = MaxN, CharBoundary = CharBoundary.Word };

    internal void Validate()
    {
        if (WordNgrams is not (>= 1 and <= 8)) throw new InvalidInputException($"word_ngrams {WordNgrams}: expected 1 to 8 words");
        if (MaxN is not (>= 0 and <= 12)) throw new InvalidInputException($"maxn {MaxN}: expected 0 for no n-grams of characters, or up to 12");
        if (MaxN == 0 ? MinN != 0 : MinN < 1 || MinN > MaxN) throw new InvalidInputException($"minn {MinN} with maxn {MaxN}: expected 1 ≤ minn ≤ maxn, or 0 for both");
        if (Bucket is not (>= 1 << 10 and <= 1 << 30)) throw new InvalidInputException($"bucket {Bucket}: expected {1 << 10} to {1 << 30} places");
        _ = new Tokenizer(Text);
    }
}
