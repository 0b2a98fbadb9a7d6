using System.Runtime.InteropServices;

namespace Vigie.Tweets;

/// <summary>Texts with their labels, side by side.</summary>
/// <param name="Texts">The texts as published.</param>
/// <param name="Labels">The label of each text.</param>
public sealed record TweetSet(string[] Texts, Sentiment[] Labels)
{
    /// <summary>No rows.</summary>
    public static TweetSet Empty { get; } = new([], []);

    /// <summary>How many there are.</summary>
    public int Count => Texts.Length;

    /// <summary>How many carry a label.</summary>
    public int CountOf(Sentiment label) => Labels.AsSpan().Count(label);
}

/// <summary>
/// The labelled rows of a file, in memory for training and evaluation: texts, labels and sides, nothing else, so that 1.4 million tweets take about 250 MB.
/// </summary>
public sealed class LabelledTweets
{
    private LabelledTweets(FileShape shape, TweetReadReport report, string digest, string[] texts, Sentiment[] labels, Split[] splits)
    {
        (Shape, Report, Digest, Splits) = (shape, report, digest, splits);
        All = new TweetSet(texts, labels);
        Classes = TweetSurvey.ClassesOf(All.CountOf);
    }

    /// <summary>What the file was recognised as.</summary>
    public FileShape Shape { get; }

    /// <summary>What the reading met with.</summary>
    public TweetReadReport Report { get; }

    /// <summary>The SHA-256 of the file's own bytes, in lower-case hexadecimal: names the data a model was trained on.</summary>
    public string Digest { get; }

    /// <summary>Every row, in the order of the file.</summary>
    public TweetSet All { get; }

    /// <summary>The side of each row of <see cref="All"/>: the file's own where it has a <c>split</c> column, else by <see cref="TextHash"/>.</summary>
    public Split[] Splits { get; }

    /// <summary>The classes that occur, in the order of <see cref="Sentiment"/>; two or three.</summary>
    public IReadOnlyList<Sentiment> Classes { get; }

    /// <summary>The rows of one side, in the order of the file; may be empty.</summary>
    public TweetSet this[Split split]
    {
        get
        {
            int count = Splits.AsSpan().Count(split);
            var part = new TweetSet(new string[count], new Sentiment[count]);
            for (int i = 0, to = 0; i < Splits.Length; i++)
            {
                if (Splits[i] != split) continue;
                part.Texts[to] = All.Texts[i];
                part.Labels[to++] = All.Labels[i];
            }

            return part;
        }
    }

    /// <summary>Reads a file. Its own bytes are hashed on the way, not in a second reading (but for a zip archive, which is not read in order).</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How to read it; null for the defaults. Labels are required whatever it says.</param>
    /// <param name="progress">Told every few thousand rows and at the end.</param>
    /// <param name="cancellation">Ends the reading with <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="InvalidInputException">As <see cref="TweetReader"/>; no label column; no usable row; all rows of one class.</exception>
    public static LabelledTweets Read(
        string path, TweetReaderOptions? options = null, IProgress<ReadProgress>? progress = null, CancellationToken cancellation = default)
    {
        using TweetReader reader = TweetReader.Open(path, (options ?? new TweetReaderOptions()) with { RequireLabels = true }, progress, cancellation);
        var texts = new List<string>();
        var labels = new List<Sentiment>();
        var splits = new List<Split>();
        foreach ((string text, Sentiment label, Split split) in Rows(reader, options?.Sample))
        {
            texts.Add(text);
            labels.Add(label);
            splits.Add(split);
        }

        reader.RefuseNothing();
        TweetReadReport report = reader.Report with { Taken = texts.Count };
        TweetSurvey.CheckForTraining(path, report, label => CollectionsMarshal.AsSpan(labels).Count(label));
        return new LabelledTweets(reader.Shape, report, reader.Digest, [.. texts], [.. labels], [.. splits]);
    }

    /// <summary>The labelled rows that an open reader gives: in constant memory, but for a sample of a file without ranks.</summary>
    internal static IEnumerable<(string Text, Sentiment Label, Split Split)> Rows(TweetReader reader, int? size)
    {
        if (!reader.SamplesByHash)
        {
            while (reader.Next()) yield return (reader.Text, reader.Label!.Value, reader.Split ?? TextHash.SplitOf(reader.Text));
            yield break;
        }

        var sample = new HashSample<(string, Sentiment, Split)>(size!.Value);
        while (reader.Next())
        {
            ulong hash = TextHash.Of(reader.Text);
            if (sample.Wants(hash)) sample.Offer((reader.Text, reader.Label!.Value, reader.Split ?? TextHash.SplitOf(hash)), hash, reader.Row);
        }

        foreach ((string, Sentiment, Split) row in sample.InOrder()) yield return row;
    }
}
