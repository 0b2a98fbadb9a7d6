using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Vigie.Server.Tests;

/// <summary>A Redis as an ordinary process in a folder of its own, on a free port of the loopback.</summary>
public sealed class RedisProcess : IAsyncDisposable
{
    // The shell ends Redis when its input closes, so that it does not outlive the tests, however these end.
    private const string UntilInputCloses = """ "$@" & server=$!; while read -r signal; do kill -$signal $server; done; kill -CONT $server; kill -KILL $server; wait $server """;

    private readonly string[] options;
    private Process? server;

    private RedisProcess(string[] options) => this.options = options;

    public int Port { get; } = FreePort();

    public int TlsPort { get; } = FreePort();

    public string Folder { get; } = Directory.CreateTempSubdirectory("vigie-redis-").FullName;

    public string Url => string.Create(CultureInfo.InvariantCulture, $"redis://127.0.0.1:{Port}");

    /// <summary>Starts one, or skips the test where Redis is not installed.</summary>
    public static async Task<RedisProcess> StartNewAsync(params string[] options)
    {
        Assert.SkipUnless(
            (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, "redis-server"))), "Redis is not installed: apt-get install redis-server");
        var process = new RedisProcess(options);
        await process.StartAsync();
        return process;
    }

    /// <summary>Starts it again after <see cref="KillAsync"/>, on the same port.</summary>
    public async Task StartAsync()
    {
        string[] command =
        [
            "-c", UntilInputCloses, "sh", "redis-server", "--port", Port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", Folder,
            .. options.Select(option => option.Replace("TLSPORT", TlsPort.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal).Replace("FOLDER", Folder, StringComparison.Ordinal)),
        ];
        server = Process.Start(new ProcessStartInfo("/bin/sh", command) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        server.OutputDataReceived += (_, _) => { };
        server.ErrorDataReceived += (_, _) => { };
        server.BeginOutputReadLine();
        server.BeginErrorReadLine();
        await Until(() => TryAskAsync("PING"), answer => answer is not null, "Redis starts");
    }

    /// <summary>Kills it as a crash would.</summary>
    public async Task KillAsync()
    {
        if (server is null) return;
        server.StandardInput.Close();
        await server.WaitForExitAsync();
        server.Dispose();
        server = null;
    }

    /// <summary>STOP: it keeps its connections and answers nothing. CONT: it goes on.</summary>
    public async Task SignalAsync(string signal)
    {
        await server!.StandardInput.WriteLineAsync(signal);
        await server.StandardInput.FlushAsync();
    }

    /// <summary>What Redis says to one command; the start of it where it is long.</summary>
    public async Task<string> AskAsync(string command) => await TryAskAsync(command) ?? throw new IOException("Redis does not answer");

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>Waits for a condition.</summary>
    public static async Task<T> Until<T>(Func<Task<T>> look, Func<T, bool> holds, string what)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            T seen = await look();
            if (holds(seen)) return seen;
            if (Stopwatch.GetElapsedTime(start) > TimeSpan.FromSeconds(30)) Assert.Fail($"waited 30 s in vain: {what}; saw {seen}");
            await Task.Delay(10);
        }
    }

    private async Task<string?> TryAskAsync(string command)
    {
        try
        {
            using var socket = new TcpClient();
            await socket.ConnectAsync(IPAddress.Loopback, Port);
            await socket.GetStream().WriteAsync(Encoding.UTF8.GetBytes(command + "\r\n"));
            var answer = new byte[1 << 16];
            int length = await socket.GetStream().ReadAsync(answer);
            return length == 0 ? null : Encoding.UTF8.GetString(answer, 0, length);
        }
        catch (SocketException)
        {
            return null;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
