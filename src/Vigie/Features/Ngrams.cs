namespace Vigie.Features;

/// <summary>Where character n-grams may lie.</summary>
public enum CharBoundary
{
    /// <summary>Inside one token and the spaces around it: scikit-learn's <c>char_wb</c>.</summary>
    Word,

    /// <summary>Anywhere, across the single spaces between tokens.</summary>
    Text,
}

/// <summary>Which n-grams of a tweet are features.</summary>
public sealed record Ngrams
{
    /// <summary>Single words.</summary>
    public static Ngrams Unigrams { get; } = new();

    /// <summary>Shortest word n-gram, in tokens; from 1.</summary>
    public int WordMin { get; init; } = 1;

    /// <summary>Longest word n-gram, in tokens; 0 for no words.</summary>
    public int WordMax { get; init; } = 1;

    /// <summary>Pairs of words with up to this many words left out between them: with 1, <c>never … late</c>. 0 for none.</summary>
    public int SkipMax { get; init; }

    /// <summary>Shortest character n-gram; from 1.</summary>
    public int CharMin { get; init; } = 1;

    /// <summary>Longest character n-gram; 0 for none.</summary>
    public int CharMax { get; init; }

    /// <summary>Where character n-grams may lie.</summary>
    public CharBoundary CharBoundary { get; init; } = CharBoundary.Word;

    internal Ngrams Validated()
    {
        if (WordMin < 1 || WordMax < 0 || WordMax > 8 || (WordMax > 0 && WordMin > WordMax))
            throw new InvalidInputException($"word n-grams of {WordMin} to {WordMax} tokens: expected 1 ≤ word_min ≤ word_max ≤ 8, or word_max 0 for none");
        if (CharMin < 1 || CharMax < 0 || CharMax > 12 || (CharMax > 0 && CharMin > CharMax))
            throw new InvalidInputException($"character n-grams of {CharMin} to {CharMax} characters: expected 1 ≤ char_min ≤ char_max ≤ 12, or char_max 0 for none");
        if (SkipMax is < 0 or > 8) throw new InvalidInputException($"skip_max {SkipMax}: expected 0 to 8");
        if (WordMax == 0 && CharMax == 0) throw new InvalidInputException("no features: word_max and char_max are both 0");
        return this;
    }
}
