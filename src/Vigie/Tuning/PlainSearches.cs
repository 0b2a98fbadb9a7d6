namespace Vigie.Tuning;

/// <summary>Every point of a finite space, the last dimension varying fastest.</summary>
public sealed class GridSearch : ITrialSearch
{
    /// <inheritdoc/>
    public TrialStep? Next(SearchSpace space, IReadOnlyList<Trial> trials, int limit, out bool waits)
    {
        waits = false;
        return trials.Count >= limit || SpacePoints.All(space).Skip(trials.Count).FirstOrDefault() is not { } values ? null : new TrialStep(trials.Count, values, 1);
    }
}

/// <summary>Points drawn by chance, each dimension by itself; none twice as long as new ones are to be had.</summary>
/// <param name="seed">The same seed gives the same points.</param>
public sealed class RandomSearch(int seed) : ITrialSearch
{
    private const int Patience = 1_000;

    /// <inheritdoc/>
    public TrialStep? Next(SearchSpace space, IReadOnlyList<Trial> trials, int limit, out bool waits)
    {
        waits = false;
        if (trials.Count >= limit) return null;
        var random = new Xoshiro256((ulong)seed, (ulong)trials.Count);
        HashSet<string> known = [.. trials.Select(trial => SpacePoints.Key(trial.Values))];
        for (int i = 0; i < Patience; i++)
        {
            IReadOnlyDictionary<string, string> values = SpacePoints.Draw(space, dimension => SpacePoints.Draw(dimension.Domain, random));
            if (!known.Contains(SpacePoints.Key(values))) return new TrialStep(trials.Count, values, 1);
        }
        return null; // a small space that is used up
    }
}
