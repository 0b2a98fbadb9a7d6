using System.Security.Claims;

namespace Vigie.Server;

/// <summary>Who sent a request, where somebody said so: the holder of a key, or the subject of a token.</summary>
/// <param name="Id">The same for every request of theirs, and never a secret: <c>key:NAME</c>, <c>oidc:SUBJECT</c>.</param>
/// <param name="Scopes">What they may do.</param>
internal sealed record Caller(string Id, Scopes Scopes)
{
    /// <summary>As ASP.NET Core knows callers. Its name and its identifier are <see cref="Id"/>.</summary>
    public ClaimsPrincipal Principal { get; } = new(new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, Id)], Id.Split(':')[0], ClaimTypes.NameIdentifier, null));
}
