using Vigie.Models;

namespace Vigie.Tests.Models.Trees;

/// <summary>What both boosting libraries owe us.</summary>
public sealed class BoostingTests
{
    public static TheoryData<string> Libraries => [NativeTreeLibrary.Xgboost, NativeTreeLibrary.LightGbm];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Libraries))]
    public void The_same_seed_gives_the_same_forest(string library)
    {
        SparseRows.SkipUnlessInstalled(library);
        LabelledRows rows = SparseRows.Of(2);
        Forest first = Make(library, 20, subsample: 0.7).Fit(rows, null, 2, 5, null, Cancel), again = Make(library, 20, subsample: 0.7).Fit(rows, null, 2, 5, null, Cancel);
        Forest other = Make(library, 20, subsample: 0.7).Fit(rows, null, 2, 6, null, Cancel);

        Assert.Equal(first.Nodes, again.Nodes);
        Assert.Equal(first.Leaves, again.Leaves);
        Assert.NotEqual(first.Leaves, other.Leaves);
    }

    [Theory, MemberData(nameof(Libraries))]
    public void It_learns_what_no_sum_over_features_can_say(string library)
    {
        SparseRows.SkipUnlessInstalled(library);
        LabelledRows rows = SparseRows.ExclusiveOr();
        Assert.Equal(1, SparseRows.Accuracy(Make(library, 40).Fit(rows, null, 2, 1, null, Cancel), rows));
    }

    [Theory, MemberData(nameof(Libraries))]
    public void It_learns_three_classes(string library)
    {
        SparseRows.SkipUnlessInstalled(library);
        Forest forest = Make(library, 30).Fit(SparseRows.Of(3), null, 3, 1, null, Cancel);
        Assert.Equal((3, 90), (forest.ScoreCount, forest.TreeCount));
        Assert.InRange(SparseRows.Accuracy(forest, SparseRows.Of(3, seed: 2)), 0.85, 1);
    }

    [Theory, MemberData(nameof(Libraries))]
    public void Every_round_is_reported_with_its_losses(string library)
    {
        SparseRows.SkipUnlessInstalled(library);
        var reports = new Reports();
        LabelledRows train = SparseRows.Of(2), validation = SparseRows.Of(2, seed: 2);
        Forest forest = Make(library, 15).Fit(train, validation, 2, 1, reports, Cancel);

        Assert.Equal(Enumerable.Range(1, 15), reports.All.Select(report => report.Iteration!.Value));
        Assert.Equal(1, reports.All[^1].Share);
        Assert.Equal(LogLoss(forest, train), reports.All[^1].Loss!.Value, 1e-4);
        Assert.Equal(LogLoss(forest, validation), reports.All[^1].ValidationLoss!.Value, 1e-4);
        Assert.True(reports.All[^1].Loss < reports.All[0].Loss);
    }

    [Theory, MemberData(nameof(Libraries))]
    public void It_stops_where_the_validation_loss_no_longer_falls_and_keeps_the_best(string library)
    {
        SparseRows.SkipUnlessInstalled(library);
        var reports = new Reports();
        LabelledRows train = SparseRows.Of(2), validation = SparseRows.Of(2, seed: 2);
        Forest forest = Make(library, 400, earlyStopping: 5).Fit(train, validation, 2, 1, reports, Cancel);

        int best = reports.All.MinBy(report => report.ValidationLoss).Iteration!.Value;
        Assert.Equal(best + 5, reports.All.Count);
        Assert.Equal(best, forest.TreeCount);
        Assert.Equal(reports.All[best - 1].ValidationLoss!.Value, LogLoss(forest, validation), 1e-4);
    }

    [Theory, MemberData(nameof(Libraries))]
    public void Cancelling_stops_between_rounds(string library)
    {
        SparseRows.SkipUnlessInstalled(library);
        using var stop = new CancellationTokenSource();
        var reports = new Reports { Then = report => { if (report.Iteration == 3) stop.Cancel(); } };
        Assert.ThrowsAny<OperationCanceledException>(() => Make(library, 100_000).Fit(SparseRows.Of(2), null, 2, 1, reports, stop.Token));
        Assert.Equal(3, reports.All.Count);
    }

    [Theory, MemberData(nameof(Libraries))]
    public void Stopping_early_needs_validation_rows(string library) =>
        Assert.Contains("early_stopping_rounds=none", Assert.Throws<InvalidInputException>(() => Make(library, 5, earlyStopping: 2).Fit(SparseRows.Of(2), null, 2, 1)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_missing_library_is_named_with_the_way_to_install_it()
    {
        string message = Assert.Throws<InvalidInputException>(() => new NativeTreeLibrary("XGBoost", "apt-get install libxgboost0", [], "libnowhere.so.0", "nowhere.dll").Find()).Message;
        Assert.Equal("this recipe is trained by the XGBoost library, which is not installed (looked for libnowhere.so.0, nowhere.dll): apt-get install libxgboost0", message);
    }

    internal static IForestEstimator Make(string library, int rounds, double subsample = 1, int? earlyStopping = null) => library == NativeTreeLibrary.Xgboost
        ? new Xgboost { Rounds = rounds, Subsample = subsample, EarlyStoppingRounds = earlyStopping }
        : new LightGbm { Rounds = rounds, Subsample = subsample, EarlyStoppingRounds = earlyStopping, MinChildSamples = 5 };

    private static double LogLoss(Forest forest, LabelledRows rows) =>
        forest.Score(rows.Features).Zip(rows.Labels, (score, label) => Math.Log(1 + Math.Exp(label == 1 ? -score : score))).Average();
}
