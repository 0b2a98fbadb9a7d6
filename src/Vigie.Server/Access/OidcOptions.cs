namespace Vigie.Server;

/// <summary>Bearer tokens of an identity provider that speaks OpenID Connect.</summary>
public sealed record OidcOptions
{
    /// <summary>The provider, as the tokens' <c>iss</c> names it: <c>https://login.example.org/realm</c>. Plain http on loopback only. None: tokens are not taken.</summary>
    public string? Authority { get; init; }

    /// <summary>Whom the tokens have to be made out to (<c>aud</c>): this server, as the provider calls it.</summary>
    public string? Audience { get; init; }

    /// <summary>The claim that says what a caller may do: <c>scope</c>, <c>scp</c>, <c>roles</c>. Its values stand in a list, or in one text divided by spaces.</summary>
    public string ScopeClaim { get; init; } = "scope";

    /// <summary>What a value of the claim allows here: <c>vigie-analyst: read,feedback</c>. A value that is not named here allows what it is called: <c>predict</c>.</summary>
    public IReadOnlyDictionary<string, string> Scopes { get; init; } = new Dictionary<string, string>();

    /// <summary>By how much the provider's clock may differ from this one; 0s to 10m.</summary>
    public TimeSpan ClockSkew { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Whether tokens are taken.</summary>
    internal bool IsOn => Authority is not null;

    /// <exception cref="InvalidInputException">A value is malformed, or one is missing.</exception>
    internal void Check()
    {
        if (Authority is null)
        {
            if (Audience is not null) throw new InvalidInputException("access.oidc.audience is set and access.oidc.authority is not; expected both or none");
            return;
        }

        if (!Uri.TryCreate(Authority, UriKind.Absolute, out Uri? url) || url.Query.Length > 0 || url.Fragment.Length > 0 || url.UserInfo.Length > 0)
            throw new InvalidInputException($"access.oidc.authority is '{Authority}'; expected an address such as https://login.example.org/realm");
        if (url.Scheme != Uri.UriSchemeHttps && !(url.Scheme == Uri.UriSchemeHttp && url.IsLoopback))
            throw new InvalidInputException($"access.oidc.authority is '{Authority}'; expected https, since whoever stands on the way could else hand out keys of their own");
        if (string.IsNullOrWhiteSpace(Audience))
            throw new InvalidInputException("access.oidc.audience is missing; expected what the provider calls this server, or tokens made out to others would be taken");
        if (string.IsNullOrWhiteSpace(ScopeClaim)) throw new InvalidInputException("access.oidc.scope_claim is empty; expected the name of a claim, such as scope or roles");
        if (ClockSkew < TimeSpan.Zero || ClockSkew > TimeSpan.FromMinutes(10))
            throw new InvalidInputException($"access.oidc.clock_skew is {Duration.Format(ClockSkew)}; expected 0s to 10m");
        foreach ((string value, string scopes) in Scopes) ScopeNames.Parse(scopes, $"access.oidc.scopes.{value}");
    }

    /// <summary>What values of the claim allow.</summary>
    internal Scopes ScopesOf(IEnumerable<string> values) => Server.Scopes.Of(values.SelectMany(value =>
        Scopes.TryGetValue(value, out string? mapped) ? ScopeNames.Parse(mapped, value) : ScopeNames.Find(value) is { } named ? [named] : (IEnumerable<Scope>)[]));
}
