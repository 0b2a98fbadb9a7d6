namespace Vigie.Tweets;

/// <summary>The distribution of a length.</summary>
/// <param name="Min">The smallest.</param>
/// <param name="Mean">The mean.</param>
/// <param name="Median">Half of the texts are at most this long.</param>
/// <param name="P95">95 % of the texts are at most this long.</param>
/// <param name="Max">The largest.</param>
public sealed record Lengths(int Min, double Mean, int Median, int P95, int Max);

/// <summary>A word and how much it speaks for a class.</summary>
/// <param name="Text">The word in lower case.</param>
/// <param name="Count">How often it occurs in the class.</param>
/// <param name="ZScore">Its log-odds ratio against the other classes, in standard deviations.</param>
public sealed record TopWord(string Text, long Count, double ZScore);

/// <summary>One class of a data set.</summary>
/// <param name="Rows">Its rows.</param>
/// <param name="Share">Their share of the labelled rows, 0 to 1.</param>
/// <param name="TopWords">The words that set it apart the most.</param>
public sealed record ClassStatistics(long Rows, double Share, IReadOnlyList<TopWord> TopWords);

/// <summary>A text that occurs with different labels.</summary>
/// <param name="Text">The text.</param>
/// <param name="Labels">The labels, in the order of <see cref="Sentiment"/>.</param>
public sealed record ConflictingText(string Text, IReadOnlyList<Sentiment> Labels);

/// <summary>What a tweet file holds, in numbers.</summary>
public sealed record TweetStatistics
{
    /// <summary>The file as the caller named it.</summary>
    public required string Path { get; init; }

    /// <summary>The SHA-256 of the file's own bytes.</summary>
    public required string Digest { get; init; }

    /// <summary>What the file was recognised as.</summary>
    public required FileShape Shape { get; init; }

    /// <summary>What the reading met with: rows, rows skipped, encoding, mojibake.</summary>
    public required TweetReadReport Reading { get; init; }

    /// <summary>The classes by name (<c>negative</c>, <c>neutral</c>, <c>positive</c>), those that occur.</summary>
    public required IReadOnlyDictionary<string, ClassStatistics> Classes { get; init; }

    /// <summary>Rows by side (<c>train</c>, <c>validation</c>, <c>test</c>); empty where the file has no split column.</summary>
    public required IReadOnlyDictionary<string, long> Splits { get; init; }

    /// <summary>Text lengths in characters (Unicode scalar values).</summary>
    public required Lengths Characters { get; init; }

    /// <summary>Text lengths in words.</summary>
    public required Lengths Words { get; init; }

    /// <summary>Texts of blanks or nothing.</summary>
    public required long EmptyTexts { get; init; }

    /// <summary>Different texts.</summary>
    public required long DistinctTexts { get; init; }

    /// <summary>Rows that repeat the text of an earlier row exactly.</summary>
    public required long Duplicates { get; init; }

    /// <summary>Further rows that repeat an earlier row but for case, links, @mentions, punctuation and spacing.</summary>
    public required long NearDuplicates { get; init; }

    /// <summary>Texts that occur with different labels.</summary>
    public required long ConflictingTexts { get; init; }

    /// <summary>The first of them.</summary>
    public required IReadOnlyList<ConflictingText> Conflicts { get; init; }

    /// <summary>Different words, @mentions and links left out.</summary>
    public required long Vocabulary { get; init; }

    /// <summary>The oldest time; null where there is none.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>The newest time; null where there is none.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Reads a file and counts. Memory grows with the number of different texts (about 50 bytes each) and words.</summary>
    /// <exception cref="InvalidInputException">As <see cref="TweetReader"/>.</exception>
    public static TweetStatistics Of(
        string path, TweetReaderOptions? options = null, IProgress<ReadProgress>? progress = null, CancellationToken cancellation = default)
    {
        using TweetReader reader = TweetReader.Open(path, options, progress, cancellation);
        var counts = new TweetCounts();
        foreach (Tweet tweet in reader) counts.Add(tweet);
        return counts.Statistics(path, reader);
    }
}
