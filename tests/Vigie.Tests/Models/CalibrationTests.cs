using Vigie.Models;

namespace Vigie.Tests.Models;

public sealed class CalibrationTests
{
    private static double[] Logits(double[] probabilities) => [.. probabilities.Select(p => Math.Clamp(p, 1e-6, 1 - 1e-6)).Select(p => Math.Log(p / (1 - p)))];

    [Fact]
    public void Isotonic_agrees_with_scikit_learn()
    {
        Golden metrics = Golden.Section("metrics"), golden = Golden.Section("calibration");
        var fitted = IsotonicRegression.Fit(metrics.Numbers("scores"), metrics.Bytes("truth"));
        Golden.Near(golden.Numbers("isotonic_at_grid"), [.. golden.Numbers("grid").Select(fitted.Apply)]);
    }

    [Fact]
    public void Plain_logistic_fit_agrees_with_scikit_learn()
    {
        Golden metrics = Golden.Section("metrics"), golden = Golden.Section("calibration");
        var fitted = PlattScaling.Fit(Logits(metrics.Numbers("scores")), metrics.Bytes("truth"), smoothTargets: false);
        Golden.Near(golden.Number("logit_slope"), fitted.Slope, 1e-4);
        Golden.Near(golden.Number("logit_intercept"), fitted.Intercept, 1e-4);
    }

    [Fact]
    public void Temperature_agrees_with_scipy()
    {
        Golden metrics = Golden.Section("metrics"), golden = Golden.Section("calibration");
        var fitted = TemperatureScaling.Fit(Logits(metrics.Numbers("scores")), metrics.Bytes("truth"));
        Golden.Near(golden.Number("temperature"), fitted.Temperature, 1e-4);
    }

    [Fact]
    public void A_temperature_is_found_again()
    {
        // Labels drawn from the sigmoid of the scores over 2: the fit must find about 2.
        var random = new Random(1);
        double[] scores = [.. Enumerable.Range(0, 20_000).Select(_ => 8 * random.NextDouble() - 4)];
        byte[] labels = [.. scores.Select(score => random.NextDouble() < new TemperatureScaling(2).Apply(score) ? (byte)1 : (byte)0)];

        Assert.InRange(TemperatureScaling.Fit(scores, labels).Temperature, 1.9, 2.1);
        Assert.Equal(TemperatureScaling.Greatest, TemperatureScaling.Fit([-1, 1], [1, 0]).Temperature, 9); // the wrong way round: as cool as can be
        Assert.Equal(1 / TemperatureScaling.Greatest, TemperatureScaling.Fit([-1, 1], [0, 1]).Temperature, 9); // separated: as hot as can be
    }

    [Fact]
    public void Separated_scores_need_smoothed_targets()
    {
        double[] scores = [-2, -1, 1, 2];
        byte[] labels = [0, 0, 1, 1];
        Assert.Contains("smoothed", Assert.Throws<InvalidInputException>(() => PlattScaling.Fit(scores, labels, smoothTargets: false)).Message, StringComparison.Ordinal);
        var fitted = PlattScaling.Fit(scores, labels);
        Assert.InRange(fitted.Apply(2), 0.7, 0.95);
        Assert.Equal(0.5, fitted.Apply(0), 12);
    }

    [Fact]
    public void Scores_that_order_the_rows_the_wrong_way_round_have_no_sigmoid()
    {
        InvalidInputException refusal = Assert.Throws<InvalidInputException>(() => PlattScaling.Fit([-2, -1, 1, 2], [1, 1, 0, 0]));
        Assert.Contains("the wrong way round", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(0, PlattScaling.Fit([1, 2, 1, 2], [1, 1, 0, 0]).Slope, 9); // scores that say nothing are no error
    }

    [Fact]
    public void Isotonic_pools_violators_exactly()
    {
        // 0 | 1 0 -> 1/2 | 1: the middle pair violates and is pooled; equal scores are one point.
        var fitted = IsotonicRegression.Fit([1, 2, 3, 4, 4], [0, 1, 0, 1, 1]);
        Assert.Equal([1, 2, 3, 4], fitted.Scores);
        Assert.Equal([0, 0.5, 0.5, 1], fitted.Probabilities);
        Assert.Equal(0.25, fitted.Apply(1.5));
        Assert.Equal(0, fitted.Apply(-100));
        Assert.Equal(1, fitted.Apply(100));
    }

    public static TheoryData<Calibration> All => [new IdentityCalibration(), new PlattScaling(1.25, -0.1), new TemperatureScaling(1.7), new IsotonicRegression([-1, 0.5, 2], [0.1, 0.4, 0.9])];

    [Theory, MemberData(nameof(All))]
    public void Saved_and_read_back_it_is_the_same(Calibration calibration)
    {
        string json = calibration.ToJson();
        Assert.StartsWith("""{"kind":""", json, StringComparison.Ordinal);
        Calibration again = Calibration.FromJson(json);
        Assert.Equal(calibration, again);
        Assert.Equal(json, again.ToJson());
    }

    [Theory, MemberData(nameof(All))]
    public void A_higher_score_is_never_less_probable(Calibration calibration)
    {
        double previous = 0;
        for (double score = -800; score <= 800; score += 0.5)
        {
            double probability = calibration.Apply(score);
            Assert.InRange(probability, previous, 1);
            previous = probability;
        }
    }

    [Theory]
    [InlineData("""{"kind":"isotonic","scores":[1,1],"probabilities":[0,1]}""")]
    [InlineData("""{"kind":"isotonic","scores":[0,1],"probabilities":[1,0]}""")]
    [InlineData("""{"kind":"isotonic","scores":[],"probabilities":[]}""")]
    [InlineData("""{"kind":"unheard-of"}""")]
    [InlineData("""{"kind":"platt","slope":-0.5,"intercept":0}""")]
    [InlineData("null")]
    [InlineData("[")]
    public void What_is_no_calibration_is_refused(string json) => Assert.Throws<InvalidInputException>(() => Calibration.FromJson(json));

    [Fact]
    public void One_class_cannot_be_calibrated_on() =>
        Assert.Throws<InvalidInputException>(() => IsotonicRegression.Fit([0.1, 0.2], [1, 1]));
}
