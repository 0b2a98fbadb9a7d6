namespace Vigie.Server;

/// <summary>A message that waits for a channel.</summary>
/// <param name="Id">Its number in the outbox: later ones are greater.</param>
/// <param name="Key">The message's key, for logs.</param>
/// <param name="PutAt">When it was put there.</param>
/// <param name="Attempts">Times that it was tried in vain.</param>
/// <param name="NextTry">Not before.</param>
internal sealed record WaitingNotice(long Id, string Key, DateTimeOffset PutAt, int Attempts, DateTimeOffset NextTry);

/// <summary>
/// Messages that are decided and not delivered yet, by channel. They survive the process: a message goes only when it is marked. Whoever puts one in calls
/// <see cref="NoticeSender.Wake"/> after its transaction.
/// </summary>
internal interface INoticeOutbox
{
    /// <summary>The messages that wait for a channel, the oldest first, whether they are due or not.</summary>
    Task<IReadOnlyList<WaitingNotice>> WaitingAsync(string channel, int most, CancellationToken cancellation);

    /// <summary>A message with all that it shows: the texts of tweets as they are now. Null where nothing is left to tell of.</summary>
    Task<AlertNotice?> ReadAsync(WaitingNotice notice, CancellationToken cancellation);

    /// <summary>The receiver has it.</summary>
    Task DeliveredAsync(WaitingNotice notice, CancellationToken cancellation);

    /// <summary>The receiver has not taken it: one more attempt, and when the next is due.</summary>
    Task FailedAsync(WaitingNotice notice, DateTimeOffset nextTry, string reason, CancellationToken cancellation);

    /// <summary>It is not tried again.</summary>
    Task GivenUpAsync(WaitingNotice notice, string reason, CancellationToken cancellation);
}
