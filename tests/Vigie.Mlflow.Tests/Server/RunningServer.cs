using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Vigie.Mlflow.Artifacts;
using Vigie.Mlflow.Server;

namespace Vigie.Mlflow.Tests.Server;

/// <summary>A server on a free port over a database and a folder of its own.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly TestDatabase database;

    private RunningServer(WebApplication app, Uri url, MlflowStore store, TestDatabase database, Faults faults)
    {
        (this.app, Store, this.database, Faults) = (app, store, database, faults);
        Http = new HttpClient { BaseAddress = url };
    }

    public HttpClient Http { get; }

    public MlflowStore Store { get; }

    /// <summary>Everything that the server answers to.</summary>
    public IReadOnlyList<RouteEndpoint> Endpoints => [.. app.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()];

    public string ArtifactsFolder => Path.Combine(database.Folder, "artifacts");

    /// <summary>What the server logged as errors: none, in nearly every test.</summary>
    public Faults Faults { get; }

    /// <summary>Starts one.</summary>
    /// <param name="kind">Of the database: one of <see cref="TestDatabases.Kinds"/>.</param>
    /// <param name="change">Changes the options.</param>
    public static async Task<RunningServer> StartAsync(string kind = "sqlite", Func<MlflowServerOptions, MlflowServerOptions>? change = null)
    {
        TestDatabase database = await TestDatabases.CreateAsync(kind);
        MlflowStore store = await database.OpenStoreAsync(artifacts: new FolderArtifactStore(Path.Combine(database.Folder, "artifacts")));
        var faults = new Faults();
        var options = new MlflowServerOptions { Url = "http://127.0.0.1:0", Log = faults };
        WebApplication app = MlflowServer.Create(store, change is null ? options : change(options));
        return new RunningServer(app, await app.ListenAsync(), store, database, faults);
    }

    /// <summary>Sends JSON, and reads the answer as JSON. Addresses without a leading slash are below <c>/api/2.0/mlflow/</c>.</summary>
    public async Task<Answer> SendAsync(HttpMethod method, string path, JsonNode? body = null) =>
        await SendTextAsync(method, path, body?.ToJsonString());

    public Task<Answer> PostAsync(string path, JsonNode body) => SendAsync(HttpMethod.Post, path, body);

    public Task<Answer> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    public async Task<Answer> SendTextAsync(HttpMethod method, string path, string? body)
    {
        using var request = new HttpRequestMessage(method, path.StartsWith('/') ? path : "/api/2.0/mlflow/" + path);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await Http.SendAsync(request, TestContext.Current.CancellationToken);
        string text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        JsonNode? json = response.Content.Headers.ContentType?.MediaType == "application/json" ? JsonNode.Parse(text) : null;
        return new Answer(response.StatusCode, text, json, response.Headers.RetryAfter?.ToString());
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await app.DisposeAsync();
        await Store.DisposeAsync();
        await database.DisposeAsync();
    }
}

internal sealed record Answer(HttpStatusCode Status, string Text, JsonNode? Json, string? RetryAfter)
{
    /// <summary>The answer, which has to be 200.</summary>
    public JsonNode Ok => Status == HttpStatusCode.OK ? Json! : throw new InvalidOperationException($"{(int)Status} {Text}");

    public string? Code => (string?)Json?["error_code"];

    public string Message => (string?)Json?["message"] ?? "";

    public void AssertRefused(HttpStatusCode status, string code, string? inMessage = null)
    {
        Assert.Equal((status, code), (Status, Code));
        if (inMessage is not null) Assert.Contains(inMessage, Message, StringComparison.Ordinal);
    }
}

/// <summary>Keeps what the server logs.</summary>
internal sealed class Faults : ILoggerProvider, ILogger
{
    private readonly System.Collections.Concurrent.ConcurrentQueue<string> lines = new();

    public IReadOnlyCollection<string> Lines => lines;

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel)) lines.Enqueue($"{formatter(state, exception)} {exception}");
    }

    public void Dispose() { }
}
