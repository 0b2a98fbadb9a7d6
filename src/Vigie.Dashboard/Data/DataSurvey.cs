using System.Runtime.InteropServices;
using Vigie.Dashboard.Reading;
using Vigie.Tweets;

namespace Vigie.Dashboard.Data;

/// <summary>What a tweet file holds: all that <c>vigie data describe</c> says, how its rows fall on the sides, and which texts stand in it more than once.</summary>
internal sealed record DataSurvey
{
    /// <summary>Width of a bar of the lengths, in characters; the last bar has all that is longer.</summary>
    public const int LengthStep = 20, LengthBars = 16;

    private const int MostAuthors = 10;

    /// <summary>What describing it gives.</summary>
    public required TweetStatistics Statistics { get; init; }

    /// <summary>Rows by side and class; class 3 is that of rows without a label.</summary>
    public required IReadOnlyDictionary<Split, long[]> Sides { get; init; }

    /// <summary>Whether the file says which row is on which side; else the text's hash does, as in training.</summary>
    public required bool HasSides { get; init; }

    /// <summary>Rows by length, each bar <see cref="LengthStep"/> characters wide.</summary>
    public required IReadOnlyList<long> Lengths { get; init; }

    /// <summary>Rows by day in the reader's zone.</summary>
    public required IReadOnlyList<(DateOnly Day, long Rows)> Days { get; init; }

    /// <summary>Different authors.</summary>
    public required long Authors { get; init; }

    /// <summary>Those who wrote the most.</summary>
    public required IReadOnlyList<(string Name, long Rows)> Busiest { get; init; }

    /// <summary>Validation and test rows whose text stands among the training rows too: exactly, and but for case, links, mentions, punctuation and spacing.</summary>
    public required IReadOnlyDictionary<Split, (long Exact, long Near)> Leaks { get; init; }

    /// <summary>Texts that stand in the file more than once.</summary>
    public required TextGroups Duplicates { get; init; }

    /// <summary>Texts that differ in case, links, mentions, punctuation or spacing alone.</summary>
    public required TextGroups NearDuplicates { get; init; }

    /// <summary>Texts with different labels.</summary>
    public required TextGroups Conflicts { get; init; }

    /// <summary>Texts that stand on more than one side.</summary>
    public required TextGroups Leaking { get; init; }

    /// <summary>Looks at a file, in up to three readings. Memory grows with the number of different texts, by about 100 bytes each.</summary>
    /// <param name="path">The file.</param>
    /// <param name="zone">Whose days are counted.</param>
    /// <param name="stages">What the three readings are called.</param>
    /// <param name="work">Told how far it is.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="InvalidInputException">The file cannot be used.</exception>
    public static DataSurvey Of(string path, TimeZoneInfo zone, (string Describe, string Compare, string Collect) stages, LongWork work, CancellationToken cancellation)
    {
        var options = new TweetReaderOptions { OnError = OnError.Skip };
        work.Begin(stages.Describe);
        var statistics = TweetStatistics.Of(path, options, work, cancellation);
        work.Begin(stages.Compare);
        var counts = new Counts(zone);
        using (TweetReader reader = TweetReader.Open(path, options, work, cancellation))
        {
            foreach (Tweet tweet in reader) counts.Add(tweet);
            if (reader.Digest != statistics.Digest) throw new InvalidInputException($"{path}: changed while it was read");
        }

        work.Begin(stages.Collect);
        TextGroups[] groups = TextGroups.Collect(path, options, counts.Texts, counts.Near, work, cancellation);
        return new DataSurvey
        {
            Statistics = statistics,
            Sides = Enum.GetValues<Split>().ToDictionary(side => side, side => counts.Sides[(int)side]),
            HasSides = statistics.Shape.HasSplit,
            Lengths = counts.Lengths,
            Days = [.. counts.Days.Select(day => (day.Key, day.Value))],
            Authors = counts.Authors.Count,
            Busiest = [.. counts.Authors.OrderByDescending(author => author.Value).ThenBy(author => author.Key, StringComparer.Ordinal).Take(MostAuthors).Select(author => (author.Key, author.Value))],
            Leaks = new[] { Split.Validation, Split.Test }.ToDictionary(side => side, counts.LeaksOf),
            Duplicates = groups[0],
            NearDuplicates = groups[1],
            Conflicts = groups[2],
            Leaking = groups[3],
        };
    }

    private sealed class Counts(TimeZoneInfo zone)
    {
        public Dictionary<ulong, TextEntry> Texts { get; } = [];

        public Dictionary<ulong, NearEntry> Near { get; } = [];

        public long[][] Sides { get; } = [new long[4], new long[4], new long[4]];

        public long[] Lengths { get; } = new long[LengthBars];

        public SortedDictionary<DateOnly, long> Days { get; } = [];

        public Dictionary<string, long> Authors { get; } = new(StringComparer.Ordinal);

        public void Add(Tweet tweet)
        {
            Split side = tweet.Split ?? TextHash.SplitOf(tweet.Text);
            Sides[(int)side][tweet.Label is { } label ? (int)label : 3]++;
            Lengths[Math.Min(tweet.Text.EnumerateRunes().Count() / LengthStep, LengthBars - 1)]++;
            if (tweet.CreatedAt is { } at)
            {
                var day = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, zone).DateTime);
                Days[day] = Days.GetValueOrDefault(day) + 1;
            }

            if (tweet.Author is { Length: > 0 } author) CollectionsMarshal.GetValueRefOrAddDefault(Authors, author, out _)++;
            ref TextEntry text = ref CollectionsMarshal.GetValueRefOrAddDefault(Texts, TextHash.Of(tweet.Text), out bool known);
            if (!known) text.Near = NearText.HashOf(tweet.Text);
            text.Rows.Add(side);
            if (tweet.Label is { } one) text.Labels |= (byte)(1 << (int)one);
            ref NearEntry near = ref CollectionsMarshal.GetValueRefOrAddDefault(Near, text.Near, out _);
            near.Rows.Add(side);
            if (!known) near.Texts++;
        }

        public (long Exact, long Near) LeaksOf(Split side)
        {
            long exact = Texts.Values.Where(text => text.Rows.Train > 0).Sum(text => (long)text.Rows[side]);
            return (exact, Near.Values.Where(near => near.Rows.Train > 0).Sum(near => (long)near.Rows[side]) - exact);
        }
    }
}

/// <summary>Rows of one text, by side.</summary>
internal record struct SideRows(int Train, int Validation, int Test)
{
    public readonly int All => Train + Validation + Test;

    public readonly int this[Split side] => side switch { Split.Train => Train, Split.Validation => Validation, _ => Test };

    public readonly bool IsOnSeveral => (Train > 0 ? 1 : 0) + (Validation > 0 ? 1 : 0) + (Test > 0 ? 1 : 0) > 1;

    public void Add(Split side)
    {
        if (side == Split.Train) Train++;
        else if (side == Split.Validation) Validation++;
        else Test++;
    }
}

/// <summary>What is counted of one text.</summary>
internal struct TextEntry
{
    /// <summary>Hash of its words.</summary>
    public ulong Near;

    /// <summary>Its rows.</summary>
    public SideRows Rows;

    /// <summary>Its labels, one bit each.</summary>
    public byte Labels;
}

/// <summary>What is counted of texts with the same words.</summary>
internal struct NearEntry
{
    /// <summary>Different texts.</summary>
    public int Texts;

    /// <summary>Their rows.</summary>
    public SideRows Rows;
}
