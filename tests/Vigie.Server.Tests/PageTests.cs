using System.Net;

namespace Vigie.Server.Tests;

public sealed class PageTests : IAsyncLifetime
{
    private RunningServer server = null!;

    public async ValueTask InitializeAsync() => server = await RunningServer.StartAsync();

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Theory]
    [InlineData("/docs", "text/html")]
    [InlineData("/docs.js", "text/javascript")]
    [InlineData("/vigie.css", "text/css")]
    [InlineData("/icon.svg", "image/svg+xml")]
    public async Task A_file_is_sent_once_and_then_only_when_it_has_changed(string path, string type)
    {
        Answer first = await server.GetAsync(path);
        Assert.Equal((HttpStatusCode.OK, type), (first.Status, first.MediaType));
        Assert.NotEmpty(first.Text);

        var again = new HttpRequestMessage(HttpMethod.Get, path);
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        Assert.Equal(HttpStatusCode.NotModified, (await server.SendAsync(again)).Status);
    }

    [Fact]
    public async Task Without_a_dashboard_the_root_leads_to_the_API() => Assert.Equal((HttpStatusCode.OK, "text/html"), (await server.GetAsync("/")) is { } answer ? (answer.Status, answer.MediaType) : default);

    [Theory]
    [InlineData("/docs")]
    [InlineData("/health")]
    [InlineData("/nothing/here")]
    [InlineData("/openapi/v1.json")]
    public async Task Every_answer_tells_browsers_to_be_strict(string path)
    {
        Answer answer = await server.GetAsync(path);
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
        Assert.False(answer.Headers.Contains("Access-Control-Allow-Origin"));
        Assert.False(answer.Headers.Contains("Server"));
    }

    [Theory]
    [InlineData("/docs", true)]
    [InlineData("/health", false)]
    public async Task A_page_may_run_and_load_nothing_but_its_own(string path, bool isPage)
    {
        Answer answer = await server.GetAsync(path);
        Assert.Equal(isPage, answer.Headers.TryGetValues("Content-Security-Policy", out IEnumerable<string>? policies));
        Assert.Equal(isPage, answer.Headers.Contains("Cross-Origin-Opener-Policy"));
        if (!isPage) return;
        string policy = Assert.Single(policies!);
        Assert.StartsWith("default-src 'none'; script-src 'self'; style-src 'self';", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Predictions_and_problems_say_their_length_and_are_not_sent_in_pieces()
    {
        foreach (string body in (string[])["""{"text":"late again"}""", """{"text":7}"""])
        {
            using HttpResponseMessage answer = await server.Client.PostAsync("/predict", new StringContent(body, new System.Net.Http.Headers.MediaTypeHeaderValue("application/json")));
            Assert.True(answer.Content.Headers.ContentLength > 50);
            Assert.NotEqual(true, answer.Headers.TransferEncodingChunked);
        }
    }
}
