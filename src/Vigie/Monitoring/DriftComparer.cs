using System.Globalization;
using Vigie.Bundles;
using Vigie.Evaluation;
using Vigie.Features;
using Vigie.Models;

namespace Vigie.Monitoring;

/// <summary>Compares texts with a model's training, once. Nothing but the arguments decides the answer.</summary>
public sealed class DriftComparer
{
    private const int Fewest = 20; // texts from which on a difference can be told
    private const int Permutations = 4_999;
    private static readonly int[] Windows = [20, 200, 2_000];

    private readonly TextClassifier _classifier;
    private readonly TrainingProfile _profile;
    private readonly DriftOptions _options;
    private readonly DriftReference _reference;

    /// <summary>Compares with one model's training.</summary>
    /// <param name="classifier">The model.</param>
    /// <param name="profile">What its training looked like.</param>
    /// <param name="options">What is too little to matter, and what is unusual.</param>
    public DriftComparer(TextClassifier classifier, TrainingProfile profile, DriftOptions? options = null)
    {
        (_classifier, _profile, _options) = (classifier, profile, options ?? new DriftOptions());
        _reference = new DriftReference(profile, _options);
    }

    /// <summary>Looks at texts in the order in which they came, on all processors.</summary>
    /// <param name="texts">At least one.</param>
    /// <param name="cancellation">Stops between texts.</param>
    public DriftReport Compare(IReadOnlyList<string> texts, CancellationToken cancellation = default)
    {
        if (texts.Count == 0) throw new InvalidInputException("there are no texts to compare");
        Prediction[] predictions = _classifier.Predict(texts, cancellation);
        int[] labels = [.. predictions.Select(prediction => _reference.ColumnOf(prediction.Label))];
        var seen = TextsSeen.Of(_classifier.Model.Text, texts, _reference.Sketch, cancellation);
        IReadOnlyList<ClassWindow> windows = _reference.HasAnswers ? [.. Windows.Where(size => size < texts.Count).Append(texts.Count).Select(size => Window(labels, size))] : [];
        DriftHistogram[] histograms =
        [
            new(DriftSignal.Tokens, _profile.Tokens.Edges, _profile.Tokens.Counts, Histogram.Of([.. _profile.Tokens.Edges], seen.Tokens.Select(count => (double)count)).Counts),
            new(DriftSignal.Characters, _profile.Characters.Edges, _profile.Characters.Counts, Histogram.Of([.. _profile.Characters.Edges], texts.Select(text => (double)text.Length)).Counts),
            new(DriftSignal.Confidence, _profile.Confidence.Edges, _profile.Confidence.Counts, Histogram.Of([.. _profile.Confidence.Edges], predictions.Select(prediction => prediction.Confidence)).Counts),
        ];
        IReadOnlyList<RisingWord> words = _reference.Words is { } known ? WordComparison.Rising(known, _profile, _options, seen, texts) : [];
        DriftComparison[] signals = [ClassMix(windows), Unknown(predictions), Words(words, texts.Count), .. histograms.Select(Distribution), Embedding(seen)];
        return new DriftReport
        {
            Texts = texts.Count,
            TrainingTexts = _profile.Texts,
            ValidationTexts = _profile.ValidationTexts,
            Signals = Corrected(signals, windows.Count),
            Classes = [.. _reference.Classes.Select(ClassColumns.NameOf)],
            ReferenceShares = _reference.HasAnswers ? _reference.Shares : [],
            Windows = windows,
            Histograms = histograms,
            Words = words,
        };
    }

    private ClassWindow Window(int[] labels, int size)
    {
        var counts = new long[_reference.Classes.Length];
        foreach (int label in labels.AsSpan(labels.Length - size)) counts[label]++;
        return new ClassWindow(size, counts, ClassMixTest.P(counts, _reference.Shares));
    }

    // Of the last texts and of all: the window that chance explains least speaks. It pays for having been chosen in the corrected p.
    private DriftComparison ClassMix(IReadOnlyList<ClassWindow> windows)
    {
        const DriftSignal signal = DriftSignal.ClassMix;
        if (windows.Count == 0) return new(signal, DriftVerdict.Untold, "the model was trained without validation texts, so nobody knows its decisions on texts like the training's");
        ClassWindow chosen = windows.MinBy(window => window.P)!;
        if (chosen.Texts < Fewest) return TooFew(signal, chosen.Texts);
        double p = chosen.P;
        int most = _reference.FarthestOff(chosen.Counts);
        double share = (double)chosen.Counts[most] / chosen.Texts, off = share - _reference.Shares[most];
        string name = ClassColumns.NameOf(_reference.Classes[most]);
        return new(signal, Verdict(p, Math.Abs(off), _options.ClassTolerance), Text($"{name}: {share:0.0 %} of the last {chosen.Texts:N0} predictions, {_reference.Shares[most]:0.0 %} of the training's"))
        {
            Figure = share,
            Reference = _reference.Shares[most],
            Tolerance = _options.ClassTolerance,
            P = p,
        };
    }

    private DriftComparison Unknown(Prediction[] predictions)
    {
        const DriftSignal signal = DriftSignal.UnknownWords;
        if (!_reference.HasAnswers) return new(signal, DriftVerdict.Untold, "the model was trained without validation texts, so nobody knows how many of their words it would have missed");
        if (predictions.Length < Fewest) return TooFew(signal, predictions.Length);
        double mean = predictions.Average(prediction => prediction.UnknownShare), variance = predictions.Sum(prediction => (prediction.UnknownShare - mean) * (prediction.UnknownShare - mean)) / (predictions.Length - 1);
        double p = MeanTest.PGreater(mean, variance, predictions.Length, _profile.UnknownWordShare, _profile.ValidationTexts);
        return new(signal, Verdict(p, mean - _profile.UnknownWordShare, _options.UnknownTolerance), Text($"{mean:0.0 %} of a text's words are unknown to the model, {_profile.UnknownWordShare:0.0 %} in training"))
        {
            Figure = mean,
            Reference = _profile.UnknownWordShare,
            Tolerance = _options.UnknownTolerance,
            P = p,
        };
    }

    private DriftComparison Words(IReadOnlyList<RisingWord> words, int texts)
    {
        const DriftSignal signal = DriftSignal.RisingWords;
        if (_reference.Words is null) return new(signal, DriftVerdict.Untold, "the training profile has no words");
        if (texts < Fewest) return TooFew(signal, texts);
        string named = string.Join(", ", words.Take(5).Select(word => Text($"{word.Word} ({word.Share:0.0 %}, {(word.IsNew ? "at most " : "")}{word.ReferenceShare:0.0 %} in training)")));
        return new(signal, words.Count > 0 ? DriftVerdict.Drifted : DriftVerdict.AsInTraining, words.Count > 0 ? $"in far more texts than in training: {named}{(words.Count > 5 ? $" and {words.Count - 5} more" : "")}" : "no word is in far more texts than in training")
        {
            Figure = words.Count,
            Reference = 0,
            Tolerance = 0,
            P = words.Count > 0 ? words.Min(word => word.AdjustedP) : null,
        };
    }

    private DriftComparison Distribution(DriftHistogram histogram)
    {
        string what = histogram.Signal switch { DriftSignal.Tokens => "tokens", DriftSignal.Characters => "characters", _ => "confidence" };
        if (histogram.Reference.Sum() == 0) return new(histogram.Signal, DriftVerdict.Untold, $"the training profile has no {what}");
        if (histogram.Current.Sum() < Fewest) return TooFew(histogram.Signal, (int)histogram.Current.Sum());
        var compared = HistogramComparison.Of(histogram.Reference, histogram.Current);
        (double then, double now) = (DriftLimits.Median(histogram.Edges, histogram.Reference), DriftLimits.Median(histogram.Edges, histogram.Current));
        string format = histogram.Signal == DriftSignal.Confidence ? "0.00" : "0.#";
        return new(histogram.Signal, Verdict(compared.P, compared.KolmogorovSmirnov, _options.DistributionTolerance), Text(
            $"{what}: median about {now.ToString(format, CultureInfo.InvariantCulture)}, {then.ToString(format, CultureInfo.InvariantCulture)} in training; the share of texts below a value is up to {100 * compared.KolmogorovSmirnov:0.0} points off"))
        {
            Figure = compared.KolmogorovSmirnov,
            Reference = 0,
            Tolerance = _options.DistributionTolerance,
            P = compared.P,
            PopulationStabilityIndex = compared.PopulationStabilityIndex,
            JensenShannon = compared.JensenShannon,
        };
    }

    private DriftComparison Embedding(TextsSeen seen)
    {
        const DriftSignal signal = DriftSignal.Embedding;
        if (_profile.Sketches is not { } then) return new(signal, DriftVerdict.Untold, "the model was trained before profiles kept texts as points, or without validation texts; training it again adds them");
        if (seen.Sketched < Fewest) return TooFew(signal, seen.Sketched);
        var test = DiscrepancyTest.Of(TextSketch.Read(then), seen.Sketches, seed: 1, Permutations);
        DriftVerdict verdict = Verdict(test.P, 1, 0);
        return new(signal, verdict, Text($"the words of {seen.Sketched:N0} texts lie {(verdict == DriftVerdict.Drifted ? "elsewhere than" : "where they lay")} in training"))
        {
            Figure = test.Mmd2,
            P = test.P,
        };
    }

    private DriftVerdict Verdict(double p, double off, double tolerance) =>
        p >= _options.NoticeLevel ? DriftVerdict.AsInTraining : off > tolerance ? DriftVerdict.Drifted : DriftVerdict.Slight;

    private static DriftComparison TooFew(DriftSignal signal, int texts) => new(signal, DriftVerdict.Untold, $"{texts} texts are too few to tell; from {Fewest} on it can be");

    private static DriftComparison[] Corrected(DriftComparison[] signals, int windows)
    {
        int[] told = [.. Enumerable.Range(0, signals.Length).Where(i => signals[i].P is not null)];
        double[] corrected = MultipleTests.Holm([.. told.Select(i => signals[i].Signal == DriftSignal.ClassMix ? Math.Min(1, signals[i].P!.Value * windows) : signals[i].P!.Value)]);
        for (int i = 0; i < told.Length; i++) signals[told[i]] = signals[told[i]] with { HolmP = corrected[i] };
        return signals;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
