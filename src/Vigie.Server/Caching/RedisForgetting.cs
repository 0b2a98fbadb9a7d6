namespace Vigie.Server;

/// <summary>
/// Has outcomes of erased texts deleted in Redis and in the other replicas' memory, as soon as Redis answers; and hears which ones other replicas want gone. What
/// is older than <c>cache.lifetime</c> has gone by itself.
/// </summary>
internal sealed class RedisForgetting(RedisLevel shared, ResultCache cache, TimeSpan lifetime, TimeProvider clock) : BackgroundService, ISharedCopies
{
    /// <summary>Above this, everything goes: it is a cache.</summary>
    private const int MostTexts = 100_000;

    /// <summary>How often replicas hear what others want gone.</summary>
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly SemaphoreSlim wake = new(0);
    private HashSet<UInt128> texts = [];
    private DateTimeOffset last;
    private bool everything;
    private long told, done;

    public long Done => Interlocked.Read(ref done);

    public string? Waiting
    {
        get
        {
            lock (gate) return told == Done ? null : "Redis has not answered yet, and may hold outcomes of the texts";
        }
    }

    public Action Advanced { get; set; } = static () => { };

    public long Forget(Erased erased)
    {
        lock (gate)
        {
            everything |= erased.AnyText;
            texts.UnionWith(erased.Texts.Select(CacheKey.Hash));
            return Wish(clock.GetUtcNow());
        }
    }

    public long ForgetAll(DateTimeOffset at)
    {
        lock (gate)
        {
            everything = true;
            return Wish(at);
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        wake.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await SendAsync();
            await shared.HearAsync(cache.Forget, cache.ForgetAll);
            try
            {
                await wake.WaitAsync(Every, stoppingToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private long Wish(DateTimeOffset at)
    {
        if (at > last) last = at;
        if (everything || texts.Count > MostTexts) (everything, texts) = (true, []);
        if (wake.CurrentCount == 0) wake.Release();
        return ++told;
    }

    private async Task SendAsync()
    {
        (UInt128[] gone, bool all, long upTo, bool expired) = Wishes();
        if (upTo == Done) return;
        bool sent = expired || (all ? await shared.ForgetAllAsync() : await shared.ForgetAsync(gone));
        if (!sent) return;
        lock (gate)
        {
            if (told == upTo) (everything, texts) = (false, []);
            else texts.ExceptWith(gone);
        }

        Interlocked.Exchange(ref done, upTo);
        Advanced();
    }

    private (UInt128[] Texts, bool All, long UpTo, bool Expired) Wishes()
    {
        lock (gate) return ([.. texts], everything, told, clock.GetUtcNow() - last > lifetime);
    }
}
