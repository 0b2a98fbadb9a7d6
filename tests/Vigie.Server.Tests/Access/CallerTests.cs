using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.AspNetCore.Routing;

namespace Vigie.Server.Tests;

/// <summary>Who may call what.</summary>
public sealed class CallerTests : IAsyncLifetime
{
    private const string Tweet = """{"text":"lovely crew"}""";

    private TestKeys here = null!;
    private RunningServer server = null!;

    public async ValueTask InitializeAsync()
    {
        here = await TestKeys.WithAsync("ada", Scope.Predict);
        server = await RunningServer.StartAsync(here.Options);
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        here.Dispose();
    }

    [Fact]
    public void Every_endpoint_says_who_may_call_it() =>
        Assert.All(server.Endpoints, endpoint => Assert.True(endpoint.Metadata.GetMetadata<Needed>() is not null, $"{endpoint.DisplayName} says neither NeedsScope nor IsOpen"));

    [Fact]
    public async Task Every_endpoint_that_needs_a_scope_refuses_strangers_and_keys_without_it()
    {
        (string Method, string Path, Scope Scope)[] guarded = [.. server.Endpoints.Where(endpoint => endpoint.Metadata.GetMetadata<Needed>()?.Scope is not null).SelectMany(endpoint =>
            endpoint.Metadata.GetRequiredMetadata<IHttpMethodMetadata>().HttpMethods.Select(method => (method, PathOf(endpoint), endpoint.Metadata.GetRequiredMetadata<Needed>().Scope!.Value)))];
        Assert.Contains(("POST", "/predict", Scope.Predict), guarded);
        Assert.Contains(("GET", "/model/info", Scope.Read), guarded);
        foreach ((string method, string path, Scope scope) in guarded)
        {
            foreach (string prefix in (string[])["", "/v1"])
            {
                Answer stranger = await server.SendAsync(Request(method, prefix + path, null));
                stranger.Problem(HttpStatusCode.Unauthorized, null);
                Assert.Equal("Bearer", Assert.Single(stranger.Headers.WwwAuthenticate).Scheme);
                Answer wrong = await server.SendAsync(Request(method, prefix + path, "vigie_" + new string('A', 43)));
                wrong.Problem(HttpStatusCode.Unauthorized, null);
                Assert.Contains("invalid_token", Assert.Single(wrong.Headers.WwwAuthenticate).Parameter, StringComparison.Ordinal);
                here.Clock.Advance(TimeSpan.FromMinutes(20)); // wrong keys are forgotten
            }

            string name = $"all-but-{method}{path.Replace('/', '-').Replace("{", "", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal)}";
            NewApiKey lacking = await here.Keys.CreateAsync(name, [.. Enum.GetValues<Scope>().Where(other => other != scope && other != Scope.Admin)]);
            here.Clock.Advance(TimeSpan.FromSeconds(1));
            Answer refused = await server.SendAsync(Request(method, path, lacking.Secret));
            refused.Problem(HttpStatusCode.Forbidden, null);
            Assert.Contains("insufficient_scope", Assert.Single(refused.Headers.WwwAuthenticate).Parameter, StringComparison.Ordinal);
            Assert.Contains($"the scope {ScopeNames.Of(scope)}", refused.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Open_endpoints_ask_nobody()
    {
        string[] open = [.. server.Endpoints.Where(endpoint => endpoint.Metadata.GetMetadata<Needed>() is { Scope: null }).Select(PathOf)];
        Assert.Contains("/health", open);
        Assert.All(await Task.WhenAll(open.Select(path => server.GetAsync(path))), answer => Assert.Equal(HttpStatusCode.OK, answer.Status));
    }

    [Fact]
    public async Task A_key_is_taken_in_either_header_and_an_administrators_everywhere()
    {
        NewApiKey admin = await here.Keys.CreateAsync("root", [Scope.Admin]);
        here.Clock.Advance(TimeSpan.FromSeconds(1));
        foreach (string secret in (string[])[here.Secret, admin.Secret])
        {
            Assert.Equal(HttpStatusCode.OK, (await server.SendAsync(Request("POST", "/predict", secret))).Status);
            HttpRequestMessage request = Request("POST", "/v1/predict", null);
            request.Headers.Add("X-API-Key", secret);
            Assert.Equal(HttpStatusCode.OK, (await server.SendAsync(request)).Status);
        }

        Assert.Equal(HttpStatusCode.OK, (await server.SendAsync(Request("GET", "/model/info", admin.Secret))).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await server.SendAsync(Request("GET", "/model/info", here.Secret))).Status);
    }

    [Theory]
    [InlineData("Basic YWRhOnNlY3JldA==")]
    [InlineData("Bearer")]
    [InlineData("Bearer ")]
    [InlineData("KEY")]
    [InlineData("bearer  KEY")]
    [InlineData("Bearer KEYx")]
    public async Task What_is_no_key_is_refused(string authorization)
    {
        HttpRequestMessage request = Request("POST", "/predict", null);
        request.Headers.TryAddWithoutValidation("Authorization", authorization.Replace("KEY", here.Secret, StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.Unauthorized, (await server.SendAsync(request)).Status);
    }

    [Fact]
    public async Task Two_keys_in_one_request_are_one_too_many()
    {
        HttpRequestMessage request = Request("POST", "/predict", here.Secret);
        request.Headers.Add("X-API-Key", here.Secret);
        Assert.Contains("several keys", (await server.SendAsync(request)).Problem(HttpStatusCode.Unauthorized, null).GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_is_not_taken_from_the_address() =>
        (await server.PostAsync($"/predict?key={here.Secret}&access_token={here.Secret}&api_key={here.Secret}", Tweet)).Problem(HttpStatusCode.Unauthorized, null);

    [Fact]
    public async Task A_key_that_another_process_makes_or_revokes_counts_within_a_second()
    {
        var elsewhere = new ApiKeys(here.File, here.Clock);
        string late = (await elsewhere.CreateAsync("late", [Scope.Predict])).Secret;
        here.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.OK, (await server.SendAsync(Request("POST", "/predict", late))).Status);

        await elsewhere.RevokeAsync("late");
        here.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.Unauthorized, (await server.SendAsync(Request("POST", "/predict", late))).Status);
        Assert.Equal(HttpStatusCode.OK, (await server.SendAsync(Request("POST", "/predict", here.Secret))).Status);
    }

    [Fact]
    public async Task While_secrets_overlap_both_are_taken_and_then_the_new_one_alone()
    {
        string next = (await here.Keys.RotateAsync("ada", TimeSpan.FromHours(24))).Secret;
        here.Clock.Advance(TimeSpan.FromHours(23));
        Assert.All(await Task.WhenAll(PredictAsync(here.Secret), PredictAsync(next)), status => Assert.Equal(HttpStatusCode.OK, status));
        here.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal([HttpStatusCode.Unauthorized, HttpStatusCode.OK], await Task.WhenAll(PredictAsync(here.Secret), PredictAsync(next)));

        string last = (await here.Keys.RotateAsync("ada", TimeSpan.Zero)).Secret;
        here.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.OK, await PredictAsync(last)); // looks at the file; whoever comes at the same moment goes by what was known
        Assert.Equal(HttpStatusCode.Unauthorized, await PredictAsync(next));
    }

    [Fact]
    public async Task A_key_dies_at_its_end()
    {
        string brief = (await here.Keys.CreateAsync("brief", [Scope.Predict], TimeSpan.FromMinutes(10))).Secret;
        here.Clock.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromTicks(1));
        Assert.Equal(HttpStatusCode.OK, await PredictAsync(brief));
        here.Clock.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(HttpStatusCode.Unauthorized, await PredictAsync(brief));
    }

    [Fact]
    public async Task While_the_file_cannot_be_read_nobody_is_let_in_and_the_log_says_why()
    {
        Assert.Equal(HttpStatusCode.OK, await PredictAsync(here.Secret));
        string good = await File.ReadAllTextAsync(here.File);
        await File.WriteAllTextAsync(here.File, "{ not json");
        here.Clock.Advance(TimeSpan.FromSeconds(1));
        for (int i = 0; i < 2; i++)
        {
            using HttpResponseMessage refused = await server.Client.SendAsync(Request("POST", "/predict", here.Secret));
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter!.Delta);
            here.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Single(server.Log.Lines, line => line.Contains("API keys cannot be read", StringComparison.Ordinal));
        await File.WriteAllTextAsync(here.File, good);
        Assert.Equal(HttpStatusCode.OK, await PredictAsync(here.Secret));
    }

    [Fact]
    public async Task Guessing_is_slowed_and_locks_nobody_else_out()
    {
        for (int i = 0; i < WrongKeys.Free; i++) Assert.Equal(HttpStatusCode.Unauthorized, await PredictAsync($"vigie_{i}"));
        Answer slowed = await server.SendAsync(Request("POST", "/predict", "vigie_26"));
        slowed.Problem(HttpStatusCode.TooManyRequests, null);
        Assert.Equal(TimeSpan.FromSeconds(1), slowed.Headers.RetryAfter!.Delta);
        Assert.Equal(HttpStatusCode.OK, await PredictAsync(here.Secret));

        here.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.Unauthorized, await PredictAsync("vigie_27"));
        Assert.Equal(TimeSpan.FromSeconds(2), (await server.SendAsync(Request("POST", "/predict", "vigie_28"))).Headers.RetryAfter!.Delta);
        here.Clock.Advance(TimeSpan.FromMinutes(16));
        Assert.Equal(HttpStatusCode.Unauthorized, await PredictAsync("vigie_29"));
        Assert.Equal(HttpStatusCode.Unauthorized, await PredictAsync("vigie_30"));
    }

    [Fact]
    public void Wrong_keys_are_counted_by_address_and_their_memory_is_bounded()
    {
        var wrong = new WrongKeys(here.Clock);
        for (int i = 0; i <= WrongKeys.Free; i++) wrong.Add(IPAddress.Parse("192.0.2.1"));
        Assert.True(wrong.Wait(IPAddress.Parse("192.0.2.1")) > TimeSpan.Zero);
        Assert.True(wrong.Wait(IPAddress.Parse("::ffff:192.0.2.1")) > TimeSpan.Zero);
        Assert.Equal(TimeSpan.Zero, wrong.Wait(IPAddress.Parse("192.0.2.2")));

        for (int i = 0; i <= WrongKeys.Free; i++) wrong.Add(IPAddress.Parse($"2001:db8::{i:x}"));
        Assert.True(wrong.Wait(IPAddress.Parse("2001:db8::ffff:1")) > TimeSpan.Zero); // the same network
        Assert.Equal(TimeSpan.Zero, wrong.Wait(IPAddress.Parse("2001:db8:0:1::1")));

        for (int i = 0; i < 50_000; i++) wrong.Add(new IPAddress(i));
        Assert.InRange(wrong.Count, 1, 20_000);
    }

    [Fact]
    public async Task An_open_server_asks_nobody_whatever_is_sent()
    {
        await using RunningServer open = await RunningServer.StartAsync(here.Options with { Access = here.Access with { Required = null } });
        Assert.Equal(HttpStatusCode.OK, (await open.PostAsync("/predict", Tweet)).Status);
        Assert.Equal(HttpStatusCode.OK, (await open.SendAsync(Request("POST", "/predict", here.Secret))).Status);
        Assert.Equal(HttpStatusCode.OK, (await open.SendAsync(Request("GET", "/model/info", here.Secret))).Status);
        for (int i = 0; i <= WrongKeys.Free; i++) Assert.Equal(HttpStatusCode.OK, (await open.SendAsync(Request("POST", "/predict", "vigie_wrong"))).Status);
    }

    [Fact]
    public async Task The_log_names_the_key_and_never_says_it()
    {
        await using RunningServer logged = await RunningServer.StartAsync(here.Options, logged: Microsoft.Extensions.Logging.LogLevel.Information);
        Assert.Equal(HttpStatusCode.OK, (await logged.SendAsync(Request("POST", "/predict", here.Secret))).Status);
        bool IsNamed() => logged.Log.Entries.Any(entry => Equals(entry.GetValueOrDefault("key"), "key:ada"));
        for (int i = 0; i < 500 && !IsNamed(); i++) await Task.Delay(10); // written behind the answer
        Assert.True(IsNamed());
        Assert.DoesNotContain(logged.Log.Entries.SelectMany(entry => entry.Values).Select(value => value?.ToString() ?? "").Concat(logged.Log.Lines), said => said.Contains(here.Secret, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("localhost", true)]
    [InlineData("127.0.0.1:5199", true)]
    [InlineData("[::1]", true)]
    [InlineData("vigie.example.org", true)]
    [InlineData("VIGIE.example.org:443", true)]
    [InlineData("a.b.example.com", true)]
    [InlineData("example.com", false)]
    [InlineData("evil.example", false)]
    [InlineData("vigie.example.org.evil.example", false)]
    [InlineData("192.0.2.1", false)]
    public async Task A_server_that_asks_answers_to_its_names(string host, bool isOwn)
    {
        await using RunningServer named = await RunningServer.StartAsync(here.Options with { Access = here.Access with { AllowedHosts = ["vigie.example.org", "*.example.com"] } });
        var request = new HttpRequestMessage(HttpMethod.Get, "/health") { Headers = { Host = host } };
        Answer answer = await named.SendAsync(request);
        if (isOwn) Assert.Equal(HttpStatusCode.OK, answer.Status);
        else Assert.Contains("access.allowed_hosts", answer.Problem(HttpStatusCode.MisdirectedRequest, "Host").GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_description_says_how_to_send_a_key_and_what_each_operation_needs()
    {
        JsonElement api = (await server.GetAsync("/openapi/v1.json")).Json;
        Assert.Equal("bearer", api.GetProperty("components").GetProperty("securitySchemes").GetProperty("bearer").GetProperty("scheme").GetString());
        Assert.Equal("X-API-Key", api.GetProperty("components").GetProperty("securitySchemes").GetProperty("key").GetProperty("name").GetString());
        JsonElement predict = api.GetProperty("paths").GetProperty("/predict").GetProperty("post"), health = api.GetProperty("paths").GetProperty("/health").GetProperty("get");
        Assert.Equal(["predict"], predict.GetProperty("security")[0].GetProperty("bearer").EnumerateArray().Select(scope => scope.GetString()));
        Assert.Equal(["predict"], predict.GetProperty("security")[1].GetProperty("key").EnumerateArray().Select(scope => scope.GetString()));
        Assert.Empty(new JsonSchema(api).Faults(
            (await server.PostAsync("/predict", Tweet)).Problem(HttpStatusCode.Unauthorized, null),
            predict.GetProperty("responses").GetProperty("401").GetProperty("content").GetProperty("application/problem+json").GetProperty("schema")));
        Assert.True(predict.GetProperty("responses").TryGetProperty("403", out _));
        Assert.False(health.TryGetProperty("security", out _));

        await using RunningServer open = await RunningServer.StartAsync();
        Assert.DoesNotContain("security", (await open.GetAsync("/openapi/v1.json")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_key_reaches_the_log()
    {
        await PredictAsync(here.Secret);
        await PredictAsync("vigie_" + new string('B', 43));
        Assert.DoesNotContain(server.Log.Lines, line => line.Contains("vigie_", StringComparison.Ordinal));
    }

    private async Task<HttpStatusCode> PredictAsync(string secret) => (await server.SendAsync(Request("POST", "/predict", secret))).Status;

    private static HttpRequestMessage Request(string method, string path, string? secret)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (method is "POST" or "PUT" or "PATCH") request.Content = new StringContent(Tweet, new MediaTypeHeaderValue("application/json"));
        if (secret is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", secret);
        return request;
    }

    // Parameters are filled in with something: whoever may not call learns nothing of whether it is there.
    private static string PathOf(RouteEndpoint endpoint) => "/" + string.Join('/', endpoint.RoutePattern.PathSegments.Select(segment =>
        string.Concat(segment.Parts.Select(part => part is Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart literal ? literal.Content
            : part is Microsoft.AspNetCore.Routing.Patterns.RoutePatternSeparatorPart separator ? separator.Content
            : part is Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart { Name: "name" } ? "latency" : "v1")))); // a runbook
}
