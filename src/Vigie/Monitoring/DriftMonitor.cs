using System.Text.Json;
using Vigie.Bundles;
using Vigie.Features;
using Vigie.Text;

namespace Vigie.Monitoring;

/// <summary>
/// Watches whether predictions and texts are still like those of a model's training. It is told of every prediction and may be looked at at any time, as often as one likes: all false alarms
/// together come to at most <see cref="DriftOptions.FalseAlarmsPerWeek"/> a week on average, and in the first week, for texts that come independently from where the training's came. How that is kept is in
/// <see cref="ShareBets"/>, <see cref="EmbeddingWatch"/> and <see cref="RisingWords"/>.
/// <para>No clock, no files, no chance: the same predictions and looks give the same answers. For one thread at a time.</para>
/// </summary>
public sealed class DriftMonitor
{
    /// <summary>So many predictions are remembered one by one: figures and examples are of them.</summary>
    public const int Window = 2_000;

    private const int MostWordsOfText = 256;
    private const double Quiet = 0.01; // of the evidence that an alarm takes: what is less has passed
    private const double QuietP = 0.05;
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);
    private static readonly TimeSpan Disorder = TimeSpan.FromHours(1); // predictions are told by several threads; beyond that, somebody has put the clock back

    private readonly DriftReference _reference;
    private readonly NgramBuffer _buffer;
    private readonly RecentTweets _recent = new(Window);
    private readonly RisingWords? _words;
    private readonly DriftAlarm[] _alarms = [.. Enum.GetValues<DriftSignal>().Select(_ => new DriftAlarm())];
    private readonly DriftReadings _readings;
    private DateTimeOffset? _last;

    /// <summary>Begins to watch.</summary>
    /// <param name="text">How the model cuts texts.</param>
    /// <param name="profile">What its training texts looked like.</param>
    /// <param name="options">How sure an alarm has to be.</param>
    /// <exception cref="InvalidInputException">A setting is out of its range, or the profile is damaged.</exception>
    public DriftMonitor(TextPipeline text, TrainingProfile profile, DriftOptions? options = null)
    {
        _reference = new DriftReference(profile, options ?? new DriftOptions());
        _buffer = new NgramBuffer(new Tokenizer(text), Ngrams.Unigrams);
        _words = _reference.Words is { } words ? new RisingWords(words, _recent, _buffer, _reference.WordAlarms) : null;
        _readings = new DriftReadings(_reference, _recent, _words, _alarms);
    }

    /// <summary>Predictions seen.</summary>
    public long Tweets { get; private set; }

    /// <summary>The signal that has had an alarm for longest; null without one.</summary>
    public DriftSignal? FirstAlarm => Enum.GetValues<DriftSignal>().Where(signal => _alarms[(int)signal].Since is not null).Select(signal => (DriftSignal?)signal).MinBy(signal => _alarms[(int)signal!].Since);

    /// <summary>Takes a prediction in. Its words cost some microseconds, all else less than one.</summary>
    /// <exception cref="InvalidInputException">The model has no such class, or a share is none.</exception>
    public void Add(in DriftObservation observation)
    {
        _buffer.Fill(observation.Text);
        Add(observation, _buffer.Tokens.Count, observation.Text.Length, _buffer.TokenFingerprints);
    }

    /// <summary>The same for a text that is known by its words.</summary>
    internal void Add(in DriftObservation observation, int tokens, int characters, ReadOnlySpan<ulong> words)
    {
        if (observation.Confidence is not (>= 0 and <= 1) || observation.UnknownShare is not (>= 0 and <= 1))
            throw new InvalidInputException($"confidence {observation.Confidence}, unknown_share {observation.UnknownShare}: expected 0 to 1");
        int label = _reference.ColumnOf(observation.Label);
        double stake = Stake(observation.At);
        byte tokenBin = _reference.TokenBin(tokens), characterBin = _reference.CharacterBin(characters), confidenceBin = _reference.ConfidenceBin(observation.Confidence);
        if (_reference.ClassMix.IsOpen)
        {
            int side = 0;
            foreach (int c in _reference.BetOn)
            {
                _reference.ClassMix.Add(side++, c == label ? 1 : 0, stake);
                _reference.ClassMix.Add(side++, c == label ? 0 : 1, stake);
            }
        }

        if (_reference.Unknown.IsOpen) _reference.Unknown.Add(0, observation.UnknownShare, stake);
        _reference.Tokens.Add(tokenBin, stake);
        _reference.Characters.Add(characterBin, stake);
        _reference.Confidence.Add(confidenceBin, stake);
        if (_reference.Embedding is { } embedding)
        {
            Span<sbyte> row = embedding.Next(observation.At);
            if (!row.IsEmpty) _reference.Sketch.Of(words, row);
        }

        var entry = new RecentTweets.Entry((byte)label, tokenBin, characterBin, confidenceBin, (float)observation.UnknownShare, Distinct(words), observation.Id, observation.Text);
        Remember(entry);
        Tweets++;
    }

    /// <summary>Raises and ends alarms. Some microseconds; once a day some milliseconds, for the embedding. <see cref="Look"/> does it too.</summary>
    /// <returns>Whether any signal has an alarm.</returns>
    public bool Watch(DateTimeOffset now)
    {
        Judge(DriftSignal.ClassMix, _reference.ClassMix, now);
        Judge(DriftSignal.UnknownWords, _reference.Unknown, now);
        Judge(DriftSignal.Tokens, _reference.Tokens.Bets, now);
        Judge(DriftSignal.Characters, _reference.Characters.Bets, now);
        Judge(DriftSignal.Confidence, _reference.Confidence.Bets, now);
        if (_words is not null)
        {
            _words.Look(now);
            _alarms[(int)DriftSignal.RisingWords].Judge(_words.Rising.Count > 0, _words.Rising.Count == 0, now);
        }

        if (_reference.Embedding is { } embedding && embedding.Look(now)) _alarms[(int)DriftSignal.Embedding].Judge(embedding.P <= embedding.Limit, embedding.P > QuietP, now);
        return _alarms.Any(alarm => alarm.Since is not null);
    }

    /// <summary>What there is to be seen of every signal.</summary>
    /// <param name="now">The moment, at or after the last prediction.</param>
    public DriftLook Look(DateTimeOffset now)
    {
        Watch(now);
        return new DriftLook(now, Tweets, _readings.All());
    }

    /// <summary>Takes away all that tells of a prediction: its text, its name and its words. What counts have it in them tells of nobody.</summary>
    /// <param name="id">As <see cref="DriftObservation.Id"/> named it.</param>
    /// <returns>Whether it was remembered.</returns>
    public bool Forget(string id)
    {
        (int Age, ulong[] Words)[] found = [.. _recent.Forget(id)];
        foreach ((int age, ulong[] words) in found) _words?.Remove(age, words);
        return (_words?.ForgetExamples(id) ?? false) || found.Length > 0;
    }

    /// <summary>All that the monitor knows, as JSON, to be taken up again by <see cref="Restore"/>. Texts are left out; half a megabyte.</summary>
    public byte[] Save() => JsonSerializer.SerializeToUtf8Bytes(
        new DriftState
        {
            Format = DriftState.FormatVersion,
            Bounds = Bounds(),
            Worth = [.. _reference.AllBets.SelectMany(bets => bets.Worth.ToArray())],
            Tweets = Tweets,
            Last = _last,
            WordsLooked = _words?.Looked,
            Alarms = [.. _alarms.Select(alarm => alarm.ToState())],
            Rising = _words?.ToState() ?? [],
            Embedding = _reference.Embedding?.ToState(),
            Recent = _recent.ToState(),
        },
        DriftJson.Default.DriftState);

    /// <summary>A monitor that knows what another knew when it was saved.</summary>
    /// <param name="text">How the model cuts texts.</param>
    /// <param name="profile">The same model's profile.</param>
    /// <param name="options">The same options.</param>
    /// <param name="state">What <see cref="Save"/> gave.</param>
    /// <exception cref="InvalidInputException">The state is damaged, or belongs to another model, other options or another version of the program: begin anew.</exception>
    public static DriftMonitor Restore(TextPipeline text, TrainingProfile profile, DriftOptions? options, ReadOnlySpan<byte> state)
    {
        var monitor = new DriftMonitor(text, profile, options);
        try
        {
            monitor.TakeUp(JsonSerializer.Deserialize(state, DriftJson.Default.DriftState) ?? throw new InvalidInputException("drift state: null"));
        }
        catch (JsonException damaged)
        {
            throw new InvalidInputException($"drift state: {damaged.Message}", damaged);
        }

        return monitor;
    }

    private void TakeUp(DriftState state)
    {
        if (state.Format != DriftState.FormatVersion) throw new InvalidInputException($"drift state: format {state.Format}, this program reads {DriftState.FormatVersion}");
        if (!state.Bounds.AsSpan().SequenceEqual(Bounds())) throw new InvalidInputException("drift state: it is of another model or other settings");
        ShareBets[] bets = [.. _reference.AllBets];
        if (state.Worth.Length != bets.Sum(own => own.Worth.Length) || state.Worth.Any(worth => !(worth >= 0) || double.IsInfinity(worth)) || state.Alarms.Count != _alarms.Length)
            throw new InvalidInputException($"drift state: {state.Worth.Length} bets and {state.Alarms.Count} alarms, or a bet that is no number");
        int at = 0;
        foreach (ShareBets own in bets)
        {
            state.Worth.AsSpan(at, own.Worth.Length).CopyTo(own.Worth);
            at += own.Worth.Length;
        }

        for (int i = 0; i < _alarms.Length; i++) _alarms[i].Restore(state.Alarms[i]);
        foreach (RecentTweets.Entry entry in state.Recent.Entries(_reference)) Remember(entry);
        _words?.Restore(state.Rising, state.WordsLooked);
        if (state.Embedding is { } embedding) _reference.Embedding?.Restore(embedding);
        (Tweets, _last) = (state.Tweets, state.Last);
    }

    private double[] Bounds() => [.. _reference.AllBets.SelectMany(bets => bets.Bounds), _reference.Words?.NewWords ?? 0];

    private void Remember(in RecentTweets.Entry entry)
    {
        _words?.MakeRoom();
        _recent.Add(entry);
        _words?.Add(entry.Words);
    }

    private double Stake(DateTimeOffset at)
    {
        if (_last is not { } last)
        {
            _last = at;
            return ShareBets.FirstStake;
        }

        TimeSpan passed = at - last;
        if (passed > TimeSpan.Zero || passed < -Disorder) _last = at;
        return passed > TimeSpan.Zero ? Math.Min(1, passed / Week) : 0; // less is always allowed, and a clock that is decades off must not pay decades at once
    }

    private void Judge(DriftSignal signal, ShareBets bets, DateTimeOffset now)
    {
        double evidence = bets.Evidence;
        if (_alarms[(int)signal].Judge(evidence >= 1, evidence < Quiet, now)) bets.Clear();
    }

    private static ulong[] Distinct(ReadOnlySpan<ulong> words)
    {
        ulong[] sorted = words[..Math.Min(words.Length, MostWordsOfText)].ToArray();
        Array.Sort(sorted);
        int kept = 0;
        for (int i = 0; i < sorted.Length; i++)
        {
            if (i == 0 || sorted[i] != sorted[i - 1]) sorted[kept++] = sorted[i];
        }

        return kept == sorted.Length ? sorted : sorted[..kept];
    }
}

/// <summary>Whether a signal has an alarm, and since when.</summary>
internal sealed class DriftAlarm
{
    public DateTimeOffset? Since { get; private set; }

    /// <summary>When it was last seen quiet.</summary>
    public DateTimeOffset? Quiet { get; private set; }

    /// <summary>Raises or ends the alarm.</summary>
    /// <returns>Whether it ended.</returns>
    public bool Judge(bool proven, bool quiet, DateTimeOffset now)
    {
        bool ended = Since is not null && quiet;
        if (ended) Since = null;
        else if (Since is null && proven) Since = now;
        if (quiet) Quiet = now;
        return ended;
    }

    public AlarmState ToState() => new(Since, Quiet);

    public void Restore(AlarmState state) => (Since, Quiet) = (state.Since, state.Quiet);
}
