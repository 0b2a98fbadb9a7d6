using System.ComponentModel;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Vigie.Cli;

/// <summary>What a load generator saw.</summary>
/// <param name="Requests">How many were answered.</param>
/// <param name="PerSecond">The same, a second.</param>
/// <param name="P50">Milliseconds that half of them took at most.</param>
/// <param name="P95">Milliseconds.</param>
/// <param name="P99">Milliseconds.</param>
/// <param name="Most">Milliseconds of the slowest.</param>
/// <param name="Errors">Answers of 400 and above, and connections that broke or timed out.</param>
internal sealed record WrkResult(long Requests, double PerSecond, double P50, double P95, double P99, double Most, long Errors);

/// <summary>Runs wrk, which keeps so many connections busy that each wait for their answer.</summary>
/// <param name="folder">For its script.</param>
/// <param name="clock">The clock.</param>
internal sealed class Wrk(string folder, TimeProvider clock)
{
    /// <summary>About how many requests a second are sent; null for as many as are answered. Each connection waits between two.</summary>
    public int? PerSecond { get; init; }

    // Every request is put together before the clock starts, so that little of the processor is the generator's.
    private const string Script =
        """
        local requests, at = {}, 0
        function init(arguments)
          for body in io.lines(arguments[1]) do
            requests[#requests + 1] = wrk.format("POST", nil, { ["Content-Type"] = "application/json" }, body)
          end
        end
        function request()
          at = at % #requests + 1
          return requests[at]
        end
        PAUSE
        function done(summary, latency)
          local e = summary.errors
          io.write(string.format('{"requests":%d,"us":%d,"p50":%f,"p95":%f,"p99":%f,"max":%f,"errors":%d}\n',
            summary.requests, summary.duration, latency:percentile(50), latency:percentile(95), latency:percentile(99), latency.max,
            e.status + e.connect + e.read + e.write + e.timeout))
        end
        """;

    /// <summary>Posts bodies, one after another and round again.</summary>
    /// <param name="target">Where to.</param>
    /// <param name="bodies">JSON, each on one line.</param>
    /// <param name="connections">How many at once.</param>
    /// <param name="time">How long; whole seconds.</param>
    /// <param name="cancellation">Kills it.</param>
    /// <exception cref="InvalidInputException">There is no wrk here.</exception>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public async Task<WrkResult> PostAsync(Uri target, IEnumerable<string> bodies, int connections, TimeSpan time, CancellationToken cancellation)
    {
        string script = Path.Combine(folder, "post.lua"), lines = Path.Combine(folder, "bodies.jsonl");
        await File.WriteAllTextAsync(script, Script.Replace("PAUSE", Pause(connections), StringComparison.Ordinal), cancellation);
        await File.WriteAllLinesAsync(lines, bodies, cancellation);
        string seconds = time.TotalSeconds.ToString("0", CultureInfo.InvariantCulture);
        ChildResult result;
        try
        {
            result = await Child.RunAsync("wrk", ["-t1", $"-c{connections.ToString(CultureInfo.InvariantCulture)}", $"-d{seconds}s", "-s", script, target.ToString(), "--", lines], clock, cancellation);
        }
        catch (Win32Exception missing)
        {
            throw new InvalidInputException($"wrk, which makes the load, cannot be run ({missing.Message}); install it: apt-get install wrk", missing);
        }

        if (result.ExitCode != 0) throw new InvalidOperationException($"wrk failed: {result.Complaint}");
        JsonNode said = JsonNode.Parse(result.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Last(line => line.StartsWith('{')))!;
        long requests = (long)said["requests"]!;
        return new WrkResult(
            requests, requests / ((double)said["us"]! / 1e6), (double)said["p50"]! / 1000, (double)said["p95"]! / 1000, (double)said["p99"]! / 1000, (double)said["max"]! / 1000, (long)said["errors"]!);
    }

    // wrk waits whole milliseconds: the mean is met by chance, evenly between none and twice as many.
    private string Pause(int connections) => PerSecond is not { } rate ? "" : string.Create(
        CultureInfo.InvariantCulture,
        $"local wait = {1000.0 * connections / rate:0.###}\nfunction delay() return math.floor(math.random() * 2 * wait + 0.5) end");
}
