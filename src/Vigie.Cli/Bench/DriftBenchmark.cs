using System.Globalization;
using Vigie.Bundles;
using Vigie.Corpus;
using Vigie.Evaluation;
using Vigie.Models;
using Vigie.Monitoring;
using Vigie.Plots;
using Vigie.Recipes;
using Vigie.Tweets;

namespace Vigie.Cli;

/// <summary>The drift monitor: false alarms of quiet weeks, delays of changes, cost of a prediction and of a look.</summary>
internal sealed record DriftBenchmark(TimeProvider Clock, Action<string> Note)
{
    private const double TweetsPerDay = 2_000; // where delays are measured
    private const double FalseAlarmsToReach = 1;
    private const int LargeTraining = 10_000, SmallTraining = 1_000;
    private const int CostTexts = 10_000, Passes = 21;
    private static readonly TimeSpan Patience = TimeSpan.FromDays(30);

    /// <summary>Changes on the third day. The last is what the reference system looks at: 60 against 90 % positive.</summary>
    private static readonly (string Name, DriftShift Shift)[] Changes =
    [
        ("positive class 5 points up", new() { Positive = 0.05 }),
        ("positive class 10 points up", new() { Positive = 0.1 }),
        ("positive class 20 points up", new() { Positive = 0.2 }),
        ("positive class 30 points up", new() { Positive = 0.3 }),
        ("positive class 10 points down", new() { Positive = -0.1 }),
        ("texts 10 % longer", new() { Length = 1.1 }),
        ("texts 25 % longer", new() { Length = 1.25 }),
        ("unsure of 10 % of texts", new() { Unsure = 0.1 }),
        ("unsure of 20 % of texts", new() { Unsure = 0.2 }),
        ("unknown words 3 to 7 %", new() { Unknown = 0.04 }),
        ("unknown words 3 to 10 %", new() { Unknown = 0.07 }),
        ("a new word in 5 % of texts", new() { NewWord = 0.05 }),
        ("a new word in 10 % of texts", new() { NewWord = 0.1 }),
        ("20 % of texts on another topic", new() { OtherTopic = 0.2 }),
        ("50 % of texts on another topic", new() { OtherTopic = 0.5 }),
    ];

    public int Weeks { get; init; }

    public int Runs { get; init; }

    public IReadOnlyList<ServerFigure> Run(CancellationToken cancellation)
    {
        var figures = new List<ServerFigure>(Quiet(cancellation));
        foreach ((string name, DriftShift shift) in Changes) figures.AddRange(Delays(name, shift, cancellation));
        figures.AddRange(Cost(cancellation));
        return figures;
    }

    // 200 to 20,000 tweets a day, as many weeks in each doubling; every other training is a small one.
    private IEnumerable<ServerFigure> Quiet(CancellationToken cancellation)
    {
        Note($"rehearsing {Weeks:N0} quiet weeks");
        DriftOutcome[] outcomes = Rehearse(Weeks, i => new DriftRehearsal { Seed = (ulong)i, TweetsPerDay = 200 * Math.Pow(100, (i + 0.5) / Weeks), ProfileTexts = i % 2 == 0 ? LargeTraining : SmallTraining }, cancellation);
        int alarms = outcomes.Count(outcome => outcome.Alarm is not null);
        yield return new($"quiet weeks with a false alarm, of {Weeks:N0}", "%", 100.0 * alarms / Weeks, FalseAlarmsToReach, AtMost: true, alarms == 0 ? null : $"raised by {Signals(outcomes)}");
        yield return new("the same, upper end of the 95 % interval", "%", 100 * Binomial.Wilson(alarms, Weeks).Upper, FalseAlarmsToReach, AtMost: true, null);
        yield return new("tweets in them", "million", outcomes.Sum(outcome => outcome.Tweets) / 1e6, null, AtMost: false, null);
    }

    private IEnumerable<ServerFigure> Delays(string name, DriftShift shift, CancellationToken cancellation)
    {
        Note($"rehearsing: {name}");
        DriftOutcome[] outcomes = Rehearse(Runs, i => new DriftRehearsal
        {
            Seed = 1_000_000 + (ulong)i,
            TweetsPerDay = TweetsPerDay,
            Shift = shift,
            ShiftAt = TimeSpan.FromDays(2),
            Length = Patience,
        }, cancellation);
        DriftOutcome[] seen = [.. outcomes.Where(outcome => outcome.Alarm is not null).OrderBy(outcome => outcome.TweetsToAlarm)];
        double At(double share, Func<DriftOutcome, double> figure) => seen.Length == 0 ? double.NaN : seen.Select(figure).Order().ElementAt((int)Math.Ceiling(share * seen.Length) - 1);
        string signals = Signals(seen);
        string missed = seen.Length < Runs ? string.Create(CultureInfo.InvariantCulture, $"; not seen within {Patience.TotalDays - 2:0} days in {100.0 * (Runs - seen.Length) / Runs:0} % of runs") : "";
        yield return new($"{name}: alarm after ({signals})", "tweets", At(0.5, outcome => outcome.TweetsToAlarm), null, AtMost: true, Number(At(0.95, outcome => outcome.TweetsToAlarm)) + missed);
        yield return new($"{name}: at {TweetsPerDay:N0} a day", "hours", At(0.5, outcome => outcome.TimeToAlarm.TotalHours), null, AtMost: true, Number(At(0.95, outcome => outcome.TimeToAlarm.TotalHours)));
    }

    // Those that raised the first alarm, most frequent first.
    private static string Signals(DriftOutcome[] outcomes) =>
        string.Join(", ", outcomes.Where(outcome => outcome.Alarm is not null).GroupBy(outcome => outcome.Alarm!.Value).OrderByDescending(group => group.Count()).Select(group => DriftWords.Name(group.Key)));

    private static DriftOutcome[] Rehearse(int count, Func<int, DriftRehearsal> of, CancellationToken cancellation)
    {
        var outcomes = new DriftOutcome[count];
        // Busy weeks are the last ones: handed out one by one, so that no processor is left with all of them.
        Parallel.ForEach(Enumerable.Range(0, count).Reverse(), new ParallelOptions { CancellationToken = cancellation }, i => outcomes[i] = of(i).Run(cancellation));
        return outcomes;
    }

    // One thread. Without words means empty texts: all signals but those of words.
    private IEnumerable<ServerFigure> Cost(CancellationToken cancellation)
    {
        Note("measuring what a prediction costs");
        Tweet[] tweets = [.. CorpusGenerator.Generate(new CorpusOptions { Rows = 3 * CostTexts, Seed = 3, FrenchShare = 0 }).Where(tweet => tweet.Label is Sentiment.Negative or Sentiment.Positive)];
        TweetSet Part(int at) => new([.. tweets.Skip(at * tweets.Length / 3).Take(tweets.Length / 3).Select(tweet => tweet.Text)], [.. tweets.Skip(at * tweets.Length / 3).Take(tweets.Length / 3).Select(tweet => tweet.Label!.Value)]);
        (TweetSet train, TweetSet held, TweetSet fresh) = (Part(0), Part(1), Part(2));
        Sentiment[] classes = [Sentiment.Negative, Sentiment.Positive];
        TextClassifier classifier = new TextTrainer(RecipeCatalog.Find("tfidf-lr")).Train(train, held, classes, null, cancellation).Classifier;
        var profile = TrainingProfile.Measure(classifier, train.Texts, ClassColumns.Of(train.Labels, classes), held.Texts, cancellation);
        Prediction[] predictions = classifier.Predict(fresh.Texts, cancellation);
        yield return new("taking a prediction in, words included", "µs", Microseconds(classifier, profile, predictions, fresh.Texts, out DriftMonitor monitor), null, AtMost: true, null);
        yield return new("taking a prediction in, without words", "µs", Microseconds(classifier, profile, predictions, [.. fresh.Texts.Select(_ => "")], out _), 1, AtMost: true, null);
        DateTimeOffset later = DateTimeOffset.UnixEpoch + TimeSpan.FromDays(1.5);
        yield return new("a look at all signals", "ms", Milliseconds(() => monitor.Look(later)), null, AtMost: true, null);
        byte[] state = [];
        yield return new("writing the state", "ms", Milliseconds(() => state = monitor.Save()), null, AtMost: true, null);
        yield return new("size of the state", "KiB", state.Length / 1024.0, null, AtMost: true, null);
    }

    private double Microseconds(TextClassifier classifier, TrainingProfile profile, Prediction[] predictions, string[] texts, out DriftMonitor monitor)
    {
        monitor = new DriftMonitor(classifier.Model.Text, profile);
        var seconds = new double[Passes];
        DateTimeOffset at = DateTimeOffset.UnixEpoch;
        for (int pass = 0; pass < Passes; pass++)
        {
            long start = Clock.GetTimestamp();
            for (int i = 0; i < predictions.Length; i++)
            {
                at += TimeSpan.FromSeconds(1);
                monitor.Add(new DriftObservation { At = at, Label = predictions[i].Label, Confidence = predictions[i].Confidence, UnknownShare = predictions[i].UnknownShare, Text = texts[i] });
            }

            seconds[pass] = Clock.GetElapsedTime(start).TotalSeconds;
        }

        Array.Sort(seconds);
        return 1e6 * seconds[Passes / 2] / predictions.Length;
    }

    private double Milliseconds(Action work)
    {
        var times = new double[Passes];
        for (int pass = 0; pass < Passes; pass++)
        {
            long start = Clock.GetTimestamp();
            work();
            times[pass] = Clock.GetElapsedTime(start).TotalMilliseconds;
        }

        Array.Sort(times);
        return times[Passes / 2];
    }

    private static string Number(double value) => double.IsNaN(value) ? "–" : ServerFigure.Number(value);
}
