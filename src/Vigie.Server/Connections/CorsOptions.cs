namespace Vigie.Server;

/// <summary>Which web pages may call the server from a browser (<c>cors</c>).</summary>
public sealed record CorsOptions
{
    /// <summary>Origins whose pages may call and read the answers, each written out: <c>https://dashboard.example.org</c>. None: only this server's own page.</summary>
    public IReadOnlyList<string> Origins { get; init; } = [];

    /// <exception cref="InvalidInputException">An origin is malformed, or stands for several.</exception>
    internal void Check()
    {
        foreach (string origin in Origins)
        {
            if (origin.Contains('*', StringComparison.Ordinal)) throw new InvalidInputException($"cors.origins has '{origin}'; expected each origin written out, since any page of the web could call otherwise");
            if (!Uri.TryCreate(origin, UriKind.Absolute, out Uri? url) || url.Scheme is not ("http" or "https") || url.GetLeftPart(UriPartial.Authority) != origin || url.UserInfo.Length > 0)
                throw new InvalidInputException($"cors.origins has '{origin}'; expected a scheme, a host in small letters, and a port where it is not the usual one, such as https://dashboard.example.org");
        }
    }

    /// <summary>Callers send keys in a header, never cookies, so browsers need not be allowed to send what they know.</summary>
    internal void Use(WebApplication app)
    {
        if (Origins.Count == 0) return;
        app.UseCors(policy => policy.WithOrigins([.. Origins]).WithMethods("GET", "POST", "DELETE").AllowAnyHeader()
            .WithExposedHeaders("Retry-After", "Vigie-Model-Digest", "RateLimit", "RateLimit-Policy", "Location", "ETag").SetPreflightMaxAge(TimeSpan.FromHours(1)));
    }
}
