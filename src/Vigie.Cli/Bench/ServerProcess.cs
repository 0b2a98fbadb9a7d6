using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Vigie.Cli;

/// <summary>A server in a process of its own, so that its time and memory are its own. It is ended with this.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private readonly Process process;

    private ServerProcess(Process process, Uri address, TimeSpan ready) => (this.process, Address, Ready) = (process, address, ready);

    public Uri Address { get; }

    /// <summary>From the start of the process to its first answer.</summary>
    public TimeSpan Ready { get; }

    /// <summary>Memory that it holds now, in MiB.</summary>
    public double MemoryMib
    {
        get
        {
            process.Refresh();
            return process.WorkingSet64 / 1048576.0;
        }
    }

    /// <summary>Processor time that it has used, of all its threads.</summary>
    public TimeSpan Cpu
    {
        get
        {
            process.Refresh();
            return process.TotalProcessorTime;
        }
    }

    /// <summary>Starts <c>vigie tracking serve</c> on a free port.</summary>
    public static Task<ServerProcess> TrackingAsync(string data, TimeProvider clock, CancellationToken cancellation) => StartAsync(
        ["tracking", "serve", "--data", data],
        new Dictionary<string, string> { ["VIGIE_DATABASE"] = "" }, // it would go before --data
        client => client.GetAsync(new Uri("/health", UriKind.Relative), cancellation),
        clock,
        cancellation);

    /// <summary>Starts this program as a server on a free port.</summary>
    /// <param name="arguments">The verb and its options.</param>
    /// <param name="variables">For its environment.</param>
    /// <param name="firstAsk">Asks what it answers as soon as it is of use.</param>
    /// <param name="clock">Measures how long that takes.</param>
    /// <param name="cancellation">Ends the wait, and the server.</param>
    public static async Task<ServerProcess> StartAsync(
        IEnumerable<string> arguments, IReadOnlyDictionary<string, string> variables, Func<HttpClient, Task<HttpResponseMessage>> firstAsk, TimeProvider clock, CancellationToken cancellation)
    {
        (string program, string[] first) = Child.ThisProgram();
        var start = new ProcessStartInfo(program, [.. first, .. arguments, "--urls", "http://127.0.0.1:0", "--json"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in variables) start.Environment[name] = value;
        long began = clock.GetTimestamp();
        var process = Process.Start(start)!;
        try
        {
            process.StandardInput.Close();
            string? line = await process.StandardOutput.ReadLineAsync(cancellation);
            if (line is null) throw new InvalidOperationException($"the server did not start: {await process.StandardError.ReadToEndAsync(cancellation)}");
            var address = new Uri((string)JsonNode.Parse(line)!["url"]!);
            using var client = new HttpClient { BaseAddress = address };
            (await firstAsk(client)).EnsureSuccessStatusCode();
            _ = process.StandardError.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None); // a full pipe would stop it, or have it drop its log
            return new ServerProcess(process, address, clock.GetElapsedTime(began));
        }
        catch
        {
            process.Kill(entireProcessTree: true);
            process.Dispose();
            throw;
        }
    }

    /// <summary>Ends it in the midst of whatever it does (SIGKILL).</summary>
    public async Task KillAsync()
    {
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited && OperatingSystem.IsWindows())
        {
            process.Kill(entireProcessTree: true); // it has no signal that asks
        }
        else if (!process.HasExited)
        {
            using var interrupt = Process.Start("kill", ["-INT", process.Id.ToString(CultureInfo.InvariantCulture)]);
            using var grace = new CancellationTokenSource(TimeSpan.FromSeconds(5));
            try
            {
                await process.WaitForExitAsync(grace.Token);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
            }
        }

        process.Dispose();
    }
}
