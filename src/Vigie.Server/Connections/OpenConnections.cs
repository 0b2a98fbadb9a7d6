using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;

namespace Vigie.Server;

/// <summary>
/// The connections there are. When one more than allowed comes, room is made at the expense of those that have been quiet for longest: a caller who opens
/// thousands and sends nothing loses those, and everybody else gets in and goes on.
/// </summary>
internal sealed class OpenConnections(int most, TimeProvider clock)
{
    private readonly ConcurrentDictionary<OpenConnection, bool> open = new();
    private readonly Lock gate = new();
    private int count;

    /// <summary>Those that have not been told to end.</summary>
    public int Count => Volatile.Read(ref count);

    /// <summary>Keeps a connection for as long as it lasts.</summary>
    public async Task KeepAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var own = new OpenConnection(connection, clock.GetTimestamp());
        connection.Features.Set(own);
        open.TryAdd(own, true);
        if (Interlocked.Increment(ref count) > most) MakeRoom(own);
        try
        {
            await next(connection);
        }
        finally
        {
            open.TryRemove(own, out _);
            if (own.TryLeave()) Interlocked.Decrement(ref count);
        }
    }

    // A share at once: with thousands of them, finding one costs as much as finding a hundred.
    private void MakeRoom(OpenConnection newcomer)
    {
        lock (gate)
        {
            if (Count <= most) return; // somebody else has just made room
            // First those that never asked anything, which is what slow attacks are made of; those that wait for their answer last: they are at work, or send a
            // body that the slowest rate ends.
            IEnumerable<OpenConnection> quietest = open.Keys.Where(connection => connection != newcomer).OrderBy(connection => connection.Standing).ThenBy(connection => connection.QuietSince);
            foreach (OpenConnection quiet in quietest.TakeWhile(_ => Count > most - (most / 64)))
            {
                if (!quiet.TryLeave()) continue; // on its way out
                Interlocked.Decrement(ref count);
                quiet.Close();
            }
        }
    }
}

/// <summary>A connection, and what it does.</summary>
internal sealed class OpenConnection(ConnectionContext connection, long opened)
{
    private int served, left;
    private volatile bool hasAsked;
    private long quietSince = opened;

    /// <summary>0 for one that never sent a whole request's headers, 1 for one that did, 2 while it is being answered.</summary>
    public int Standing => Volatile.Read(ref served) > 0 ? 2 : hasAsked ? 1 : 0;

    /// <summary>The clock's timestamp at which its last request began or ended.</summary>
    public long QuietSince => Volatile.Read(ref quietSince);

    /// <summary>Counts it out; true for the first who does.</summary>
    public bool TryLeave() => Interlocked.Exchange(ref left, 1) == 0;

    public void Begin(long now)
    {
        hasAsked = true;
        Interlocked.Increment(ref served);
        Volatile.Write(ref quietSince, now);
    }

    public void End(long now)
    {
        Volatile.Write(ref quietSince, now);
        Interlocked.Decrement(ref served);
    }

    public void Close() => connection.Abort(new ConnectionAbortedException("there are too many connections, and this one has been quiet for longest"));
}
