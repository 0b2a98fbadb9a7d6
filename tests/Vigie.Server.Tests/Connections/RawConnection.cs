using System.Net.Sockets;
using System.Text;

namespace Vigie.Server.Tests;

/// <summary>A connection on which a test writes bytes of its own choice.</summary>
internal sealed class RawConnection : IDisposable
{
    private readonly TcpClient socket = new() { NoDelay = true };

    private NetworkStream stream = null!;

    private RawConnection()
    {
    }

    public static async Task<RawConnection> OpenAsync(Uri address)
    {
        var connection = new RawConnection();
        await connection.socket.ConnectAsync(address.Host, address.Port);
        connection.stream = connection.socket.GetStream();
        return connection;
    }

    /// <summary>Sends everything, and reads until the server ends the connection.</summary>
    public static async Task<string> AskAsync(Uri address, string text)
    {
        using RawConnection connection = await OpenAsync(address);
        await connection.SendAsync(text);
        return await connection.ReadToEndAsync();
    }

    public async Task SendAsync(string text)
    {
        try
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes(text));
        }
        catch (IOException) when (socket.Available > 0 || !socket.Connected)
        {
            return; // refused before it was all sent; the answer says why
        }
    }

    /// <summary>Reads what has come, and waits for it where nothing has.</summary>
    public async Task<string> ReadAsync()
    {
        var buffer = new byte[4096];
        return Encoding.Latin1.GetString(buffer, 0, await stream.ReadAsync(buffer));
    }

    /// <summary>Reads until the server ends the connection, one way or the other.</summary>
    public async Task<string> ReadToEndAsync()
    {
        var read = new MemoryStream();
        var buffer = new byte[4096];
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        try
        {
            int length;
            while ((length = await stream.ReadAsync(buffer, patience.Token)) > 0) read.Write(buffer, 0, length);
        }
        catch (IOException) when (read.Length > 0 || !socket.Connected)
        {
            return Encoding.Latin1.GetString(read.ToArray()); // reset behind the answer
        }

        return Encoding.Latin1.GetString(read.ToArray());
    }

    public void Dispose() => socket.Dispose();
}
