namespace Vigie.Server;

/// <summary>
/// The keys that a server takes. The file is looked at again once a second by whoever calls then, and read in when it has changed: keys are made and revoked by
/// other processes, and a revoked one dies without a restart.
/// </summary>
internal sealed class KeyRing(string file, TimeProvider clock, ILogger log)
{
    private static readonly TimeSpan Stale = TimeSpan.FromSeconds(1);

    private static readonly Action<ILogger, string, Exception?> Unreadable = LoggerMessage.Define<string>(LogLevel.Error, new EventId(1, "KeysUnreadable"), "API keys cannot be read, and none is taken until they can: {Reason}");

    private readonly Lock gate = new();
    private volatile State state = new([], [], IsUnreadable: false);
    private long lookedAt = long.MinValue;

    /// <summary>Who calls with a secret; null where it is unknown, was revoked or has expired.</summary>
    /// <exception cref="RequestException">503: the file cannot be read, so nobody knows which keys there are.</exception>
    public Caller? Find(ReadOnlySpan<char> secret)
    {
        State known = Current();
        if (known.IsUnreadable) throw RequestException.KeysUnreadable();
        return KeySecret.IsOne(secret) ? Find(known, KeySecret.Of(secret)) : null;
    }

    /// <summary>Who signed in with a secret that has this hash; null where it was revoked or has expired since, or cannot be looked up.</summary>
    public Caller? Find(KeySecret secret) => Find(Current(), secret);

    private Caller? Find(State known, KeySecret secret)
    {
        if (!known.Keys.TryGetValue(secret, out Holder holder)) return null;
        return holder.Until is null || holder.Until > clock.GetUtcNow() ? holder.Caller : null;
    }

    private State Current()
    {
        long now = clock.GetTimestamp();
        long last = Volatile.Read(ref lookedAt);
        if (last != long.MinValue && clock.GetElapsedTime(last, now) < Stale) return state;
        // One looks, and the first of all callers waits for it; the others go on with what was known.
        if (last == long.MinValue) gate.Enter();
        else if (!gate.TryEnter()) return state;
        try
        {
            state = Look(state);
            Volatile.Write(ref lookedAt, now);
            return state;
        }
        finally
        {
            gate.Exit();
        }
    }

    private State Look(State before)
    {
        try
        {
            byte[] bytes = KeyFile.Load(file);
            if (!before.IsUnreadable && bytes.AsSpan().SequenceEqual(before.Bytes)) return before;
            var keys = new Dictionary<KeySecret, Holder>();
            foreach (KeptKey key in KeyFile.Parse(bytes, file).Keys)
            {
                var caller = new Caller($"key:{key.Name}", Scopes.Of(key.Scopes.Select(scope => ScopeNames.Find(scope)!.Value)));
                foreach (KeptSecret secret in key.Secrets)
                    keys[KeySecret.Parse(secret.Sha256)!.Value] = new Holder(caller, secret.Until is { } until && !(key.Expires < until) ? until : key.Expires);
            }

            return new State(bytes, keys, IsUnreadable: false);
        }
        catch (Exception fault) when (fault is IOException or InvalidInputException)
        {
            if (!before.IsUnreadable) Unreadable(log, fault.Message, null);
            return new State([], [], IsUnreadable: true);
        }
    }

    private readonly record struct Holder(Caller Caller, DateTimeOffset? Until);

    private sealed record State(byte[] Bytes, Dictionary<KeySecret, Holder> Keys, bool IsUnreadable);
}
