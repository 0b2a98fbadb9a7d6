using System.Globalization;
using Vigie.Bundles;
using Vigie.Evaluation;

namespace Vigie.Monitoring;

/// <summary>Puts into words what a monitor sees.</summary>
internal sealed class DriftReadings(DriftReference reference, RecentTweets recent, RisingWords? words, DriftAlarm[] alarms)
{
    private const int Fewest = 20; // predictions from which on a figure says something
    private const int MostExamples = 5;
    private static readonly int[] Windows = [20, 200, DriftMonitor.Window];

    public IReadOnlyList<DriftReading> All() =>
    [
        ClassMix(),
        Unknown(),
        Words(),
        Histogram(DriftSignal.Tokens, reference.Tokens, reference.Profile.Tokens, recent.Tokens, "tokens"),
        Histogram(DriftSignal.Characters, reference.Characters, reference.Profile.Characters, recent.Characters, "characters"),
        Histogram(DriftSignal.Confidence, reference.Confidence, reference.Profile.Confidence, recent.Confidence, "confidence"),
        Embedding(),
    ];

    private DriftReading ClassMix()
    {
        const DriftSignal signal = DriftSignal.ClassMix;
        if (!reference.HasAnswers) return NotWatched(signal, "the model was trained without validation texts, so nobody knows its decisions on texts like the training's");
        if (recent.Count < Fewest) return TooFew(signal, reference.ClassMix.Evidence);
        (int size, long[] counts, double p) = Windows.Where(size => size <= recent.Count || size == Windows[^1]).Select(size => Math.Min(size, recent.Count)).Distinct()
            .Select(size => (size, counts: recent.Labels(reference.Classes.Length, size)))
            .Select(window => (window.size, window.counts, p: ClassMixTest.P(window.counts, reference.Shares)))
            .MinBy(window => window.p);
        int most = reference.FarthestOff(counts);
        double share = (double)counts[most] / size, off = share - reference.Shares[most];
        DriftSeverity severity = Severity(signal, p < reference.Options.NoticeLevel && Math.Abs(off) > reference.Options.ClassTolerance, Math.Abs(off) >= DriftLimits.LargeClassShift);
        string name = ClassColumns.NameOf(reference.Classes[most]);
        int risen = off > 0 ? most : Enumerable.Range(0, counts.Length).MaxBy(c => (double)counts[c] / size - reference.Shares[c]);
        return Reading(signal, severity, reference.ClassMix.Evidence) with
        {
            Says = Text($"{name}: {counts[most]:N0} of the last {size:N0} predictions, {share:0.0 %}; {reference.Shares[most]:0.0 %} in training. {Chance(p)}{Verdict(severity)}"),
            Figure = share,
            Reference = reference.Shares[most],
            Limit = reference.Shares[most] + Math.CopySign(LimitOf(most, off > 0), off),
            P = p,
            Tweets = size,
            Examples = severity == DriftSeverity.None ? [] : recent.Examples(MostExamples, entry => entry.Label == risen),
        };
    }

    private double LimitOf(int column, bool above)
    {
        int side = reference.BetOn.IndexOf(column);
        // Of two classes, the second is bet on: more of the first is less of it.
        double bound = side >= 0 ? reference.ClassMix.Bounds[2 * side + (above ? 0 : 1)] : reference.ClassMix.Bounds[above ? 1 : 0];
        return bound - (above ? reference.Shares[column] : 1 - reference.Shares[column]);
    }

    private DriftReading Unknown()
    {
        const DriftSignal signal = DriftSignal.UnknownWords;
        if (!reference.HasAnswers) return NotWatched(signal, "the model was trained without validation texts, so nobody knows how many of their words it would have missed");
        if (recent.Count < Fewest) return TooFew(signal, reference.Unknown.Evidence);
        (double mean, double variance) = recent.Unknown();
        double then = reference.Profile.UnknownWordShare, p = MeanTest.PGreater(mean, variance, recent.Count, then, reference.Profile.ValidationTexts);
        DriftSeverity severity = Severity(signal, p < reference.Options.NoticeLevel && mean > then + reference.Options.UnknownTolerance, mean >= DriftLimits.ManyUnknown);
        return Reading(signal, severity, reference.Unknown.Evidence) with
        {
            Says = Text($"{mean:0.0 %} of the words of the last {recent.Count:N0} texts are unknown to the model; {then:0.0 %} in training. {Chance(p)}{Verdict(severity)}"),
            Figure = mean,
            Reference = then,
            Limit = reference.UnknownLimit,
            P = p,
            Tweets = recent.Count,
            Examples = severity == DriftSeverity.None ? [] : recent.Examples(MostExamples, entry => entry.Unknown > 2 * then && entry.Unknown >= mean),
        };
    }

    private DriftReading Words()
    {
        const DriftSignal signal = DriftSignal.RisingWords;
        if (words is null) return NotWatched(signal, "the training profile has no words");
        RisingWord[] rising = [.. words.Rising.OrderByDescending(word => word.LogOdds)];
        DriftSeverity severity = Severity(signal, false, rising.Any(word => word.Share >= DriftLimits.LoudWord));
        string named = string.Join(", ", rising.Take(MostExamples).Select(word => Text($"{word.Word ?? "(a word of a forgotten text)"} {word.Share:0.0 %}{(word.IsNew ? "" : Text($" instead of {word.ReferenceShare:0.0 %}"))}")));
        return Reading(signal, severity, rising.Length > 0 ? 1 : 0) with
        {
            Says = rising.Length == 0 ? "no word is in far more texts than in training" : Text($"in far more texts than in training: {named}{(rising.Length > MostExamples ? $" and {rising.Length - MostExamples} more" : "")}{Verdict(severity)}"),
            Figure = rising.Length,
            Reference = 0,
            Limit = 0,
            Tweets = recent.Count,
            Words = rising,
            Examples = [.. rising.SelectMany(word => word.Examples).DistinctBy(example => (example.Id, example.Text)).Take(MostExamples)],
        };
    }

    private DriftReading Histogram(DriftSignal signal, HistogramBets bets, Histogram then, Func<int, long[]> counted, string what)
    {
        if (then.Counts.Sum() == 0) return NotWatched(signal, $"the training profile has no {what}");
        if (!bets.Bets.IsOpen) return NotWatched(signal, $"in training all texts had the same {what}, as far as the profile tells them apart");
        if (recent.Count < Fewest) return TooFew(signal, bets.Bets.Evidence);
        long[] now = counted(then.Edges.Count);
        var compared = HistogramComparison.Of(then.Counts, now, exact: false);
        DriftSeverity severity = Severity(signal, compared.P < reference.Options.NoticeLevel && compared.KolmogorovSmirnov > reference.Options.DistributionTolerance, compared.PopulationStabilityIndex >= DriftLimits.LargePsi);
        (double median, double medianThen) = (DriftLimits.Median(then.Edges, now), DriftLimits.Median(then.Edges, then.Counts));
        string format = signal == DriftSignal.Confidence ? "0.00" : "0";
        return Reading(signal, severity, bets.Bets.Evidence) with
        {
            Says = Text($"{what}: median about {median.ToString(format, CultureInfo.InvariantCulture)} in the last {recent.Count:N0} texts, {medianThen.ToString(format, CultureInfo.InvariantCulture)} in training; shares below a value are up to {100 * compared.KolmogorovSmirnov:0.0} points off, stability index {compared.PopulationStabilityIndex:0.000}. {Chance(compared.P)}{Verdict(severity)}"),
            Figure = compared.KolmogorovSmirnov,
            Reference = 0,
            Limit = reference.Options.DistributionTolerance,
            P = compared.P,
            Tweets = recent.Count,
            Examples = severity == DriftSeverity.None ? [] : recent.Examples(MostExamples, _ => true),
        };
    }

    private DriftReading Embedding()
    {
        const DriftSignal signal = DriftSignal.Embedding;
        if (reference.Embedding is not { } watch) return NotWatched(signal, "the model was trained before profiles kept texts as points; training it again adds them");
        if (watch.P is not { } p) return TooFew(signal, 0) with { Says = "compared once a day; the first day has not passed, or had fewer than 50 texts" };
        DriftSeverity severity = Severity(signal, p < reference.Options.NoticeLevel, large: false);
        return Reading(signal, severity, watch.Limit / Math.Max(p, double.Epsilon)) with
        {
            Says = Text($"of {watch.Compared} texts of a day, the words lie {(severity == DriftSeverity.None ? "as in training" : "elsewhere than in training")} (squared discrepancy {watch.Mmd2:0.0000}). {Chance(p)}{Verdict(severity)}"),
            Figure = watch.Mmd2,
            P = p,
            Limit = null,
            Tweets = watch.Compared,
            Examples = severity == DriftSeverity.None ? [] : recent.Examples(MostExamples, _ => true),
        };
    }

    private DriftSeverity Severity(DriftSignal signal, bool unusual, bool large)
    {
        if (alarms[(int)signal].Since is not null) return large ? DriftSeverity.Critical : DriftSeverity.Warning;
        return unusual ? DriftSeverity.Notice : DriftSeverity.None;
    }

    private DriftReading Reading(DriftSignal signal, DriftSeverity severity, double evidence)
    {
        DriftAlarm alarm = alarms[(int)signal];
        return new DriftReading { Signal = signal, Severity = severity, Says = "", Evidence = evidence, Since = alarm.Since, Began = alarm.Since is null ? null : alarm.Quiet };
    }

    private DriftReading TooFew(DriftSignal signal, double evidence) => Reading(signal, Severity(signal, false, false), evidence) with { Says = $"too few predictions to tell: {recent.Count}", Tweets = recent.Count };

    private static DriftReading NotWatched(DriftSignal signal, string why) => new() { Signal = signal, Severity = DriftSeverity.None, Says = $"not watched: {why}" };

    private static string Chance(double p) => p < 0.0001 ? "Chance gives as much less than once in 10,000 looks" : Text($"Chance gives as much in {p:0.## %} of looks");

    private static string Verdict(DriftSeverity severity) => severity switch
    {
        DriftSeverity.None => "",
        DriftSeverity.Notice => "; unusual, not proven",
        _ => "; proven",
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
