using System.Collections.Concurrent;

namespace Vigie.Server.Tests;

/// <summary>A channel that does as it is told.</summary>
internal sealed class ScriptedChannel(string name, Func<AlertNotice, CancellationToken, Task> answer) : IAlertChannel
{
    public ConcurrentQueue<string> Tried { get; } = [];

    public string Name => name;

    public Task SendAsync(AlertNotice notice, CancellationToken cancellation)
    {
        Tried.Enqueue(notice.Key);
        return answer(notice, cancellation);
    }
}
