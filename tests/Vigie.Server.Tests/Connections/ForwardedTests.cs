using System.Net;
using Microsoft.AspNetCore.Http;

namespace Vigie.Server.Tests;

/// <summary>Whose address a request has: the caller's own, whatever the caller says.</summary>
public sealed class ForwardedTests
{
    private static readonly ProxyOptions Trusting = new() { Trusted = ["10.0.0.0/8", "192.0.2.9", "fd00::/8"] };

    [Theory]
    [InlineData("203.0.113.5", "198.51.100.1", "203.0.113.5")] // a stranger says whatever it likes
    [InlineData("203.0.113.5", "10.0.0.1", "203.0.113.5")]
    [InlineData("10.0.0.7", "198.51.100.1", "198.51.100.1")]
    [InlineData("10.0.0.7", "1.1.1.1, 198.51.100.1", "198.51.100.1")] // what the caller put in front
    [InlineData("10.0.0.7", "1.1.1.1, 198.51.100.1, 10.9.9.9", "198.51.100.1")] // two proxies
    [InlineData("10.0.0.7", "198.51.100.1,192.0.2.9 ,10.9.9.9", "198.51.100.1")]
    [InlineData("10.0.0.7", "10.0.0.8, 10.0.0.9", "10.0.0.8")] // a caller within
    [InlineData("10.0.0.7", "198.51.100.1:4711", "198.51.100.1")]
    [InlineData("10.0.0.7", "2001:db8::5", "2001:db8::5")]
    [InlineData("10.0.0.7", "[2001:db8::5]:4711", "2001:db8::5")]
    [InlineData("fd00::1", "198.51.100.1", "198.51.100.1")]
    [InlineData("::ffff:10.0.0.7", "198.51.100.1", "198.51.100.1")]
    [InlineData("10.0.0.7", "::ffff:198.51.100.1", "198.51.100.1")]
    [InlineData("10.0.0.7", "unknown", "10.0.0.7")]
    [InlineData("10.0.0.7", "198.51.100.1, unknown", "10.0.0.7")] // nothing behind what cannot be read is believed
    [InlineData("10.0.0.7", "1", "10.0.0.7")]
    [InlineData("10.0.0.7", "", "10.0.0.7")]
    [InlineData("10.0.0.7", ",,,", "10.0.0.7")]
    [InlineData("10.0.0.7", null, "10.0.0.7")]
    public void The_address_is_what_the_nearest_trusted_proxy_saw(string remote, string? forwarded, string expected) =>
        Assert.Equal(expected, Applied(Trusting, remote, ("X-Forwarded-For", forwarded), ("Forwarded", "for=8.8.8.8")).Connection.RemoteIpAddress!.ToString());

    [Theory]
    [InlineData("for=198.51.100.1", "198.51.100.1")]
    [InlineData("For=\"198.51.100.1:4711\"; Proto=https;by=10.0.0.7", "198.51.100.1")]
    [InlineData("for=1.1.1.1, for=198.51.100.1;proto=http, for=10.1.1.1", "198.51.100.1")]
    [InlineData("for=\"[2001:db8::5]:80\"", "2001:db8::5")]
    [InlineData("for=_hidden", "10.0.0.7")]
    [InlineData("for=\"1.1.1.1, 2.2.2.2\"", "10.0.0.7")]
    [InlineData("host=example.org", "10.0.0.7")]
    public void The_standard_header_is_read_where_the_proxies_write_that(string forwarded, string expected) =>
        Assert.Equal(expected, Applied(Trusting with { Header = ForwardedHeader.Forwarded }, "10.0.0.7", ("Forwarded", forwarded), ("X-Forwarded-For", "8.8.8.8")).Connection.RemoteIpAddress!.ToString());

    [Theory]
    [InlineData("10.0.0.7", "https", "https")]
    [InlineData("10.0.0.7", "HTTPS", "https")]
    [InlineData("10.0.0.7", "gopher", "http")]
    [InlineData("10.0.0.7", "javascript:alert(1)", "http")]
    [InlineData("203.0.113.5", "https", "http")]
    public void The_scheme_is_believed_from_the_same(string remote, string said, string expected) =>
        Assert.Equal(expected, Applied(Trusting, remote, ("X-Forwarded-For", "198.51.100.1"), ("X-Forwarded-Proto", said)).Request.Scheme);

    [Fact]
    public async Task Random_addresses_from_strangers_change_nothing_and_a_proxys_callers_are_told_apart()
    {
        using TestKeys keys = await TestKeys.WithAsync("ada", Scope.Predict);
        await using (RunningServer server = await RunningServer.StartAsync(keys.Options))
        {
            for (int i = 0; i < WrongKeys.Free; i++) Assert.Equal(HttpStatusCode.Unauthorized, await GuessAsync(server, $"198.51.100.{i}"));
            Assert.Equal(HttpStatusCode.TooManyRequests, await GuessAsync(server, "198.51.100.200"));
        }

        await using RunningServer behind = await RunningServer.StartAsync(keys.Options with { Proxies = new ProxyOptions { Trusted = ["127.0.0.1"] } });
        for (int i = 0; i < WrongKeys.Free; i++) Assert.Equal(HttpStatusCode.Unauthorized, await GuessAsync(behind, $"{i}.1.1.1, 198.51.100.1"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await GuessAsync(behind, "9.9.9.9, 198.51.100.1"));
        Assert.Equal(HttpStatusCode.Unauthorized, await GuessAsync(behind, "198.51.100.2"));
    }

    private static async Task<HttpStatusCode> GuessAsync(RunningServer server, string forwarded)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/model/info");
        request.Headers.Add("X-API-Key", "vigie_wrong");
        request.Headers.Add("X-Forwarded-For", forwarded);
        return (await server.SendAsync(request)).Status;
    }

    private static DefaultHttpContext Applied(ProxyOptions options, string remote, params (string Name, string? Value)[] headers)
    {
        var context = new DefaultHttpContext { Connection = { RemoteIpAddress = IPAddress.Parse(remote) }, Request = { Scheme = "http" } };
        foreach ((string name, string? value) in headers)
        {
            if (value is not null) context.Request.Headers[name] = value;
        }

        new ForwardedAddress(options).Apply(context);
        return context;
    }
}
