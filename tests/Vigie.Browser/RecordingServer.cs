using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Vigie.Dashboard;
using Vigie.Server;
using Vigie.Server.Tests;

namespace Vigie.Browser;

/// <summary>A server of a test's own, with the pages, that keeps what it predicts: state that others do not share.</summary>
public sealed class RecordingServer : IAsyncDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("vigie-pages-");
    private readonly WebApplication app;
    private readonly HttpClient client;

    private RecordingServer(ServerOptions options, bool keeps)
    {
        RecordOptions records = keeps ? new() { Enabled = true, Folder = Path.Combine(folder.FullName, "records") } : new();
        options = options with { Url = "http://127.0.0.1:0", Records = records, SecretFile = Path.Combine(folder.FullName, "secret"), Models = options.Models with { State = folder.FullName } };
        app = VigieServer.Create(options, SmallModels.TwoClasses, VigieDashboard.Part);
        client = new HttpClient();
    }

    /// <summary>As many questions as one likes, of anybody.</summary>
    public static ServerOptions Unlimited => new() { RateLimit = new RateLimitOptions { Requests = 0, Tweets = 0 } };

    public Uri Address { get; private set; } = null!;

    public static async Task<RecordingServer> StartAsync(ServerOptions? options = null, bool keeps = true)
    {
        var server = new RecordingServer(options ?? Unlimited, keeps);
        server.Address = await server.app.ListenAsync(TestContext.Current.CancellationToken);
        server.client.BaseAddress = server.Address;
        return server;
    }

    /// <summary>One of its pages.</summary>
    public Uri At(string path) => new(Address, path);

    /// <summary>A part of the server.</summary>
    internal T Get<T>() where T : notnull => app.Services.GetRequiredService<T>();

    /// <summary>Puts a model of three classes beside the champion, asked for as <c>three</c>.</summary>
    internal void AddThree()
    {
        ModelHost host = Get<ModelHost>();
        host.Replace([.. host.Parts, new DutyPart(ModelPart.Named, "three", "fixed") { Model = SmallModels.ThreeClasses with { Digest = new string('7', 64), Version = "4" } }], 0);
    }

    /// <summary>Sends something to its API.</summary>
    public async Task<JsonElement> SendAsync(HttpMethod method, string path, object? body = null, string? key = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        if (key is not null) request.Headers.Add("X-API-Key", key);
        using HttpResponseMessage answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
    }

    /// <summary>Has tweets predicted, and waits until they are in the records.</summary>
    /// <returns>Their predictions' ids.</returns>
    public async Task<string[]> PredictAsync(IReadOnlyList<string> texts, string? key = null)
    {
        JsonElement answers = await SendAsync(HttpMethod.Post, "predict/batch", new { tweets = texts.Select((text, i) => new { text, id = $"tweet{i}" }) }, key);
        await MovedAsync();
        return [.. answers.EnumerateArray().Select(answer => answer.GetProperty("prediction_id").GetString()!)];
    }

    /// <summary>Waits until everything that was sent so far is in the records' database.</summary>
    public async Task MovedAsync()
    {
        RecordKeeper keeper = Get<RecordKeeper>();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30)); // decides nothing but how long a broken test hangs
        while (keeper.BytesInMemory > 0 || keeper.BytesBehind > 0) await Task.Delay(5, limit.Token);
    }

    /// <summary>A number that the records' database answers with.</summary>
    public long Ask(string sql)
    {
        using RecordDatabase database = RecordDatabase.OpenToRead(Path.Combine(folder.FullName, "records", "records.db"));
        return database.Number(sql);
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await app.DisposeAsync();
        folder.Delete(recursive: true);
    }
}

/// <summary>What visitors of a closed server do first.</summary>
internal static class SigningIn
{
    /// <summary>Signs in with a key, and comes to where one wanted to go.</summary>
    public static async Task SignInAsync(this Visit visit, string secret)
    {
        await visit.Page.Locator("#key").FillAsync(secret);
        await visit.Page.Locator("form.panel button[type=submit]").ClickAsync();
        await visit.Page.WaitForFunctionAsync("() => document.documentElement.dataset.alive === 'true'");
    }
}
