namespace Vigie.Server.Tests;

/// <summary>A server that other machines can reach knows its callers, and they reach it by https.</summary>
public sealed class OpennessTests
{
    private static readonly TlsOptions Proxied = new() { TerminatedByProxy = true };
    private static readonly OidcOptions Provider = new() { Authority = "https://login.example.org", Audience = "vigie" };

    public static TheoryData<string> Remote => ["http://*:5199", "http://+:5199", "http://0.0.0.0:5199", "http://[::]:5199", "http://192.0.2.7:5199", "http://[2001:db8::7]:5199"];

    [Theory]
    [MemberData(nameof(Remote))]
    public async Task An_address_that_others_can_reach_needs_somebody_to_let_in(string url)
    {
        using var keys = new TestKeys();
        var options = new ServerOptions { Url = url, Tls = Proxied, Clock = keys.Clock };
        Assert.Contains("vigie keys create", Wrong(options), StringComparison.Ordinal);
        Assert.Contains("vigie keys create", Wrong(options with { Access = new AccessOptions { KeysFile = keys.File } }), StringComparison.Ordinal);

        await keys.Keys.CreateAsync("ada", [Scope.Predict], TimeSpan.FromDays(1));
        (options with { Access = new AccessOptions { KeysFile = keys.File } }).Check();
        keys.Clock.Advance(TimeSpan.FromDays(2));
        Assert.Contains("vigie keys create", Wrong(options with { Access = new AccessOptions { KeysFile = keys.File } }), StringComparison.Ordinal);
        (options with { Access = new AccessOptions { Oidc = Provider } }).Check();
        Assert.StartsWith("access.required is false", Wrong(options with { Access = new AccessOptions { Oidc = Provider, Required = false } }), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Remote))]
    public void Keys_do_not_travel_in_the_clear(string url)
    {
        var options = new ServerOptions { Urls = ["http://127.0.0.1:5199", url], Access = new AccessOptions { Oidc = Provider } };
        string message = Wrong(options);
        Assert.Contains($"'{url.Replace("*", "0.0.0.0", StringComparison.Ordinal).Replace("+", "0.0.0.0", StringComparison.Ordinal)}'", message, StringComparison.Ordinal);
        Assert.Contains("tls.terminated_by_proxy", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Loopback_is_open_and_says_so_unless_callers_are_to_be_asked()
    {
        Assert.StartsWith("open: every user and program of this machine", new ServerOptions().Notice(), StringComparison.Ordinal);
        Assert.StartsWith("access.required is true, and there is no key", Wrong(new ServerOptions { Access = new AccessOptions { Required = true } }), StringComparison.Ordinal);
        Assert.Equal("closed: callers send an API key, or a token of https://login.example.org", new ServerOptions { Access = new AccessOptions { Required = true, Oidc = Provider } }.Notice());
    }

    [Theory]
    [InlineData("http://login.example.org", "expected https")]
    [InlineData("login.example.org", "expected an address")]
    [InlineData("ftp://login.example.org", "expected https")]
    [InlineData("https://user:word@login.example.org", "expected an address")]
    public void A_provider_is_asked_by_https(string authority, string reason) =>
        Assert.Contains(reason, Wrong(new ServerOptions { Access = new AccessOptions { Oidc = Provider with { Authority = authority } } }), StringComparison.Ordinal);

    [Fact]
    public void Half_a_provider_is_refused()
    {
        Assert.StartsWith("access.oidc.audience is missing", Wrong(With(Provider with { Audience = null })), StringComparison.Ordinal);
        Assert.StartsWith("access.oidc.audience is set", Wrong(With(Provider with { Authority = null })), StringComparison.Ordinal);
        Assert.StartsWith("access.oidc.clock_skew is 1h", Wrong(With(Provider with { ClockSkew = TimeSpan.FromHours(1) })), StringComparison.Ordinal);
        Assert.StartsWith("access.oidc.scopes.ops: there is no scope 'fly'", Wrong(With(Provider with { Scopes = new Dictionary<string, string> { ["ops"] = "read, fly" } })), StringComparison.Ordinal);
        static ServerOptions With(OidcOptions oidc) => new() { Access = new AccessOptions { Oidc = oidc } };
    }

    [Theory]
    [InlineData("https://vigie.example.org")]
    [InlineData("vigie.example.org:5199")]
    [InlineData("a*.example.org")]
    [InlineData("")]
    public void A_name_is_a_name_alone(string host) => Assert.StartsWith("access.allowed_hosts has", Wrong(new ServerOptions { Access = new AccessOptions { AllowedHosts = [host] } }), StringComparison.Ordinal);

    [Theory]
    [InlineData("*")]
    [InlineData("https://*.example.org")]
    [InlineData("https://example.org/")]
    [InlineData("https://example.org/page")]
    [InlineData("https://EXAMPLE.org")]
    [InlineData("example.org")]
    [InlineData("null")]
    public void An_origin_is_written_out(string origin) => Assert.StartsWith("cors.origins has", Wrong(new ServerOptions { Cors = new CorsOptions { Origins = [origin] } }), StringComparison.Ordinal);

    [Theory]
    [InlineData("example.org")]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.0/8/8")]
    [InlineData("")]
    public void A_proxy_is_an_address_or_a_network(string proxy) => Assert.StartsWith("proxies.trusted has", Wrong(new ServerOptions { Proxies = new ProxyOptions { Trusted = [proxy] } }), StringComparison.Ordinal);

    [Theory]
    [InlineData(15)]
    [InlineData(1_000_001)]
    public void The_number_of_connections_has_limits(int most) => Assert.StartsWith("connections.most is", Wrong(new ServerOptions { Connections = new ConnectionOptions { Most = most } }), StringComparison.Ordinal);

    [Fact]
    public void TLS_settings_fit_the_addresses()
    {
        Assert.Contains("tls.certificate is missing", Wrong(new ServerOptions { Url = "https://127.0.0.1:5443" }), StringComparison.Ordinal);
        Assert.StartsWith("tls.certificate is 'c.pem'", Wrong(new ServerOptions { Tls = new TlsOptions { Certificate = "c.pem" } }), StringComparison.Ordinal);
        Assert.StartsWith("tls.key is set", Wrong(new ServerOptions { Tls = new TlsOptions { Key = "k.pem" } }), StringComparison.Ordinal);
        Assert.StartsWith("urls is empty", Wrong(new ServerOptions { Urls = [] }), StringComparison.Ordinal);
    }

    private static string Wrong(ServerOptions options) => Assert.Throws<InvalidInputException>(options.Check).Message;
}
