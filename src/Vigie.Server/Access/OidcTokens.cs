using System.Collections.Concurrent;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace Vigie.Server;

/// <summary>Who calls with a token of the identity provider.</summary>
internal sealed class OidcTokens(OidcOptions options, TimeProvider clock, ILogger log)
{
    public const string Scheme = "oidc";

    /// <summary>For how long a token that was right is known again without its signature being checked, which takes 0.1 ms.</summary>
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(1);

    private const int MostRemembered = 10_000;

    private static readonly Action<ILogger, string, Exception?> Unreachable =
        LoggerMessage.Define<string>(LogLevel.Error, new EventId(2, "IdentityProviderUnreachable"), "tokens cannot be checked: {Reason}");

    /// <summary>Tokens that are checked at the same time of addresses that have sent too many wrong ones: a signature takes 0.1 ms, and they must not have all processors.</summary>
    private static readonly SemaphoreSlim Suspects = new(1);

    private readonly ConcurrentDictionary<KeySecret, (Caller Caller, DateTimeOffset Until)> remembered = new();

    public static void AddTo(IServiceCollection services, OidcOptions options)
    {
        services.AddAuthentication().AddJwtBearer(Scheme, jwt => Set(jwt, options));
        // By default a key that the provider withdrew, such as one that was stolen, goes on for an hour.
        services.PostConfigure<JwtBearerOptions>(Scheme, jwt => ((BaseConfigurationManager)jwt.ConfigurationManager!).UseLastKnownGoodConfiguration = false);
    }

    private static void Set(JwtBearerOptions jwt, OidcOptions options)
    {
        jwt.Authority = options.Authority;
        jwt.RequireHttpsMetadata = !new Uri(options.Authority!).IsLoopback;
        jwt.MapInboundClaims = false; // claims are called what the provider calls them
        jwt.SaveToken = false;
        jwt.IncludeErrorDetails = false;
        jwt.BackchannelTimeout = TimeSpan.FromSeconds(10);
        jwt.RefreshInterval = TimeSpan.FromSeconds(30); // how often at most strangers can make us ask the provider for keys
        jwt.TokenValidationParameters = new TokenValidationParameters
        {
            ValidAudience = options.Audience,
            ClockSkew = options.ClockSkew,
            RequireExpirationTime = true,
            RequireSignedTokens = true,
            // Asymmetric ones only: what the provider publishes is known to everybody, and must never serve as a shared secret.
            ValidAlgorithms = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"],
        };
        // What went wrong is answered by CallerCheck, unreachable providers included.
        jwt.Events = new JwtBearerEvents
        {
            OnAuthenticationFailed = failed =>
            {
                failed.Fail(failed.Exception);
                return Task.CompletedTask;
            },
        };
    }

    /// <summary>Whether a text has the three parts of a signed token, so that it is worth a look.</summary>
    public static bool LooksLikeOne(ReadOnlySpan<char> text) => text.Count('.') == 2;

    /// <summary>Who a token speaks for, where that is remembered.</summary>
    public Caller? Recall(ReadOnlySpan<char> token) => remembered.TryGetValue(KeySecret.Of(token), out (Caller Caller, DateTimeOffset Until) known) && known.Until > clock.GetUtcNow() ? known.Caller : null;

    /// <summary>Who the token in the Authorization header speaks for.</summary>
    /// <param name="context">The request.</param>
    /// <param name="token">The token.</param>
    /// <param name="isSuspect">Whether too many wrong ones came from that address: such are checked one after the other.</param>
    /// <returns>Null where it is not one of the provider's for this server, or no longer; <c>expired</c> tells the second from the first.</returns>
    /// <exception cref="RequestException">503: the provider's keys are not to be had.</exception>
    public async Task<(Caller? Caller, bool Expired)> FindAsync(HttpContext context, string token, bool isSuspect)
    {
        if (!isSuspect) return await FindAsync(context, token);
        await Suspects.WaitAsync(context.RequestAborted);
        try
        {
            return await FindAsync(context, token);
        }
        finally
        {
            Suspects.Release();
        }
    }

    private async Task<(Caller? Caller, bool Expired)> FindAsync(HttpContext context, string token)
    {
        await EnsureKeysAsync(context);
        AuthenticateResult result = await context.AuthenticateAsync(Scheme);
        if (!result.Succeeded)
        {
            // Malformed ones are an ArgumentException.
            if (result.Failure is null or SecurityTokenException or ArgumentException) return (null, result.Failure is SecurityTokenExpiredException);
            throw new InvalidOperationException("a token could not be checked", result.Failure);
        }

        if (options.CallerOf(result.Principal) is not { } caller) return (null, false);
        DateTimeOffset now = clock.GetUtcNow(), until = now + Memory;
        if (result.Properties?.ExpiresUtc is { } expires && expires < until) until = expires;
        if (remembered.Count >= MostRemembered) remembered.Clear();
        remembered[KeySecret.Of(token)] = (caller, until);
        return (caller, false);
    }

    // Without keys the check of a token finds fault with the token.
    private async Task EnsureKeysAsync(HttpContext context)
    {
        JwtBearerOptions jwt = context.RequestServices.GetRequiredService<IOptionsMonitor<JwtBearerOptions>>().Get(Scheme);
        try
        {
            await jwt.ConfigurationManager!.GetConfigurationAsync(context.RequestAborted);
        }
        catch (Exception failure) when (failure is InvalidOperationException or IOException or HttpRequestException)
        {
            Unreachable(log, (failure.InnerException ?? failure).Message, null);
            throw RequestException.ProviderUnreachable();
        }
    }
}
