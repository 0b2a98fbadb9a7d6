using Vigie.Text;

namespace Vigie.Models;

/// <summary>One of several classifiers that decide together.</summary>
/// <param name="Name">What people call it.</param>
/// <param name="Recipe">The recipe it was trained by.</param>
/// <param name="Digest">Digest of the bundle it was taken from, in lower-case hexadecimal; empty where it was trained as a part of the ensemble.</param>
/// <param name="Classifier">The classifier, with its own calibration.</param>
public sealed record EnsembleMember(string Name, string Recipe, string Digest, TextClassifier Classifier);

/// <summary>Several classifiers of the same classes that decide together: each gives its probabilities, and a <see cref="Combiner"/> makes scores of them.</summary>
public sealed class EnsembleModel : TextModel
{
    /// <summary>Puts the members together.</summary>
    /// <param name="members">Two to 100 classifiers of the same classes, none of them an ensemble.</param>
    /// <param name="combiner">From the members' probabilities to scores.</param>
    /// <exception cref="InvalidInputException">The members do not fit together, or the combiner does not fit them.</exception>
    public EnsembleModel(IReadOnlyList<EnsembleMember> members, Combiner combiner)
    {
        Check(members);
        combiner.Check(members.Count, members[0].Classifier.Classes.Count);
        (Members, Combiner) = (members, combiner);
        GainsFromBatches = members.Any(member => member.Classifier.Model.GainsFromBatches);
    }

    /// <summary>The classifiers.</summary>
    public IReadOnlyList<EnsembleMember> Members { get; }

    /// <summary>From the members' probabilities to scores.</summary>
    public Combiner Combiner { get; }

    /// <inheritdoc/>
    public override int ScoreCount => Classes == 2 ? 1 : Classes;

    /// <summary>The pipeline of the first member: it names words to people, each member reads texts by its own.</summary>
    public override TextPipeline Text => Members[0].Classifier.Model.Text;

    /// <summary>The features of all members.</summary>
    public override int FeatureCount => Members.Sum(member => member.Classifier.Model.FeatureCount);

    private int Classes => Members[0].Classifier.Classes.Count;

    /// <summary>Where one of its members does.</summary>
    public override bool GainsFromBatches { get; }

    /// <inheritdoc/>
    public override TextScorer NewScorer() => new Scorer(this);

    /// <summary>Each member scores all texts in its own way of doing many at once.</summary>
    /// <inheritdoc/>
    public override void Score(IReadOnlyList<string> texts, Memory<double> scores, Memory<Evidence> evidence, CancellationToken cancellation = default)
    {
        Decide([.. Members.Select(member => member.Classifier.Weigh(texts, cancellation))], scores.Span, evidence.Span[..texts.Count]);
    }

    /// <inheritdoc/>
    public override void ScoreTogether(IReadOnlyList<string> texts, Span<double> scores, Span<Evidence> evidence) =>
        Decide([.. Members.Select(member => member.Classifier.WeighTogether(texts))], scores, evidence[..texts.Count]);

    private void Decide((double[] Probabilities, Evidence[] Evidence)[] said, Span<double> scores, Span<Evidence> evidence)
    {
        var row = new double[Members.Count * Classes];
        var found = new Evidence[Members.Count];
        for (int i = 0; i < evidence.Length; i++)
        {
            for (int m = 0; m < said.Length; m++)
            {
                said[m].Probabilities.AsSpan(i * Classes, Classes).CopyTo(row.AsSpan(m * Classes));
                found[m] = said[m].Evidence[i];
            }
            Combiner.Combine(row, Classes, scores.Slice(i * ScoreCount, ScoreCount));
            evidence[i] = Together(found);
        }
    }

    internal static void Check(IReadOnlyList<EnsembleMember> members)
    {
        if (members.Count is < 2 or > 100) throw new InvalidInputException($"{members.Count} members: an ensemble has 2 to 100");
        foreach (EnsembleMember member in members)
        {
            if (member.Classifier.Model is EnsembleModel) throw new InvalidInputException($"{member.Name} is an ensemble itself: name its members instead");
            if (!member.Classifier.Classes.SequenceEqual(members[0].Classifier.Classes))
                throw new InvalidInputException($"{member.Name} tells {string.Join(", ", member.Classifier.Classes)} apart, {members[0].Name} {string.Join(", ", members[0].Classifier.Classes)}: members decide between the same classes");
        }
    }

    // Unknown to all of them: what one knows is enough to go by.
    private static Evidence Together(ReadOnlySpan<Evidence> found)
    {
        bool unknown = true;
        double share = 0;
        foreach (Evidence own in found)
        {
            unknown &= own.Unknown;
            share += own.UnknownShare / found.Length;
        }
        return new Evidence(unknown, share);
    }

    private sealed class Scorer(EnsembleModel model) : TextScorer
    {
        private readonly double[] row = new double[model.Members.Count * model.Classes];
        private readonly Evidence[] found = new Evidence[model.Members.Count];

        public override Evidence Score(string text, Span<double> scores)
        {
            for (int m = 0; m < found.Length; m++) found[m] = model.Members[m].Classifier.Weigh(text, row.AsSpan(m * model.Classes, model.Classes));
            model.Combiner.Combine(row, model.Classes, scores);
            return Together(found);
        }
    }
}
