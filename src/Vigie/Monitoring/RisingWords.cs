using Vigie.Features;

namespace Vigie.Monitoring;

/// <summary>
/// Words that are in more of the newest texts than they were in training. Two windows are looked at, a short one for what breaks out and a long one for what creeps in. Each word is tested exactly, and each
/// look may use up the part of the accepted false alarms that the time since the last one brings, shared out over windows and words, half of it to words known from the training and half to new ones. So the
/// chances add up to what is accepted, however often one looks (alpha spending, Lan and DeMets, Biometrika 1983; Bonferroni).
/// </summary>
internal sealed class RisingWords(ReferenceWords reference, RecentTweets recent, NgramBuffer buffer, double falseAlarms)
{
    private const int Short = 200;
    private const int MostExamples = 3;
    private static readonly TimeSpan Least = TimeSpan.FromMinutes(1); // between looks that count
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);

    private readonly WordWindow[] _windows = [new(recent, Short), new(recent, DriftMonitor.Window)];
    private readonly Dictionary<ulong, RisingWord> _rising = [];

    /// <summary>When it was last looked.</summary>
    public DateTimeOffset? Looked { get; private set; }

    /// <summary>The words that are proven to rise, until they are as rare again as they may be.</summary>
    public IReadOnlyCollection<RisingWord> Rising => _rising.Values;

    public void MakeRoom()
    {
        foreach (WordWindow window in _windows) window.MakeRoom();
    }

    public void Add(ReadOnlySpan<ulong> words)
    {
        foreach (WordWindow window in _windows) window.Add(words);
    }

    public void Remove(int age, ReadOnlySpan<ulong> words)
    {
        foreach (WordWindow window in _windows)
        {
            if (age < window.Texts) window.Remove(words);
        }
    }

    public void Look(DateTimeOffset now)
    {
        if (Looked is { } last && now - last < Least && now >= last) return;
        double weeks = Looked is { } before ? Math.Clamp((now - before) / Week, 0, 1) : ShareBets.FirstStake;
        Looked = now;
        foreach (WordWindow window in _windows) Find(window, falseAlarms * weeks / (1 + ShareBets.FirstStake) / _windows.Length / 2);
        foreach (ulong word in _rising.Keys.Where(HasPassed).ToArray()) _rising.Remove(word);
    }

    /// <summary>Takes away a prediction from the examples of words.</summary>
    public bool ForgetExamples(string id)
    {
        bool found = false;
        foreach ((ulong word, RisingWord rising) in _rising.ToArray())
        {
            if (!rising.Examples.Any(example => example.Id == id)) continue;
            _rising[word] = rising with { Examples = [.. rising.Examples.Where(example => example.Id != id)] };
            found = true;
        }

        return found;
    }

    public IReadOnlyList<RisingState> ToState() =>
        [.. _rising.Select(word => new RisingState(word.Key, word.Value with { Examples = [.. word.Value.Examples.Select(example => example with { Text = null })] }))];

    public void Restore(IReadOnlyList<RisingState> words, DateTimeOffset? looked)
    {
        foreach (RisingState word in words) _rising[word.Fingerprint] = word.Word;
        Looked = looked;
    }

    private void Find(WordWindow window, double level)
    {
        int all = window.Texts;
        double least = all * reference.LeastBound;
        foreach ((ulong word, int texts) in window.Counts)
        {
            if (texts <= least) continue;
            ReferenceWords.Known known = reference.Of(word);
            if (!ReferenceWords.IsRemarkable(known, texts, all)) continue;
            double p = ReferenceWords.P(known, texts, all);
            if (p > level / (known.IsNew ? reference.NewWords : reference.KnownWords)) continue;
            // The first finding stays, with its examples, until a window shows a larger share.
            if (_rising.TryGetValue(word, out RisingWord? before) && before.Share >= (double)texts / all) continue;
            _rising[word] = Describe(word, known, texts, all, p);
        }
    }

    private bool HasPassed(ulong word)
    {
        double bound = reference.Of(word).Bound;
        return _windows.All(window => window.Counts.GetValueOrDefault(word) <= bound * window.Texts);
    }

    private RisingWord Describe(ulong word, in ReferenceWords.Known known, int texts, int all, double p)
    {
        double share = (double)texts / all;
        IReadOnlyList<DriftExample> examples = recent.Examples(MostExamples, entry => Array.BinarySearch(entry.Words, word) >= 0);
        return new RisingWord(known.Name ?? NameOf(word, examples), texts, share, known.Share, known.IsNew, p) { LogOdds = WordTest.LogOdds(texts, all, known.Share), Examples = examples };
    }

    // Words are counted by their fingerprints; the name is read from a text that holds it.
    private string? NameOf(ulong word, IReadOnlyList<DriftExample> examples)
    {
        foreach (string text in examples.Select(example => example.Text).OfType<string>())
        {
            buffer.Fill(text);
            int at = buffer.TokenFingerprints.IndexOf(word);
            if (at >= 0) return buffer.Tokens.Name(at);
        }

        return null;
    }
}
