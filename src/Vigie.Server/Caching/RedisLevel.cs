using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;
using StackExchange.Redis;

namespace Vigie.Server;

/// <summary>Outcomes that replicas share, in Redis: a hash for each text, so that a text can be forgotten whichever models were asked about it. No key holds a text.</summary>
internal sealed class RedisLevel
{
    private const string Channel = "cache:forget";

    private const string Everything = "*";

    // A thousand keys at a time, so that others' questions come between.
    private const string ForgetScript = "local found = redis.call('SCAN', ARGV[1], 'MATCH', ARGV[2], 'COUNT', 1000) for _, key in ipairs(found[2]) do redis.call('DEL', key) end return found[1]";

    // Both or neither: nothing may stay for ever.
    private const string SetScript = "redis.call('HSET', KEYS[1], ARGV[1], ARGV[2]) redis.call('PEXPIRE', KEYS[1], ARGV[3])";

    private readonly RedisLink redis;
    private readonly TimeProvider clock;
    private readonly TimeSpan lifetime;

    /// <param name="redis">The connection.</param>
    /// <param name="lifetime">How long an outcome is remembered.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="forget">Told what other replicas forget; null for everything.</param>
    public RedisLevel(RedisLink redis, TimeSpan lifetime, TimeProvider clock, Action<UInt128?> forget)
    {
        (this.redis, this.lifetime, this.clock) = (redis, lifetime, clock);
        redis.Listen(Channel, message =>
        {
            if (message == Everything) forget(null);
            else if (UInt128.TryParse((string?)message, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out UInt128 text)) forget(text);
        });
    }

    /// <summary>What is remembered there; null for nothing, and where Redis does not answer.</summary>
    public async ValueTask<Outcome?> FindAsync(CacheKey key)
    {
        (bool answered, RedisValue value) = await redis.AskAsync((Key: KeyOf(key.Text), key.Field), static (database, ask) => database.HashGetAsync(ask.Key, ask.Field));
        return answered && !value.IsNull ? Read((ReadOnlyMemory<byte>)value) : null;
    }

    /// <summary>Remembers an outcome there; nobody waits for it.</summary>
    public void Keep(CacheKey key, Outcome outcome)
    {
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(outcome, ServerJson.Readable.Outcome);
        var value = new byte[sizeof(long) + json.Length];
        BinaryPrimitives.WriteInt64LittleEndian(value, (clock.GetUtcNow() + lifetime).ToUnixTimeMilliseconds());
        json.CopyTo(value.AsSpan(sizeof(long)));
        redis.Tell((Key: KeyOf(key.Text), key.Field, value, (long)lifetime.TotalMilliseconds), static (database, tell) =>
            database.ScriptEvaluateAsync(SetScript, [tell.Key], [tell.Field, tell.value, tell.Item4]));
    }

    /// <summary>Forgets a text there and in the memory of every replica that is connected.</summary>
    /// <returns>Whether Redis has answered.</returns>
    public async ValueTask<bool> ForgetAsync(UInt128 text)
    {
        (bool deleted, _) = await redis.AskAsync(KeyOf(text), static (database, key) => database.KeyDeleteAsync(key));
        return deleted && await TellAsync(text.ToString("x32", CultureInfo.InvariantCulture));
    }

    /// <summary>Forgets every text there and in the memory of every replica that is connected.</summary>
    /// <returns>Whether Redis has answered.</returns>
    public async ValueTask<bool> ForgetAllAsync()
    {
        var cursor = (RedisValue)"0";
        do
        {
            (bool answered, RedisResult? next) = await redis.AskAsync((cursor, Pattern: (RedisValue)$"{redis.Prefix}cache:*"), static (database, ask) => database.ScriptEvaluateAsync(ForgetScript, [], [ask.cursor, ask.Pattern]));
            if (!answered) return false;
            cursor = (RedisValue)next!;
        }
        while (cursor != "0");
        return await TellAsync(Everything);
    }

    private async ValueTask<bool> TellAsync(string message)
    {
        var channel = RedisChannel.Literal(redis.Prefix + Channel);
        (bool told, _) = await redis.AskAsync((channel, message), static (database, tell) => database.PublishAsync(tell.channel, tell.message));
        return told;
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
