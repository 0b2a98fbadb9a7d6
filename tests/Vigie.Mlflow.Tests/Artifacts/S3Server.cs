using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Vigie.Mlflow.Tests.Artifacts;

/// <summary>A storage that speaks S3, as an ordinary process on a free port. Its package and version stand in s3/package.json.</summary>
public sealed partial class S3Server : IAsyncLifetime
{
    public const string Bucket = "artifacts";
    private readonly string folder = Directory.CreateTempSubdirectory("vigie-s3-").FullName;
    private Process? process;

    public Uri Endpoint { get; private set; } = null!;

    public static string Key => "S3RVER";

    public async ValueTask InitializeAsync()
    {
        string package = Path.Combine(SharedData.Repository, "tests", "Vigie.Mlflow.Tests", "s3");
        if (!Directory.Exists(Path.Combine(package, "node_modules"))) throw new DirectoryNotFoundException($"the tests of S3 need node and a package: run ./test.sh once, or 'npm ci' in {package}");
        process = Process.Start(new ProcessStartInfo("node", [Path.Combine(package, "serve.js"), folder, Bucket]) { RedirectStandardOutput = true })!;
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (await process.StandardOutput.ReadLineAsync(deadline.Token) is { } line)
        {
            if (Listening().Match(line) is not { Success: true } match) continue;
            Endpoint = new Uri($"http://127.0.0.1:{match.Groups[1].Value}");
            return;
        }

        throw new InvalidOperationException($"the storage ended with exit code {process.ExitCode} before it listened");
    }

    public async ValueTask DisposeAsync()
    {
        if (process is not null)
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }

        Directory.Delete(folder, recursive: true);
    }

    [GeneratedRegex("listening on .*:([0-9]+)")]
    private static partial Regex Listening();
}
