namespace Vigie.Mlflow.Tests.Registry;

public sealed class GateTests
{
    private const string Rule = "f1 > 0.790 and f1 > champion.f1";

    public static TheoryData<string> Kinds => TestDatabases.Kinds;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_version_that_enters_staging_and_passes_is_champion_at_once(string kind)
    {
        await using RegistryBench bench = await BenchAsync(kind, Rule);
        await bench.VersionAsync("m", ("f1", 0.80));
        await bench.VersionAsync("m", ("f1", 0.82));
        await bench.VersionAsync("m", ("f1", 0.81));

        string[] stages = new string[3];
        for (int i = 0; i < 3; i++) stages[i] = (await bench.Registry.TransitionStageAsync("m", $"{i + 1}", "Staging", archiveExisting: false, Cancel)).CurrentStage;

        Assert.Equal(["Production", "Production", "Staging"], stages);
        Assert.Equal("2", (await bench.Registry.Promotion.ChampionAsync("m", Cancel))!.Version);
        IReadOnlyList<GateDecision> decisions = await bench.Registry.Gate.DecisionsAsync("m", cancellation: Cancel);
        Assert.Equal([(false, false, "2"), (true, true, "1"), (true, true, null)], decisions.Select(decision => (decision.Passed, decision.Promoted, decision.Champion)));
        Assert.Equal("did not pass: f1 > 0.79: 0.81 and 0.79, holds; f1 > champion.f1: 0.81 and 0.82, does not hold", decisions[0].Reason);
        Assert.Contains("there is no champion yet", decisions[2].Reason, StringComparison.Ordinal);
        Assert.Equal([new GateComparison("f1 > 0.79", 0.81, 0.79, true), new GateComparison("f1 > champion.f1", 0.81, 0.82, false)], decisions[0].Comparisons);
        Assert.Equal(ChampionChangeKind.Gate, (await bench.Registry.Promotion.HistoryAsync("m", cancellation: Cancel))[0].Kind);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task On_request_only_a_version_in_staging_is_promoted(string kind)
    {
        await using RegistryBench bench = await BenchAsync(kind, rule: null);
        await bench.VersionAsync("m", ("f1", 0.80));
        await bench.VersionAsync("m", ("f1", 0.81));
        await ModelRegistryTests.FailsAsync(ErrorCode.InvalidState, () => bench.Registry.Gate.EvaluateAsync("m", "1", Cancel));
        await bench.Registry.TransitionStageAsync("m", "2", "Staging", archiveExisting: false, Cancel);
        await bench.Registry.Gate.SetAsync("m", "f1 >= 0.9", "ana", Cancel);
        await bench.Registry.Gate.SetAsync("m", Rule, "ana", Cancel);

        GateDecision tried = await bench.Registry.Gate.TryAsync("m", "1", GateRule.Parse("f1 < 0.5"), Cancel);
        GateDecision first = await bench.Registry.Gate.EvaluateAsync("m", "1", Cancel);
        GateDecision second = await bench.Registry.Gate.EvaluateAsync("m", "2", Cancel);

        Assert.False(tried.Passed);
        Assert.Equal((true, false), (first.Passed, first.Promoted));
        Assert.Equal((true, true), (second.Passed, second.Promoted));
        Assert.Equal(Rule, (await bench.Registry.Gate.GetAsync("m", Cancel))!.Text);
        Assert.Equal([second.Reason], (await bench.Registry.Gate.DecisionsAsync("m", "2", cancellation: Cancel)).Select(decision => decision.Reason));
        await bench.Registry.Gate.RemoveAsync("m", Cancel);
        Assert.Null(await bench.Registry.Gate.GetAsync("m", Cancel));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_promotion_through_the_gate_names_who_and_why_and_changes_nothing_where_it_is_refused(string kind)
    {
        await using RegistryBench bench = await BenchAsync(kind, rule: null);
        await bench.VersionAsync("m", ("f1", 0.80));
        await bench.VersionAsync("m", ("f1", 0.82));
        await bench.VersionAsync("m", ("f1", 0.81));
        Assert.Null(await bench.Registry.Gate.PromoteAsync("m", "1", "the first", "ana", Cancel));
        Assert.Null(await bench.Registry.Promotion.PreviousAsync("m", Cancel));
        await bench.Registry.Gate.SetAsync("m", Rule, "ana", Cancel);

        GateDecision passed = (await bench.Registry.Gate.PromoteAsync("m", "2", "better", "bob", Cancel))!;
        GateDecision refused = (await bench.Registry.Gate.PromoteAsync("m", "3", "hope", "eve", Cancel))!;

        Assert.Equal((true, true, "1"), (passed.Passed, passed.Promoted, passed.Champion));
        Assert.Equal((false, false, "2"), (refused.Passed, refused.Promoted, refused.Champion));
        Assert.Equal("2", (await bench.Registry.Promotion.ChampionAsync("m", Cancel))!.Version);
        Assert.Equal("1", await bench.Registry.Promotion.PreviousAsync("m", Cancel));
        Assert.Equal(["None", "Production", "Archived"], (await bench.Registry.SearchVersionsAsync(new Search { OrderBy = ["version_number DESC"] }, Cancel)).Items.Select(version => version.CurrentStage));
        Assert.Equal([refused.Reason, passed.Reason], (await bench.Registry.Gate.DecisionsAsync("m", cancellation: Cancel)).Select(decision => decision.Reason));
        Assert.Equal(
            [(ChampionChangeKind.Promoted, "2", "better", "bob"), (ChampionChangeKind.Promoted, "1", "the first", "ana")],
            (await bench.Registry.Promotion.HistoryAsync("m", cancellation: Cancel)).Select(change => (change.Kind, change.Version, change.Reason, change.ChangedBy)));
        await ModelRegistryTests.FailsAsync(ErrorCode.ResourceDoesNotExist, () => bench.Registry.Gate.PromoteAsync("m", "9", null, null, Cancel));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Metrics_of_the_logged_model_count_before_those_of_its_run(string kind)
    {
        await using RegistryBench bench = await BenchAsync(kind, "f1 > 0.5");
        string run = await bench.RunAsync(("f1", 0.1)), logged = await bench.LoggedModelAsync(run);
        await bench.Database.WriteAsync(
            session => session.ExecuteAsync(
                "INSERT INTO logged_model_metrics (model_id, key, step, timestamp, value, is_nan, run_id, dataset_name, dataset_digest) VALUES (@id, 'f1', 2, 0, 0.9, 0, @run, '', ''), (@id, 'f1', 1, 0, 0.2, 0, @run, '', '')",
                ("@id", logged), ("@run", run)),
            Cancel);
        await bench.Registry.CreateVersionAsync("m", $"models:/{logged}", cancellation: Cancel);

        Assert.Equal(0.9, Assert.Single((await bench.Registry.Gate.EvaluateAsync("m", "1", Cancel)).Comparisons).Left);
    }

    [Theory]
    [InlineData("f1 > 0.79", true)]
    [InlineData("f1 >= 0.8 AND acc<1", true)]
    [InlineData("not f1 > 0.9", true)]
    [InlineData("NOT (f1 > 0.9 or acc > 0.7)", false)]
    [InlineData("f1 > 0.9 or acc = 0.75 and f1 != 1", true)]
    [InlineData("(f1 > 0.9 or acc == 0.75) and f1 > 0.9", false)]
    [InlineData("0.7 < f1", true)]
    [InlineData("f1 > acc", true)]
    [InlineData("`log loss` < -1e-3", true)]
    [InlineData("\"log loss\" < .5", true)]
    [InlineData("val/f1 > champion.val/f1", true)]
    [InlineData("f1 > champion.f1", false)]
    [InlineData("not f1 < champion.f1", false)]
    [InlineData("champion.`log loss` > `log loss`", true)]
    [InlineData("f1 > 0.1 or missing > 1", false)]
    [InlineData("not missing > 1", false)]
    [InlineData("f1 > 0.1 or champion.missing > 1", false)]
    [InlineData("nan = nan", false)]
    [InlineData("not nan > 1", false)]
    public void Rules_are_applied_as_they_read(string rule, bool passes)
    {
        var metrics = new Dictionary<string, double> { ["f1"] = 0.8, ["acc"] = 0.75, ["log loss"] = -0.5, ["val/f1"] = 0.8, ["nan"] = double.NaN };
        var champion = new Dictionary<string, double> { ["f1"] = 0.81, ["log loss"] = 0.4, ["val/f1"] = 0.7 };
        Assert.Equal(passes, GateVerdict.Of(GateRule.Parse(rule), metrics, champion).Passed);
    }

    [Theory]
    [InlineData("f1 > champion.f1", true)]
    [InlineData("not f1 < champion.f1", true)]
    [InlineData("not (not f1 > champion.f1)", true)]
    [InlineData("f1 > 0.9 and f1 > champion.f1", false)]
    [InlineData("not (f1 < champion.f1 or f1 < 0.9)", false)]
    [InlineData("missing > champion.missing", false)]
    public void Without_a_champion_a_comparison_with_it_is_in_nobodys_way(string rule, bool passes) =>
        Assert.Equal(passes, GateVerdict.Of(GateRule.Parse(rule), new Dictionary<string, double> { ["f1"] = 0.8 }, champion: null).Passed);

    [Fact]
    public void What_is_missing_is_named()
    {
        GateVerdict verdict = GateVerdict.Of(GateRule.Parse("f2 > 1 and f1 > champion.f1"), new Dictionary<string, double> { ["f1"] = 1 }, new Dictionary<string, double>());
        Assert.Equal("did not pass: f2 > 1: this version has no metric 'f2'; f1 > champion.f1: the champion has no metric 'f1'", verdict.Reason);
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("f1", 3)]
    [InlineData("f1 >", 5)]
    [InlineData("f1 > > 1", 6)]
    [InlineData("f1 > 0.7.1", 6)]
    [InlineData("f1 > 1 andd f2 > 1", 8)]
    [InlineData("(f1 > 1", 8)]
    [InlineData("f1 > 1)", 7)]
    [InlineData("1 > 0", 1)]
    [InlineData("f1 > `x", 6)]
    [InlineData("f1 > ``", 6)]
    [InlineData("f1 > 1 and", 11)]
    [InlineData("and > 1", 1)]
    [InlineData("f1 > champion.", 15)]
    [InlineData("f1 > 1; DROP TABLE gates", 7)]
    [InlineData("f1 > 1e999", 6)]
    [InlineData("f1 ~ 1", 4)]
    public void A_rule_that_cannot_be_read_says_where(string rule, int position)
    {
        MlflowException refused = Assert.Throws<MlflowException>(() => GateRule.Parse(rule));
        Assert.Equal(ErrorCode.InvalidParameterValue, refused.Code);
        if (position > 0) Assert.Contains($"position {position}:", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Neither_depth_nor_length_nor_odd_characters_break_the_reader()
    {
        string[] rules = [new string('(', 3900), string.Concat(Enumerable.Repeat("not ", 900)), new string('x', 100_000), "f1 > 1" + string.Concat(Enumerable.Repeat(" or f1 > 1", 390)), "é😀\u202e > 1", "f1 > 1"];
        foreach (string rule in rules)
        {
            try
            {
                GateVerdict.Of(GateRule.Parse(rule), new Dictionary<string, double>(), null);
            }
            catch (MlflowException refused)
            {
                Assert.Equal(ErrorCode.InvalidParameterValue, refused.Code);
            }
        }

        foreach (string naughty in NaughtyStrings.Texts)
        {
            try
            {
                GateRule.Parse(naughty);
            }
            catch (MlflowException refused)
            {
                Assert.Equal(ErrorCode.InvalidParameterValue, refused.Code);
            }
        }
    }

    private static async Task<RegistryBench> BenchAsync(string kind, string? rule)
    {
        RegistryBench bench = await RegistryBench.OpenAsync(kind);
        await bench.Registry.CreateAsync("m", cancellation: Cancel);
        if (rule is not null) await bench.Registry.Gate.SetAsync("m", rule, cancellation: Cancel);
        return bench;
    }
}
