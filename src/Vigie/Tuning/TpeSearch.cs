namespace Vigie.Tuning;

/// <summary>
/// Tree-structured Parzen estimators (Bergstra, Bardenet, Bengio and Kégl 2011): the trials so far are parted into good and other ones, the density of each is estimated dimension by dimension, and of points drawn from the
/// good ones' density the one is tried whose densities' ratio is greatest. Trials under way count among the other ones, so that workers at the same time look elsewhere (the constant liar of Ginsbourger et al. 2010).
/// </summary>
/// <param name="seed">The same seed and trials give the same point.</param>
public sealed class TpeSearch(int seed) : ITrialSearch
{
    /// <summary>So many points are drawn by chance first.</summary>
    public int StartupTrials { get; init; } = 10;

    /// <summary>So many candidates are weighed for each value.</summary>
    public int Candidates { get; init; } = 24;

    private const int MostGood = 25;
    private const double GoodShare = 0.1, PriorWeight = 1;

    private readonly RandomSearch chance = new(seed);

    /// <inheritdoc/>
    public TrialStep? Next(SearchSpace space, IReadOnlyList<Trial> trials, int limit, out bool waits)
    {
        List<Trial> judged = [.. trials.Where(trial => trial.Score is not null)];
        if (judged.Count < StartupTrials) return chance.Next(space, trials, limit, out waits);
        waits = false;
        if (trials.Count >= limit) return null;

        // A larger share of the budget says more, so trials that were stopped early stand behind.
        Trial[] ranked = [.. judged.OrderByDescending(trial => trial.Scores[^1].Share).ThenByDescending(trial => trial.Score).ThenBy(trial => trial.Number)];
        int good = Math.Min(MostGood, (int)Math.Ceiling(GoodShare * ranked.Length));
        Trial[] better = ranked[..good], others = [.. ranked[good..], .. trials.Where(trial => trial.State == TrialState.Running && trial.Score is null)];
        var random = new Xoshiro256((ulong)seed, 0x7E9E_0000UL + (ulong)trials.Count);
        HashSet<string> known = [.. trials.Select(trial => SpacePoints.Key(trial.Values))];
        IReadOnlyDictionary<string, string> values = Draw();
        for (int i = 0; i < Candidates && known.Contains(SpacePoints.Key(values)); i++) values = Draw();
        return known.Contains(SpacePoints.Key(values)) ? chance.Next(space, trials, limit, out waits) : new TrialStep(trials.Count, values, 1);

        IReadOnlyDictionary<string, string> Draw() => SpacePoints.Draw(space, dimension =>
        {
            ParzenEstimator near = Of(dimension, better), far = Of(dimension, others);
            return Enumerable.Range(0, Candidates).Select(_ => near.Draw(random)).MaxBy(value => near.LogDensity(value) - far.LogDensity(value))!;
        });

        static ParzenEstimator Of(SearchDimension dimension, Trial[] trials) => ParzenEstimator.Of(dimension.Domain, [.. trials.Where(trial => trial.Values.ContainsKey(dimension.Name)).Select(trial => trial.Values[dimension.Name])], PriorWeight);
    }
}
