using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;
using StackExchange.Redis;

namespace Vigie.Server;

/// <summary>Outcomes that replicas share, in Redis: a hash for each text, so that a text can be forgotten whichever models were asked about it. No key holds a text.</summary>
internal sealed class RedisLevel
{
    private const int TextsAtOnce = 100;

    private const int WishesAtOnce = 100;

    // What replicas want gone stands in a stream, by which each of them can tell whether it has missed something. What was found out before its replica had heard
    // the latest wish is not taken: it may be what has to go.
    private const string SetScript =
        """
        local last = redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)
        if not last[1] or last[1][1] ~= ARGV[4] then return 0 end
        redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
        redis.call('PEXPIRE', KEYS[1], ARGV[3])
        return 1
        """;

    private const string ForgetScript =
        """
        redis.call('XADD', KEYS[1], 'MAXLEN', '~', 10000, '*', 'texts', ARGV[1])
        for i = 2, #KEYS do redis.call('DEL', KEYS[i]) end
        return 1
        """;

    // A thousand keys at a time, so that others' questions come between.
    private const string SweepScript = "local found = redis.call('SCAN', ARGV[1], 'MATCH', ARGV[2], 'COUNT', 1000) for _, key in ipairs(found[2]) do redis.call('DEL', key) end return found[1]";

    // From the one that was heard last on, which tells that nothing is missing between; the last alone where none was heard.
    private const string HearScript =
        """
        if redis.call('EXISTS', KEYS[1]) == 0 then redis.call('XADD', KEYS[1], '*', 'texts', '') end
        local wishes = ARGV[1] == '' and redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1) or redis.call('XRANGE', KEYS[1], ARGV[1], '+', 'COUNT', ARGV[2])
        local flat = {}
        for _, wish in ipairs(wishes) do flat[#flat + 1] = wish[1] flat[#flat + 1] = wish[2][2] end
        return flat
        """;

    private const string Everything = "*";

    private readonly RedisLink redis;
    private readonly TimeProvider clock;
    private readonly TimeSpan lifetime;
    private readonly RedisKey wishes;
    private volatile string heard = ""; // the latest wish that this replica has carried out; empty while it cannot tell

    /// <param name="redis">The connection.</param>
    /// <param name="lifetime">How long an outcome is remembered.</param>
    /// <param name="clock">The clock.</param>
    public RedisLevel(RedisLink redis, TimeSpan lifetime, TimeProvider clock) => (this.redis, this.lifetime, this.clock, wishes) = (redis, lifetime, clock, redis.Prefix + "forget");

    /// <summary>What this replica knows of others' wishes; to be taken before it is decided that an outcome may be kept.</summary>
    public string Heard => heard;

    /// <summary>What is remembered there; null for nothing, and where Redis does not answer.</summary>
    public async ValueTask<Outcome?> FindAsync(CacheKey key)
    {
        (bool answered, RedisValue value) = await redis.AskAsync((Key: KeyOf(key.Text), key.Field), static (database, ask) => database.HashGetAsync(ask.Key, ask.Field));
        return answered && !value.IsNull ? Read((ReadOnlyMemory<byte>)value) : null;
    }

    /// <summary>Remembers an outcome there, unless another replica wants something gone that this one has not heard of; nobody waits for it.</summary>
    /// <param name="key">Of what.</param>
    /// <param name="outcome">What the model said.</param>
    /// <param name="known">What <see cref="Heard"/> was before.</param>
    public void Keep(CacheKey key, Outcome outcome, string known)
    {
        if (known.Length == 0) return;
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(outcome, ServerJson.Readable.Outcome);
        var value = new byte[sizeof(long) + json.Length];
        BinaryPrimitives.WriteInt64LittleEndian(value, (clock.GetUtcNow() + lifetime).ToUnixTimeMilliseconds());
        json.CopyTo(value.AsSpan(sizeof(long)));
        redis.Tell((Key: KeyOf(key.Text), wishes, key.Field, value, Milliseconds: (long)lifetime.TotalMilliseconds, known), static (database, tell) =>
            database.ScriptEvaluateAsync(SetScript, [tell.Key, tell.wishes], [tell.Field, tell.value, tell.Milliseconds, tell.known]));
    }

    /// <summary>Forgets texts there, and has every replica forget them.</summary>
    /// <returns>Whether Redis has answered.</returns>
    public async ValueTask<bool> ForgetAsync(IReadOnlyList<UInt128> texts)
    {
        foreach (UInt128[] some in texts.Chunk(TextsAtOnce))
        {
            RedisKey[] keys = [wishes, .. some.Select(KeyOf)];
            RedisValue names = string.Join(' ', some.Select(text => text.ToString("x32", CultureInfo.InvariantCulture)));
            (bool answered, _) = await redis.AskAsync((keys, names), static (database, ask) => database.ScriptEvaluateAsync(ForgetScript, ask.keys, [ask.names]));
            if (!answered) return false;
        }

        return true;
    }

    /// <summary>Forgets every text there, and has every replica forget all.</summary>
    /// <returns>Whether Redis has answered.</returns>
    public async ValueTask<bool> ForgetAllAsync()
    {
        // The wish first: from then on nothing is kept that was found out before.
        (bool told, _) = await redis.AskAsync(wishes, static (database, wishes) => database.ScriptEvaluateAsync(ForgetScript, [wishes], [Everything]));
        if (!told) return false;
        var cursor = (RedisValue)"0";
        do
        {
            (bool answered, RedisResult? next) = await redis.AskAsync((cursor, Pattern: (RedisValue)$"{redis.Prefix}cache:*"), static (database, ask) => database.ScriptEvaluateAsync(SweepScript, [], [ask.cursor, ask.Pattern]));
            if (!answered) return false;
            cursor = (RedisValue)next!;
        }
        while (cursor != "0");
        return true;
    }

    /// <summary>Hears what replicas want gone, this one among them.</summary>
    /// <param name="forget">Forgets one text.</param>
    /// <param name="forgetAll">Forgets all: where somebody wants that, and where something may have been missed.</param>
    public async ValueTask HearAsync(Action<UInt128> forget, Action forgetAll)
    {
        while (true)
        {
            string before = heard;
            (bool answered, RedisResult? result) = await redis.AskAsync((wishes, before), static (database, ask) => database.ScriptEvaluateAsync(HearScript, [ask.wishes], [ask.before, WishesAtOnce]));
            if (!answered) return;
            var said = (string[])result!;
            if (before.Length == 0)
            {
                forgetAll();
                heard = said[0];
                return;
            }

            if (said.Length == 0 || said[0] != before)
            {
                heard = ""; // it is another Redis, or so much was wanted that the beginning has gone from the stream: something may have been missed
                continue;
            }

            for (int i = 2; i < said.Length; i += 2) Carry(said[i + 1]);
            heard = said[^2];
            if (said.Length < 2 * WishesAtOnce) return;
        }

        void Carry(string wish)
        {
            if (wish == Everything) forgetAll();
            foreach (string name in wish.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                if (UInt128.TryParse(name, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out UInt128 text)) forget(text);
            }
        }
    }

    // A text's hash lives as long as the youngest in it, so each says for itself how long it counts. What another version of this program wrote may read otherwise.
    private Outcome? Read(ReadOnlyMemory<byte> value)
    {
        if (value.Length < sizeof(long) || BinaryPrimitives.ReadInt64LittleEndian(value.Span) <= clock.GetUtcNow().ToUnixTimeMilliseconds()) return null;
        try
        {
            return JsonSerializer.Deserialize(value.Span[sizeof(long)..], ServerJson.Readable.Outcome);
        }
        catch (JsonException)
        {
            return null; // it is asked anew and written over
        }
    }

    private RedisKey KeyOf(UInt128 text) => string.Create(CultureInfo.InvariantCulture, $"{redis.Prefix}cache:{text:x32}");
}
