namespace Vigie.Tuning;

/// <summary>How far a trial is.</summary>
public enum TrialState
{
    /// <summary>Somebody works on it.</summary>
    Running,

    /// <summary>It has its score.</summary>
    Completed,

    /// <summary>It was given up before its full budget, because others did better; its last score stands.</summary>
    Stopped,

    /// <summary>It could not be carried out; <see cref="Trial.Failure"/> says why.</summary>
    Failed,

    /// <summary>It was not begun: it was predicted to pass the memory budget.</summary>
    Skipped,
}

/// <summary>A point of a search space and what came of it.</summary>
/// <param name="Number">From 0, in the order of their beginning.</param>
/// <param name="Values">By parameter, as <c>--set</c> takes them; those whose condition does not hold are absent. <c>recipe</c> where the space has several.</param>
public sealed record Trial(int Number, IReadOnlyDictionary<string, string> Values)
{
    /// <summary>How far it is.</summary>
    public TrialState State { get; init; }

    /// <summary>Scores by the share of the budget (training rows) they were reached with, the smallest share first; more is better.</summary>
    public IReadOnlyList<RungScore> Scores { get; init; } = [];

    /// <summary>Why it failed.</summary>
    public string? Failure { get; init; }

    /// <summary>The score at the largest share so far, or null.</summary>
    public double? Score => Scores.Count > 0 ? Scores[^1].Score : null;
}

/// <summary>A score that a trial reached with a share of the budget.</summary>
/// <param name="Share">In (0, 1]; 1 is the full budget.</param>
/// <param name="Score">More is better; a loss is negated by who measures.</param>
public readonly record struct RungScore(double Share, double Score);

/// <summary>What to do next in a search: a new point, or an old one with a larger share.</summary>
/// <param name="Number">The trial's number; a new one where it is the count of trials so far.</param>
/// <param name="Values">The point.</param>
/// <param name="Share">The share of the budget, in (0, 1].</param>
public sealed record TrialStep(int Number, IReadOnlyDictionary<string, string> Values, double Share);

/// <summary>
/// Decides what to try next. Pure: the same space, seed and trials give the same step, so several workers on one store agree, and a search goes on after a stop as if nothing had been.
/// </summary>
public interface ITrialSearch
{
    /// <summary>The next step, or null where nothing is left to try (a grid's end) or nothing can be said before a running trial ends (<paramref name="waits"/>).</summary>
    /// <param name="space">Where to look.</param>
    /// <param name="trials">All trials so far in the order of their numbers, running ones among them.</param>
    /// <param name="limit">How many trials there may be.</param>
    /// <param name="waits">Whether to ask again when a running trial has ended.</param>
    TrialStep? Next(SearchSpace space, IReadOnlyList<Trial> trials, int limit, out bool waits);
}
