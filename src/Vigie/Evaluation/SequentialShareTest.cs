using System.Text.Json.Serialization;
using MathNet.Numerics;

namespace Vigie.Evaluation;

/// <summary>
/// Is the share of successes another than supposed? A test that may be looked at after every trial and stopped at any time, which no p-value allows: the chance that
/// <see cref="EValue"/> ever reaches 1 / level is at most the level where the share is as supposed.
/// <para>
/// The e-value is a bet against the supposed share: the likelihood of what was seen, averaged over all other shares, over its likelihood under the supposed one. Half of
/// the stake lies evenly on the shares below it, half evenly on those above (Robbins' mixture, Ann. Math. Stat. 1970). Trial by trial that is a martingale that starts at 1, and so
/// stays below 1 / level for ever with probability 1 - level at least (Ville 1939; Ramdas et al., Statistical Science 2023). The order of the trials does not matter.
/// </para>
/// <para>It is true to the side as well: where the share is at least as large as supposed, 'smaller' is wrongly said with a chance of at most the level, and the other way round.</para>
/// </summary>
/// <param name="Successes">Successes seen, 0 to <paramref name="Trials"/>.</param>
/// <param name="Trials">Trials.</param>
/// <param name="Share">The share supposed, in (0, 1).</param>
public sealed record SequentialShareTest(
    [property: JsonPropertyName("successes")] long Successes,
    [property: JsonPropertyName("trials")] long Trials,
    [property: JsonPropertyName("share")] double Share)
{
    private const double Largest = 690; // e^690 is 1e299: past any level, and still a number

    /// <summary>The bet's worth: 1 before the first trial; 20 or more speaks against the supposed share at the level 0.05.</summary>
    [JsonPropertyName("e_value")]
    public double EValue => (Below + Above) / 2;

    // The stakes on either side. ∫ q^s (1-q)^f dq over [0, r] is B(s+1, f+1) I_r(s+1, f+1); the stake is spread evenly, over a length of r or 1 - r.
    private double Below => Stake(Share, Successes, Failures);

    private double Above => Stake(1 - Share, Failures, Successes);

    private long Failures => Trials - Successes;

    private double LogRatio =>
        SpecialFunctions.GammaLn(Successes + 1.0) + SpecialFunctions.GammaLn(Failures + 1.0) - SpecialFunctions.GammaLn(Trials + 2.0) - Successes * Math.Log(Share) - Failures * Math.Log(1 - Share);

    /// <summary>Where the share lies, as far as the level lets it be said: negative for below the supposed one, positive for above, 0 for undecided.</summary>
    /// <param name="level">The chance of a false alarm that is accepted, in (0, 1).</param>
    public int SideAt(double level)
    {
        if (Successes < 0 || Successes > Trials || Share is not (> 0 and < 1)) throw new InvalidInputException($"the test takes 0 ≤ successes ≤ trials and a share in (0, 1), got {Successes} of {Trials} against {Share}");
        if (level is not (> 0 and < 1)) throw new InvalidInputException($"level {level}: expected a probability between 0 and 1");
        if (EValue < 1 / level) return 0;
        return Above > Below ? 1 : -1;
    }

    private double Stake(double length, long successes, long failures)
    {
        double tail = SpecialFunctions.BetaRegularized(successes + 1.0, failures + 1.0, length);
        return tail == 0 ? 0 : Math.Exp(Math.Min(Largest, LogRatio - Math.Log(length) + Math.Log(tail)));
    }
}
