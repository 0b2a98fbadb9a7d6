namespace Vigie.Tuning;

/// <summary>The density of one dimension's values: a mixture of one kernel a value and a prior over the whole domain.</summary>
internal abstract class ParzenEstimator
{
    public abstract string Draw(Xoshiro256 random);

    public abstract double LogDensity(string value);

    public static ParzenEstimator Of(SearchDomain domain, IReadOnlyList<string> values, double prior) =>
        domain is ChoiceDomain choices ? new Shares(choices, values, prior) : new Gaussians(domain, values, prior);

    /// <summary>Of choices: counts, each with a part of the prior.</summary>
    private sealed class Shares : ParzenEstimator
    {
        private readonly ChoiceDomain choices;
        private readonly double[] shares;

        public Shares(ChoiceDomain choices, IReadOnlyList<string> values, double prior)
        {
            this.choices = choices;
            shares = [.. choices.Values.Select(choice => prior / choices.Values.Count + values.Count(value => value == choice))];
            double sum = shares.Sum();
            for (int i = 0; i < shares.Length; i++) shares[i] /= sum;
        }

        public override string Draw(Xoshiro256 random)
        {
            double left = random.NextDouble();
            for (int i = 0; i < shares.Length - 1; i++)
            {
                if ((left -= shares[i]) < 0) return choices.Values[i];
            }
            return choices.Values[^1];
        }

        public override double LogDensity(string value) => Math.Log(shares[choices.Values.ToList().IndexOf(value)]);
    }

    /// <summary>Of ranges: normal kernels cut off at the bounds, as wide as the way to the neighbours. Whole numbers take half a step to each side.</summary>
    private sealed class Gaussians : ParzenEstimator
    {
        private readonly SearchDomain domain;
        private readonly double low, high;
        private readonly double[] centres, widths, weights;

        public Gaussians(SearchDomain domain, IReadOnlyList<string> values, double prior)
        {
            this.domain = domain;
            (low, high) = domain switch
            {
                IntegerDomain { IsLogarithmic: true } whole => (Math.Log(whole.Low - 0.5), Math.Log(whole.High + 0.5)),
                IntegerDomain whole => (whole.Low - whole.Step / 2.0, whole.High + whole.Step / 2.0),
                RealDomain { IsLogarithmic: true } real => (Math.Log(real.Low), Math.Log(real.High)),
                RealDomain real => (real.Low, real.High),
                _ => throw new ArgumentException(domain.GetType().Name, nameof(domain)),
            };
            double range = high - low, middle = (low + high) / 2;
            double[] sorted = [.. values.Select(Scale).Append(middle).Order()];
            int own = Array.IndexOf(sorted, middle);
            centres = sorted;
            widths = new double[sorted.Length];
            weights = new double[sorted.Length];
            double least = range / Math.Min(100, 1 + sorted.Length);
            for (int i = 0; i < sorted.Length; i++)
            {
                double below = i > 0 ? sorted[i] - sorted[i - 1] : sorted[i] - low, above = i + 1 < sorted.Length ? sorted[i + 1] - sorted[i] : high - sorted[i];
                widths[i] = i == own ? range : Math.Clamp(Math.Max(below, above), least, range);
                weights[i] = (i == own ? prior : 1) / (values.Count + prior);
            }
        }

        public override string Draw(Xoshiro256 random)
        {
            double left = random.NextDouble();
            int kernel = 0;
            while (kernel < weights.Length - 1 && (left -= weights[kernel]) >= 0) kernel++;
            double value;
            do
            {
                value = centres[kernel] + widths[kernel] * Normal(random);
            }
            while (value < low || value > high);
            return Unscale(value);
        }

        public override double LogDensity(string value)
        {
            double at = Scale(value), density = 0;
            for (int i = 0; i < centres.Length; i++)
            {
                double z = (at - centres[i]) / widths[i], inside = Below((high - centres[i]) / widths[i]) - Below((low - centres[i]) / widths[i]);
                density += weights[i] * Math.Exp(-0.5 * z * z) / (widths[i] * Math.Sqrt(2 * Math.PI) * inside);
            }
            return Math.Log(density);
        }

        private double Scale(string value) => domain is IntegerDomain { IsLogarithmic: true } or RealDomain { IsLogarithmic: true } ? Math.Log(SpacePoints.Number(value)) : SpacePoints.Number(value);

        private string Unscale(double value) => domain switch
        {
            IntegerDomain { IsLogarithmic: true } whole => SpacePoints.Spell(Math.Clamp((long)Math.Round(Math.Exp(value)), whole.Low, whole.High)),
            IntegerDomain whole => SpacePoints.Spell(Math.Clamp(whole.Low + whole.Step * (long)Math.Round((value - whole.Low) / whole.Step), whole.Low, whole.Low + (whole.High - whole.Low) / whole.Step * whole.Step)),
            RealDomain { IsLogarithmic: true } real => SpacePoints.Spell(Math.Clamp(Math.Exp(value), real.Low, real.High)),
            _ => SpacePoints.Spell(value),
        };

        private static double Normal(Xoshiro256 random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

        // Abramowitz and Stegun 26.2.17: within 7.5e-8.
        private static double Below(double z)
        {
            double t = 1 / (1 + 0.2316419 * Math.Abs(z)), tail = Math.Exp(-0.5 * z * z) / Math.Sqrt(2 * Math.PI) * t * (0.319381530 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
            return z >= 0 ? 1 - tail : tail;
        }
    }
}
