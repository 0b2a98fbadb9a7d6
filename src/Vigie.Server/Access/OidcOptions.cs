using System.Security.Claims;

namespace Vigie.Server;

/// <summary>Bearer tokens of an identity provider that speaks OpenID Connect, and people who sign in there.</summary>
public sealed record OidcOptions
{
    /// <summary>The provider, as the tokens' <c>iss</c> names it: <c>https://login.example.org/realm</c>. Plain http on loopback only. None: tokens are not taken.</summary>
    public string? Authority { get; init; }

    /// <summary>Whom the tokens have to be made out to (<c>aud</c>): this server, as the provider calls it.</summary>
    public string? Audience { get; init; }

    /// <summary>What the provider calls the pages, where people sign in with it too: its redirect address is <c>/sign-in/callback</c> of this server. None: they sign in with keys.</summary>
    public string? ClientId { get; init; }

    /// <summary>The secret that goes with <see cref="ClientId"/>; none for a public client. Codes are bound to the browser (PKCE) either way.</summary>
    [Secret]
    public string? ClientSecret { get; init; }

    /// <summary>The claim that says what a caller may do: <c>scope</c>, <c>scp</c>, <c>roles</c>. Its values stand in a list, or in one text divided by spaces.</summary>
    public string ScopeClaim { get; init; } = "scope";

    /// <summary>What a value of the claim allows here: <c>vigie-analyst: read,feedback</c>. A value that is not named here allows what it is called: <c>predict</c>.</summary>
    public IReadOnlyDictionary<string, string> Scopes { get; init; } = new Dictionary<string, string>();

    /// <summary>By how much the provider's clock may differ from this one; 0s to 10m.</summary>
    public TimeSpan ClockSkew { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Without <see cref="ClientSecret"/>.</summary>
    public override string ToString() => IsOn ? $"tokens of {Authority} for {Audience}{(ClientId is null ? "" : ", and people by " + ClientId)}" : "no tokens";

    /// <summary>Whether tokens are taken.</summary>
    internal bool IsOn => Authority is not null;

    /// <exception cref="InvalidInputException">A value is malformed, or one is missing.</exception>
    internal void Check()
    {
        if (Authority is null)
        {
            if (Audience is not null) throw new InvalidInputException("access.oidc.audience is set and access.oidc.authority is not; expected both or none");
            if (ClientId is not null) throw new InvalidInputException("access.oidc.client_id is set and access.oidc.authority is not; expected both or none");
            return;
        }

        if (!Uri.TryCreate(Authority, UriKind.Absolute, out Uri? url) || url.Query.Length > 0 || url.Fragment.Length > 0 || url.UserInfo.Length > 0)
            throw new InvalidInputException($"access.oidc.authority is '{Authority}'; expected an address such as https://login.example.org/realm");
        if (url.Scheme != Uri.UriSchemeHttps && !(url.Scheme == Uri.UriSchemeHttp && url.IsLoopback))
            throw new InvalidInputException($"access.oidc.authority is '{Authority}'; expected https, since whoever stands on the way could else hand out keys of their own");
        if (string.IsNullOrWhiteSpace(Audience))
            throw new InvalidInputException("access.oidc.audience is missing; expected what the provider calls this server, or tokens made out to others would be taken");
        if (ClientId is "") throw new InvalidInputException("access.oidc.client_id is empty; expected what the provider calls the pages, or nothing");
        if (ClientSecret is not null && ClientId is null) throw new InvalidInputException("access.oidc.client_secret is set and access.oidc.client_id is not; expected both or none");
        if (string.IsNullOrWhiteSpace(ScopeClaim)) throw new InvalidInputException("access.oidc.scope_claim is empty; expected the name of a claim, such as scope or roles");
        if (ClockSkew < TimeSpan.Zero || ClockSkew > TimeSpan.FromMinutes(10))
            throw new InvalidInputException($"access.oidc.clock_skew is {Duration.Format(ClockSkew)}; expected 0s to 10m");
        foreach ((string value, string scopes) in Scopes) ScopeNames.Parse(scopes, $"access.oidc.scopes.{value}");
    }

    /// <summary>Who a principal of the provider is here; null where it does not say.</summary>
    internal Caller? CallerOf(ClaimsPrincipal principal)
    {
        // RFC 9068: sub is always there; some providers leave it out where a program calls for itself.
        if ((principal.FindFirstValue("sub") ?? principal.FindFirstValue("client_id") ?? principal.FindFirstValue("azp")) is not { Length: > 0 } subject) return null;
        return new Caller($"oidc:{subject}", ScopesOf(principal.FindAll(ScopeClaim).SelectMany(claim => claim.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries))));
    }

    /// <summary>What values of the claim allow.</summary>
    internal Scopes ScopesOf(IEnumerable<string> values) => Server.Scopes.Of(values.SelectMany(value =>
        Scopes.TryGetValue(value, out string? mapped) ? ScopeNames.Parse(mapped, value) : ScopeNames.Find(value) is { } named ? [named] : (IEnumerable<Scope>)[]));
}
