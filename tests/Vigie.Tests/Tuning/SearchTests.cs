using Vigie.Tuning;

namespace Vigie.Tests.Tuning;

public sealed class SearchTests
{
    private static readonly Dictionary<string, IReadOnlyList<string>> Always = [];

    // One ridge in a plane, a logarithm, and a choice that matters.
    private static readonly SearchSpace Space = new(
        ["linear-best"], new Dictionary<string, string>(),
        [
            new("x", new RealDomain(-5, 5, false), Always), new("C", new RealDomain(0.001, 1000, true), Always), new("n", new IntegerDomain(1, 50, false), Always),
            new("kind", new ChoiceDomain(["a", "b", "c"]), Always),
        ]);

    private static double Score(IReadOnlyDictionary<string, string> point)
    {
        double x = SpacePoints.Number(point["x"]), c = Math.Log10(SpacePoints.Number(point["C"])), n = SpacePoints.Number(point["n"]);
        return -((x - 2) * (x - 2)) - (c + 1) * (c + 1) - (n - 30) * (n - 30) / 200 - (point["kind"] == "b" ? 0 : 2);
    }

    private static List<Trial> Run(ITrialSearch search, int trials, SearchSpace? space = null)
    {
        var done = new List<Trial>();
        while (search.Next(space ?? Space, done, trials, out _) is { } step)
        {
            Assert.Equal(done.Count, step.Number);
            done.Add(new Trial(step.Number, step.Values) { State = TrialState.Completed, Scores = [new RungScore(step.Share, Score(step.Values))] });
        }
        return done;
    }

    [Fact]
    public void The_same_seed_gives_the_same_points_also_after_a_stop()
    {
        foreach (Func<ITrialSearch> search in (Func<ITrialSearch>[])[() => new RandomSearch(7), () => new TpeSearch(7)])
        {
            List<Trial> whole = Run(search(), 30);
            List<string> again = [.. Run(search(), 30).Select(trial => SpacePoints.Key(trial.Values))];
            Assert.Equal(whole.Select(trial => SpacePoints.Key(trial.Values)), again);

            // Another process, that knows the first seventeen from the store alone.
            TrialStep next = search().Next(Space, whole[..17], 30, out _)!;
            Assert.Equal(SpacePoints.Key(whole[17].Values), SpacePoints.Key(next.Values));
        }
    }

    [Fact]
    public void Draws_fill_their_domains_evenly()
    {
        var random = new Xoshiro256(5);
        const int draws = 20_000;
        var counts = new int[10];
        for (int i = 0; i < draws; i++) counts[(int)(Math.Log10(SpacePoints.Number(SpacePoints.Draw(new RealDomain(1e-5, 1e5, true), random))) + 5 - 1e-9)]++;
        var whole = new int[4];
        for (int i = 0; i < draws; i++) whole[(int)(SpacePoints.Number(SpacePoints.Draw(new IntegerDomain(10, 16, false, 2), random)) - 10) / 2]++;
        foreach (int count in counts) Assert.InRange(count, draws / 10 - 200, draws / 10 + 200); // 4.7 standard errors
        foreach (int count in whole) Assert.InRange(count, draws / 4 - 290, draws / 4 + 290);
        Assert.All(Enumerable.Range(0, 1000), _ => Assert.InRange(SpacePoints.Number(SpacePoints.Draw(new IntegerDomain(1, 100, true), random)), 1, 100));
    }

    [Fact]
    public void A_small_space_is_used_up_and_no_point_comes_twice()
    {
        SearchSpace small = new(["linear-best"], new Dictionary<string, string>(), [new("x", new IntegerDomain(1, 3, false), Always), new("C", new ChoiceDomain(["1", "2"]), Always), new("n", new ChoiceDomain(["30"]), Always), new("kind", new ChoiceDomain(["b"]), Always)]);
        Assert.Equal(6, Run(new GridSearch(), 100, small).Count);
        foreach (ITrialSearch search in (ITrialSearch[])[new RandomSearch(1), new TpeSearch(1) { StartupTrials = 2 }]) Assert.Equal(6, Run(search, 100, small).Select(trial => SpacePoints.Key(trial.Values)).Distinct().Count());
        Assert.Contains("x has a range", Assert.Throws<InvalidInputException>(() => Run(new GridSearch(), 3)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parzen_estimators_find_more_than_chance()
    {
        const int seeds = 20, trials = 60;
        int wins = 0;
        double gain = 0;
        for (int seed = 1; seed <= seeds; seed++)
        {
            double chance = Run(new RandomSearch(seed), trials).Max(trial => trial.Score!.Value), parzen = Run(new TpeSearch(seed), trials).Max(trial => trial.Score!.Value);
            if (parzen > chance) wins++;
            gain += parzen - chance;
        }
        Assert.True(wins >= 16 && gain > 0, $"{wins} of {seeds} seeds, {gain / seeds:0.000} on average");
    }

    [Fact]
    public void Workers_at_the_same_time_look_at_different_points()
    {
        var search = new TpeSearch(3);
        List<Trial> trials = Run(search, 20);
        var asked = new HashSet<string>();
        for (int i = 0; i < 8; i++)
        {
            TrialStep step = search.Next(Space, trials, 100, out _)!;
            Assert.True(asked.Add(SpacePoints.Key(step.Values)));
            trials.Add(new Trial(step.Number, step.Values) { State = TrialState.Running });
        }
    }

    [Fact]
    public void Halving_spends_most_of_its_budget_on_the_best_third()
    {
        var search = new SuccessiveHalving(new RandomSearch(1));
        var trials = new List<Trial>();
        while (search.Next(Space, trials, 27, out bool waits) is { } step)
        {
            Assert.False(waits);
            Trial trial = step.Number < trials.Count ? trials[step.Number] : new Trial(step.Number, step.Values);
            trial = trial with { State = step.Share >= 1 ? TrialState.Completed : TrialState.Stopped, Scores = [.. trial.Scores, new RungScore(step.Share, Score(step.Values))] };
            if (step.Number < trials.Count) trials[step.Number] = trial;
            else trials.Add(trial);
        }
        Assert.Equal([27, 9, 3], new[] { 1, 2, 3 }.Select(rungs => trials.Count(trial => trial.Scores.Count >= rungs)));
        Assert.Equal(1, trials.MaxBy(trial => Score(trial.Values))!.Scores[^1].Share);
        Assert.Equal([1.0 / 9, 1.0 / 3, 1], trials.First(trial => trial.Scores.Count == 3).Scores.Select(score => Math.Round(score.Share, 12)).Select(share => share == 1 ? 1 : share > 0.2 ? 1.0 / 3 : 1.0 / 9));
    }

    [Fact]
    public void Halving_waits_for_trials_under_way_where_nothing_else_is_left()
    {
        var search = new SuccessiveHalving(new RandomSearch(1));
        List<Trial> trials = [.. Enumerable.Range(0, 3).Select(i => new Trial(i, new Dictionary<string, string> { ["x"] = $"{i}" }) { State = TrialState.Running })];
        Assert.Null(search.Next(Space, trials, 3, out bool waits));
        Assert.True(waits);
    }
}
