using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Vigie.Mlflow.Security;

/// <summary>
/// Keeps web pages out. A browser sends what a foreign page asks it to, with the passwords that it knows and from inside the network that it is in; no
/// answer carries a CORS header, so pages cannot read, and what is refused here is what they could do without reading.
/// </summary>
internal sealed class BrowserGuard(SecurityOptions options)
{
    /// <exception cref="MlflowException">PERMISSION_DENIED, or INVALID_PARAMETER_VALUE for the type of the body.</exception>
    public void Check(HttpContext context)
    {
        HttpRequest request = context.Request;
        if (!options.Allows(request.Host.Host, context.Connection.LocalIpAddress))
            throw Denied($"the host '{request.Host.Host}' is none of this server's names; whoever runs it can allow the name");
        if (!options.Authentication && context.Connection.RemoteIpAddress is { } remote && !IPAddress.IsLoopback(remote))
            throw Denied("this server asks nobody who they are, and so answers its own machine only");
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method)) return;

        string site = request.Headers["Sec-Fetch-Site"].ToString();
        if (site is not ("" or "same-origin" or "none")) throw Denied("a page of another site may not change anything here");
        foreach (string? origin in request.Headers.Origin)
        {
            // Schemes are not compared: a proxy may have taken https away.
            if (!Uri.TryCreate(origin, UriKind.Absolute, out Uri? from) || !string.Equals(from.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase))
                throw Denied("a page of another origin may not change anything here");
        }

        if (HttpMethods.IsPost(request.Method)) CheckType(context, request);
    }

    /// <summary>Forms can post text/plain, urlencoded and multipart bodies to anywhere, in browsers of any age. JSON they cannot.</summary>
    private static void CheckType(HttpContext context, HttpRequest request)
    {
        if (request.ContentLength is null or 0 && request.ContentType is null && !request.Headers.ContainsKey(HeaderNames.TransferEncoding)) return;
        if (context.GetEndpoint()?.Metadata.GetMetadata<AnyContent>() is not null) return;
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out MediaTypeHeaderValue? type) || !IsJson(type))
            throw MlflowException.Invalid($"Content-Type '{request.ContentType}': expected application/json");
    }

    private static bool IsJson(MediaTypeHeaderValue type) =>
        type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
        && (!type.Charset.HasValue || type.Charset.Value.Trim('"').Equals("utf-8", StringComparison.OrdinalIgnoreCase));

    private static MlflowException Denied(string message) => new(ErrorCode.PermissionDenied, message);
}

/// <summary>Marks an endpoint that takes files by POST, so a body of any type.</summary>
internal sealed record AnyContent
{
    public static readonly AnyContent Instance = new();
}

/// <summary>Marks an endpoint that asks nobody who they are, under any name: a probe that tells nothing, or an address that nobody can guess and that is itself the permission.</summary>
internal sealed record ForEverybody
{
    public static readonly ForEverybody Instance = new();
}
