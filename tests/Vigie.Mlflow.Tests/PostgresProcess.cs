using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Vigie.Mlflow.Tests;

/// <summary>A PostgreSQL server as an ordinary process in a folder of its own, on a free port of the loopback.</summary>
public sealed class PostgresProcess : IAsyncDisposable
{
    // The shell ends the server when its input closes, so that it does not outlive the tests, however these end.
    private const string UntilInputCloses = """ "$@" & server=$!; while read -r signal; do kill -$signal $server; done; kill -INT $server; wait $server """;

    private readonly string folder = Directory.CreateTempSubdirectory("vigie-postgres-").FullName;
    private readonly int port = FreePort();
    private Process? server;

    private PostgresProcess()
    {
    }

    private string Data => Path.Combine(folder, "data");

    private string LogFile => Path.Combine(folder, "log");

    /// <summary>Makes and starts a server, or skips the test where PostgreSQL is not installed.</summary>
    public static async Task<PostgresProcess> StartNewAsync()
    {
        Assert.SkipUnless(Binary("initdb") is not null, "PostgreSQL is not installed: apt-get install postgresql");
        var process = new PostgresProcess();
        try
        {
            if (Environment.IsPrivilegedProcess) await RunAsync("chown", "nobody", process.folder); // the server refuses to run as root
            string[] initialize = [Binary("initdb")!, "--pgdata", process.Data, "--username", "vigie", "--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"];
            string[] asUser = AsUser(initialize);
            await RunAsync(asUser[0], asUser[1..]);
            await process.StartAsync();
            return process;
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    public string AddressOf(string database) => string.Create(CultureInfo.InvariantCulture, $"postgresql://vigie@127.0.0.1:{port}/{database}");

    /// <summary>Starts the server again after <see cref="StopAsync"/>, on the same port.</summary>
    public async Task StartAsync()
    {
        string[] command = AsUser(
        [
            "/bin/sh", "-c", UntilInputCloses, "sh", Binary("postgres")!, "-D", Data, "-p", port.ToString(CultureInfo.InvariantCulture), "-c", "listen_addresses=127.0.0.1",
            "-c", "unix_socket_directories=", "-c", "max_connections=200", "-c", "shared_buffers=32MB",
            "-c", "fsync=off", "-c", "full_page_writes=off", "-c", "synchronous_commit=off", // what it holds need not outlive the machine
        ]);
        server = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardInput = true, RedirectStandardError = true, RedirectStandardOutput = true, WorkingDirectory = "/" })!;
        server.ErrorDataReceived += (_, line) => File.AppendAllText(LogFile, line.Data + "\n");
        server.BeginErrorReadLine();
        server.BeginOutputReadLine();
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                await ExecuteAsync("SELECT 1");
                return;
            }
            catch (NpgsqlException fault)
            {
                if (server.HasExited || Stopwatch.GetElapsedTime(start) > TimeSpan.FromSeconds(30))
                    throw new InvalidOperationException($"PostgreSQL did not start: {(File.Exists(LogFile) ? await File.ReadAllTextAsync(LogFile) : "it said nothing")}", fault);
                await Task.Delay(50);
            }
        }
    }

    /// <summary>Stops the server as an administrator would; connections are cut.</summary>
    /// <param name="atOnce">Whether it breaks off as in a crash, and has to recover when it starts.</param>
    public async Task StopAsync(bool atOnce = false)
    {
        if (server is null) return;
        if (atOnce) await server.StandardInput.WriteLineAsync("QUIT");
        server.StandardInput.Close();
        await server.WaitForExitAsync();
        server.Dispose();
        server = null;
    }

    /// <summary>Runs a statement in the database postgres.</summary>
    public async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={port};Username=vigie;Database=postgres;Pooling=false"));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(folder, recursive: true);
    }

    private static string[] AsUser(string[] command) => Environment.IsPrivilegedProcess ? ["setpriv", "--reuid", "nobody", "--clear-groups", "--", .. command] : command;

    private static string? Binary(string name)
    {
        IEnumerable<string> folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);
        if (Directory.Exists("/usr/lib/postgresql"))
            folders = folders.Concat(Directory.GetDirectories("/usr/lib/postgresql").OrderDescending(StringComparer.Ordinal).Select(version => Path.Combine(version, "bin")));
        return folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true, WorkingDirectory = "/" })!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {await error}{await output}");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
