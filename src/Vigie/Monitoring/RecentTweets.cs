using System.Runtime.InteropServices;

namespace Vigie.Monitoring;

/// <summary>The last predictions, newest first: what figures are of, and where examples come from. Adding costs the same however many there are.</summary>
internal sealed class RecentTweets(int capacity)
{
    private readonly byte[] _label = new byte[capacity], _tokens = new byte[capacity], _characters = new byte[capacity], _confidence = new byte[capacity];
    private readonly float[] _unknown = new float[capacity];
    private readonly ulong[][] _words = new ulong[capacity][];
    private readonly string?[] _ids = new string?[capacity], _texts = new string?[capacity];
    private int _next;

    public int Count { get; private set; }

    /// <summary>A prediction as the bins it falls into.</summary>
    public readonly record struct Entry(byte Label, byte Tokens, byte Characters, byte Confidence, float Unknown, ulong[] Words, string? Id, string? Text);

    /// <summary>The prediction <paramref name="age"/> places before the newest.</summary>
    public Entry this[int age]
    {
        get
        {
            int at = At(age);
            return new Entry(_label[at], _tokens[at], _characters[at], _confidence[at], _unknown[at], _words[at], _ids[at], _texts[at]);
        }
    }

    public ulong[] WordsOf(int age) => _words[At(age)];

    public void Add(in Entry entry)
    {
        int at = _next;
        _next = at + 1 == capacity ? 0 : at + 1;
        Count = Math.Min(Count + 1, capacity);
        (_label[at], _tokens[at], _characters[at], _confidence[at], _unknown[at]) = (entry.Label, entry.Tokens, entry.Characters, entry.Confidence, entry.Unknown);
        (_words[at], _ids[at], _texts[at]) = (entry.Words, entry.Id, entry.Text);
    }

    /// <summary>How many of the newest have each label.</summary>
    public long[] Labels(int classes, int newest)
    {
        var counts = new long[classes];
        for (int age = 0; age < Math.Min(newest, Count); age++) counts[_label[At(age)]]++;
        return counts;
    }

    public long[] Tokens(int bins) => Counts(_tokens, bins);

    public long[] Characters(int bins) => Counts(_characters, bins);

    public long[] Confidence(int bins) => Counts(_confidence, bins);

    /// <summary>Mean and variance of the share of unknown words.</summary>
    public (double Mean, double Variance) Unknown()
    {
        double sum = 0, squares = 0;
        for (int age = 0; age < Count; age++)
        {
            double value = _unknown[At(age)];
            sum += value;
            squares += value * value;
        }

        double mean = Count == 0 ? 0 : sum / Count;
        return (mean, Count < 2 ? 0 : Math.Max(0, squares - Count * mean * mean) / (Count - 1));
    }

    /// <summary>The newest predictions that <paramref name="picks"/> picks.</summary>
    public IReadOnlyList<DriftExample> Examples(int most, Func<Entry, bool> picks) =>
        [.. Enumerable.Range(0, Count).Select(age => this[age]).Where(picks).Take(most).Select(entry => new DriftExample(entry.Id, entry.Text))];

    /// <summary>Takes away the text, the name and the words of a prediction.</summary>
    /// <returns>Its words, of each place where it stood.</returns>
    public IEnumerable<(int Age, ulong[] Words)> Forget(string id)
    {
        for (int age = 0; age < Count; age++)
        {
            int at = At(age);
            if (_ids[at] != id) continue;
            ulong[] words = _words[at];
            (_ids[at], _texts[at], _words[at]) = (null, null, []);
            yield return (age, words);
        }
    }

    /// <summary>Everything but the texts, oldest first.</summary>
    public RecentState ToState()
    {
        int[] places = [.. Enumerable.Range(0, Count).Reverse().Select(At)];
        return new RecentState
        {
            Labels = [.. places.Select(at => _label[at])],
            Tokens = [.. places.Select(at => _tokens[at])],
            Characters = [.. places.Select(at => _characters[at])],
            Confidence = [.. places.Select(at => _confidence[at])],
            Unknown = MemoryMarshal.AsBytes<float>(places.Select(at => _unknown[at]).ToArray()).ToArray(),
            WordCounts = [.. places.Select(at => _words[at].Length)],
            Words = MemoryMarshal.AsBytes<ulong>(places.SelectMany(at => _words[at]).ToArray()).ToArray(),
            Ids = [.. places.Select(at => _ids[at])],
        };
    }

    private long[] Counts(byte[] bins, int count)
    {
        var counts = new long[count];
        for (int age = 0; age < Count; age++) counts[bins[At(age)]]++;
        return counts;
    }

    private int At(int age)
    {
        int at = _next - 1 - age;
        return at < 0 ? at + capacity : at;
    }
}
