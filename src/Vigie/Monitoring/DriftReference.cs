using Vigie.Bundles;
using Vigie.Evaluation;
using Vigie.Features;
using Vigie.Tweets;

namespace Vigie.Monitoring;

/// <summary>
/// A training profile as the limits that a monitor goes by. Each limit is the larger of two: the figure of the training and what the settings add to it; and how large the true figure can be, of which the
/// training has seen so many texts.
/// <para>
/// How the accepted false alarms are shared out: a tenth for limits that bad luck has put too low, a tenth for those of words, two tenths for the class mix, a tenth for each of the six other signals. Whatever
/// depends on what, the chances add up to no more than the whole (Bonferroni).
/// </para>
/// </summary>
internal sealed class DriftReference
{
    private const double OneTenth = 0.1;
    private const double MostWords = 10_000; // whose limits are taken to be needed

    private readonly double[] _tokenEdges, _characterEdges, _confidenceEdges;

    public DriftReference(TrainingProfile profile, DriftOptions options)
    {
        options.Check();
        (Profile, Options) = (profile, options);
        Classes = [.. profile.DecisionMix.Keys.Select(ClassOf).Order()];
        if (Classes.Length < 2) throw new InvalidInputException($"a profile of {Classes.Length} classes: expected two or more");
        Shares = [.. Classes.Select(own => profile.DecisionMix[ClassColumns.NameOf(own)])];
        HasAnswers = profile.ValidationTexts > 0;
        double tenth = options.FalseAlarmsPerWeek * OneTenth;
        double level = tenth / (2 * Classes.Length + 3 * HistogramBets.MostBounds + 1);
        ClassMix = new ShareBets(HasAnswers ? ClassBounds(level) : [], 2 * tenth);
        UnknownLimit = HasAnswers ? Math.Max(profile.UnknownWordShare + options.UnknownTolerance, ReferenceBounds.MeanAtMost(profile.UnknownWordShare, profile.ValidationTexts, level)) : 1;
        Unknown = new ShareBets(HasAnswers ? [UnknownLimit] : [], tenth);
        Tokens = new HistogramBets(profile.Tokens, options.DistributionTolerance, level, tenth);
        Characters = new HistogramBets(profile.Characters, options.DistributionTolerance, level, tenth);
        Confidence = new HistogramBets(profile.Confidence, options.DistributionTolerance, level, tenth);
        (_tokenEdges, _characterEdges, _confidenceEdges) = ([.. profile.Tokens.Edges], [.. profile.Characters.Edges], [.. profile.Confidence.Edges]);
        if (profile.TopWords.Count > 0 && profile.Texts > 0) Words = new ReferenceWords(profile, options.WordFactor, tenth / MostWords);
        WordAlarms = tenth;
        Sketch = new TextSketch(profile.TopWords);
        if (profile.Sketches is { } sketches) Embedding = new EmbeddingWatch(TextSketch.Read(sketches), tenth, seed: 1);
    }

    public TrainingProfile Profile { get; }

    public DriftOptions Options { get; }

    public Sentiment[] Classes { get; }

    /// <summary>Share of each class among the decisions of the training's validation texts.</summary>
    public double[] Shares { get; }

    /// <summary>Whether there were validation texts: without them nothing is known of the model's answers.</summary>
    public bool HasAnswers { get; }

    public double UnknownLimit { get; }

    public ShareBets ClassMix { get; }

    public ShareBets Unknown { get; }

    public HistogramBets Tokens { get; }

    public HistogramBets Characters { get; }

    public HistogramBets Confidence { get; }

    /// <summary>Null where the profile has no words.</summary>
    public ReferenceWords? Words { get; }

    public double WordAlarms { get; }

    public TextSketch Sketch { get; }

    /// <summary>Null where the profile has no sketches.</summary>
    public EmbeddingWatch? Embedding { get; }

    public IEnumerable<ShareBets> AllBets => [ClassMix, Unknown, Tokens.Bets, Characters.Bets, Confidence.Bets];

    public int ColumnOf(Sentiment label)
    {
        int column = Array.IndexOf(Classes, label);
        return column >= 0 ? column : throw new InvalidInputException($"label {ClassColumns.NameOf(label)}: the model decides between {string.Join(", ", Classes.Select(ClassColumns.NameOf))}");
    }

    public byte TokenBin(int tokens) => (byte)Histogram.BinOf(_tokenEdges, tokens);

    public byte CharacterBin(int characters) => (byte)Histogram.BinOf(_characterEdges, characters);

    public byte ConfidenceBin(double confidence) => (byte)Histogram.BinOf(_confidenceEdges, Classes.Length == 2 ? Math.Max(confidence, 1 - confidence) : confidence);

    /// <summary>The classes that are bet on: what is won on one of two is lost on the other.</summary>
    public ReadOnlySpan<int> BetOn => Classes.Length == 2 ? [1] : [0, 1, 2];

    /// <summary>The class whose share is farthest from the training's; of two, which are as far off, the positive one.</summary>
    public int FarthestOff(IReadOnlyList<long> counts)
    {
        double all = counts.Sum();
        return counts.Count == 2 ? 1 : Enumerable.Range(0, counts.Count).MaxBy(c => Math.Abs(counts[c] / all - Shares[c]));
    }

    private static Sentiment ClassOf(string name)
    {
        foreach (Sentiment own in Enum.GetValues<Sentiment>())
        {
            if (ClassColumns.NameOf(own) == name) return own;
        }

        throw new InvalidInputException($"training_profile.json: decision_mix has a class '{name}'; there are negative, neutral and positive");
    }

    // Of each class: its share, and that of all others.
    private double[] ClassBounds(double level)
    {
        var bounds = new List<double>();
        foreach (int c in BetOn)
        {
            double share = Shares[c];
            long count = (long)Math.Round(share * Profile.ValidationTexts);
            bounds.Add(Math.Max(share + Options.ClassTolerance, ReferenceBounds.ShareAtMost(count, Profile.ValidationTexts, level)));
            bounds.Add(Math.Max(1 - share + Options.ClassTolerance, ReferenceBounds.ShareAtMost(Profile.ValidationTexts - count, Profile.ValidationTexts, level)));
        }

        return [.. bounds];
    }
}
