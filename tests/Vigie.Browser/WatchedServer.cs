using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Vigie.Dashboard;
using Vigie.Server;
using Vigie.Server.Tests;

namespace Vigie.Browser;

/// <summary>A server of a test's own, with records, alerts and the pages.</summary>
internal sealed class WatchedServer : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly HttpClient client;

    private WatchedServer(WebApplication app, Uri address) => (this.app, Address, client) = (app, address, new HttpClient { BaseAddress = address });

    public Uri Address { get; }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Starts one.</summary>
    /// <param name="folder">Where it keeps everything.</param>
    /// <param name="with">What else it is told.</param>
    public static async Task<WatchedServer> StartAsync(string folder, Func<ServerOptions, ServerOptions>? with = null)
    {
        var options = new ServerOptions
        {
            Url = "http://127.0.0.1:0",
            SecretFile = Path.Combine(folder, "secret"),
            Records = new RecordOptions { Enabled = true, Folder = Path.Combine(folder, "records") },
            RateLimit = new RateLimitOptions { Requests = 0, Tweets = 0 },
            Models = new ModelOptions { State = folder },
        };
        WebApplication app = VigieServer.Create(with?.Invoke(options) ?? options, SmallModels.TwoClasses, VigieDashboard.Part);
        return new WatchedServer(app, await app.ListenAsync(Cancel));
    }

    /// <summary>One of its pages.</summary>
    public Uri At(string path) => new(Address, path);

    /// <summary>Calls as programs do from now on.</summary>
    public void Use(string key) => client.DefaultRequestHeaders.Add("X-API-Key", key);

    /// <summary>Asks for a prediction.</summary>
    /// <returns>Its id.</returns>
    public async Task<string> PredictAsync(string text, string? id = null, string? author = null) => (await AskAsync(text, id, author)).GetProperty("prediction_id").GetString()!;

    /// <summary>Asks for a prediction, and reports it wrong.</summary>
    public async Task ReportAsync(params IEnumerable<string> texts)
    {
        foreach (string text in texts)
        {
            JsonElement answer = await AskAsync(text, null, null);
            string right = answer.GetProperty("label").GetString() == "positive" ? "negative" : "positive";
            using HttpResponseMessage taken = await client.PostAsJsonAsync("/feedback", new { prediction_id = answer.GetProperty("prediction_id").GetString(), label = right }, Cancel);
            taken.EnsureSuccessStatusCode();
            await Task.Delay(TimeSpan.FromMilliseconds(5), Cancel); // times are kept to the millisecond, and no two reports of people come within one
        }
    }

    /// <summary>The alerts, once there are so many.</summary>
    public async Task<JsonElement> AlertsAsync(int count = 1)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        limit.CancelAfter(TimeSpan.FromSeconds(30)); // decides nothing but how long a broken test hangs
        while (true)
        {
            using HttpResponseMessage answer = await client.GetAsync("/alerts", limit.Token);
            if (answer.IsSuccessStatusCode && (await answer.Content.ReadFromJsonAsync<JsonElement>(limit.Token)).GetProperty("alerts") is var alerts && alerts.GetArrayLength() >= count) return alerts;
            await Task.Delay(10, limit.Token);
        }
    }

    /// <summary>GET of a path.</summary>
    public Task<HttpResponseMessage> GetAsync(string path) => client.GetAsync(path, Cancel);

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await app.DisposeAsync();
    }

    private async Task<JsonElement> AskAsync(string text, string? id, string? author)
    {
        using HttpResponseMessage answer = await client.PostAsJsonAsync("/predict", new { text, id, author }, Cancel);
        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel);
    }
}

/// <summary>A clock that goes as this machine's, some time behind it.</summary>
internal sealed class LateClock(TimeSpan behind) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() - behind;
}
