using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Builder;

namespace Vigie.Server.Tests;

/// <summary>A server as a process of its own, to be killed: this program, started again with a variable that names a folder, serves instead of running tests.</summary>
internal sealed class ServerToKill : IDisposable
{
    private const string FolderVariable = "VIGIE_SERVER_TEST_FOLDER", HookVariable = "VIGIE_SERVER_TEST_HOOK";

    private readonly Process process;

    private ServerToKill(Process process, Uri url)
    {
        this.process = process;
        Http = new HttpClient { BaseAddress = url, Timeout = TimeSpan.FromSeconds(30) };
    }

    public HttpClient Http { get; }

    /// <param name="folder">Of its records and its secret.</param>
    /// <param name="hook">A webhook that is told of alerts; null for none.</param>
    public static async Task<ServerToKill> StartAsync(string folder, string? hook = null)
    {
        Process process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true, Environment = { [FolderVariable] = folder, [HookVariable] = hook ?? "" } })!;
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
        process.WaitForExit();
        process.Dispose();
        Http.Dispose();
    }

    [ModuleInitializer]
    internal static void ServeInsteadOfTesting()
    {
        if (Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } folder) ServeAsync(folder).GetAwaiter().GetResult();
    }

    /// <summary>What the started process does. It ends when its input is closed, so it does not outlive the tests, however these end.</summary>
    private static async Task ServeAsync(string folder)
    {
        ServerOptions options = RunningServer.Unlimited with
        {
            Url = "http://127.0.0.1:0",
            SecretFile = Path.Combine(folder, "secret"),
            // Small files, so that kills meet their ends too.
            Records = new RecordOptions { Enabled = true, Folder = Path.Combine(folder, "records"), SegmentBytes = 64 << 10, ErasureWaitSeconds = 1 },
            Alerts = Environment.GetEnvironmentVariable(HookVariable) is { Length: > 0 } hook
                ? new AlertOptions { AllowAddresses = ["127.0.0.1"], Webhook = new WebhookOptions { Url = hook, Secret = "a-secret-of-thirty-two-characters" } }
                : new AlertOptions(),
        };
        await using WebApplication app = VigieServer.Create(options, SmallModels.Train(300));
        Uri url = await app.ListenAsync();
        using (var output = new StreamWriter(Console.OpenStandardOutput())) output.WriteLine(url);
        await using Stream input = Console.OpenStandardInput();
        while (await input.ReadAsync(new byte[1]) > 0)
        {
        }

        Environment.Exit(0); // and never on to the tests
    }
}
