using Vigie.Features;
using Vigie.Text;
using Vigie.Tweets;

namespace Vigie.Models;

/// <summary>
/// fastText's classifier: a text is the sum of its n-grams' embeddings over the square root of their number, and a linear layer turns that into scores.
/// <see cref="FastTextTrainer"/> learns it. Since all of it is linear, an n-gram's part in a score is one number, worked out once.
/// </summary>
public sealed class FastTextModel : TextModel
{
    private readonly NgramPlaces ngrams;
    private readonly Tokenizer tokenizer;
    private readonly float[] parts; // n-grams × scores: what an n-gram adds to each, but for the length of the text
    private readonly double[] starts;

    /// <summary>Puts the parts together.</summary>
    /// <param name="input">What is read of a text.</param>
    /// <param name="ngrams">The n-grams that have embeddings.</param>
    /// <param name="embeddings">n-grams × dim.</param>
    /// <param name="output">classes × dim.</param>
    /// <param name="intercepts">One a class.</param>
    /// <exception cref="InvalidInputException">The parts do not fit together, or a number is not finite.</exception>
    internal FastTextModel(FastTextInput input, NgramPlaces ngrams, Half[] embeddings, float[] output, float[] intercepts)
    {
        input.Validate();
        int classes = intercepts.Length;
        if (classes < 2 || output.Length % classes != 0 || output.Length == 0) throw new InvalidInputException($"an output layer of {output.Length} numbers for {classes} classes");
        Dimension = output.Length / classes;
        if (embeddings.Length != (long)ngrams.Count * Dimension) throw new InvalidInputException($"{embeddings.Length} numbers for {ngrams.Count} embeddings of {Dimension}");
        if (ngrams.Space != input.Bucket) throw new InvalidInputException($"places in a space of {ngrams.Space}, bucket is {input.Bucket}");
        if (!output.All(float.IsFinite) || !intercepts.All(float.IsFinite) || !Array.TrueForAll(embeddings, Half.IsFinite))
            throw new InvalidInputException("embeddings or output layer hold a number that is not finite");
        (Input, this.ngrams, Embeddings, Output, Intercepts) = (input, ngrams, embeddings, output, intercepts);
        tokenizer = new Tokenizer(input.Text);
        // Two classes have one score, the log-odds of the second: softmax's two outputs, subtracted.
        ScoreCount = classes == 2 ? 1 : classes;
        starts = classes == 2 ? [intercepts[1] - intercepts[0]] : [.. intercepts.Select(intercept => (double)intercept)];
        parts = Parts();
    }

    /// <summary>What is read of a text.</summary>
    public FastTextInput Input { get; }

    /// <summary>Length of the embeddings.</summary>
    public int Dimension { get; }

    /// <inheritdoc/>
    public override int ScoreCount { get; }

    /// <inheritdoc/>
    public override TextPipeline Text => Input.Text;

    /// <inheritdoc/>
    public override int FeatureCount => ngrams.Count;

    /// <summary>The places of the n-grams, rising.</summary>
    internal int[] Places => ngrams.All;

    /// <summary>n-grams × <see cref="Dimension"/>.</summary>
    internal Half[] Embeddings { get; }

    /// <summary>classes × <see cref="Dimension"/>.</summary>
    internal float[] Output { get; }

    /// <summary>One a class.</summary>
    internal float[] Intercepts { get; }

    /// <inheritdoc/>
    public override TextScorer NewScorer() => new Scorer(this);

    internal override Explanation Explain(string text, Prediction prediction, int explained, Sentiment classOf)
    {
        var buffer = new NgramBuffer(tokenizer, Input.Ngrams);
        buffer.Fill(text, locate: true);
        double scale = Scale(CountKnown(buffer.Fingerprints));
        return new LinearExplainer(Input.Ngrams, ngrams.Find, starts[explained]).Explain(
            buffer, (_, times) => times * scale, row => parts[row * ScoreCount + explained], prediction, classOf);
    }

    private float[] Parts()
    {
        var sums = new float[ngrams.Count * ScoreCount];
        for (int row = 0; row < ngrams.Count; row++)
        {
            for (int s = 0; s < ScoreCount; s++)
            {
                float sum = 0;
                for (int d = 0; d < Dimension; d++)
                    sum += (float)Embeddings[row * Dimension + d] * (ScoreCount == 1 ? Output[Dimension + d] - Output[d] : Output[s * Dimension + d]);
                sums[row * ScoreCount + s] = sum;
            }
        }
        return sums;
    }

    private int CountKnown(ReadOnlySpan<ulong> fingerprints)
    {
        int known = 0;
        foreach (ulong fingerprint in fingerprints)
        {
            if (ngrams.Find(fingerprint) >= 0) known++;
        }
        return known;
    }

    private static double Scale(int known) => known == 0 ? 0 : 1 / Math.Sqrt(known);

    private sealed class Scorer(FastTextModel model) : TextScorer
    {
        private readonly NgramBuffer buffer = new(model.tokenizer, model.Input.Ngrams);

        public override bool IsOversized => buffer.IsOversized;

        public override Evidence Score(string text, Span<double> scores)
        {
            buffer.Fill(text);
            scores.Clear();
            int known = 0;
            foreach (ulong fingerprint in buffer.Fingerprints)
            {
                int row = model.ngrams.Find(fingerprint);
                if (row < 0) continue;
                known++;
                for (int s = 0; s < scores.Length; s++) scores[s] += model.parts[row * scores.Length + s];
            }
            double scale = Scale(known);
            for (int s = 0; s < scores.Length; s++) scores[s] = scores[s] * scale + model.starts[s];
            ReadOnlySpan<ulong> words = buffer.TokenFingerprints;
            return new Evidence(known == 0, words.IsEmpty ? 1 : 1 - (double)model.CountKnown(words) / words.Length);
        }
    }
}
