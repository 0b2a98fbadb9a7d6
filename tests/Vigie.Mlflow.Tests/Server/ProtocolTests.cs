using System.Net;
using System.Text;
using Microsoft.AspNetCore.Routing;

namespace Vigie.Mlflow.Tests.Server;

/// <summary>What holds for every endpoint: errors, wrong bodies, unknown addresses.</summary>
public sealed class ProtocolTests : IAsyncLifetime
{
    private RunningServer server = null!;

    public async ValueTask InitializeAsync() => server = await RunningServer.StartAsync();

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task Version_and_health_are_text()
    {
        Assert.Equal("3.9.0", (await server.GetAsync("/version")).Text);
        Assert.Equal("OK", (await server.GetAsync("/health")).Text);
    }

    [Fact]
    public void Every_address_is_served_once_and_mirrored()
    {
        string[] addresses = [.. server.Endpoints.SelectMany(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Select(method => $"{method} {endpoint.RoutePattern.RawText}") ?? [])];
        Assert.Empty(addresses.GroupBy(address => address).Where(group => group.Count() > 1).Select(group => group.Key));
        string[] missing = [.. addresses.Where(address => address.Contains(" /api/2.0/mlflow/", StringComparison.Ordinal)).Select(address => address.Replace(" /api/", " /ajax-api/", StringComparison.Ordinal)).Except(addresses)];
        Assert.Empty(missing);
        Assert.True(addresses.Length > 120, $"{addresses.Length} addresses");
    }

    [Theory]
    [InlineData("GET", "/api/2.0/mlflow/nothing/here")]
    [InlineData("POST", "/ajax-api/2.0/mlflow/nothing/here")]
    [InlineData("DELETE", "/api/2.0/mlflow/runs/create")]
    [InlineData("GET", "/api/3.0/mlflow/server-info")]
    public async Task An_unknown_address_is_an_error_that_clients_can_read(string method, string path) =>
        (await server.SendAsync(new HttpMethod(method), path)).AssertRefused(HttpStatusCode.NotFound, "ENDPOINT_NOT_FOUND", path);

    [Fact]
    public async Task A_client_that_sends_spans_hears_that_there_is_no_place_for_them()
    {
        using var spans = new ByteArrayContent([0x0a, 0x00]);
        spans.Headers.ContentType = new("application/x-protobuf");

        using HttpResponseMessage answer = await server.Http.PostAsync("/v1/traces", spans, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.NotImplemented, answer.StatusCode);
        string text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Contains("\"error_code\":\"NOT_IMPLEMENTED\"", text, StringComparison.Ordinal);
        Assert.Contains("REST OTLP span logging is not supported", text, StringComparison.Ordinal); // what the Python client looks for
        (await server.SendAsync(HttpMethod.Post, "/api/3.0/mlflow/traces")).AssertRefused(HttpStatusCode.NotImplemented, "NOT_IMPLEMENTED");
    }

    [Theory]
    [InlineData("", "'name'")]
    [InlineData("{}", "'name'")]
    [InlineData("{\"name\":null}", "'name'")]
    [InlineData("{\"name\":\"\"}", "'name'")]
    [InlineData("[]", "JSON object")]
    [InlineData("null", "null")]
    [InlineData("7", "JSON object")]
    [InlineData("{\"name\":", "not JSON")]
    [InlineData("{\"name\":\"a\"} x", "not JSON")]
    [InlineData("name=a", "not JSON")]
    [InlineData("{\"name\":7}", "'name': expected a string")]
    [InlineData("{\"name\":{\"a\":1}}", "'name': expected a string")]
    [InlineData("{\"name\":\"\\u0000\"}", "'name': expected a string without")]
    [InlineData("{\"name\":\"\\ud800\"}", "name")]
    [InlineData("{\"name\":\"a\",\"tags\":{}}", "'tags': expected a list")]
    [InlineData("{\"name\":\"a\",\"tags\":[[]]}", "'tags[0]': expected a JSON object")]
    [InlineData("{\"name\":\"a\",\"tags\":[{\"key\":\"k\",\"value\":\"v\"},{\"key\":\"k\"}]}", "'tags[1].value'")]
    [InlineData("{\"name\":\"a\",\"tags\":[{\"key\":\"k\",\"value\":1.5}]}", "'tags[0].value': expected a string")]
    [InlineData("{\"name\":\"a\",\"tags\":[{\"key\":\"k\",\"value\":null}]}", "'tags[0].value'")]
    public async Task A_wrong_body_is_refused_and_the_field_named(string body, string inMessage) =>
        (await server.SendTextAsync(HttpMethod.Post, "experiments/create", body)).AssertRefused(HttpStatusCode.BadRequest, "INVALID_PARAMETER_VALUE", inMessage);

    [Theory]
    [InlineData("{\"metrics\":[{\"key\":\"a\",\"value\":\"x\",\"timestamp\":1}]}", "'metrics[0].value': expected a number")]
    [InlineData("{\"metrics\":[{\"key\":\"a\",\"value\":1,\"timestamp\":1.5}]}", "'metrics[0].timestamp': expected a whole number")]
    [InlineData("{\"metrics\":[{\"key\":\"a\",\"value\":1}]}", "'metrics[0].timestamp'")]
    [InlineData("{\"metrics\":[{\"key\":\"a\",\"value\":1,\"timestamp\":9223372036854775808}]}", "'metrics[0].timestamp': expected a whole number")]
    [InlineData("{\"metrics\":[null]}", "metrics[0]")]
    public async Task Wrong_numbers_are_refused_and_the_field_named(string body, string inMessage) =>
        (await server.SendTextAsync(HttpMethod.Post, "runs/log-batch", body)).AssertRefused(HttpStatusCode.BadRequest, "INVALID_PARAMETER_VALUE", inMessage);

    [Theory]
    [InlineData("{\"view_type\":\"SOME\"}", "'view_type': expected one of ACTIVE_ONLY")]
    [InlineData("{\"view_type\":9}", "'view_type': expected one of ACTIVE_ONLY")]
    [InlineData("{\"max_results\":\"many\"}", "'max_results': expected a whole number")]
    public async Task Wrong_choices_are_refused_and_the_field_named(string body, string inMessage)
    {
        (await server.SendTextAsync(HttpMethod.Post, "experiments/search", body)).AssertRefused(HttpStatusCode.BadRequest, "INVALID_PARAMETER_VALUE", inMessage);
        string field = body[2..body.LastIndexOf('"')].Split('"')[0];
        (await server.GetAsync($"experiments/search?{field}=x")).AssertRefused(HttpStatusCode.BadRequest, "INVALID_PARAMETER_VALUE", inMessage[..inMessage.IndexOf(':', StringComparison.Ordinal)]);
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_refused()
    {
        await using RunningServer small = await RunningServer.StartAsync(change: options => options with { MaxBodyBytes = 64 << 10 });
        using var body = new StringContent($"{{\"name\":\"{new string('a', 65 << 10)}\"}}", Encoding.UTF8, "application/json");

        using HttpResponseMessage answer = await small.Http.PostAsync("/api/2.0/mlflow/experiments/create", body, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        Assert.Contains("REQUEST_LIMIT_EXCEEDED", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }
}
