namespace Vigie.Cli.Tests;

public sealed class ModelPageTests
{
    private static readonly BenchMachine Machine = new("Some(R) CPU 3.5GHz", 2, 4096, "An OS", ".NET 10", new DateTimeOffset(2026, 3, 2, 12, 0, 0, TimeSpan.Zero), "abc123", 0.25);

    private static readonly ModelRow Baseline = new("tfidf-lr", 50_000) { Recipe = "tfidf-lr", TestRows = 20_000, F1Macro = 0.772, RocAuc = 0.8, CpuSeconds = 0.3, PeakMib = 100 };

    [Fact]
    public void A_target_is_held_against_the_peer_of_the_same_run()
    {
        var peer = new ModelRow("peer", 50_000) { CounterpartOf = "tfidf-lr", F1Macro = 0.7752, RocAuc = 0.8021 };
        ModelResults results = Results(Baseline, peer, Baseline with { Size = 200_000, F1Macro = 0.7832 });

        Assert.Equal(
            ["50000 F1Macro no", "50000 RocAuc yes", "50000 CpuSeconds no", "200000 F1Macro yes", "200000 RocAuc no", "200000 CpuSeconds yes"],
            results.Targets.Where(outcome => outcome.Target.Size is not null).Select(outcome => $"{outcome.Size} {outcome.Target.Figure} {(outcome.Reached ? "yes" : "no")}"));
        Assert.Equal([false, false, true, true], results.Targets.Where(outcome => outcome.Target.Bound == Bound.OffPeer).Select(outcome => outcome.PeerIsNoted));
    }

    [Fact]
    public void Prediction_and_reading_have_targets_too()
    {
        ModelResults results = Results(Baseline) with { Predictions = [new PredictionRow("tfidf-lr", 50_000, new PredictionSpeed(20_000, 5, 390_000, 380_000, 4.9, 9, 12, 0.03))] };

        Assert.Equal(
            [(Figure.TweetsPerSecond, false), (Figure.P50Microseconds, true), (Figure.ReadSeconds, true), (Figure.ReadPeakMib, false)],
            results.Targets.TakeLast(4).Select(outcome => (outcome.Target.Figure, outcome.Reached)));
    }

    [Fact]
    public void The_page_shows_machine_figures_reasons_and_targets()
    {
        string page = ModelPage.Markdown(Results(Baseline, new ModelRow("a peer", 50_000) { NotMeasured = "No module | named x" }));

        Assert.Contains("# Linear models on Some(R) CPU 3.5GHz\n", page, StringComparison.Ordinal);
        Assert.Contains("| date | 2026-03-02 12:00 UTC |\n| commit | abc123 |\n", page, StringComparison.Ordinal);
        Assert.Contains("| 50,000 | Vigie tfidf-lr | 0.7720 | 0.8000 | – | – | 0.30 | – | – | 100 | – |\n", page, StringComparison.Ordinal);
        Assert.Contains("| 50,000 | a peer | not measured: No module \\| named x |  |  |  |  |  |  |  |  |\n", page, StringComparison.Ordinal);
        Assert.Contains("| tfidf-lr, 50,000 rows: vectorise and fit, CPU s | ≤ 0.25 | 0.30 | ✗ |\n", page, StringComparison.Ordinal);
        Assert.Contains("| tfidf-lr, 50,000 rows: macro F1 | 0.7730 ± 0.0030 (peer not measured; as noted before) | 0.7720 | ✓ |\n", page, StringComparison.Ordinal);
    }

    [Fact]
    public void The_page_is_named_after_the_processor() => Assert.Equal("some-cpu-3.5ghz", Machine.CpuFileName);

    private static ModelResults Results(params ModelRow[] rows) =>
        new(LinearTargets.Suite, Machine, "sentiment140.csv.gz", 1, rows, [], new ReadingSpeed(LinearTargets.RowsOfTheFile, 4, 4, 352_024, 151), 1);
}
