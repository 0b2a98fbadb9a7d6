namespace Vigie.Mlflow;

/// <summary>
/// All runs that a search found, by their place in its order: what a table needs that one can scroll through to any place at once, and that says how many there are, which
/// pages behind tokens cannot. It holds eight bytes a run; a run keeps its place whatever becomes of it meanwhile, and is read as it then is.
/// </summary>
public sealed class RunList
{
    private readonly Database database;
    private readonly long[] numbers;

    internal RunList(Database database, long[] numbers) => (this.database, this.numbers) = (database, numbers);

    /// <summary>How many were found.</summary>
    public int Count => numbers.Length;

    /// <summary>The runs from one place on.</summary>
    /// <param name="first">The first one's place, from 0.</param>
    /// <param name="count">How many; fewer come where the list ends.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public Task<IReadOnlyList<Run>> ReadAsync(int first, int count, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        int from = Math.Min(first, numbers.Length);
        return database.ReadAsync(session => RunRows.LoadAsync(session, new ArraySegment<long>(numbers, from, Math.Min(count, numbers.Length - from)), cancellation), cancellation);
    }
}
