using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Vigie.Mlflow.Artifacts;
using Vigie.Mlflow.Server;

namespace Vigie.Mlflow.Tests.Server;

/// <summary>A server as a process of its own, to be killed: this program, started again with a variable that names a folder, serves instead of running tests.</summary>
internal sealed class ServerToKill : IDisposable
{
    public const string FolderVariable = "VIGIE_MLFLOW_TEST_SERVER";

    private readonly Process process;

    private ServerToKill(Process process, Uri url)
    {
        this.process = process;
        Http = new HttpClient { BaseAddress = url, Timeout = TimeSpan.FromSeconds(20) };
    }

    public HttpClient Http { get; }

    /// <summary>The SQLite database of a folder.</summary>
    public static string DatabaseOf(string folder) => Path.Combine(folder, "mlflow.db");

    public static async Task<ServerToKill> StartAsync(string folder)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true, Environment = { [FolderVariable] = folder } };
        Process process = Process.Start(start)!;
        try
        {
            while (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
            {
                if (line.StartsWith("http://", StringComparison.Ordinal)) return new ServerToKill(process, new Uri(line));
            }

            throw new InvalidOperationException($"the server did not start; it ended with {process.ExitCode}");
        }
        catch
        {
            process.Kill();
            process.Dispose();
            throw;
        }
    }

    /// <summary>SIGKILL, in the midst of whatever it does.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync(CancellationToken.None);
    }

    public void Dispose()
    {
        if (!process.HasExited) process.Kill();
        process.Dispose();
        Http.Dispose();
    }

    /// <summary>What the started process does. It ends when its input is closed, so it does not outlive the tests, however these end.</summary>
    public static async Task ServeAsync(string folder)
    {
        await using MlflowStore store = await MlflowStore.OpenAsync(DatabaseOf(folder), new FolderArtifactStore(Path.Combine(folder, "files")), TimeProvider.System);
        await using WebApplication app = MlflowServer.Create(store, new MlflowServerOptions { Url = "http://127.0.0.1:0" });
        Uri url = await app.ListenAsync();
        using (var output = new StreamWriter(Console.OpenStandardOutput())) output.WriteLine(url);
        await using Stream input = Console.OpenStandardInput();
        while (await input.ReadAsync(new byte[1]) > 0)
        {
        }

        Environment.Exit(0); // and never on to the tests
    }
}
