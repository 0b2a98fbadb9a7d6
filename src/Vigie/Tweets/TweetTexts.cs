namespace Vigie.Tweets;

/// <summary>The texts of a file, whatever else its rows have.</summary>
public sealed class TweetTexts
{
    private TweetTexts(string[] all, string digest) => (All, Digest) = (all, digest);

    /// <summary>Every text, in the order of the file.</summary>
    public string[] All { get; }

    /// <summary>The SHA-256 of the file's own bytes, in lower-case hexadecimal.</summary>
    public string Digest { get; }

    /// <summary>Reads the texts of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How to read it; null for the defaults. Labels are not looked at whatever it says.</param>
    /// <param name="progress">Told every few thousand rows and at the end.</param>
    /// <param name="cancellation">Ends the reading with <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="InvalidInputException">As <see cref="TweetReader"/>.</exception>
    public static TweetTexts Read(string path, TweetReaderOptions? options = null, IProgress<ReadProgress>? progress = null, CancellationToken cancellation = default)
    {
        TweetReaderOptions unlabelled = (options ?? new TweetReaderOptions()) with { RequireLabels = false, LabelColumn = null, Labels = null, IgnoreLabels = true };
        using TweetReader reader = TweetReader.Open(path, unlabelled, progress, cancellation);
        string[] texts = [.. Rows(reader, unlabelled.Sample)];
        return new TweetTexts(texts, reader.Digest);
    }

    private static IEnumerable<string> Rows(TweetReader reader, int? size)
    {
        if (!reader.SamplesByHash)
        {
            while (reader.Next()) yield return reader.Text;
            yield break;
        }

        var sample = new HashSample<string>(size!.Value);
        while (reader.Next())
        {
            ulong hash = TextHash.Of(reader.Text);
            if (sample.Wants(hash)) sample.Offer(reader.Text, hash, reader.Row);
        }

        foreach (string text in sample.InOrder()) yield return text;
    }
}
