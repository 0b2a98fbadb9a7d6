namespace Vigie.Tweets;

/// <summary>The output of a split: one file with a split column, or a folder of three.</summary>
internal sealed class SideWriters : IDisposable
{
    private static readonly string[] Names = ["train.csv", "validation.csv", "test.csv"];

    private readonly TweetWriter[] writers;
    private readonly int[,] counts = new int[3, 3];

    public SideWriters(string output, TweetColumns columns)
    {
        if (TweetWriter.CanWrite(output)) Paths = [output];
        else if (Path.HasExtension(output) && !Directory.Exists(output)) throw new InvalidInputException($"{output}: name a folder, or a file in .csv or .jsonl, alone or followed by .gz or .zst");
        else Paths = [.. Names.Select(name => Path.Combine(output, name))];
        writers = new TweetWriter[Paths.Count];
        try
        {
            for (int i = 0; i < writers.Length; i++) writers[i] = TweetWriter.Create(Paths[i], columns);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public IReadOnlyList<string> Paths { get; }

    public SideCount this[Split side]
    {
        get
        {
            (int negative, int neutral, int positive) = (counts[(int)side, 0], counts[(int)side, 1], counts[(int)side, 2]);
            return new SideCount(negative + neutral + positive, negative, neutral, positive);
        }
    }

    public void Write(Tweet tweet)
    {
        int side = (int)tweet.Split!;
        counts[side, (int)tweet.Label!]++;
        writers[writers.Length == 1 ? 0 : side].Write(tweet);
    }

    public void Complete()
    {
        // All bytes first, names after: what can fail fails before anything appears.
        foreach (TweetWriter writer in writers) writer.Finish();
        foreach (TweetWriter writer in writers) writer.Complete();
    }

    public void Dispose()
    {
        foreach (TweetWriter? writer in writers) writer?.Dispose();
    }
}
