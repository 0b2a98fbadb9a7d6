using System.Net;

namespace Vigie.Server.Tests;

/// <summary>Which web pages may call.</summary>
public sealed class CorsTests
{
    private const string Dashboard = "https://dashboard.example.org";

    [Fact]
    public async Task Nobody_may_unless_named()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        foreach (HttpMethod method in (HttpMethod[])[HttpMethod.Options, HttpMethod.Post])
        {
            Answer answer = await server.SendAsync(From(Dashboard, method));
            Assert.DoesNotContain(answer.Headers, header => header.Key.StartsWith("Access-Control-", StringComparison.OrdinalIgnoreCase));
        }
    }

    [Fact]
    public async Task Those_that_are_named_may_ask_and_read_even_what_is_refused()
    {
        using TestKeys keys = await TestKeys.WithAsync("ada", Scope.Predict);
        await using RunningServer server = await RunningServer.StartAsync(keys.Options with { Cors = new CorsOptions { Origins = [Dashboard] } });

        Answer preflight = await server.SendAsync(From(Dashboard, HttpMethod.Options)); // browsers send no key with it
        Assert.Equal(HttpStatusCode.NoContent, preflight.Status);
        Assert.Equal(Dashboard, Assert.Single(preflight.Headers.GetValues("Access-Control-Allow-Origin")));
        Assert.Contains("POST", Assert.Single(preflight.Headers.GetValues("Access-Control-Allow-Methods")), StringComparison.Ordinal);
        Assert.Contains("x-api-key", Assert.Single(preflight.Headers.GetValues("Access-Control-Allow-Headers")), StringComparison.OrdinalIgnoreCase);
        Assert.False(preflight.Headers.Contains("Access-Control-Allow-Credentials"));

        Answer refused = await server.SendAsync(From(Dashboard, HttpMethod.Post));
        refused.Problem(HttpStatusCode.Unauthorized, null);
        Assert.Equal(Dashboard, Assert.Single(refused.Headers.GetValues("Access-Control-Allow-Origin")));
    }

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData("http://dashboard.example.org")]
    [InlineData("https://dashboard.example.org.evil.example")]
    [InlineData("https://dashboard.example.org:8443")]
    [InlineData("null")]
    public async Task Others_may_not(string origin)
    {
        await using RunningServer server = await RunningServer.StartAsync(new ServerOptions { Cors = new CorsOptions { Origins = [Dashboard] } });
        foreach (HttpMethod method in (HttpMethod[])[HttpMethod.Options, HttpMethod.Post])
            Assert.False((await server.SendAsync(From(origin, method))).Headers.Contains("Access-Control-Allow-Origin"));
    }

    private static HttpRequestMessage From(string origin, HttpMethod method)
    {
        var request = new HttpRequestMessage(method, "/predict");
        request.Headers.TryAddWithoutValidation("Origin", origin);
        if (method == HttpMethod.Options)
        {
            request.Headers.Add("Access-Control-Request-Method", "POST");
            request.Headers.Add("Access-Control-Request-Headers", "content-type,x-api-key");
        }
        else
        {
            request.Content = new StringContent("""{"text":"lovely crew"}""", new System.Net.Http.Headers.MediaTypeHeaderValue("application/json"));
        }

        return request;
    }
}
