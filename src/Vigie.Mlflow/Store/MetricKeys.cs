using System.Collections.Concurrent;

namespace Vigie.Mlflow;

/// <summary>The numbers of metric keys, remembered once a commit has made them last: a number seen in a transaction that fails may be given to another key.</summary>
internal sealed class MetricKeys
{
    /// <summary>Bounds the memory that a client with ever new keys can take.</summary>
    private const int MostRemembered = 100_000;

    private readonly ConcurrentDictionary<string, long> known = new(StringComparer.Ordinal);

    /// <summary>The number of each key, in the keys' order; makes those that are missing, and adds what was not known to <paramref name="found"/>.</summary>
    public async Task<long[]> NumbersAsync(Session session, IReadOnlyList<string> keys, Dictionary<string, long> found)
    {
        foreach (string key in keys.Where(key => !known.ContainsKey(key)).Order(StringComparer.Ordinal)) found[key] = await FindOrMakeAsync(session, key);
        return [.. keys.Select(key => known.TryGetValue(key, out long number) ? number : found[key])];
    }

    public void Remember(IReadOnlyDictionary<string, long> committed)
    {
        foreach ((string key, long number) in committed)
        {
            if (known.Count < MostRemembered) known.TryAdd(key, number);
        }
    }

    private static async Task<long> FindOrMakeAsync(Session session, string key) =>
        await FindAsync(session, key)
        ?? await session.FirstAsync("INSERT INTO metric_keys (name) VALUES (@name) ON CONFLICT (name) DO NOTHING RETURNING id", reader => (long?)reader.GetInt64(0), ("@name", key))
        ?? await FindAsync(session, key) // another writer made it meanwhile
        ?? throw new MlflowException(ErrorCode.Aborted, $"the metric key '{key}' was made and taken back by another write; try again");

    private static Task<long?> FindAsync(Session session, string key) =>
        session.FirstAsync("SELECT id FROM metric_keys WHERE name = @name", reader => (long?)reader.GetInt64(0), ("@name", key));
}
