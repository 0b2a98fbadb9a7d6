using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;

namespace Vigie.Server;

/// <summary>
/// What models said of texts, for as long as it is worth remembering: in memory, then in Redis. One computation for each text however many ask for it at once.
/// An outcome belongs to one digest, so no promotion can make it wrong; what belongs to models that have gone is dropped.
/// </summary>
internal sealed class ResultCache
{
    private readonly CacheOptions options;
    private readonly MemoryLevel memory;
    private readonly RedisLevel? shared;
    private readonly ConditionalWeakTable<ServedModel, ModelUse> uses = [];
    private readonly Counter<long> asked;

    public ResultCache(CacheOptions options, ModelHost host, TimeProvider clock, IMeterFactory meters, RedisLevel? shared)
    {
        (this.options, this.shared) = (options, shared);
        memory = new MemoryLevel(options, clock);
        Meter meter = meters.Create(ServerMetrics.MeterName);
        asked = meter.CreateCounter<long>("vigie.cache.asked", description: "Outcomes asked for, by where they were found: memory, waiting, redis, nowhere");
        meter.CreateObservableGauge("vigie.cache.bytes", () => memory.Bytes, "By", "What outcomes in memory take");
        meter.CreateObservableGauge("vigie.cache.entries", () => memory.Count, description: "Outcomes in memory");
        host.Replaced += KeepOnly;
    }

    /// <summary>How many outcomes are in memory.</summary>
    public int Count => memory.Count;

    /// <summary>What a model takes; measured when it is first asked about, which should be before it is on duty.</summary>
    public ModelUse UseOf(ServedModel model) => uses.GetValue(model, ModelUse.Measure);

    /// <summary>Whether outcomes of this kind are remembered.</summary>
    public bool Covers(ServedModel model, bool explained) => options.Models switch
    {
        CacheUse.None => false,
        CacheUse.All => true,
        _ => UseOf(model).Of(explained) >= ModelUse.LeastForMemory,
    };

    /// <summary>What a model says of a text, from memory, from Redis, or from the model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="text">The text.</param>
    /// <param name="explained">With its words and their weights.</param>
    /// <param name="state">Handed to <paramref name="compute"/>.</param>
    /// <param name="compute">Asks the model. Others may wait for it too; where it is cancelled, they ask themselves.</param>
    /// <param name="cancellation">Ends the waiting for somebody else's computation.</param>
    /// <returns>It, and whether it had been found out before.</returns>
    public async ValueTask<(Outcome Outcome, bool Cached)> GetAsync<TState>(
        ServedModel model, string text, bool explained, TState state, Func<TState, ValueTask<Outcome>> compute, CancellationToken cancellation)
    {
        ModelUse use = UseOf(model);
        var key = new CacheKey(CacheKey.Hash(text), use.Key, explained);
        var found = new TaskCompletionSource<Outcome>(TaskCreationOptions.RunContinuationsAsynchronously);
        (Outcome? known, Task<Outcome>? coming) = memory.Begin(key, found.Task);
        if (known is not null)
        {
            Tally("memory");
            return (known, true);
        }

        if (coming is not null)
        {
            Tally("waiting");
            try
            {
                return (await coming.WaitAsync(cancellation), true);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                return await GetAsync(model, text, explained, state, compute, cancellation); // who asked first has gone
            }
        }

        Outcome? outcome = null;
        try
        {
            RedisLevel? second = options.Models == CacheUse.All || use.Of(explained) >= ModelUse.LeastForRedis ? shared : null;
            outcome = second is null ? null : await second.FindAsync(key);
            bool cached = outcome is not null;
            Tally(cached ? "redis" : "nowhere");
            outcome ??= await compute(state);
            string? heard = second?.Heard;
            if (memory.End(key, found.Task, outcome) && !cached) second?.Keep(key, outcome, heard!);
            found.SetResult(outcome);
            return (outcome, cached);
        }
        catch (Exception fault)
        {
            memory.End(key, found.Task, null);
            found.SetException(fault);
            _ = found.Task.Exception; // seen, whether or not anybody waits
            throw;
        }
    }

    /// <summary>Forgets a text that is being asked about, or was: in memory. <see cref="RedisForgetting"/> has it forgotten elsewhere.</summary>
    /// <param name="text">As <see cref="CacheKey.Hash"/> has it.</param>
    public void Forget(UInt128 text) => memory.Forget(text);

    /// <summary>Forgets every text, in memory.</summary>
    public void ForgetAll() => memory.Keep(new HashSet<UInt128>());

    private void KeepOnly(Duty duty)
    {
        var models = new HashSet<UInt128> { CacheKey.Hash(duty.Champion.Digest) };
        models.UnionWith(duty.Others.Values.Select(model => CacheKey.Hash(model.Digest)));
        if (duty.Challenge is { } challenge) models.Add(CacheKey.Hash(challenge.Challenger.Digest));
        memory.Keep(models);
    }

    private void Tally(string where) => asked.Add(1, new KeyValuePair<string, object?>("found", where));
}
