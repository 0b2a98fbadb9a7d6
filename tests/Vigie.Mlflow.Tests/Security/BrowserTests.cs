using System.Net;
using System.Text;
using Vigie.Mlflow.Tests.Server;

namespace Vigie.Mlflow.Tests.Security;

/// <summary>What a page of another site could make a browser send to an open server on the same machine.</summary>
public sealed class BrowserTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("evil.example.com")]
    [InlineData("evil.example.com:5000")]
    [InlineData("localhost.evil.example.com")]
    [InlineData("169.254.169.254")]
    [InlineData("0.0.0.0")]
    public async Task A_foreign_host_is_refused(string host)
    {
        await using RunningServer server = await RunningServer.StartAsync();
        foreach (string path in (string[])["/version", "/api/2.0/mlflow/experiments/get?experiment_id=0", "/ajax-api/2.0/mlflow/experiments/get?experiment_id=0", "/get-artifact?run_id=x&path=y", "/api/x"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Host = host } };
            using HttpResponseMessage answer = await server.Http.SendAsync(request, Cancel);
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
            Assert.Contains("PERMISSION_DENIED", await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("Origin", "https://evil.example.com")]
    [InlineData("Origin", "null")]
    [InlineData("Origin", "http://localhost")] // another port of this machine
    [InlineData("Origin", "http://localhost:1")]
    [InlineData("Origin", "http://{host}.evil.example.com")]
    [InlineData("Origin", "http://evil@evil.example.com")]
    [InlineData("Origin", "")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    [InlineData("Sec-Fetch-Site", "anything")]
    public async Task A_page_of_another_origin_changes_nothing(string header, string value)
    {
        await using RunningServer server = await RunningServer.StartAsync();
        value = value.Replace("{host}", server.Http.BaseAddress!.Authority, StringComparison.Ordinal);
        (HttpMethod, string)[] changes =
        [
            (HttpMethod.Post, "/api/2.0/mlflow/experiments/create"), (HttpMethod.Post, "/ajax-api/2.0/mlflow/experiments/create"),
            (HttpMethod.Patch, "/api/2.0/mlflow/registered-models/update"), (HttpMethod.Delete, "/api/2.0/mlflow/registered-models/delete"),
            (HttpMethod.Put, "/api/2.0/mlflow-artifacts/artifacts/1/x"), (HttpMethod.Post, "/ajax-api/2.0/mlflow/upload-artifact?run_uuid=x&path=y"),
        ];
        foreach ((HttpMethod method, string path) in changes)
        {
            Assert.Equal(HttpStatusCode.Forbidden, await SendAsync(server, method, path, "application/json", (header, value)));
        }

        Assert.Single((await server.Store.Experiments.SearchAsync(new Search(), cancellation: Cancel)).Items);
    }

    [Fact]
    public async Task Its_own_pages_and_programs_are_served()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        string own = server.Http.BaseAddress!.Authority;
        Assert.Equal(HttpStatusCode.OK, await SendAsync(server, HttpMethod.Post, "/api/2.0/mlflow/experiments/search", "application/json", ("Origin", $"http://{own}"), ("Sec-Fetch-Site", "same-origin")));
        Assert.Equal(HttpStatusCode.OK, await SendAsync(server, HttpMethod.Post, "/api/2.0/mlflow/experiments/search", "application/json; charset=utf-8"));
        Assert.Equal(HttpStatusCode.OK, await SendAsync(server, HttpMethod.Post, "/api/2.0/mlflow/experiments/search", "application/json", ("Origin", $"https://{own}"))); // behind a proxy for https
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("text/plain; charset=application/json")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("multipart/form-data; boundary=x")]
    [InlineData("application/jsonx")]
    [InlineData("application/json; charset=utf-7")]
    [InlineData(null)]
    public async Task A_body_that_a_form_could_send_is_no_JSON(string? type)
    {
        await using RunningServer server = await RunningServer.StartAsync();
        Assert.Equal(HttpStatusCode.BadRequest, await SendAsync(server, HttpMethod.Post, "/api/2.0/mlflow/experiments/create", type));
        Assert.Equal(HttpStatusCode.BadRequest, await SendAsync(server, HttpMethod.Post, "/ajax-api/2.0/mlflow/experiments/create", type));
        Assert.Single((await server.Store.Experiments.SearchAsync(new Search(), cancellation: Cancel)).Items);
    }

    [Fact]
    public async Task No_answer_opens_CORS()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        foreach ((HttpMethod method, string path) in (ReadOnlySpan<(HttpMethod, string)>)
            [(HttpMethod.Options, "/api/2.0/mlflow/experiments/create"), (HttpMethod.Get, "/api/2.0/mlflow/experiments/get?experiment_id=0"), (HttpMethod.Get, "/version"), (HttpMethod.Get, "/health"), (HttpMethod.Get, "/api/2.0/mlflow/runs/get?run_id=x")])
        {
            CheckNoCors(server, method, path);
        }

        static void CheckNoCors(RunningServer server, HttpMethod method, string path)
        {
            using var request = new HttpRequestMessage(method, path);
            request.Headers.TryAddWithoutValidation("Origin", "https://evil.example.com");
            request.Headers.TryAddWithoutValidation("Access-Control-Request-Method", "POST");
            request.Headers.TryAddWithoutValidation("Access-Control-Request-Headers", "content-type");
            using HttpResponseMessage answer = server.Http.SendAsync(request, Cancel).GetAwaiter().GetResult();
            Assert.DoesNotContain(answer.Headers, header => header.Key.StartsWith("Access-Control-", StringComparison.OrdinalIgnoreCase));
            if (method == HttpMethod.Options) return;
            Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
            Assert.Equal("same-origin", answer.Headers.GetValues("Cross-Origin-Resource-Policy").Single());
            Assert.Contains("sandbox", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        }

        await Task.CompletedTask;
    }

    private static async Task<HttpStatusCode> SendAsync(RunningServer server, HttpMethod method, string path, string? type, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes("{\"name\":\"x\",\"max_results\":10}")) };
        if (type is not null) request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        foreach ((string name, string value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        using HttpResponseMessage answer = await server.Http.SendAsync(request, Cancel);
        return answer.StatusCode;
    }
}
