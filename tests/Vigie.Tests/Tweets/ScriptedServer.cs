using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Vigie.Tests.Tweets;

/// <summary>
/// A web server that does what a script says, down to the bytes: one answer for each connection, which is closed after it. It can so break off,
/// lie about lengths, or stay silent.
/// </summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly Task serving;

    /// <param name="answers">From the head of a request to the bytes of its answer; null stays silent. The last one answers all further requests.</param>
    public ScriptedServer(params Func<string, byte[]?>[] answers)
    {
        listener.Start();
        serving = ServeAsync(answers);
    }

    public Uri Address(string path) => new($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/{path}");

    public ConcurrentQueue<string> Requests { get; } = [];

    public static byte[] Answer(string status, string headers, ReadOnlySpan<byte> body) =>
        [.. Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nConnection: close\r\n{headers.ReplaceLineEndings("\r\n")}\r\n\r\n"), .. body];

    private async Task ServeAsync(Func<string, byte[]?>[] answers)
    {
        var silent = new List<TcpClient>();
        try
        {
            for (int i = 0; ; i++)
            {
                TcpClient client = await listener.AcceptTcpClientAsync(stop.Token);
                string request = await HeadAsync(client.GetStream());
                Requests.Enqueue(request);
                byte[]? answer = answers[Math.Min(i, answers.Length - 1)](request);
                if (answer is null)
                {
                    silent.Add(client);
                    continue;
                }

                await client.GetStream().WriteAsync(answer, stop.Token);
                client.Client.Shutdown(SocketShutdown.Send);
                client.Dispose();
            }
        }
        catch (OperationCanceledException)
        {
            silent.ForEach(client => client.Dispose());
        }
    }

    private async Task<string> HeadAsync(NetworkStream stream)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(one, stop.Token) == 1) head.Append((char)one[0]);
        return head.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await serving;
        listener.Dispose();
        stop.Dispose();
    }
}
