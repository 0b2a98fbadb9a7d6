namespace Vigie.Mlflow.Tests.Registry;

public sealed class PromotionTests
{
    public static TheoryData<string> Kinds => TestDatabases.Kinds;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Kinds))]
    public async Task Alias_and_stage_move_together_and_the_one_before_is_archived(string kind)
    {
        await using RegistryBench bench = await ThreeVersionsAsync(kind);
        Assert.Null(await bench.Registry.Promotion.ChampionAsync("m", Cancel));

        ChampionChange first = await bench.Registry.Promotion.PromoteAsync("m", "1", "best so far", "ana", Cancel);
        ChampionChange second = await bench.Registry.Promotion.PromoteAsync("m", "2", cancellation: Cancel);
        await bench.Registry.Promotion.PromoteAsync("m", "2", "again", cancellation: Cancel);

        Assert.Equal((null, "1"), (first.PreviousVersion, first.Version));
        Assert.Equal(("1", "2"), (second.PreviousVersion, second.Version));
        Assert.Equal(["Archived", "Production", "None"], await StagesAsync(bench));
        Assert.Equal("2", (await bench.Registry.Promotion.ChampionAsync("m", Cancel))!.Version);
        IReadOnlyList<ChampionChange> history = await bench.Registry.Promotion.HistoryAsync("m", cancellation: Cancel);
        Assert.Equal(["2", "1"], history.Select(change => change.Version));
        Assert.Equal((ChampionChangeKind.Promoted, "best so far", "ana"), (history[1].Kind, history[1].Reason, history[1].ChangedBy));
        await ModelRegistryTests.FailsAsync(ErrorCode.ResourceDoesNotExist, () => bench.Registry.Promotion.PromoteAsync("m", "9", cancellation: Cancel));
        await ModelRegistryTests.FailsAsync(ErrorCode.ResourceDoesNotExist, () => bench.Registry.Promotion.PromoteAsync("none", "1", cancellation: Cancel));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Rollbacks_go_back_step_by_step_over_what_was_deleted(string kind)
    {
        await using RegistryBench bench = await ThreeVersionsAsync(kind);
        Promotion promotion = bench.Registry.Promotion;
        await bench.VersionAsync("m");
        foreach (string version in (string[])["1", "2", "3", "4"]) await promotion.PromoteAsync("m", version, cancellation: Cancel);
        await bench.Registry.DeleteVersionAsync("m", "2", Cancel);

        Assert.Equal(("4", "3"), await RollbackAsync());
        Assert.Equal(("3", "1"), await RollbackAsync());
        await ModelRegistryTests.FailsAsync(ErrorCode.InvalidState, () => promotion.RollbackAsync("m", cancellation: Cancel));
        await promotion.PromoteAsync("m", "4", cancellation: Cancel);
        Assert.Equal(("4", "1"), await RollbackAsync());
        Assert.Equal(["Production", "Archived", "Archived"], await StagesAsync(bench));

        async Task<(string?, string?)> RollbackAsync()
        {
            ChampionChange change = await promotion.RollbackAsync("m", cancellation: Cancel);
            return (change.PreviousVersion, change.Version);
        }
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task What_clients_do_to_the_alias_is_history_too(string kind)
    {
        await using RegistryBench bench = await ThreeVersionsAsync(kind);
        await bench.Registry.SetAliasAsync("m", "champion", "1", Cancel);
        await bench.Registry.Promotion.PromoteAsync("m", "2", cancellation: Cancel);
        await bench.Registry.DeleteAliasAsync("m", "champion", Cancel);
        await bench.Registry.Promotion.PromoteAsync("m", "3", cancellation: Cancel);
        await bench.Registry.DeleteVersionAsync("m", "3", Cancel);

        Assert.Equal(
            [("deleted", null), ("promoted", "3"), ("alias", null), ("promoted", "2"), ("alias", "1")],
            (await bench.Registry.Promotion.HistoryAsync("m", cancellation: Cancel)).Select(change => (change.Kind, change.Version)));
        Assert.Equal("2", (await bench.Registry.Promotion.RollbackAsync("m", cancellation: Cancel)).Version);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Whoever_races_there_is_one_champion_and_one_in_production(string kind)
    {
        await using RegistryBench bench = await ThreeVersionsAsync(kind);
        Promotion promotion = bench.Registry.Promotion;
        await promotion.PromoteAsync("m", "1", cancellation: Cancel);
        await promotion.PromoteAsync("m", "2", cancellation: Cancel);

        await Task.WhenAll(Enumerable.Range(0, 60).Select(async i =>
        {
            try
            {
                if (i % 4 == 3) await promotion.RollbackAsync("m", cancellation: Cancel);
                else await promotion.PromoteAsync("m", $"{(i % 3) + 1}", cancellation: Cancel);
            }
            catch (MlflowException nothingBefore) when (nothingBefore.Code == ErrorCode.InvalidState)
            {
                Assert.Equal(3, i % 4); // only a rollback may find nothing to go back to
            }

            RegisteredModel model = await bench.Registry.GetAsync("m", Cancel);
            string champion = Assert.Single(model.Aliases).Version;
            Assert.Equal(champion, Assert.Single(model.LatestVersions, version => version.CurrentStage == ModelStage.Production).Version);
        }));

        string?[] versions = [.. (await promotion.HistoryAsync("m", 1000, Cancel)).Reverse().Select(change => change.Version)];
        string?[] before = [.. (await promotion.HistoryAsync("m", 1000, Cancel)).Reverse().Select(change => change.PreviousVersion)];
        Assert.Equal(versions[..^1], before[1..]); // an unbroken chain
    }

    internal static async Task<RegistryBench> ThreeVersionsAsync(string kind)
    {
        RegistryBench bench = await RegistryBench.OpenAsync(kind);
        await bench.Registry.CreateAsync("m", cancellation: Cancel);
        for (int i = 0; i < 3; i++) await bench.VersionAsync("m");
        return bench;
    }

    private static Task<List<string>> StagesAsync(RegistryBench bench) =>
        bench.Database.ReadAsync(session => session.QueryAsync("SELECT stage FROM model_versions ORDER BY version", reader => reader.GetString(0)), Cancel);
}
