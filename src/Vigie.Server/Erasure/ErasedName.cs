using Microsoft.AspNetCore.Http.Features;

namespace Vigie.Server;

/// <summary>The identifier or name at the end of a path. It is read from the path as it was sent: routing leaves <c>%2F</c> as it is, and could not tell it from <c>%252F</c>.</summary>
internal static class ErasedName
{
    private const int MaxLength = 200;

    /// <summary>Reads it.</summary>
    /// <param name="context">The request.</param>
    /// <param name="before">What the path has before it: <c>/tweets/</c>.</param>
    /// <exception cref="RequestException">It is too long.</exception>
    public static string Read(HttpContext context, string before)
    {
        string target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        if (target[0] != '/') target = target[target.IndexOf('/', target.IndexOf("//", StringComparison.Ordinal) + 2)..]; // as a proxy is asked: with the host
        int end = target.IndexOf('?', StringComparison.Ordinal);
        if (end >= 0) target = target[..end];
        string name = Uri.UnescapeDataString(target[(target.IndexOf(before, StringComparison.OrdinalIgnoreCase) + before.Length)..]);
        return name.Length <= MaxLength ? name : throw RequestException.WrongField("id", $"id is {name.Length} characters long; at most {MaxLength} are taken");
    }
}
