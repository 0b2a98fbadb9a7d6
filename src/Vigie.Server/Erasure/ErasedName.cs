using Microsoft.AspNetCore.Http.Features;

namespace Vigie.Server;

/// <summary>The identifier or name at the end of a path. It is read from the path as it was sent: routing leaves <c>%2F</c> as it is, and could not tell it from <c>%252F</c>.</summary>
internal static class ErasedName
{
    private const int MaxLength = 200;

    /// <summary>Reads it.</summary>
    /// <param name="context">The request.</param>
    /// <param name="routed">What routing took it for: held against what was sent, so that no path can name one thing to routing and another here.</param>
    /// <exception cref="RequestException">It is too long, or the path was written so that the two differ.</exception>
    public static string Read(HttpContext context, string routed)
    {
        string target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        int end = target.IndexOf('?', StringComparison.Ordinal);
        if (end >= 0) target = target[..end];
        if (target.EndsWith('/')) target = target[..^1]; // which routing does not see
        string name = Uri.UnescapeDataString(target[(target.LastIndexOf('/') + 1)..]);
        if (name.Length > MaxLength) throw RequestException.WrongField("id", $"id is {name.Length} characters long; at most {MaxLength} are taken");
        return WithSlashes(name) == WithSlashes(routed)
            ? name
            : throw RequestException.WrongField("id", "id cannot be read from the path as it was sent; send it as the last part of the path, each reserved character percent-encoded once");
    }

    private static string WithSlashes(string name) => name.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
}
