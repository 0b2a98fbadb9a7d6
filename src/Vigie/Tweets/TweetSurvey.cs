namespace Vigie.Tweets;

/// <summary>What a labelled file holds, counted in one pass and constant memory: what has to be known before learning from a stream.</summary>
/// <param name="Shape">What the file was recognised as.</param>
/// <param name="Report">What the reading met with.</param>
/// <param name="Digest">The SHA-256 of the file's own bytes, in lower-case hexadecimal.</param>
/// <param name="Rows">Rows of each side and label.</param>
public sealed record TweetSurvey(FileShape Shape, TweetReadReport Report, string Digest, SplitCounts Rows)
{
    /// <summary>The classes that occur, in the order of <see cref="Sentiment"/>; two or three.</summary>
    public IReadOnlyList<Sentiment> Classes { get; } = ClassesOf(label => Rows[label]);

    /// <summary>Counts a file.</summary>
    /// <inheritdoc cref="LabelledTweets.Read"/>
    public static TweetSurvey Read(string path, TweetReaderOptions? options = null, IProgress<ReadProgress>? progress = null, CancellationToken cancellation = default)
    {
        using TweetReader reader = TweetReader.Open(path, (options ?? new TweetReaderOptions()) with { RequireLabels = true }, progress, cancellation);
        var rows = new SplitCounts();
        foreach ((_, Sentiment label, Split split) in LabelledTweets.Rows(reader, options?.Sample)) rows.Add(split, label);
        reader.RefuseNothing();
        TweetReadReport report = reader.Report with { Taken = rows.Total };
        CheckForTraining(path, report, label => rows[label]);
        return new TweetSurvey(reader.Shape, report, reader.Digest, rows);
    }

    internal static IReadOnlyList<Sentiment> ClassesOf(Func<Sentiment, int> count) => [.. Enum.GetValues<Sentiment>().Where(label => count(label) > 0)];

    /// <exception cref="InvalidInputException">All rows are of one class.</exception>
    internal static void CheckForTraining(string path, TweetReadReport report, Func<Sentiment, int> count)
    {
        if (ClassesOf(count) is [Sentiment only])
            throw new InvalidInputException($"{path}: all {report.Taken} rows are labelled {only.ToString().ToLowerInvariant()}; at least two classes are needed");
    }
}

/// <summary>Rows counted by side and label.</summary>
public sealed class SplitCounts
{
    private readonly int[,] counts = new int[Enum.GetValues<Split>().Length, Enum.GetValues<Sentiment>().Length];
    private readonly Sentiment?[] last = new Sentiment?[Enum.GetValues<Split>().Length];
    private readonly int[] changes = new int[Enum.GetValues<Split>().Length];

    /// <summary>All rows.</summary>
    public int Total { get; private set; }

    /// <summary>Rows of a side with a label.</summary>
    public int this[Split split, Sentiment label] => counts[(int)split, (int)label];

    /// <summary>Rows of a side.</summary>
    public int this[Split split] => Enum.GetValues<Sentiment>().Sum(label => this[split, label]);

    /// <summary>Rows with a label.</summary>
    public int this[Sentiment label] => Enum.GetValues<Split>().Sum(split => this[split, label]);

    /// <summary>The labels that occur on a side, in the order of <see cref="Sentiment"/>, with their rows.</summary>
    internal IReadOnlyList<(Sentiment Label, int Count)> ByLabel(Split split) => [.. TweetSurvey.ClassesOf(label => this[split, label]).Select(label => (label, this[split, label]))];

    /// <summary>How often, among the rows of a side in the order they were counted, a row has another label than the one before it: few where they are sorted by label.</summary>
    public int ChangesOf(Split split) => changes[(int)split];

    /// <summary>Counts a row.</summary>
    public void Add(Split split, Sentiment label)
    {
        counts[(int)split, (int)label]++;
        Total++;
        if (last[(int)split] is { } before && before != label) changes[(int)split]++;
        last[(int)split] = label;
    }
}
