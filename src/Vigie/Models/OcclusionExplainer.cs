using Vigie.Text;
using Vigie.Tweets;

namespace Vigie.Models;

/// <summary>
/// Explains any model by leaving out one word after another (Zeiler and Fergus 2014): what a word adds is what the score loses without it. Words
/// that only act together get less than their due; what they do not account for one by one stands in <see cref="Explanation.Intercept"/>.
/// </summary>
/// <remarks>What has to be scored is the text, then the text without each run of words, then each word by itself.</remarks>
internal sealed class OcclusionExplainer
{
    /// <summary>A text of more words loses several at a time, which share what they add: the work grows with the square of the number of variants.</summary>
    private const int MostVariants = 256;

    // Of a step: as many as networks like to run together, and no more than are read in a few milliseconds.
    private const int StepTexts = 64, StepCharacters = 64 << 10;

    private readonly TextModel model;
    private readonly string text;
    private readonly TokenBuffer buffer = new();
    private readonly int words, run, variants;
    private readonly double[] scores;
    private readonly Evidence[] evidence;
    private int done;

    /// <param name="model">Is explained.</param>
    /// <param name="text">Any text.</param>
    /// <param name="mostWords">Words beyond it are left unexplained.</param>
    public OcclusionExplainer(TextModel model, string text, int mostWords = int.MaxValue)
    {
        (this.model, this.text) = (model, text);
        new Tokenizer(model.Text).Tokenize(text, buffer);
        words = Math.Min(buffer.Count, mostWords);
        run = Math.Max(1, (words + MostVariants - 1) / MostVariants);
        variants = (words + run - 1) / run;
        evidence = new Evidence[1 + variants + words];
        scores = new double[evidence.Length * model.ScoreCount];
    }

    /// <summary>The scores of the whole text, and what they go by; once something has been scored.</summary>
    public (double[] Scores, Evidence Evidence) Whole => (scores[..model.ScoreCount], evidence[0]);

    /// <summary>Scores everything, on all processors.</summary>
    public void Score()
    {
        model.Score([.. Enumerable.Range(0, evidence.Length).Select(Text)], scores, evidence);
        done = evidence.Length;
    }

    /// <summary>Scores a part, on the thread that calls.</summary>
    /// <returns>Whether that was the last.</returns>
    public bool Step()
    {
        var some = new List<string>(StepTexts);
        for (int length = 0; done + some.Count < evidence.Length && some.Count < StepTexts && length < StepCharacters; length += some[^1].Length) some.Add(Text(done + some.Count));
        model.ScoreTogether(some, scores.AsSpan(done * model.ScoreCount, some.Count * model.ScoreCount), evidence.AsSpan(done, some.Count));
        done += some.Count;
        return done == evidence.Length;
    }

    /// <summary>What comes of it, once everything is scored.</summary>
    /// <param name="prediction">What the classifier said of the text.</param>
    /// <param name="explained">The score to explain: 0 where there is one, else the column of the class decided for.</param>
    /// <param name="classOf">The class that score speaks for.</param>
    public Explanation Conclude(Prediction prediction, int explained, Sentiment classOf)
    {
        double whole = ScoreOf(0, explained);
        var contributions = new WordContribution[words];
        for (int i = 0; i < words; i++)
        {
            int variant = i / run, shared = Math.Min(run, words - (variant * run));
            double contribution = prediction.Unknown ? 0 : (whole - ScoreOf(1 + variant, explained)) / shared;
            contributions[i] = new WordContribution(buffer.Name(i), buffer.Tokens[i].SourceStart, buffer.Tokens[i].SourceEnd, contribution, !evidence[1 + variants + i].Unknown);
        }
        return new Explanation(prediction, classOf, whole, whole - contributions.Sum(word => word.Contribution), contributions, []) { Exact = false, WordsLeftOut = buffer.Count - words };
    }

    // The score of a text that has nothing known means nothing: it speaks neither way.
    private double ScoreOf(int i, int explained) => evidence[i].Unknown ? 0 : scores[(i * model.ScoreCount) + explained];

    private string Text(int i)
    {
        ReadOnlySpan<Token> tokens = buffer.Tokens;
        if (i == 0) return text;
        if (i > variants) return text[tokens[i - 1 - variants].SourceStart..tokens[i - 1 - variants].SourceEnd];
        int first = (i - 1) * run, last = Math.Min(first + run, words) - 1;
        return string.Concat(text.AsSpan(0, tokens[first].SourceStart), " ", text.AsSpan(tokens[last].SourceEnd));
    }
}

/// <summary>An explanation that is made in steps, each on the thread that takes it, so that a server can let others have the model between them. For one thread at a time.</summary>
public sealed class SteppedExplanation
{
    private readonly TextClassifier classifier;
    private readonly string text;
    private readonly OcclusionExplainer? steps;

    internal SteppedExplanation(TextClassifier classifier, string text, int mostWords)
    {
        (this.classifier, this.text) = (classifier, text);
        if (classifier.Model.GainsFromBatches) steps = new OcclusionExplainer(classifier.Model, text, mostWords); // what does not is explained in one go
    }

    /// <summary>Takes a step, of some milliseconds.</summary>
    /// <returns>The explanation, once it is all there; null before.</returns>
    public Explanation? Step()
    {
        if (steps is null) return classifier.Explain(text);
        return steps.Step() ? classifier.Conclude(steps) : null;
    }
}
