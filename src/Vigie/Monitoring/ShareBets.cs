namespace Vigie.Monitoring;

/// <summary>
/// Has a mean grown beyond its bound? Bets that may be settled after every value and looked at at any time. There are several sides, each with values in [0, 1] and a bound, and they share one budget.
/// <para>
/// A bet multiplies its worth by 1 + λ (value - bound), λ ≥ 0. While the mean of each value, given all before it, is at most the bound, however it moves below it, no strategy gains in expectation
/// (test supermartingale: Ville 1939; Waudby-Smith and Ramdas, JRSS B 2024). For a value of 0 or 1 and λ = (q - b) / (b (1 - b)) this is the likelihood ratio of the share q to the bound b.
/// </para>
/// <para>
/// A change may come at any moment, so a new bet is begun with every value, and all run on together: worth ← (worth + stake) · factor, the e-detector of Shin, Ramdas and Rinaldo
/// (NEJSDS 2024) after Shiryaev and Roberts. Stakes add up to the time that passes, 1 a week. Worth less all stakes paid so far is a supermartingale, hence the chance that
/// worth ever reaches c while stakes of W are paid is at most W / c (Ville again), however many values come and however often one looks.
/// </para>
/// </summary>
internal sealed class ShareBets
{
    /// <summary>Bets of one side: against small to large changes.</summary>
    public const int PerSide = 4;

    /// <summary>What is staked on the start itself, in weeks: a change that is there when the watch begins is found as soon as others.</summary>
    public const double FirstStake = 1 / 7.0;

    // How far from the bound to 1 lies the mean that a bet is on.
    private static readonly double[] Steps = [0.05, 0.12, 0.3, 0.6];

    private const double HopelessBound = 0.995;
    private const double Negligible = 1e-100; // worth of less is none: denormal numbers are slow

    private readonly double[] _lost, _gain, _worth;
    private readonly double _limit;

    /// <summary>Opens the bets.</summary>
    /// <param name="bounds">Largest mean of each side that is as in training.</param>
    /// <param name="falseAlarms">Largest expected number of false alarms in the first week, and in any week on average.</param>
    public ShareBets(IReadOnlyList<double> bounds, double falseAlarms)
    {
        Bounds = bounds;
        (_lost, _gain, _worth) = (new double[bounds.Count * PerSide], new double[bounds.Count * PerSide], new double[bounds.Count * PerSide]);
        _limit = (1 + FirstStake) / falseAlarms;
        for (int side = 0; side < bounds.Count; side++)
        {
            double bound = bounds[side];
            // No mean lies beyond such a bound: both factors stay 0, and nothing is won.
            if (bound is >= HopelessBound or <= 0) continue;
            for (int i = 0; i < PerSide; i++)
            {
                double on = bound + (1 - bound) * Steps[i];
                _lost[side * PerSide + i] = (1 - on) / (1 - bound);
                _gain[side * PerSide + i] = on / bound - (1 - on) / (1 - bound);
            }
        }
    }

    /// <summary>The largest mean of each side that is as in training.</summary>
    public IReadOnlyList<double> Bounds { get; }

    /// <summary>Whether there is anything to bet on.</summary>
    public bool IsOpen => Bounds.Count > 0;

    /// <summary>The worth of all bets as a share of what proves a change.</summary>
    public double Evidence
    {
        get
        {
            double sum = 0;
            foreach (double worth in _worth) sum += worth;
            return _worth.Length == 0 ? 0 : sum / _worth.Length / _limit;
        }
    }

    /// <summary>The worth of each bet, to be kept and put back.</summary>
    public Span<double> Worth => _worth;

    /// <summary>Settles the bets of one side.</summary>
    /// <param name="side">The side.</param>
    /// <param name="value">In [0, 1].</param>
    /// <param name="stake">Weeks since the value before; 0 or more.</param>
    public void Add(int side, double value, double stake)
    {
        // More than proves a change by itself is not kept: a bet never gains by losing worth, and so it comes down again in reasonable time.
        double most = _limit * _worth.Length;
        for (int bet = side * PerSide; bet < (side + 1) * PerSide; bet++)
        {
            double worth = (_worth[bet] + stake) * (_lost[bet] + value * _gain[bet]);
            _worth[bet] = worth < Negligible ? 0 : Math.Min(most, worth);
        }
    }

    /// <summary>Closes all bets and begins anew.</summary>
    public void Clear() => _worth.AsSpan().Clear();
}
