using Vigie.Tweets;

namespace Vigie.Cli;

/// <summary>The texts of a tweet file, with their labels where it has some, and the SHA-256 of the file.</summary>
internal sealed record TextsOfFile(IReadOnlyList<string> Texts, IReadOnlyList<Sentiment?> Labels, string Digest)
{
    public static TextsOfFile Read(VerbRun run, string path, TweetReaderOptions options, ProgressBoard board, bool trainingRowsOnly)
    {
        using TweetReader reader = TweetReader.Open(path, options, board.Stage<ReadProgress>("reading (MB)", TweetFileOptions.Progress), run.Stop);
        var texts = new List<string>();
        var labels = new List<Sentiment?>();
        foreach (Tweet tweet in reader)
        {
            if (trainingRowsOnly && (tweet.Split ?? TextHash.SplitOf(tweet.Text)) != Split.Train) continue;
            texts.Add(tweet.Text);
            labels.Add(tweet.Label);
        }

        TweetFileOptions.Warn(run, reader.Report);
        if (texts.Count == 0) throw new InvalidInputException($"{path}: has no {(trainingRowsOnly ? "training " : "")}rows");
        return new TextsOfFile(texts, labels, reader.Digest);
    }
}
