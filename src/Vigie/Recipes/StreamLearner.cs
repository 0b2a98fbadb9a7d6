using Vigie.Evaluation;
using Vigie.Features;
using Vigie.Models;
using Vigie.Tweets;

namespace Vigie.Recipes;

/// <summary>Learns a linear model over hashed features from a stream, in one pass and constant memory.</summary>
/// <param name="Online">Learns text by text.</param>
public sealed record StreamLearner(OnlineLogisticRegression Online) : VectorizingLearner
{
    /// <summary>Learns from rows in memory; where they are sorted by label, the classes take turns.</summary>
    /// <inheritdoc/>
    public override TextModel Fit(LearningRows rows, FitContext context)
    {
        var counts = new SplitCounts();
        foreach (byte label in rows.Labels) counts.Add(Split.Train, rows.Classes[label]);
        IEnumerable<(string Text, Sentiment Label)> given = rows.Texts.Zip(rows.Labels, (text, label) => (text, rows.Classes[label]));
        bool sorted = ClassInterleaving.Suits(counts, Split.Train);
        return Fit(sorted ? ClassInterleaving.Of(counts.ByLabel(Split.Train), label => given.Where(row => row.Label == label)) : given, rows.Classes, context).Model;
    }

    /// <summary>Learns from a stream in its order.</summary>
    /// <param name="rows">Each text with one of the classes.</param>
    /// <param name="classes">The classes in column order.</param>
    /// <param name="context">Progress and cancellation.</param>
    /// <returns>The model, and how many rows of each class there were.</returns>
    /// <exception cref="InvalidInputException">A setting is out of range, or a row has none of the classes.</exception>
    public (LinearTextModel Model, long[] RowsByClass) Fit(IEnumerable<(string Text, Sentiment Label)> rows, IReadOnlyList<Sentiment> classes, FitContext context)
    {
        FittedVectorizer vectorizer = Vectorizer.Hashed();
        OnlineLogisticRegression.Learner learner = Online.Start(vectorizer, classes.Count);
        var column = new int[(int)Enum.GetValues<Sentiment>().Max() + 1];
        Array.Fill(column, -1);
        for (int c = 0; c < classes.Count; c++) column[(int)classes[c]] = c;
        var counts = new long[classes.Count];
        foreach ((string text, Sentiment label) in rows)
        {
            int own = column[(int)label];
            if (own < 0) throw new InvalidInputException($"a row is labelled {ClassColumns.NameOf(label)}, which is none of the classes {string.Join(", ", classes.Select(ClassColumns.NameOf))}");
            learner.Learn(text, (byte)own);
            counts[own]++;
            if ((learner.Count & 1023) != 0) continue;
            context.Cancellation.ThrowIfCancellationRequested();
            if ((learner.Count & 16383) == 0) context.Progress?.Report(new TrainingProgress("learning", null) { Step = learner.Count, Loss = learner.TakeLoss() });
        }
        if (learner.TakeLoss() is { } last) context.Progress?.Report(new TrainingProgress("learning", 1) { Step = learner.Count, Loss = last });
        return (new LinearTextModel(vectorizer, learner.ToModel()), counts);
    }
}
