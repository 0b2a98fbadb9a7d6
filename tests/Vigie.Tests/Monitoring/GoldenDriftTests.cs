using Vigie.Evaluation;
using Vigie.Monitoring;

namespace Vigie.Tests.Monitoring;

/// <summary>Drift statistics as scipy 1.10.1 has them.</summary>
public sealed class GoldenDriftTests
{
    private readonly Golden _golden = Golden.Section("drift");

    [Fact]
    public void Kolmogorov_Smirnov_agrees()
    {
        var test = KolmogorovSmirnov.Test(_golden.Numbers("a"), _golden.Numbers("b"));
        Golden.Near(_golden.Number("ks_statistic"), test.Statistic);
        Golden.Near(_golden.Number("ks_p_asymptotic"), test.AsymptoticP);
        Golden.Near(_golden.Number("ks_p_exact"), test.ExactP);
        Assert.Equal(test.ExactP, test.P);
    }

    [Fact]
    public void Distances_agree()
    {
        Golden.Near(_golden.Number("wasserstein"), Distances.Wasserstein(_golden.Numbers("a"), _golden.Numbers("b")));
        Golden.Near(_golden.Number("mmd2_biased_rbf_gamma_0.5"), Distances.Mmd2(_golden.Numbers("a"), _golden.Numbers("b"), 1, 0.5));
        Golden.Near(_golden.Number("psi_natural_log"), Distances.PopulationStabilityIndex(_golden.Numbers("p"), _golden.Numbers("q")));
        Golden.Near(_golden.Number("jensen_shannon_distance_base2"), Distances.JensenShannon(_golden.Numbers("p"), _golden.Numbers("q")));
    }

    [Fact]
    public void Tests_on_counts_agree()
    {
        ChiSquareResult chi = CountTests.ChiSquare([[120, 80], [90, 110]]);
        Golden.Near(_golden.Number("chi2_statistic"), chi.Statistic);
        Golden.Near(_golden.Number("chi2_p"), chi.P);
        Golden.Near(_golden.Number("binomial_18_of_20_against_0.6_two_sided_p"), Binomial.TwoSided(18, 20, 0.6));
        Golden.Near(_golden.Number("binomial_12_of_20_against_0.6_two_sided_p"), Binomial.TwoSided(12, 20, 0.6));
        Golden.Near(_golden.Number("binomial_18_of_20_against_0.6_greater_p"), Binomial.AtLeast(18, 20, 0.6));
        Interval wilson = Binomial.Wilson(18, 20);
        Golden.Near(_golden.Numbers("wilson_95_for_18_of_20"), [wilson.Lower, wilson.Upper]);
        Golden.Near(_golden.Number("poisson_sf_count_ge_25_rate_10"), CountTests.PoissonAtLeast(25, 10));
    }
}
