using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Vigie.Server;

/// <summary>Where and how the server listens.</summary>
internal static class Listening
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    /// <summary>Sets Kestrel's limits and addresses.</summary>
    public static void Listen(KestrelServerOptions kestrel, ServerOptions options, IReadOnlyList<Uri> addresses, OpenConnections connections)
    {
        // A line that ends in a bare line feed is one line to some servers and two to others. Kestrel has no option for it but this.
        AppContext.SetSwitch("Microsoft.AspNetCore.Server.Kestrel.DisableHttp1LineFeedTerminators", true);
        kestrel.AddServerHeader = false;
        KestrelServerLimits limits = kestrel.Limits;
        // Endpoints keep to their own, smaller limits. Up to this one the rest of a refused body is still read, so that the caller gets to see why.
        limits.MaxRequestBodySize = options.MaxBodyBytes + (64L << 20);
        limits.MaxRequestLineSize = 8 << 10;
        limits.MaxRequestHeadersTotalSize = 16 << 10;
        limits.MaxRequestHeaderCount = 100;
        limits.RequestHeadersTimeout = options.Connections.HeaderTimeout;
        limits.KeepAliveTimeout = options.Connections.IdleTimeout;
        limits.MinRequestBodyDataRate = limits.MinResponseDataRate = new MinDataRate(options.Connections.SlowestRate, Grace);
        limits.MaxConcurrentConnections = null; // OpenConnections makes room, where this would refuse whoever comes last

        ServerCertificate? certificate = null;
        foreach (Uri url in addresses)
        {
            bool secure = url.Scheme == Uri.UriSchemeHttps;
            if (secure) certificate ??= new ServerCertificate(options.Tls, options.Clock, kestrel.ApplicationServices.GetRequiredService<ILoggerFactory>().CreateLogger<ServerCertificate>());
            void Configure(ListenOptions endpoint)
            {
                endpoint.Use(next => connection => connections.KeepAsync(connection, next)); // before TLS, so that unfinished handshakes count
                endpoint.Protocols = secure ? HttpProtocols.Http1AndHttp2 : HttpProtocols.Http1;
                if (secure) endpoint.UseHttps(certificate!.Handshake);
            }

            // What is no address is localhost: the options let no other name through.
            if (IPAddress.TryParse(url.Host.Trim('[', ']'), out IPAddress? address)) kestrel.Listen(address, url.Port, Configure);
            else if (url.Port != 0) kestrel.ListenLocalhost(url.Port, Configure);
            else kestrel.Listen(IPAddress.Loopback, 0, Configure);
        }
    }

    /// <summary>What stands before the endpoints, in the order in which a request meets it (docs/access.md).</summary>
    public static void UseGuards(this WebApplication app, ServerOptions options, bool closed, OpenConnections connections)
    {
        TimeProvider clock = options.Clock;
        ForwardedAddress? forwarded = options.Proxies.Trusted.Count > 0 ? new ForwardedAddress(options.Proxies) : null;
        app.Use(async (context, next) =>
        {
            OpenConnection? connection = context.Features.Get<OpenConnection>();
            connection?.Begin(clock.GetTimestamp());
            try
            {
                forwarded?.Apply(context);
                SecurityHeaders.Set(context.Response);
                await next(context);
            }
            finally
            {
                connection?.End(clock.GetTimestamp());
            }
        });
        app.UseProblemAnswers();
        var names = new HostNames(options.Access, closed);
        app.Use((context, next) =>
            Smuggling.IsSuspected(context.Request) ? Smuggling.RefuseAsync(context)
            : names.Allow(context.Request.Host, context.Connection.LocalIpAddress) ? next(context)
            : names.Foreign().Problem.WriteAsync(context));
        options.Cors.Use(app);
    }
}
