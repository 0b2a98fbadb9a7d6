using Vigie.Text;
using Vigie.Tweets;

namespace Vigie.Models;

/// <summary>
/// Explains any model by leaving out one word after another (Zeiler and Fergus 2014): what a word adds is what the score loses without it. Words
/// that only act together get less than their due; what they do not account for one by one stands in <see cref="Explanation.Intercept"/>.
/// </summary>
internal sealed class OcclusionExplainer(TextModel model)
{
    /// <summary>A text of more words loses several at a time, which share what they add: the work grows with the square of the number of variants.</summary>
    private const int MostVariants = 256;

    public Explanation Explain(string text, Prediction prediction, int explained, Sentiment classOf)
    {
        var buffer = new TokenBuffer();
        new Tokenizer(model.Text).Tokenize(text, buffer);
        Token[] tokens = buffer.Tokens.ToArray();
        double whole = Scores([text], explained)[0];
        int run = Math.Max(1, (tokens.Length + MostVariants - 1) / MostVariants);
        Token[][] runs = [.. tokens.Chunk(run)];
        double[] without = Scores([.. runs.Select(left => Without(text, left[0].SourceStart, left[^1].SourceEnd))], explained);
        bool[] known = Knows([.. tokens.Select(token => text[token.SourceStart..token.SourceEnd])]);
        var words = new WordContribution[tokens.Length];
        for (int i = 0; i < words.Length; i++)
        {
            double contribution = prediction.Unknown ? 0 : (whole - without[i / run]) / runs[i / run].Length;
            words[i] = new WordContribution(buffer.Name(i), tokens[i].SourceStart, tokens[i].SourceEnd, contribution, known[i]);
        }
        return new Explanation(prediction, classOf, whole, whole - words.Sum(word => word.Contribution), words, []) { Exact = false };
    }

    // The score of a text that has nothing known means nothing: it speaks neither way.
    private double[] Scores(string[] texts, int explained)
    {
        (double[] scores, Evidence[] evidence) = Score(texts);
        return [.. texts.Select((_, i) => evidence[i].Unknown ? 0 : scores[(i * model.ScoreCount) + explained])];
    }

    private bool[] Knows(string[] words) => Array.ConvertAll(Score(words).Evidence, evidence => !evidence.Unknown);

    private (double[] Scores, Evidence[] Evidence) Score(string[] texts)
    {
        var scores = new double[texts.Length * model.ScoreCount];
        var evidence = new Evidence[texts.Length];
        model.Score(texts, scores, evidence);
        return (scores, evidence);
    }

    private static string Without(string text, int start, int end) => string.Concat(text.AsSpan(0, start), " ", text.AsSpan(end));
}
