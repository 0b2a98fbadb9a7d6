namespace Vigie.Server;

/// <summary>
/// Who of several receivers has got a message already, so that one who fails does not make the others get it again. Kept in memory, the last thousand: after a
/// restart somebody may get one twice.
/// </summary>
internal sealed class ReachedReceivers
{
    private const int MostRemembered = 1000;

    private readonly Queue<(string Key, string Receiver)> order = [];
    private readonly HashSet<(string Key, string Receiver)> reached = [];

    public bool Contains(string key, string receiver) => reached.Contains((key, receiver));

    public void Add(string key, string receiver)
    {
        if (!reached.Add((key, receiver))) return;
        order.Enqueue((key, receiver));
        if (order.Count > MostRemembered) reached.Remove(order.Dequeue());
    }
}
