using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Claims;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace Vigie.Server.Tests;

public sealed class RateLimitTests : IAsyncLifetime
{
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 11, 1, 12, 0, 0, TimeSpan.Zero));
    private RunningServer server = null!;

    public async ValueTask InitializeAsync() =>
        server = await RunningServer.StartAsync(new ServerOptions { Clock = clock, MaxBatch = 10, RateLimit = new RateLimitOptions { Tweets = 25 } });

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task The_hundred_and_first_request_of_a_minute_is_refused_whatever_it_says_it_was_forwarded_for()
    {
        for (int i = 0; i < 100; i++)
        {
            Answer answer = await server.SendAsync(Forwarded($"203.0.113.{i}"));
            Assert.Equal(HttpStatusCode.OK, answer.Status);
            Assert.Equal((99 - i).ToString(CultureInfo.InvariantCulture), answer.Headers.GetValues("X-RateLimit-Remaining").Single());
        }

        Answer refused = await server.SendAsync(Forwarded("198.51.100.7"));
        JsonElement problem = refused.Problem(HttpStatusCode.TooManyRequests, null);
        Assert.Contains("at most 100 requests are taken from one client in 60 s", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(TimeSpan.FromSeconds(61), refused.Headers.RetryAfter!.Delta);
        Assert.Equal("\"requests\";q=100;w=60", refused.Headers.GetValues("RateLimit-Policy").Single());
        Assert.Equal("\"requests\";r=0;t=61", refused.Headers.GetValues("RateLimit").Single());
        Assert.Equal("100", refused.Headers.GetValues("X-RateLimit-Limit").Single());
        Assert.Equal((clock.GetUtcNow().ToUnixTimeSeconds() + 61).ToString(CultureInfo.InvariantCulture), refused.Headers.GetValues("X-RateLimit-Reset").Single());

        clock.Advance(TimeSpan.FromSeconds(59));
        (await server.PostAsync("/predict", "{\"text\":\"a\"}")).Problem(HttpStatusCode.TooManyRequests, null);
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(HttpStatusCode.OK, (await server.PostAsync("/predict", "{\"text\":\"a\"}")).Status);
    }

    [Fact]
    public async Task Refusals_and_wrong_paths_count_and_say_what_is_left()
    {
        Assert.Equal("\"requests\";r=99;t=61", (await server.PostAsync("/predict", "{}")).Headers.GetValues("RateLimit").Single());
        Assert.Equal("\"requests\";r=98;t=61", (await server.GetAsync("/no/such/path")).Headers.GetValues("RateLimit").Single());
        Assert.Equal("\"requests\";r=97;t=61", (await server.GetAsync("/openapi/v1.json")).Headers.GetValues("RateLimit").Single());
    }

    [Fact]
    public async Task Health_and_the_page_are_not_limited()
    {
        await ExhaustAsync(server.Client);
        foreach (string path in (string[])["/health", "/v1/health/live", "/health/ready", "/", "/vigie.css"])
        {
            Answer answer = await server.GetAsync(path);
            Assert.Equal(HttpStatusCode.OK, answer.Status);
            Assert.False(answer.Headers.Contains("RateLimit"));
        }

        (await server.GetAsync("/model/info")).Problem(HttpStatusCode.TooManyRequests, null);
    }

    [Fact]
    public async Task Each_address_has_its_own_limit()
    {
        await ExhaustAsync(server.Client);
        using var elsewhere = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (context, cancellation) =>
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                socket.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.7"), 0));
                await socket.ConnectAsync(context.DnsEndPoint.Host, context.DnsEndPoint.Port, cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            },
        })
        { BaseAddress = server.Address };
        using HttpResponseMessage answer = await elsewhere.GetAsync("/model/info");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("99", answer.Headers.GetValues("X-RateLimit-Remaining").Single());
    }

    [Fact]
    public async Task A_batch_is_one_request_and_as_many_tweets_as_it_holds()
    {
        string ten = JsonSerializer.Serialize(Enumerable.Repeat("a", 10));
        await server.PostAsync("/predict/batch", ten);
        Answer second = await server.PostAsync("/predict/batch", ten);
        Assert.Equal("\"requests\";r=98;t=61, \"tweets\";r=5;t=61", second.Headers.GetValues("RateLimit").Single());
        Assert.Equal("\"requests\";q=100;w=60, \"tweets\";q=25;w=60;qu=\"tweets\"", second.Headers.GetValues("RateLimit-Policy").Single());

        clock.Advance(TimeSpan.FromSeconds(30));
        Answer third = await server.PostAsync("/predict/batch", ten);
        Assert.Contains("5 are left; try again in 31 s", third.Problem(HttpStatusCode.TooManyRequests, null).GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(TimeSpan.FromSeconds(31), third.Headers.RetryAfter!.Delta);
        Assert.Equal(HttpStatusCode.OK, (await server.PostAsync("/predict/batch", "[\"a\"]")).Status);
        Assert.Equal(HttpStatusCode.OK, (await server.PostAsync("/predict", "{\"text\":\"a\"}")).Status);
    }

    [Fact]
    public async Task Nothing_is_counted_where_there_is_no_limit()
    {
        await using RunningServer open = await RunningServer.StartAsync();
        for (int i = 0; i < 120; i++)
        {
            Answer answer = await open.GetAsync("/model/info");
            Assert.Equal((HttpStatusCode.OK, false), (answer.Status, answer.Headers.Contains("RateLimit")));
        }
    }

    [Fact]
    public void A_key_counts_as_itself_from_wherever_it_is_used()
    {
        Client one = Client.Of(Signed("key-1", "192.0.2.1")), elsewhere = Client.Of(Signed("key-1", "192.0.2.2")), other = Client.Of(Signed("key-2", "192.0.2.1"));
        Assert.Equal(one, elsewhere);
        Assert.NotEqual(one, other);
        Assert.Equal(Client.At(IPAddress.Parse("192.0.2.1")), Client.Of(Signed(null, "192.0.2.1")));
    }

    [Theory]
    [InlineData(-1, 0, 60, 1000, "rate_limit.requests is -1, expected 1 to 1000000")]
    [InlineData(1, 199, 60, 1000, "rate_limit.tweets is 199, expected 200 (max_batch")]
    [InlineData(1, 0, 0.5, 1000, "rate_limit.window is 500ms, expected 1 s to 1 day")]
    [InlineData(1, 0, 60, 63, "rate_limit.clients is 63, expected 64 to 10000000")]
    public void A_setting_out_of_range_is_named(int requests, int tweets, double window, int clients, string message)
    {
        var options = new ServerOptions
        {
            MaxBatch = 200,
            RateLimit = new RateLimitOptions { Requests = requests, Tweets = tweets, Window = TimeSpan.FromSeconds(window), Clients = clients },
        };
        Assert.StartsWith(message, Assert.Throws<InvalidInputException>(options.Check).Message, StringComparison.Ordinal);
    }

    private static DefaultHttpContext Signed(string? name, string address) => new()
    {
        User = new ClaimsPrincipal(name is null ? new ClaimsIdentity() : new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, name)], "key")),
        Connection = { RemoteIpAddress = IPAddress.Parse(address) },
    };

    private static HttpRequestMessage Forwarded(string address)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/predict") { Content = new StringContent("{\"text\":\"a\"}", Encoding.UTF8, "application/json") };
        request.Headers.Add("X-Forwarded-For", address);
        request.Headers.Add("Forwarded", $"for={address}");
        return request;
    }

    private static async Task ExhaustAsync(HttpClient client)
    {
        for (int i = 0; i < 100; i++)
        {
            using HttpResponseMessage answer = await client.GetAsync("/model/info");
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }
}
