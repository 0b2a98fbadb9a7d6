using System.Security.Claims;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Vigie.Server;

namespace Vigie.Dashboard.SignIn;

/// <summary>Who signed in to the pages, and for how long: a sealed cookie that only this server and its replicas can read or make.</summary>
internal sealed class Sessions(ServerOptions options, KeyRing? keys, IDataProtectionProvider protection)
{
    /// <summary>Where people sign in.</summary>
    public const string Page = "/sign-in";

    private const string Cookie = "vigie_session", TicketClaim = "vigie:ticket";

    private readonly IDataProtector protector = protection.CreateProtector("session");

    /// <summary>Whether people are asked who they are, as programs are.</summary>
    public bool IsClosed { get; } = options.Access.IsClosed(options.Addresses());

    /// <summary>Signs in the holder of an API key.</summary>
    /// <returns>False where the key is unknown, was revoked or has expired.</returns>
    /// <exception cref="RequestException">503: the keys cannot be read.</exception>
    public bool SignInByKey(HttpContext context, string secret)
    {
        if (keys?.Find(secret) is not { } caller) return false;
        Keep(context, new Ticket(caller.Id, KeySecret.Of(secret).ToString(), 0, options.Clock.GetUtcNow() + options.Dashboard.Session));
        return true;
    }

    /// <summary>Signs in somebody whom the identity provider vouches for.</summary>
    public void SignInByProvider(HttpContext context, Caller caller, DateTimeOffset until)
    {
        DateTimeOffset latest = options.Clock.GetUtcNow() + options.Dashboard.Session;
        Keep(context, new Ticket(caller.Id, null, caller.Scopes.Bits, until < latest ? until : latest));
    }

    /// <summary>Ends the session of this browser.</summary>
    public static void SignOut(HttpContext context) => context.Response.Cookies.Delete(Cookie, new CookieOptions { Path = "/" });

    /// <summary>Who visits; null where nobody has signed in, or no longer.</summary>
    public ClaimsPrincipal? VisitorOf(HttpContext context)
    {
        if (context.Request.Cookies[Cookie] is not { Length: > 0 } cookie || Open(cookie) is not { } ticket || CallerOf(ticket) is not { } caller) return null;
        return new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, caller.Id), new Claim(TicketClaim, JsonSerializer.Serialize(ticket))], "session", ClaimTypes.NameIdentifier, null));
    }

    /// <summary>What a visitor may do now: a key that was revoked a second ago allows nothing.</summary>
    public Scopes ScopesOf(ClaimsPrincipal? visitor)
    {
        if (!IsClosed) return Scopes.All;
        return visitor?.FindFirst(TicketClaim) is { } claim && CallerOf(JsonSerializer.Deserialize<Ticket>(claim.Value)!) is { } caller ? caller.Scopes : default;
    }

    private Caller? CallerOf(Ticket ticket)
    {
        if (ticket.Until <= options.Clock.GetUtcNow()) return null;
        return ticket.Secret is { } secret ? keys?.Find(KeySecret.Parse(secret)!.Value) : new Caller(ticket.Id, new Scopes(ticket.Scopes));
    }

    private Ticket? Open(string cookie)
    {
        try
        {
            return JsonSerializer.Deserialize<Ticket>(protector.Unprotect(cookie));
        }
        catch (CryptographicException)
        {
            return null; // of another server on this machine, or made up
        }
    }

    private void Keep(HttpContext context, Ticket ticket) => context.Response.Cookies.Append(Cookie, protector.Protect(JsonSerializer.Serialize(ticket)), new CookieOptions
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Lax, // strict would ask again whoever follows a link in an alert
        Secure = context.Request.IsHttps,
        Path = "/",
        Expires = ticket.Until,
        IsEssential = true,
    });

    /// <summary>What the cookie says.</summary>
    /// <param name="Id">Who.</param>
    /// <param name="Secret">Hash of the key that they signed in with; null for those of the identity provider.</param>
    /// <param name="Scopes">What these may do.</param>
    /// <param name="Until">The end of the session.</param>
    private sealed record Ticket(string Id, string? Secret, int Scopes, DateTimeOffset Until);
}
