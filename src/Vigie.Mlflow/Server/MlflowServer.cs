using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Vigie.Mlflow.Server;

/// <summary>A tracking server of its own, in one process.</summary>
public static class MlflowServer
{
    /// <summary>Puts the server together; it listens once started. The caller disposes it, and then the store.</summary>
    /// <param name="store">What is served.</param>
    /// <param name="options">How to serve.</param>
    /// <exception cref="ArgumentException">An option is out of range, or the address is one that may not be served.</exception>
    public static WebApplication Create(MlflowStore store, MlflowServerOptions options)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(options);
        Uri url = options.Validated();

        // Empty: no settings files of whatever folder this runs in, no environment variables of other programs.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = typeof(MlflowServer).Assembly.GetName().Name });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Listen(kestrel, options, url));
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton(options);
        builder.Services.AddMlflowWebhooks(store, options with { AllowLoopbackWebhooks = options.AllowLoopbackWebhooks || url.IsLoopback });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromMilliseconds(600)); // Ctrl-C ends within a second
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        if (options.Log is not null) builder.Logging.AddProvider(options.Log);

        WebApplication app = builder.Build();
        app.Use(next => context => MlflowErrors.GuardAsync(context, next)); // what stands before the endpoints answers in their way too
        app.UseRouting();
        app.MapMlflow(store, options);
        return app;
    }

    /// <summary>Starts listening.</summary>
    /// <param name="app">What <see cref="Create"/> made.</param>
    /// <param name="cancellation">Ends the start with <see cref="OperationCanceledException"/>.</param>
    /// <returns>The address, with the port that was taken.</returns>
    /// <exception cref="IOException">The port is taken, or the address is not one of this machine's.</exception>
    public static async Task<Uri> ListenAsync(this WebApplication app, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(app);
        MlflowServerOptions options = app.Services.GetRequiredService<MlflowServerOptions>();
        try
        {
            await app.StartAsync(cancellation);
        }
        catch (IOException failure) when (failure.InnerException is AddressInUseException)
        {
            throw new IOException($"{options.Url} is taken by another program; choose another port, or 0 for any that is free", failure);
        }

        return new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
    }

    private static void Listen(KestrelServerOptions kestrel, MlflowServerOptions options, Uri url)
    {
        kestrel.AddServerHeader = false;
        KestrelServerLimits limits = kestrel.Limits;
        limits.MaxRequestBodySize = options.MaxBodyBytes; // endpoints of artifacts lift it
        limits.MaxRequestLineSize = 64 << 10; // GET searches carry their filter and the ids of a hundred runs
        limits.MaxRequestHeadersTotalSize = 32 << 10;
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        limits.MaxConcurrentConnections = 4096;
        void Http1(ListenOptions endpoint) => endpoint.Protocols = HttpProtocols.Http1;
        // What is no address is localhost: the options let no other name through.
        if (IPAddress.TryParse(url.Host.Trim('[', ']'), out IPAddress? address)) kestrel.Listen(address, url.Port, Http1);
        else if (url.Port != 0) kestrel.ListenLocalhost(url.Port, Http1);
        else kestrel.Listen(IPAddress.Loopback, 0, Http1);
    }
}
