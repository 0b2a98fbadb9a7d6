using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Vigie.Server.Tests;

/// <summary>An OpenID Connect provider on a free port of this machine: discovery and keys, as far as those who check tokens ask for them.</summary>
internal sealed class IdentityProvider : IAsyncDisposable
{
    public const string Audience = "vigie-api";

    private readonly List<SecurityKey> published = [];
    private readonly ConcurrentDictionary<string, (string Nonce, string Challenge, string Client)> codes = [];
    private WebApplication app = null!;

    public string Authority { get; private set; } = "";

    /// <summary>How often the keys were asked for.</summary>
    public int KeyRequests { get; private set; }

    /// <summary>Who signs in, and with which scopes.</summary>
    public (string Subject, string Scope) Person { get; set; } = ("ada", "read alerts");

    /// <summary>Whether discovery answers 503.</summary>
    public bool IsDown { get; set; }

    public RsaSecurityKey Rsa { get; } = new(RSA.Create(2048)) { KeyId = "rsa-1" };

    public ECDsaSecurityKey Elliptic { get; } = new(ECDsa.Create(ECCurve.NamedCurves.nistP256)) { KeyId = "ec-1" };

    public static async Task<IdentityProvider> StartAsync()
    {
        var provider = new IdentityProvider();
        provider.Publish(provider.Rsa, provider.Elliptic);
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        provider.app = builder.Build();
        provider.app.Run(provider.AnswerAsync);
        await provider.app.StartAsync();
        provider.Authority = provider.app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return provider;
    }

    /// <summary>Publishes these keys and no others.</summary>
    public void Publish(params SecurityKey[] keys)
    {
        lock (published)
        {
            published.Clear();
            published.AddRange(keys);
        }
    }

    /// <summary>A token that is right, but for what is changed of it.</summary>
    public string Token(SecurityKey? key = null, string? algorithm = null, string? issuer = null, string? audience = Audience, TimeSpan? expiresIn = null, object? scope = null, string claim = "scope", string? subject = "ada", string? nonce = null)
    {
        DateTime now = TimeProvider.System.GetUtcNow().UtcDateTime;
        key ??= Rsa;
        var claims = new Dictionary<string, object> { [claim] = scope ?? "predict" };
        if (subject is not null) claims["sub"] = subject;
        if (nonce is not null) claims["nonce"] = nonce;
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = issuer ?? Authority,
            Audience = audience,
            IssuedAt = now.AddHours(-2),
            NotBefore = now.AddHours(-2),
            Expires = now + (expiresIn ?? TimeSpan.FromMinutes(5)),
            Claims = claims,
            SigningCredentials = new SigningCredentials(key, algorithm ?? (key is ECDsaSecurityKey ? SecurityAlgorithms.EcdsaSha256 : SecurityAlgorithms.RsaSha256)),
        });
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        Rsa.Rsa.Dispose();
        Elliptic.ECDsa.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        if (IsDown) context.Response.StatusCode = 503;
        else if (context.Request.Path == "/.well-known/openid-configuration")
            await context.Response.WriteAsync(JsonSerializer.Serialize(new { issuer = Authority, jwks_uri = Authority + "/keys", authorization_endpoint = Authority + "/a", token_endpoint = Authority + "/t" }));
        else if (context.Request.Path == "/keys")
            await KeysAsync(context);
        else if (context.Request.Path == "/a") Authorize(context);
        else if (context.Request.Path == "/t") await RedeemAsync(context);
        else context.Response.StatusCode = 404;
    }

    // The person has a session here already, and consents.
    private void Authorize(HttpContext context)
    {
        IQueryCollection query = context.Request.Query;
        string code = RandomNumberGenerator.GetHexString(32);
        codes[code] = (query["nonce"].ToString(), query["code_challenge"].ToString(), query["client_id"].ToString());
        context.Response.Redirect(query["redirect_uri"] + QueryString.Create("code", code).Add("state", query["state"].ToString()).ToString());
    }

    private async Task RedeemAsync(HttpContext context)
    {
        IFormCollection form = await context.Request.ReadFormAsync();
        bool isBound = codes.TryRemove(form["code"].ToString(), out (string Nonce, string Challenge, string Client) code)
            && Base64UrlEncoder.Encode(SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(form["code_verifier"].ToString()))) == code.Challenge;
        if (!isBound)
        {
            context.Response.StatusCode = 400;
            return;
        }

        context.Response.ContentType = "application/json";
        string token = Token(audience: code.Client, scope: Person.Scope, subject: Person.Subject, nonce: code.Nonce);
        await context.Response.WriteAsync(JsonSerializer.Serialize(new { id_token = token, access_token = "none of ours", token_type = "Bearer", expires_in = 300 }));
    }

    private Task KeysAsync(HttpContext context)
    {
        KeyRequests++;
        JsonWebKey[] keys;
        lock (published) keys = [.. published.Select(key => key is RsaSecurityKey rsa ? JsonWebKeyConverter.ConvertFromRSASecurityKey(new RsaSecurityKey(rsa.Rsa.ExportParameters(false)) { KeyId = rsa.KeyId }) : PublicHalf((ECDsaSecurityKey)key))];
        return context.Response.WriteAsync(JsonSerializer.Serialize(new { keys = keys.Select(key => new { kty = key.Kty, kid = key.Kid, use = "sig", n = key.N, e = key.E, crv = key.Crv, x = key.X, y = key.Y }) }));
    }

    private static JsonWebKey PublicHalf(ECDsaSecurityKey key)
    {
        ECParameters point = key.ECDsa.ExportParameters(false);
        return new JsonWebKey { Kty = "EC", Kid = key.KeyId, Crv = "P-256", X = Base64UrlEncoder.Encode(point.Q.X), Y = Base64UrlEncoder.Encode(point.Q.Y) };
    }
}
