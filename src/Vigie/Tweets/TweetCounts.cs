using System.Runtime.InteropServices;

namespace Vigie.Tweets;

/// <summary>Gathers <see cref="TweetStatistics"/> row by row.</summary>
internal sealed class TweetCounts
{
    private const int ListedConflicts = 10;
    private const byte Repeated = 128;

    private readonly LengthCounts characters = new(), words = new();
    private readonly WordCounts vocabulary = new();

    // By text hash: which labels occurred (bits 0 to 2) and whether the text is counted as conflicting.
    private readonly Dictionary<ulong, byte> texts = [];
    private readonly HashSet<ulong> nearTexts = [];
    private readonly List<(ulong Hash, string Text)> conflicts = [];
    private readonly long[] classes = new long[3], splits = new long[3];
    private long rows, empty, near, conflicting;
    private DateTimeOffset? from, to;

    public void Add(Tweet tweet)
    {
        rows++;
        if (string.IsNullOrWhiteSpace(tweet.Text)) empty++;
        if (tweet.Label is { } label) classes[(int)label]++;
        if (tweet.Split is { } split) splits[(int)split]++;
        if (tweet.CreatedAt is { } time)
        {
            from = from is null || time < from ? time : from;
            to = to is null || time > to ? time : to;
        }

        characters.Add(Scalars(tweet.Text));
        words.Add(vocabulary.Add(tweet.Text, tweet.Label));
        AddText(tweet);
    }

    public TweetStatistics Statistics(string path, TweetReader reader)
    {
        long labelled = classes.Sum();
        IReadOnlyList<TopWord>[] top = vocabulary.TopWords(15);
        return new TweetStatistics
        {
            Path = path,
            Digest = reader.Digest,
            Shape = reader.Shape,
            Reading = reader.Report,
            Classes = Enum.GetValues<Sentiment>().Where(label => classes[(int)label] > 0).ToDictionary(
                label => label.ToString().ToLowerInvariant(),
                label => new ClassStatistics(classes[(int)label], (double)classes[(int)label] / labelled, top[(int)label])),
            Splits = Enum.GetValues<Split>().Where(split => splits[(int)split] > 0).ToDictionary(
                split => split.ToString().ToLowerInvariant(), split => splits[(int)split]),
            Characters = characters.Lengths(),
            Words = words.Lengths(),
            EmptyTexts = empty,
            DistinctTexts = texts.Count,
            Duplicates = rows - texts.Count,
            NearDuplicates = near,
            ConflictingTexts = conflicting,
            Conflicts = [.. conflicts.Select(text => new ConflictingText(text.Text, LabelsOf(texts[text.Hash])))],
            Vocabulary = vocabulary.Count,
            From = from,
            To = to,
        };
    }

    private void AddText(Tweet tweet)
    {
        ulong hash = TextHash.Of(tweet.Text);
        ref byte labels = ref CollectionsMarshal.GetValueRefOrAddDefault(texts, hash, out bool known);
        if (!known && !nearTexts.Add(NearText.HashOf(tweet.Text))) near++;
        if (tweet.Label is not { } label) return;
        labels |= (byte)(1 << (int)label);
        if ((labels & Repeated) != 0 || int.PopCount(labels) < 2) return;
        labels |= Repeated;
        conflicting++;
        if (conflicts.Count < ListedConflicts) conflicts.Add((hash, tweet.Text));
    }

    private static Sentiment[] LabelsOf(byte labels) => [.. Enum.GetValues<Sentiment>().Where(label => (labels & (1 << (int)label)) != 0)];

    private static int Scalars(string text)
    {
        int pairs = 0;
        foreach (char letter in text) pairs += char.IsLowSurrogate(letter) ? 1 : 0;
        return text.Length - pairs;
    }

    private sealed class LengthCounts
    {
        private readonly SortedDictionary<int, long> rare = [];
        private readonly long[] common = new long[1024];

        public void Add(int length)
        {
            if (length < common.Length) common[length]++;
            else rare[length] = rare.GetValueOrDefault(length) + 1;
        }

        public Lengths Lengths()
        {
            (int Length, long Count)[] all = [.. common.Select((count, length) => (length, count)).Concat(rare.Select(pair => (pair.Key, pair.Value))).Where(pair => pair.Item2 > 0)];
            long total = all.Sum(pair => pair.Count);
            return new Lengths(all[0].Length, all.Sum(pair => (double)pair.Length * pair.Count) / total, Quantile(0.5), Quantile(0.95), all[^1].Length);

            int Quantile(double share)
            {
                long below = 0;
                return all.First(pair => (below += pair.Count) >= share * total).Length;
            }
        }
    }
}
