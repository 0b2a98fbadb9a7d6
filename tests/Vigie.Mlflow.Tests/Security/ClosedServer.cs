using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Vigie.Mlflow.Security;
using Vigie.Mlflow.Tests.Server;

namespace Vigie.Mlflow.Tests.Security;

/// <summary>A server that asks who its callers are, with an admin.</summary>
internal sealed class ClosedServer : IAsyncDisposable
{
    private ClosedServer(RunningServer server, string adminToken) => (Server, Admin) = (server, new AuthenticationHeaderValue("Bearer", adminToken));

    public RunningServer Server { get; }

    public MlflowStore Store => Server.Store;

    public AuthenticationHeaderValue Admin { get; }

    public static async Task<ClosedServer> StartAsync(string kind = "sqlite", TimeProvider? clock = null)
    {
        RunningServer server = await RunningServer.StartAsync(
            kind, options => options with { Security = new SecurityOptions { Authentication = true, Clock = clock ?? TimeProvider.System } });
        await server.Store.Users.CreateAsync("admin", null, Role.Admin);
        return new ClosedServer(server, (await server.Store.Tokens.CreateAsync("admin")).Token);
    }

    public static AuthenticationHeaderValue Basic(string username, string password) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{username}:{password}")));

    /// <summary>A new user, by a token of theirs.</summary>
    public async Task<AuthenticationHeaderValue> UserAsync(string username, Role role, Role limit = Role.Admin)
    {
        await Store.Users.CreateAsync(username, null, role);
        return new AuthenticationHeaderValue("Bearer", (await Store.Tokens.CreateAsync(username, limit: limit)).Token);
    }

    public async Task<(Answer Answer, HttpResponseHeaders Headers)> SendAsync(
        AuthenticationHeaderValue? who, HttpMethod method, string path, JsonNode? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path.StartsWith('/') ? path : "/api/2.0/mlflow/" + path);
        request.Headers.Authorization = who;
        if (body is not null) request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        foreach ((string name, string value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        using HttpResponseMessage response = await Server.Http.SendAsync(request, TestContext.Current.CancellationToken);
        string text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        JsonNode? json = response.Content.Headers.ContentType?.MediaType == "application/json" && text.Length > 0 ? JsonNode.Parse(text) : null;
        return (new Answer(response.StatusCode, text, json, response.Headers.RetryAfter?.ToString()), response.Headers);
    }

    public async Task<Answer> PostAsync(AuthenticationHeaderValue? who, string path, JsonNode body) => (await SendAsync(who, HttpMethod.Post, path, body)).Answer;

    public async Task<Answer> GetAsync(AuthenticationHeaderValue? who, string path) => (await SendAsync(who, HttpMethod.Get, path)).Answer;

    public async Task<HttpStatusCode> StatusAsync(AuthenticationHeaderValue? who, HttpMethod method, string path, JsonNode? body = null) => (await SendAsync(who, method, path, body)).Answer.Status;

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
