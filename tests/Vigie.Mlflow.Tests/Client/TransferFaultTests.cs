using System.Net;
using System.Net.Sockets;
using System.Text;

using Microsoft.AspNetCore.Http;

using Vigie.Mlflow.Client;

namespace Vigie.Mlflow.Tests.Client;

/// <summary>Files over a connection that breaks.</summary>
public sealed class TransferFaultTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("vigie-transfer-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static MlflowClient Client(Uri server) => new(new MlflowClientOptions { Server = server, Retries = 2, RetryDelay = TimeSpan.FromMilliseconds(1), Timeout = TimeSpan.FromMilliseconds(500) });

    [Fact]
    public async Task An_upload_that_fails_is_sent_again_from_its_beginning()
    {
        await using StubServer server = await StubServer.StartAsync((context, attempt) => { if (attempt == 1) context.Response.StatusCode = 503; return Task.CompletedTask; });
        using MlflowClient client = Client(server.Address);
        using var content = new MemoryStream("xxhello"u8.ToArray()) { Position = 2 };

        await client.Artifacts.WriteAsync("mlflow-artifacts:/0/r/artifacts", "a b.txt", content, Cancel);

        Assert.Equal(["hello", "hello"], server.Requests.Select(request => request.Body));
        Assert.Equal("/api/2.0/mlflow-artifacts/artifacts/0/r/artifacts/a%20b.txt", server.Requests.First().Target);
    }

    [Fact]
    public async Task A_stream_that_cannot_seek_is_not_sent_twice()
    {
        await using StubServer server = await StubServer.StartAsync((context, _) => { context.Response.StatusCode = 503; return Task.CompletedTask; });
        using MlflowClient client = Client(server.Address);
        await using var content = new System.IO.Compression.DeflateStream(Deflated("hello"), System.IO.Compression.CompressionMode.Decompress);

        MlflowException failure = await Assert.ThrowsAsync<MlflowException>(() => client.Artifacts.WriteAsync("mlflow-artifacts:/0/r/artifacts", "a", content, Cancel));

        Assert.Contains("can seek", failure.Message, StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_download_that_breaks_off_or_stands_still_begins_again(bool still)
    {
        await using StubServer server = await StubServer.StartAsync(async (context, attempt) =>
        {
            context.Response.ContentLength = 10;
            await context.Response.WriteAsync(attempt == 1 ? "01234" : "0123456789", context.RequestAborted);
            if (attempt > 1) return;
            await context.Response.Body.FlushAsync(context.RequestAborted);
            if (still) await Task.Delay(TimeSpan.FromSeconds(30), context.RequestAborted);
            context.Abort();
        });
        using MlflowClient client = Client(server.Address);
        string file = Path.Combine(folder, "a");

        await client.Artifacts.DownloadAsync("mlflow-artifacts:/0/r/artifacts", "a", file, Cancel);

        Assert.Equal("0123456789", await File.ReadAllTextAsync(file, Cancel));
        Assert.Equal([file], Directory.GetFiles(folder));
    }

    /// <summary>Whether an aborted connection is seen as closed or as reset is chance; here it is reset.</summary>
    [Fact]
    public async Task A_download_that_is_reset_begins_again()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Task serving = ServeAsync();
        using MlflowClient client = Client(new Uri($"http://{listener.LocalEndpoint}"));
        string file = Path.Combine(folder, "a");

        await client.Artifacts.DownloadAsync("mlflow-artifacts:/0/r/artifacts", "a", file, Cancel);

        await serving;
        Assert.Equal("0123456789", await File.ReadAllTextAsync(file, Cancel));

        async Task ServeAsync()
        {
            foreach (string body in (string[])["01234", "0123456789"])
            {
                using TcpClient connection = await listener.AcceptTcpClientAsync(Cancel);
                NetworkStream stream = connection.GetStream();
                _ = await stream.ReadAsync(new byte[8192], Cancel);
                await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{body}"), Cancel);
                await Task.Delay(100, Cancel); // until it has been read: a reset takes away what has not
                if (body.Length < 10) connection.LingerState = new LingerOption(true, 0);
            }
        }
    }

    [Theory]
    [InlineData("../../evil")]
    [InlineData("..")]
    [InlineData("a\\\\..\\\\evil")]
    [InlineData("")]
    public async Task A_hostile_server_writes_nowhere_else(string name)
    {
        await using StubServer server = await StubServer.StartAsync((context, _) => context.Response.WriteAsync(
            context.Request.Path.Value!.EndsWith("/artifacts", StringComparison.Ordinal) ? $$"""{"files":[{"path":"{{name}}","is_dir":false,"file_size":4}]}""" : "evil"));
        using MlflowClient client = Client(server.Address);
        string inner = Path.Combine(folder, "a", "b");

        Exception? refused = await Record.ExceptionAsync(() => client.Artifacts.DownloadFolderAsync("mlflow-artifacts:/0/r/artifacts", null, inner, Cancel));

        Assert.All(Directory.GetFiles(folder, "*", SearchOption.AllDirectories), file => Assert.StartsWith(inner, file, StringComparison.Ordinal));
        if (name is not "../../evil") Assert.IsType<MlflowException>(refused);
    }

    private static MemoryStream Deflated(string text)
    {
        var bytes = new MemoryStream();
        using (var deflate = new System.IO.Compression.DeflateStream(bytes, System.IO.Compression.CompressionLevel.Fastest, leaveOpen: true)) deflate.Write(Encoding.UTF8.GetBytes(text));
        bytes.Position = 0;
        return bytes;
    }
}
