using System.Diagnostics;
using System.Text.Json;

namespace Vigie.Browser;

/// <summary>
/// <c>vigie demo</c> as a newcomer starts it: a process of its own, in a folder of its own, with runs, a champion, predictions and an alert. Shared by all tests, so each leaves
/// it as others may find it; a test that needs another state makes a server of its own.
/// </summary>
public sealed class Demo : IAsyncLifetime
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("vigie-demo-");
    private readonly List<string> errors = [];
    private Process process = null!;

    /// <summary>Where it serves.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>Its state: database, records, keys.</summary>
    public string State => Path.Combine(folder.FullName, ".vigie");

    /// <summary>One of its pages.</summary>
    public Uri At(string path) => new(Address, path);

    public async ValueTask InitializeAsync()
    {
        process = new Process
        {
            StartInfo = new ProcessStartInfo("dotnet")
            {
                ArgumentList = { Path.Combine(AppContext.BaseDirectory, "Vigie.Cli.dll"), "demo", "--json", "--rows", "6000", "--urls", "http://127.0.0.1:0" },
                WorkingDirectory = folder.FullName,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                Environment = { ["VIGIE_HOME"] = State, ["OMP_WAIT_POLICY"] = "PASSIVE" },
            },
        };
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is not null) lock (errors) errors.Add(line.Data);
        };
        process.Start();
        process.BeginErrorReadLine();
        string? announced = await process.StandardOutput.ReadLineAsync();
        for (string? line = announced; line is not null && !line.TrimEnd().EndsWith('}'); announced += line) line = await process.StandardOutput.ReadLineAsync();
        if (announced is null) throw new InvalidOperationException("vigie demo ended early: " + string.Join('\n', errors));
        Address = new Uri(JsonDocument.Parse(announced).RootElement.GetProperty("url").GetString()!);
    }

    public async ValueTask DisposeAsync()
    {
        if (process is not null)
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
            process.Dispose();
        }

        folder.Delete(recursive: true);
    }
}
