using Vigie.Features;

namespace Vigie.Models;

/// <summary>
/// Logistic regression learnt in one pass over a stream, in memory that does not grow with it: hashed features, one step a text, each
/// coordinate with its own falling rate (AdaGrad: J. Duchi, E. Hazan and Y. Singer, JMLR 12, 2011). One class against the rest
/// where there are more than two.
/// </summary>
public sealed record OnlineLogisticRegression
{
    /// <summary>Step length before it falls; above 0.</summary>
    public double LearningRate { get; init; } = 1;

    /// <summary>Starts learning.</summary>
    /// <param name="vectorizer">A hashed feature space.</param>
    /// <param name="classes">Number of classes, 2 or more.</param>
    /// <exception cref="InvalidInputException">The rate is not above 0.</exception>
    public Learner Start(FittedVectorizer vectorizer, int classes) =>
        LearningRate > 0 ? new Learner(vectorizer, classes, LearningRate) : throw new InvalidInputException($"learning_rate {LearningRate}: expected a number above 0");

    /// <summary>What has been learnt so far; not shared by threads.</summary>
    public sealed class Learner
    {
        private readonly FittedVectorizer vectorizer;
        private readonly FeatureRow row;
        private readonly double rate;
        private readonly float[][] weights;
        private readonly float[][] squares;
        private readonly double[] intercepts;
        private readonly double[] interceptSquares;
        private double lossSum;
        private long lossTexts;

        internal Learner(FittedVectorizer vectorizer, int classes, double rate)
        {
            int models = classes == 2 ? 1 : classes;
            this.vectorizer = vectorizer;
            this.rate = rate;
            row = vectorizer.NewRow();
            weights = new float[models][];
            squares = new float[models][];
            for (int m = 0; m < models; m++) (weights[m], squares[m]) = (new float[vectorizer.FeatureCount], new float[vectorizer.FeatureCount]);
            intercepts = new double[models];
            interceptSquares = new double[models];
        }

        /// <summary>Number of texts seen.</summary>
        public long Count { get; private set; }

        /// <summary>The mean loss of the texts since this was last asked, each taken just before it was learnt from; null where there were none.</summary>
        public double? TakeLoss()
        {
            double? mean = lossTexts == 0 ? null : lossSum / lossTexts;
            (lossSum, lossTexts) = (0, 0);
            return mean;
        }

        /// <summary>Takes one step.</summary>
        public void Learn(string text, byte label)
        {
            vectorizer.Transform(text, row);
            Count++;
            lossTexts++;
            for (int m = 0; m < weights.Length; m++) Step(m, label == (weights.Length == 1 ? 1 : m));
        }

        /// <summary>The model as it stands.</summary>
        public LinearModel ToModel() => new(Array.ConvertAll(weights, w => Array.ConvertAll(w, x => (double)x)), (double[])intercepts.Clone(), Link.OneVersusRest);

        private void Step(int m, bool positive)
        {
            float[] w = weights[m], g = squares[m];
            ReadOnlySpan<int> columns = row.Columns;
            ReadOnlySpan<double> values = row.Values;
            double score = intercepts[m];
            for (int k = 0; k < columns.Length; k++) score += w[columns[k]] * values[k];
            double error = Calibration.Sigmoid(score) - (positive ? 1 : 0);
            lossSum -= Math.Log(Math.Max(1 - Math.Abs(error), 1e-15));
            for (int k = 0; k < columns.Length; k++)
            {
                double gradient = error * values[k];
                float square = g[columns[k]] += (float)(gradient * gradient);
                w[columns[k]] -= (float)(rate * gradient / (0.1 + Math.Sqrt(square)));
            }
            interceptSquares[m] += error * error;
            intercepts[m] -= rate * error / (1 + Math.Sqrt(interceptSquares[m]));
        }
    }
}
