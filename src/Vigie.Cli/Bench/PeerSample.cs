using System.Globalization;
using System.Text;
using Vigie.Tweets;

namespace Vigie.Cli;

/// <summary>
/// Writes rows as the peers' scripts read them: <c>sample_50k.tsv</c> (rank, split, label, id, text) and <c>test_common.tsv</c> (label, text), the same rows in the
/// same order as our own training and evaluation take.
/// </summary>
internal static class PeerSample
{
    /// <summary>Writes a sample.</summary>
    /// <returns>The file's path.</returns>
    /// <exception cref="InvalidInputException">A row is neutral: the peers' scripts tell two classes apart.</exception>
    public static string Write(string data, int? size, string folder, CancellationToken cancellation)
    {
        string path = Path.Combine(folder, $"sample_{NameOf(size)}.tsv");
        Write(data, size, path, (row, tweet, split) =>
            string.Create(CultureInfo.InvariantCulture, $"{tweet.Rank ?? row}\t{NameOf(split)}\t{Label(data, tweet)}\t{tweet.Id?.Replace('\t', ' ')}\t{Text(tweet)}\n"), cancellation);
        return path;
    }

    /// <summary>Writes the test rows that every system is measured on, whatever it was trained on.</summary>
    /// <inheritdoc cref="Write(string, int?, string, CancellationToken)"/>
    public static string WriteTest(string data, int sample, string folder, CancellationToken cancellation)
    {
        string path = Path.Combine(folder, "test_common.tsv");
        Write(data, sample, path, (_, tweet, split) => split == Split.Test ? $"{Label(data, tweet)}\t{Text(tweet)}\n" : null, cancellation);
        return path;
    }

    /// <summary>A sample's size as the scripts write it: 50000 is <c>50k</c>.</summary>
    public static string NameOf(int? size) => size switch
    {
        null => "all",
        { } rows when rows % 1000 == 0 => string.Create(CultureInfo.InvariantCulture, $"{rows / 1000}k"),
        { } rows => rows.ToString(CultureInfo.InvariantCulture),
    };

    private static void Write(string data, int? sample, string path, Func<long, Tweet, Split, string?> line, CancellationToken cancellation)
    {
        using TweetReader reader = TweetReader.Open(data, new TweetReaderOptions { Sample = sample, RequireLabels = true }, null, cancellation);
        using var file = new StreamWriter(path, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        long row = 0;
        foreach (Tweet tweet in reader) file.Write(line(row++, tweet, tweet.Split ?? TextHash.SplitOf(tweet.Text)));
    }

    private static string NameOf(Split split) => split switch { Split.Train => "train", Split.Validation => "val", _ => "test" };

    private static char Label(string data, Tweet tweet) => tweet.Label switch
    {
        Sentiment.Positive => '1',
        Sentiment.Negative => '0',
        _ => throw new InvalidInputException($"{data} has neutral rows, and the peers' scripts take two classes"),
    };

    private static string Text(Tweet tweet) => tweet.Text.Replace('\n', ' ');
}
