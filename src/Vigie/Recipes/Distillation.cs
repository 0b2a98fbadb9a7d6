using Vigie.Models;
using Vigie.Tweets;

namespace Vigie.Recipes;

/// <summary>How a teacher's probabilities become labels.</summary>
public enum TeacherLabels
{
    /// <summary>Drawn by the teacher's probabilities: on average over many texts the student learns them as they are, and not only which class is ahead.</summary>
    Drawn,

    /// <summary>The class the teacher decides for.</summary>
    MostProbable,
}

/// <summary>
/// Labels texts that nobody labelled with what a strong model says of them, so that a small one learns from it (Buciluă, Caruana and
/// Niculescu-Mizil 2006; Hinton, Vinyals and Dean 2015). Works for every learner, since what it learns from are rows like any others.
/// </summary>
/// <param name="Teacher">The strong model.</param>
public sealed record Distillation(TextClassifier Teacher)
{
    /// <summary>How probabilities become labels.</summary>
    public TeacherLabels Labels { get; init; } = TeacherLabels.Drawn;

    /// <summary>Texts of which the teacher's surest class is less probable than this are left out; in [0, 1).</summary>
    public double LeastConfidence { get; init; }

    /// <summary>Seeds the drawing.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Labels texts.</summary>
    /// <param name="texts">Any texts; those of which the teacher knows nothing are left out.</param>
    /// <param name="progress">Told the share done.</param>
    /// <param name="cancellation">Stops between texts.</param>
    /// <exception cref="InvalidInputException"><see cref="LeastConfidence"/> is out of range, or no text is left.</exception>
    public TweetSet Label(IReadOnlyList<string> texts, IProgress<TrainingProgress>? progress = null, CancellationToken cancellation = default)
    {
        if (LeastConfidence is not (>= 0 and < 1)) throw new InvalidInputException($"least confidence {LeastConfidence}: expected a share from 0 to below 1");
        const int atOnce = 8192;
        var random = new Xoshiro256((ulong)Seed);
        var kept = new List<string>(texts.Count);
        var labels = new List<Sentiment>(texts.Count);
        foreach (string[] batch in texts.Chunk(atOnce))
        {
            Prediction[] predictions = Teacher.Predict(batch, cancellation);
            for (int i = 0; i < batch.Length; i++)
            {
                double drawn = random.NextDouble(); // also for a text left out: another confidence changes no other text's label
                if (predictions[i].Unknown || predictions[i].Confidence < LeastConfidence) continue;
                kept.Add(batch[i]);
                labels.Add(Labels == TeacherLabels.Drawn ? Draw(predictions[i].Probabilities, drawn) : predictions[i].Label);
            }
            progress?.Report(new TrainingProgress("asking the teacher", Math.Min(1, (double)kept.Count / texts.Count)));
        }
        if (kept.Count == 0) throw new InvalidInputException($"none of {texts.Count} texts is left to learn from: the teacher knows nothing of them, or is less sure of all than {LeastConfidence}");
        progress?.Report(new TrainingProgress("asking the teacher", 1));
        return new TweetSet([.. kept], [.. labels]);
    }

    private Sentiment Draw(double[] probabilities, double drawn)
    {
        for (int c = 0; c < probabilities.Length - 1; c++)
        {
            if ((drawn -= probabilities[c]) < 0) return Teacher.Classes[c];
        }
        return Teacher.Classes[^1];
    }
}
