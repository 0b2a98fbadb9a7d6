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

    public int Count => open.Count;

    /// <summary>Keeps a connection for as long as it lasts.</summary>
    public async Task KeepAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var own = new OpenConnection(connection, clock.GetTimestamp());
        connection.Features.Set(own);
        open.TryAdd(own, true);
        if (open.Count > most) MakeRoom(own);
        try
        {
            await next(connection);
        }
        finally
        {
            open.TryRemove(own, out _);
        }
    }

    // A share at once: with thousands of them, finding one costs as much as finding a hundred.
    private void MakeRoom(OpenConnection newcomer)
    {
        if (!gate.TryEnter()) return; // somebody is at it
        try
        {
            int tooMany = open.Count - most + (most / 64);
            if (tooMany <= 0) return;
            // First those that never asked anything, which is what slow attacks are made of; those that wait for their answer last: they are at work, or send a body
            // that the slowest rate ends.
            foreach (OpenConnection quiet in open.Keys.Where(connection => connection != newcomer && !connection.IsClosing).OrderBy(connection => connection.Standing).ThenBy(connection => connection.QuietSince).Take(tooMany))
                quiet.Close();
        }
        finally
        {
            gate.Exit();
        }
    }
}

/// <summary>A connection, and what it does.</summary>
internal sealed class OpenConnection(ConnectionContext connection, long opened)
{
    private int served;
    private volatile bool hasAsked;
    private long quietSince = opened;

    /// <summary>0 for one that never sent a whole request's headers, 1 for one that did, 2 while it is being answered.</summary>
    public int Standing => Volatile.Read(ref served) > 0 ? 2 : hasAsked ? 1 : 0;

    /// <summary>The clock's timestamp at which its last request began or ended.</summary>
    public long QuietSince => Volatile.Read(ref quietSince);

    public bool IsClosing { get; private set; }

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

    public void Close()
    {
        IsClosing = true;
        connection.Abort(new ConnectionAbortedException("there are too many connections, and this one has been quiet for longest"));
    }
}
