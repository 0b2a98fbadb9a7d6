using System.Diagnostics;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Vigie.Cli;

/// <summary>
/// A tab of the system's Chromium, without a window, that measurements are taken in: by the DevTools protocol, which is a web socket with JSON (chromedevtools.github.io/devtools-protocol).
/// Each tab is of a browser of its own, with an empty cache.
/// </summary>
internal sealed class BrowserTab : IAsyncDisposable
{
    private const string Announcement = "DevTools listening on ";

    private readonly Process process;
    private readonly ClientWebSocket socket = new();
    private readonly DirectoryInfo profile;
    private readonly TimeProvider clock;
    private string session = "";
    private int asked;

    private BrowserTab(Process process, DirectoryInfo profile, TimeProvider clock) => (this.process, this.profile, this.clock) = (process, profile, clock);

    /// <summary>Opens an empty tab.</summary>
    /// <exception cref="InvalidInputException">There is no Chromium here.</exception>
    public static async Task<BrowserTab> OpenAsync(TimeProvider clock, CancellationToken cancellation)
    {
        string program = Environment.GetEnvironmentVariable("CHROMIUM") ?? "/usr/bin/chromium";
        if (!File.Exists(program)) throw new InvalidInputException($"there is no Chromium at {program}: install the package chromium, or name the program in CHROMIUM");
        DirectoryInfo profile = Directory.CreateTempSubdirectory("vigie-browser-");
        var start = new ProcessStartInfo(
            program,
            ["--headless=new", "--remote-debugging-port=0", $"--user-data-dir={profile.FullName}", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--window-size=1280,860", "about:blank"])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        var tab = new BrowserTab(Process.Start(start)!, profile, clock);
        try
        {
            await tab.ConnectAsync(cancellation);
            return tab;
        }
        catch
        {
            await tab.DisposeAsync();
            throw;
        }
    }

    /// <summary>Opens a page and waits until an expression holds there.</summary>
    public async Task GoAsync(Uri address, string until, CancellationToken cancellation)
    {
        await SendAsync("Page.navigate", new JsonObject { ["url"] = address.ToString() }, cancellation);
        // Asked anew each time: between two pages there is no document that could keep a question.
        while (!await HoldsAsync(until, cancellation)) await Task.Delay(TimeSpan.FromMilliseconds(5), clock, cancellation);
    }

    /// <summary>What an expression comes to in the page; of a promise, what it resolves to.</summary>
    /// <exception cref="InvalidOperationException">It failed there.</exception>
    public async Task<T> EvaluateAsync<T>(string expression, CancellationToken cancellation)
    {
        JsonNode answer = await SendAsync("Runtime.evaluate", new JsonObject { ["expression"] = expression, ["awaitPromise"] = true, ["returnByValue"] = true }, cancellation);
        if (answer["exceptionDetails"] is { } failed) throw new InvalidOperationException($"in the page: {failed.ToJsonString()}");
        return answer["result"]!["value"]!.Deserialize<T>()!;
    }

    public async ValueTask DisposeAsync()
    {
        socket.Dispose();
        if (!process.HasExited) process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync(CancellationToken.None);
        process.Dispose();
        profile.Delete(recursive: true);
    }

    private async Task<bool> HoldsAsync(string expression, CancellationToken cancellation)
    {
        try
        {
            return await EvaluateAsync<bool>($"!!({expression})", cancellation);
        }
        catch (InvalidOperationException)
        {
            return false; // the page before has gone, and this one has not come
        }
    }

    private async Task ConnectAsync(CancellationToken cancellation)
    {
        string? line;
        do line = await process.StandardError.ReadLineAsync(cancellation);
        while (line is not null && !line.StartsWith(Announcement, StringComparison.Ordinal));
        if (line is null) throw new InvalidOperationException("Chromium ended before it listened");
        _ = process.StandardError.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None); // a full pipe would stop it
        await socket.ConnectAsync(new Uri(line[Announcement.Length..]), cancellation);
        string target = (string)(await SendAsync("Target.createTarget", new JsonObject { ["url"] = "about:blank" }, cancellation))["targetId"]!;
        session = (string)(await SendAsync("Target.attachToTarget", new JsonObject { ["targetId"] = target, ["flatten"] = true }, cancellation))["sessionId"]!;
    }

    private async Task<JsonNode> SendAsync(string method, JsonObject parameters, CancellationToken cancellation)
    {
        int id = ++asked;
        var message = new JsonObject { ["id"] = id, ["method"] = method, ["params"] = parameters };
        if (session.Length > 0) message["sessionId"] = session;
        await socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(message), WebSocketMessageType.Text, endOfMessage: true, cancellation);
        while (true)
        {
            using var answer = new MemoryStream();
            var buffer = new byte[64 << 10];
            ValueWebSocketReceiveResult part;
            do
            {
                part = await socket.ReceiveAsync(buffer.AsMemory(), cancellation);
                answer.Write(buffer, 0, part.Count);
            }
            while (!part.EndOfMessage);
            JsonNode node = JsonNode.Parse(answer.ToArray())!;
            if ((int?)node["id"] != id) continue; // an event
            return node["result"] ?? throw new InvalidOperationException($"{method}: {node["error"]?.ToJsonString()}");
        }
    }
}
