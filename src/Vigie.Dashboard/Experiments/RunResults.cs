using Vigie.Mlflow;

namespace Vigie.Dashboard.Experiments;

/// <summary>Which runs are looked at.</summary>
/// <param name="Experiments">Ids, divided by commas.</param>
/// <param name="Filter">In the syntax of MLflow's search; null for all.</param>
/// <param name="Ordering">Their order.</param>
/// <param name="Deleted">Whether those that were deleted, and not the others.</param>
internal sealed record RunQuery(string Experiments, string? Filter, RunOrdering Ordering, bool Deleted)
{
    public string[] Ids => Experiments.Split(',', StringSplitOptions.RemoveEmptyEntries);

    public string View => Deleted ? "DELETED_ONLY" : "ACTIVE_ONLY";

    public Search Search => new() { Filter = Filter, OrderBy = Ordering == RunOrdering.Newest ? [] : [Ordering.Searched], MaxResults = RunResults.FirstRows };
}

/// <summary>
/// What a search found. The first rows are there at once, as an index finds them; how many there are in all, and every row's place, a moment later, so that a list of 100,000 can
/// be scrolled to any place. Held by one reader.
/// </summary>
internal sealed class RunResults
{
    /// <summary>Rows of the first answer: more than any window shows.</summary>
    public const int FirstRows = 80;

    /// <summary>Watching for changes takes at most this part of the time.</summary>
    private const int RestPerWork = 20;

    private readonly MlflowStore store;
    private readonly TimeProvider clock;
    private Page<Run> first;
    private RunList? list;
    private long lookedAt;
    private TimeSpan looking;

    private RunResults(MlflowStore store, TimeProvider clock, RunQuery query, Page<Run> first) => (this.store, this.clock, Query, this.first) = (store, clock, query, first);

    /// <summary>What was asked.</summary>
    public RunQuery Query { get; }

    /// <summary>The first of them.</summary>
    public IReadOnlyList<Run> First => first.Items;

    /// <summary>Whether <see cref="Count"/> counts all.</summary>
    public bool IsWhole => list is not null || first.NextPageToken is null;

    /// <summary>How many are known.</summary>
    public int Count => list?.Count ?? first.Items.Count;

    /// <summary>Finds the first rows.</summary>
    /// <exception cref="MlflowException">The filter cannot be understood.</exception>
    public static async Task<RunResults> SearchAsync(MlflowStore store, TimeProvider clock, RunQuery query, CancellationToken cancellation)
    {
        long began = clock.GetTimestamp();
        Page<Run> first = await store.Runs.SearchAsync(query.Ids, query.Search, query.View, cancellation);
        return new RunResults(store, clock, query, first) { lookedAt = clock.GetTimestamp(), looking = clock.GetElapsedTime(began) };
    }

    /// <summary>Finds the places of all.</summary>
    public async Task CompleteAsync(CancellationToken cancellation)
    {
        if (first.NextPageToken is null)
        {
            list = null;
            return;
        }

        // A search is the processor's work; it must not hold up what else this reader does.
        list = await Task.Run(() => store.Runs.ListAsync(Query.Ids, Query.Search, Query.View, cancellation), cancellation);
    }

    /// <summary>The rows from one place on, as they now are.</summary>
    public async Task<IReadOnlyList<Run>> ReadAsync(int from, int count, CancellationToken cancellation) =>
        list is null ? [.. first.Items.Skip(from).Take(count)] : await list.ReadAsync(from, count, cancellation);

    /// <summary>Looks for what has changed since.</summary>
    /// <returns>Whether it looked: not where that would be a burden on the server.</returns>
    public async Task<bool> RefreshAsync(CancellationToken cancellation)
    {
        if (clock.GetElapsedTime(lookedAt) < looking * RestPerWork) return false;
        long began = clock.GetTimestamp();
        Page<Run> now = await store.Runs.SearchAsync(Query.Ids, Query.Search, Query.View, cancellation);
        bool isSame = now.Items.Select(run => run.Info.RunId).SequenceEqual(first.Items.Select(run => run.Info.RunId));
        first = now;
        if (!isSame) await CompleteAsync(cancellation);
        (lookedAt, looking) = (clock.GetTimestamp(), clock.GetElapsedTime(began));
        return true;
    }
}
