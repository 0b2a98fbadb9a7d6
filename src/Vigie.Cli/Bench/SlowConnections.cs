using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Vigie.Cli;

/// <summary>Connections that begin a request and never come to its end: each sends one byte a second.</summary>
internal sealed class SlowConnections : IAsyncDisposable
{
    private static readonly byte[] Beginning = Encoding.ASCII.GetBytes("POST /predict HTTP/1.1\r\nHost: localhost\r\nX-Slow: ");

    private readonly List<Socket> sockets = [];
    private readonly CancellationTokenSource over = new();
    private readonly TimeProvider clock;
    private Task sending = Task.CompletedTask;

    private SlowConnections(TimeProvider clock) => this.clock = clock;

    /// <summary>How many the server has not closed.</summary>
    public int Open { get; private set; }

    /// <summary>Connects so many, and keeps as many open: one that the server closes is replaced within the second.</summary>
    public static async Task<SlowConnections> OpenAsync(Uri address, int count, TimeProvider clock, CancellationToken cancellation)
    {
        var slow = new SlowConnections(clock);
        var end = new IPEndPoint(IPAddress.Parse(address.Host), address.Port);
        for (int i = 0; i < count; i++) slow.sockets.Add(await ConnectAsync(end, cancellation));
        slow.Open = count;
        slow.sending = slow.SendAsync(end, slow.over.Token);
        return slow;
    }

    public async ValueTask DisposeAsync()
    {
        await over.CancelAsync();
        await sending;
        foreach (Socket socket in sockets) socket.Dispose();
        over.Dispose();
    }

    private static async Task<Socket> ConnectAsync(IPEndPoint end, CancellationToken cancellation)
    {
        var socket = new Socket(end.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(end, cancellation);
            await socket.SendAsync(Beginning, cancellation);
        }
        catch (SocketException)
        {
            socket.Close(); // refused: it counts as closed, and is tried again
        }

        return socket;
    }

    private async Task SendAsync(IPEndPoint end, CancellationToken cancellation)
    {
        using var second = new PeriodicTimer(TimeSpan.FromSeconds(1), clock);
        try
        {
            while (await second.WaitForNextTickAsync(cancellation))
            {
                int open = 0;
                for (int i = 0; i < sockets.Count; i++)
                {
                    if (TrySend(sockets[i]))
                    {
                        open++;
                        continue;
                    }

                    sockets[i].Dispose();
                    sockets[i] = await ConnectAsync(end, cancellation);
                }

                Open = open;
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            Open = 0;
        }
    }

    private static bool TrySend(Socket socket)
    {
        try
        {
            return socket.Connected && socket.Send("x"u8) == 1;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
