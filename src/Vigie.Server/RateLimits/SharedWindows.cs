using StackExchange.Redis;

namespace Vigie.Server;

/// <summary>The windows of all replicas' clients, in Redis and by Redis's clock. Counts as <see cref="SlidingWindow"/> does, in one script, which is one step of its own.</summary>
internal sealed class SharedWindows(RedisLink redis, string name, int limit, TimeSpan window)
{
    // A hash for each client: step → count. What is past goes at the next request, and all of it when the client has been quiet for a window.
    private const string Script =
        """
        local time = redis.call('TIME')
        local width, steps, limit, count = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
        local now = time[1] * 1000 + math.floor(time[2] / 1000)
        local step = math.floor(now / width)
        local all = redis.call('HGETALL', KEYS[1])
        local total, kept = 0, {}
        for i = 1, #all, 2 do
          local s, n = tonumber(all[i]), tonumber(all[i + 1])
          if s < step - steps then redis.call('HDEL', KEYS[1], all[i])
          else total = total + n; kept[#kept + 1] = {s, n} end
        end
        local allowed, missing = 0, total + count - limit
        if missing <= 0 then
          allowed, missing, total = 1, 1, total + count
          redis.call('HINCRBY', KEYS[1], string.format('%d', step), count)
          redis.call('PEXPIRE', KEYS[1], (steps + 1) * width)
          kept[#kept + 1] = {step, count}
        end
        table.sort(kept, function(a, b) return a[1] < b[1] end)
        local free = step + steps + 1
        for _, k in ipairs(kept) do
          missing = missing - k[2]
          if missing <= 0 then free = k[1] + steps + 1; break end
        end
        return {allowed, limit - total, free * width - now}
        """;

    private readonly long stepMilliseconds = Math.Max(1, (long)window.TotalMilliseconds / SlidingWindow.Steps);

    /// <summary>Lets something through and counts it, or refuses it; null where Redis does not answer.</summary>
    public async ValueTask<RateDecision?> TakeAsync(Client client, int count)
    {
        (bool answered, RedisResult? result) = await redis.AskAsync((this, client, count), static (database, ask) =>
        {
            (SharedWindows windows, Client client, int count) = ask;
            return database.ScriptEvaluateAsync(Script, [windows.KeyOf(client)], [windows.stepMilliseconds, SlidingWindow.Steps, windows.Limit, count]);
        });
        if (!answered) return null;
        var values = (long[])result!;
        return new RateDecision(values[0] == 1, (int)values[1], TimeSpan.FromMilliseconds(values[2]));
    }

    private int Limit => limit;

    // Steps of another width mean other numbers: replicas whose settings differ do not count together.
    private RedisKey KeyOf(Client client) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{redis.Prefix}rate:{name}:{stepMilliseconds}:{client}");
}
