namespace Vigie.Tuning;

/// <summary>
/// Asynchronous successive halving (ASHA; Li et al. 2018): every point begins with a small share of the training rows, and the best third of those that have reached a rung goes on to the next, which is three times as
/// large, until all rows are used. Nobody waits for a rung to be full.
/// </summary>
/// <param name="points">Draws new points; random or TPE.</param>
public sealed class SuccessiveHalving(ITrialSearch points) : ITrialSearch
{
    /// <summary>One in so many goes on.</summary>
    public int Reduction { get; init; } = 3;

    /// <summary>The first rung's share of the training rows, in (0, 1].</summary>
    public double LeastShare { get; init; } = 1.0 / 9;

    /// <inheritdoc/>
    public TrialStep? Next(SearchSpace space, IReadOnlyList<Trial> trials, int limit, out bool waits)
    {
        double[] rungs = Rungs();
        for (int rung = rungs.Length - 2; rung >= 0; rung--)
        {
            Trial[] reached = [.. trials.Where(trial => Reached(trial, rungs[rung]) is not null).OrderByDescending(trial => Reached(trial, rungs[rung])).ThenBy(trial => trial.Number)];
            Trial? next = reached.Take(reached.Length / Reduction).FirstOrDefault(trial => trial.State == TrialState.Stopped && trial.Scores[^1].Share <= rungs[rung] * 1.000001);
            if (next is not null)
            {
                waits = false;
                return new TrialStep(next.Number, next.Values, rungs[rung + 1]);
            }
        }
        if (points.Next(space, trials, limit, out waits) is { } fresh) return fresh with { Share = rungs[0] };
        waits |= trials.Any(trial => trial.State == TrialState.Running); // what ends may let another one go on
        return null;
    }

    private double[] Rungs()
    {
        var rungs = new List<double>();
        for (double share = 1; share >= LeastShare * 0.999999; share /= Reduction) rungs.Add(share);
        rungs.Reverse();
        return [.. rungs];
    }

    private static double? Reached(Trial trial, double share)
    {
        foreach (RungScore score in trial.Scores)
        {
            if (Math.Abs(score.Share - share) <= share * 1e-6) return score.Score;
        }
        return null;
    }
}
