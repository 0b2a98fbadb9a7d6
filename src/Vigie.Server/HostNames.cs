using System.Net;

namespace Vigie.Server;

/// <summary>
/// Refuses requests that reached a loopback address under a foreign name: a web page whose name its owner points at 127.0.0.1 would else
/// count as being of this server's own origin (DNS rebinding).
/// </summary>
internal static class HostNames
{
    public static void UseLoopbackNamesOnly(this WebApplication app) => app.Use((context, next) =>
        IsOwn(context.Request.Host.Host)
            ? next(context)
            : throw new RequestException(
                StatusCodes.Status421MisdirectedRequest, "foreign-host", "This server is not known by that name", "Host",
                "it answers to localhost, 127.0.0.1 and [::1]; start it with --allow-remote to let it answer to every name"));

    private static bool IsOwn(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out IPAddress? address) && IPAddress.IsLoopback(address));
}
