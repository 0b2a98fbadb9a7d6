using Microsoft.Extensions.Primitives;

namespace Vigie.Server;

/// <summary>
/// A request with both Content-Length and Transfer-Encoding means one thing to a proxy and another to us, and what one of them takes for the body is the next
/// request to the other (RFC 9112, 6.1: it ought to be handled as an error). Kestrel reads such a request by its chunks and renames the length to
/// X-Content-Length, which is what gives it away here.
/// </summary>
internal static class Smuggling
{
    private const string Renamed = "X-Content-Length";

    /// <summary>Whether the body's length was told in two ways.</summary>
    public static bool IsSuspected(HttpRequest request)
    {
        IHeaderDictionary headers = request.Headers;
        StringValues encoding = headers.TransferEncoding;
        return encoding.Count > 0 && (headers.ContainsKey(Renamed) || headers.ContentLength is not null);
    }

    /// <summary>Refuses it, and reads no further on this connection: what follows may be a request that nobody sent.</summary>
    public static Task RefuseAsync(HttpContext context)
    {
        context.Response.OnStarting(() =>
        {
            context.Response.Headers.Connection = "close";
            return Task.CompletedTask;
        });
        return new RequestException(
            StatusCodes.Status400BadRequest, "two-lengths", "The body's length is told in two ways", "Transfer-Encoding",
            "the request has both Content-Length and Transfer-Encoding; expected one of them").Problem.WriteAsync(context);
    }
}
