using System.Collections.Concurrent;

namespace Vigie.Server.Tests;

/// <summary>Messages that wait in memory.</summary>
internal sealed class MemoryOutbox(TimeProvider clock) : INoticeOutbox
{
    private readonly Lock gate = new();
    private readonly SortedDictionary<long, (string Channel, WaitingNotice Waiting, AlertNotice Notice)> rows = [];
    private long last;

    public ConcurrentQueue<(string Channel, string Key)> Delivered { get; } = [];

    public ConcurrentQueue<(string Key, string Reason)> GivenUp { get; } = [];

    /// <summary>Fails whatever is asked, as a database that is away.</summary>
    public bool IsAway { get; set; }

    /// <summary>Fails marks only, as a process that dies between delivery and mark.</summary>
    public bool MarksFail { get; set; }

    public int Waiting
    {
        get
        {
            lock (gate) return rows.Count;
        }
    }

    public void Put(string channel, AlertNotice notice)
    {
        lock (gate)
        {
            last++;
            rows.Add(last, (channel, new WaitingNotice(last, notice.Key, clock.GetUtcNow(), 0, clock.GetUtcNow()), notice));
        }
    }

    public Task<IReadOnlyList<WaitingNotice>> WaitingAsync(string channel, int most, CancellationToken cancellation)
    {
        if (IsAway) throw new IOException("the disk is gone");
        lock (gate) return Task.FromResult<IReadOnlyList<WaitingNotice>>([.. rows.Values.Where(row => row.Channel == channel).Take(most).Select(row => row.Waiting)]);
    }

    public Task<AlertNotice?> ReadAsync(WaitingNotice notice, CancellationToken cancellation)
    {
        lock (gate) return Task.FromResult<AlertNotice?>(rows[notice.Id].Notice);
    }

    public Task DeliveredAsync(WaitingNotice notice, CancellationToken cancellation)
    {
        if (IsAway || MarksFail) throw new IOException("the disk is gone");
        lock (gate)
        {
            Delivered.Enqueue((rows[notice.Id].Channel, notice.Key));
            rows.Remove(notice.Id);
        }

        return Task.CompletedTask;
    }

    public Task FailedAsync(WaitingNotice notice, DateTimeOffset nextTry, string reason, CancellationToken cancellation)
    {
        lock (gate) rows[notice.Id] = rows[notice.Id] with { Waiting = notice with { Attempts = notice.Attempts + 1, NextTry = nextTry } };
        return Task.CompletedTask;
    }

    public Task GivenUpAsync(WaitingNotice notice, string reason, CancellationToken cancellation)
    {
        lock (gate) rows.Remove(notice.Id);
        GivenUp.Enqueue((notice.Key, reason));
        return Task.CompletedTask;
    }
}
