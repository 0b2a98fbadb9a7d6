namespace Vigie.Server;

/// <summary>The outbox as those who deliver see it. Texts are read when a message is sent: what was erased meanwhile is in none.</summary>
/// <param name="keeper">Has the store, where it is open and this server's turn to send.</param>
/// <param name="tweets">Reads the texts.</param>
/// <param name="clock">The clock.</param>
internal sealed class AlertOutbox(AlertKeeper keeper, AlertTweets tweets, TimeProvider clock) : INoticeOutbox
{
    public Task<IReadOnlyList<WaitingNotice>> WaitingAsync(string channel, int most, CancellationToken cancellation) =>
        Task.FromResult(keeper.StoreOnDuty?.Waiting(channel, most) ?? []);

    public Task<AlertNotice?> ReadAsync(WaitingNotice notice, CancellationToken cancellation)
    {
        AlertStore store = Store();
        if (store.Notice(notice.Id) is not { } stored) return Task.FromResult<AlertNotice?>(null);
        Alert[] alerts = [.. tweets.WithTexts([.. stored.Alerts.Select(store.Find).OfType<Alert>()])];
        if (alerts.Length == 0 && stored.Kind is not NoticeKind.Digest) return Task.FromResult<AlertNotice?>(null);
        return Task.FromResult<AlertNotice?>(new AlertNotice { Key = stored.Key, Kind = stored.Kind, Severity = stored.Severity, At = stored.At, Alerts = alerts, More = stored.More, Lines = stored.Lines });
    }

    public Task DeliveredAsync(WaitingNotice notice, CancellationToken cancellation)
    {
        Store().Done(notice.Id, clock.GetUtcNow(), null);
        return Task.CompletedTask;
    }

    public Task FailedAsync(WaitingNotice notice, DateTimeOffset nextTry, string reason, CancellationToken cancellation)
    {
        Store().Again(notice.Id, nextTry, reason);
        return Task.CompletedTask;
    }

    public Task GivenUpAsync(WaitingNotice notice, string reason, CancellationToken cancellation)
    {
        Store().Done(notice.Id, clock.GetUtcNow(), reason);
        return Task.CompletedTask;
    }

    private AlertStore Store() => keeper.StoreOnDuty ?? throw new IOException("the database of the alerts is not open");
}
