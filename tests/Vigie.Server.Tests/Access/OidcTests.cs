using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace Vigie.Server.Tests;

/// <summary>Tokens of an identity provider: those made out to this server, by that provider, now.</summary>
public sealed class OidcTests : IAsyncLifetime
{
    private IdentityProvider provider = null!;
    private RunningServer server = null!;

    public async ValueTask InitializeAsync()
    {
        provider = await IdentityProvider.StartAsync();
        server = await StartAsync(Trusting);
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        await provider.DisposeAsync();
    }

    private OidcOptions Trusting => new() { Authority = provider.Authority, Audience = IdentityProvider.Audience };

    [Fact]
    public async Task A_token_is_taken_whichever_of_the_providers_keys_signed_it()
    {
        Assert.Equal(HttpStatusCode.OK, (await PredictAsync(provider.Token())).Status);
        Assert.Equal(HttpStatusCode.OK, (await PredictAsync(provider.Token(provider.Elliptic))).Status);
        Assert.Equal(HttpStatusCode.OK, (await PredictAsync(provider.Token(algorithm: SecurityAlgorithms.RsaSsaPssSha256))).Status);
        Assert.Equal(1, provider.KeyRequests);
    }

    [Fact]
    public async Task A_token_that_is_not_for_here_is_refused()
    {
        using var foreign = RSA.Create(2048);
        string right = provider.Token();
        string[] parts = right.Split('.');
        string none = $"{Base64UrlEncoder.Encode("""{"alg":"none","typ":"JWT"}""")}.{parts[1]}.";
        var known = new RsaSecurityKey(foreign) { KeyId = "rsa-1" };
        // What everybody can read, used as a shared secret: tokens by HMAC would be taken where the algorithm is the sender's choice.
        var asSecret = new SymmetricSecurityKey(provider.Rsa.Rsa.ExportSubjectPublicKeyInfo()) { KeyId = "rsa-1" };
        foreach ((string what, string token) in ((string, string)[])
        [
            ("audience", provider.Token(audience: "somebody-else")),
            ("no audience", provider.Token(audience: null)),
            ("issuer", provider.Token(issuer: "https://login.evil.example")),
            ("signature", provider.Token(known)),
            ("kid", provider.Token(new RsaSecurityKey(foreign) { KeyId = "rsa-9" })),
            ("alg none", none),
            ("alg None", $"{Base64UrlEncoder.Encode("""{"alg":"None"}""")}.{parts[1]}."),
            ("HMAC", provider.Token(asSecret, SecurityAlgorithms.HmacSha256)),
            ("cut", parts[0] + "." + parts[1]),
            ("changed", $"{parts[0]}.{Base64UrlEncoder.Encode(Base64UrlEncoder.Decode(parts[1]).Replace("ada", "eve", StringComparison.Ordinal))}.{parts[2]}"),
            ("noise", "a.b.c"),
            ("nothing", "."),
            ("nobody", provider.Token(subject: null)),
        ])
        {
            Answer refused = await PredictAsync(token);
            Assert.True(refused.Status == HttpStatusCode.Unauthorized, $"{what}: {refused.Status}");
            Assert.Contains("invalid_token", Assert.Single(refused.Headers.WwwAuthenticate).Parameter, StringComparison.Ordinal);
        }

        Assert.Equal(HttpStatusCode.OK, (await PredictAsync(right)).Status);
    }

    [Fact]
    public async Task A_token_ends_and_the_clocks_may_differ_a_little()
    {
        Assert.Equal(HttpStatusCode.OK, (await PredictAsync(provider.Token(expiresIn: TimeSpan.FromSeconds(-30)))).Status);
        for (int i = 0; i <= WrongKeys.Free; i++) // expired ones are no guesses
            Assert.Contains("expired", (await PredictAsync(provider.Token(expiresIn: TimeSpan.FromMinutes(-2)))).Problem(HttpStatusCode.Unauthorized, null).GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_claim_says_what_the_caller_may_do()
    {
        Assert.Equal(HttpStatusCode.Forbidden, (await PredictAsync(provider.Token(scope: "openid read"))).Status);
        Assert.Equal(HttpStatusCode.OK, (await PredictAsync(provider.Token(scope: "openid predict read"))).Status);

        await using RunningServer mapped = await StartAsync(Trusting with { ScopeClaim = "roles", Scopes = new Dictionary<string, string> { ["analyst"] = "read, predict", ["predict"] = "read" } });
        Assert.Equal(HttpStatusCode.OK, (await PredictAsync(provider.Token(scope: new[] { "analyst", "staff" }, claim: "roles"), mapped)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await PredictAsync(provider.Token(scope: new[] { "staff" }, claim: "roles"), mapped)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await PredictAsync(provider.Token(scope: new[] { "predict" }, claim: "roles"), mapped)).Status); // means something else there
        Assert.Equal(HttpStatusCode.Forbidden, (await PredictAsync(provider.Token(scope: "predict"), mapped)).Status);
    }

    [Fact]
    public async Task A_key_that_the_provider_takes_up_later_is_fetched()
    {
        Assert.Equal(HttpStatusCode.OK, (await PredictAsync(provider.Token())).Status);
        using var rsa = RSA.Create(2048);
        var next = new RsaSecurityKey(rsa) { KeyId = "rsa-2" };
        provider.Publish(next);
        string token = provider.Token(next);
        for (int i = 0; i < 200 && (await PredictAsync(token)).Status != HttpStatusCode.OK; i++) await Task.Delay(20); // fetched behind the answer
        Assert.Equal(HttpStatusCode.OK, (await PredictAsync(token)).Status);
        Assert.Equal(2, provider.KeyRequests);
        Assert.Equal(HttpStatusCode.Unauthorized, (await PredictAsync(provider.Token(expiresIn: TimeSpan.FromMinutes(6)))).Status); // the old key is gone
    }

    [Fact]
    public async Task Strangers_cannot_make_the_server_ask_the_provider_again_and_again()
    {
        using var foreign = RSA.Create(2048);
        await PredictAsync(provider.Token());
        for (int i = 0; i < 20; i++) await PredictAsync(provider.Token(new RsaSecurityKey(foreign) { KeyId = $"rsa-{i + 100}" }));
        Assert.InRange(provider.KeyRequests, 1, 2);
    }

    [Fact]
    public async Task A_provider_that_does_not_answer_is_not_the_callers_fault()
    {
        await using RunningServer late = await StartAsync(Trusting);
        provider.IsDown = true;
        using HttpResponseMessage refused = await late.Client.SendAsync(Request(provider.Token()));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(5), refused.Headers.RetryAfter!.Delta);
        Assert.Contains("identity-provider-unreachable", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Contains(late.Log.Lines, line => line.Contains("tokens cannot be checked", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Tokens_and_keys_are_taken_side_by_side()
    {
        using TestKeys keys = await TestKeys.WithAsync("ada", Scope.Predict);
        await using RunningServer both = await RunningServer.StartAsync(new ServerOptions { Access = keys.Access with { Oidc = Trusting }, Clock = TimeProvider.System });
        Assert.Equal(HttpStatusCode.OK, (await PredictAsync(provider.Token(), both)).Status);
        Assert.Equal(HttpStatusCode.OK, (await PredictAsync(keys.Secret, both)).Status);
        HttpRequestMessage inTheOtherHeader = Request("x");
        inTheOtherHeader.Headers.Authorization = null;
        inTheOtherHeader.Headers.Add("X-API-Key", provider.Token());
        Assert.Equal(HttpStatusCode.Unauthorized, (await both.SendAsync(inTheOtherHeader)).Status);
    }

    [Fact]
    public async Task A_neighbours_wrong_keys_do_not_lock_out_who_has_a_right_token()
    {
        for (int i = 0; i <= WrongKeys.Free; i++) await PredictAsync($"vigie_{i}");
        Assert.Equal(HttpStatusCode.TooManyRequests, (await PredictAsync("vigie_x")).Status);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await PredictAsync("a.b.c")).Status);
        Assert.Equal(HttpStatusCode.OK, (await PredictAsync(provider.Token())).Status);
    }

    private static Task<RunningServer> StartAsync(OidcOptions oidc) => RunningServer.StartAsync(new ServerOptions { Access = new AccessOptions { Required = true, Oidc = oidc } });

    private Task<Answer> PredictAsync(string token, RunningServer? other = null) => (other ?? server).SendAsync(Request(token));

    private static HttpRequestMessage Request(string token) => new(HttpMethod.Post, "/predict")
    {
        Content = new StringContent("""{"text":"lovely crew"}""", new MediaTypeHeaderValue("application/json")),
        Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) },
    };
}
