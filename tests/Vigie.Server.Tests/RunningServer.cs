using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Vigie.Server.Tests;

/// <summary>A real server on a free port of this machine, and a client that talks to it.</summary>
public sealed class RunningServer : IAsyncDisposable
{
    private readonly WebApplication app;

    private RunningServer(WebApplication app, Uri address, RecordedLog log)
    {
        (this.app, Address, Log) = (app, address, log);
        Client = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromSeconds(60) };
    }

    /// <summary>For tests that are not about limits, and ask more than a client may.</summary>
    public static ServerOptions Unlimited => new() { RateLimit = new RateLimitOptions { Requests = 0, Tweets = 0 } };

    /// <summary>What endpoints record by.</summary>
    internal Recorder Recorder => app.Services.GetRequiredService<Recorder>();

    public Uri Address { get; }

    public HttpClient Client { get; }

    public RecordedLog Log { get; }

    /// <summary>Every route: <c>GET /health</c>.</summary>
    public IEnumerable<string> Routes => app.Services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
        .SelectMany(endpoint => endpoint.Metadata.GetRequiredMetadata<IHttpMethodMetadata>().HttpMethods.Select(method => $"{method} {Path(endpoint)}"));

    /// <summary>Every endpoint of the application.</summary>
    public IReadOnlyList<RouteEndpoint> Endpoints => [.. app.Services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()];

    /// <summary>Every address that it listens on.</summary>
    public IReadOnlyList<Uri> Addresses => [.. app.Urls.Select(url => new Uri(url))];

    private static string Path(RouteEndpoint endpoint) => endpoint.RoutePattern.RawText is "/" ? "/" : "/" + endpoint.RoutePattern.RawText!.Trim('/');

    public static async Task<RunningServer> StartAsync(ServerOptions? options = null, ServedModel? model = null, LogLevel logged = LogLevel.Warning)
    {
        var log = new RecordedLog(logged);
        options ??= Unlimited;
        if (options.Urls is [ServerOptions.DefaultUrl]) options = options with { Url = "http://127.0.0.1:0" };
        WebApplication app = VigieServer.Create(options with { Log = log }, model ?? SmallModels.TwoClasses);
        return new RunningServer(app, await app.ListenAsync(), log);
    }

    /// <summary>A part of the server.</summary>
    public T Get<T>() where T : notnull => app.Services.GetRequiredService<T>();

    public static async Task<RunningServer> StartAsync(ModelSources sources, ServerOptions? options = null, Action<IServiceCollection>? services = null)
    {
        var log = new RecordedLog();
        WebApplication app = VigieServer.Create((options ?? Unlimited) with { Url = "http://127.0.0.1:0", Log = log }, sources, services);
        try
        {
            return new RunningServer(app, await app.ListenAsync(), log);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until a question is answered with yes.</summary>
    public static async Task UntilAsync(Func<Task<bool>> question, Action? between = null)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(30)); // decides nothing but how long a broken test hangs
        while (!await question())
        {
            limit.Token.ThrowIfCancellationRequested();
            between?.Invoke();
            await Task.Delay(5, limit.Token);
        }
    }

    /// <summary>Which model answers, by its digest.</summary>
    public async Task<string> DigestAsync(string query = "") => (await PostAsync("/predict" + query, """{"text":"late again"}""")).Json.GetProperty("model").GetProperty("digest").GetString()!;

    public Task<Answer> GetAsync(string path) => SendAsync(new HttpRequestMessage(HttpMethod.Get, path));

    public Task<Answer> PostAsync(string path, string json, string type = "application/json", string? accept = null) =>
        PostAsync(path, Encoding.UTF8.GetBytes(json), type, accept);

    public Task<Answer> PostAsync(string path, byte[] body, string? type = "application/json", string? accept = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
        if (type is not null) request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        if (accept is not null) request.Headers.Accept.ParseAdd(accept);
        return SendAsync(request);
    }

    public async Task<Answer> SendAsync(HttpRequestMessage request)
    {
        using HttpResponseMessage response = await Client.SendAsync(request);
        if ((int)response.StatusCode >= 500) Assert.Fail($"{(int)response.StatusCode}: {string.Join('\n', Log.Lines)}"); // whatever was sent
        return new Answer(response, await response.Content.ReadAsByteArrayAsync());
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await app.DisposeAsync();
    }
}

/// <summary>What came back.</summary>
public sealed class Answer(HttpResponseMessage response, byte[] body)
{
    public HttpStatusCode Status => response.StatusCode;

    public HttpResponseHeaders Headers => response.Headers;

    public string? MediaType => response.Content.Headers.ContentType?.MediaType;

    public IEnumerable<string> Allow => response.Content.Headers.Allow;

    public string Text { get; } = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(body);

    public JsonElement Json => JsonDocument.Parse(Text).RootElement;

    /// <summary>The answer must be this problem.</summary>
    public JsonElement Problem(HttpStatusCode status, string? field)
    {
        Assert.True(Status == status, $"{(int)Status} instead of {(int)status}: {Text}");
        Assert.Equal("application/problem+json", MediaType);
        Assert.Equal((int)status, Json.GetProperty("status").GetInt32());
        Assert.StartsWith("urn:vigie:problem:", Json.GetProperty("type").GetString(), StringComparison.Ordinal);
        Assert.Equal(field, Json.TryGetProperty("field", out JsonElement at) ? at.GetString() : null);
        return Json;
    }
}
