using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;

namespace Vigie.Server.Tests;

/// <summary>A clock that a test moves, and that tells what is waited for.</summary>
internal sealed class WatchedClock : FakeTimeProvider
{
    private readonly ConcurrentQueue<TimeSpan> waits = [];

    /// <summary>Every wait that was begun.</summary>
    public IReadOnlyCollection<TimeSpan> Waits => waits;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ITimer timer = base.CreateTimer(callback, state, dueTime, period);
        waits.Enqueue(dueTime); // only now can it be moved past
        return timer;
    }

    /// <summary>Returns once somebody waits for so long.</summary>
    public Task UntilWaitedForAsync(TimeSpan wait, int times = 1) => RunningServer.UntilAsync(() => Task.FromResult(waits.Count(one => one == wait) >= times));
}
