using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Vigie.Server;

/// <summary>Something that a server has beside its API, such as pages for people.</summary>
/// <param name="Add">Puts its services into the server.</param>
/// <param name="Use">Puts what it answers behind the server's guards: names of hosts, callers and limits are checked by then.</param>
public sealed record ServerPart(Action<IServiceCollection, ServerOptions> Add, Action<WebApplication> Use);

/// <summary>The prediction API, and the parts that are put beside it, in one process.</summary>
public static class VigieServer
{
    /// <summary>Puts the server together; it listens once started. The caller disposes it.</summary>
    /// <param name="options">How to serve.</param>
    /// <param name="model">Gives the answers.</param>
    /// <param name="parts">What is served beside the API.</param>
    /// <exception cref="InvalidInputException">An option is out of range, or the address is one that may not be served.</exception>
    public static WebApplication Create(ServerOptions options, ServedModel model, params IReadOnlyList<ServerPart> parts)
    {
        ArgumentNullException.ThrowIfNull(model);
        return Create(options, host => host.Fix(model, options.Clock.GetUtcNow()), null, parts: parts);
    }

    /// <summary>Puts a server together whose models come from sources, which are watched: a promotion is served within <see cref="ModelOptions.Poll"/> and the time it takes to load.</summary>
    /// <param name="options">How to serve.</param>
    /// <param name="sources">Where the models come from; the caller disposes of them after the server.</param>
    /// <param name="parts">What is served beside the API.</param>
    /// <exception cref="InvalidInputException">An option is out of range, or the address is one that may not be served.</exception>
    public static WebApplication Create(ServerOptions options, ModelSources sources, params IReadOnlyList<ServerPart> parts)
    {
        ArgumentNullException.ThrowIfNull(sources);
        return Create(options, _ => { }, sources, parts: parts);
    }

    // Tests put in parts of their own, such as a ledger with figures that they know.
    internal static WebApplication Create(ServerOptions options, ModelSources sources, Action<IServiceCollection>? services) => Create(options, _ => { }, sources, services);

    private static WebApplication Create(ServerOptions options, Action<ModelHost> begin, ModelSources? sources, Action<IServiceCollection>? services = null, IReadOnlyList<ServerPart>? parts = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        IReadOnlyList<Uri> addresses = options.Addresses();
        options = options.WithSecret();
        bool closed = options.Access.IsClosed(addresses);
        var connections = new OpenConnections(options.Connections.Limit, options.Clock);

        // Empty: no settings files of whatever folder this runs in, no environment variables of other programs.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = typeof(VigieServer).Assembly.GetName().Name });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Listening.Listen(kestrel, options, addresses, connections));
        if (options.Tls.Certificate is not null) builder.WebHost.UseKestrelHttpsConfiguration();
        builder.AddAccess(options);
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton(options);
        var host = new ModelHost();
        begin(host);
        builder.Services.AddRecords(options); // before the models: what stops does so in the opposite order, and the shadow's queue still has records to hand over
        builder.Services.AddMonitoring(options);
        builder.Services.AddModels(options, host, sources);
        builder.Services.AddAlerts(options);
        builder.Services.AddSingleton(provider => new Predictor(
            provider.GetRequiredService<Recorder>(), provider.GetRequiredService<RequestBatchers>(), provider.GetRequiredService<ResultCache>(), provider.GetRequiredService<ShadowQueue>(),
            provider.GetRequiredService<ServerMetrics>(), options.Clock));
        builder.Services.AddSingleton(new SpoolFolder(options.Batch));
        builder.Services.AddRateLimits(options);
        builder.Services.AddCaching(options);
        foreach (ServerPart part in parts ?? []) part.Add(builder.Services, options);
        services?.Invoke(builder.Services);
        builder.Services.AddHealth(options);
        builder.Services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, ServerJson.Readable);
            // The API's description is drawn from these options and not from the context's own.
            JsonSerializerOptions own = ServerJson.Readable.Options;
            json.SerializerOptions.PropertyNamingPolicy = own.PropertyNamingPolicy;
            json.SerializerOptions.DefaultIgnoreCondition = own.DefaultIgnoreCondition;
            json.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
            json.SerializerOptions.Encoder = own.Encoder;
            foreach (JsonConverter converter in own.Converters) json.SerializerOptions.Converters.Add(converter);
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromMilliseconds(600)); // Ctrl-C ends within a second
        builder.Services.AddApiDescription();
        builder.AddTelemetry(options);

        WebApplication app = builder.Build();
        ((IApplicationBuilder)app).Properties["__AuthenticationMiddlewareSet"] = true; // else it is put before the guards: CallerCheck asks for tokens to be checked, after them
        app.UseTraffic();
        app.UseRequestLog();
        app.UseGuards(options, closed, connections);
        app.UsePathBase("/v1"); // the same paths with and without it; programs should say it, and will be served alike when there is a second version
        app.UseRouting();
        app.UseCallers(options, closed);
        app.UseRateLimits();
        app.UseCaching();
        app.UseRecords();
        app.UseMonitoring();
        app.UseAlerts();
        app.MapPredictions();
        app.MapFeedback();
        app.MapErasure();
        app.MapMonitoring();
        app.MapModel();
        app.MapAlerts();
        app.MapRunbooks();
        app.MapHealth();
        app.MapMetrics();
        app.MapApiDescription();
        app.MapPage(atRoot: parts is null or []);
        foreach (ServerPart part in parts ?? []) part.Use(app);
        return app;
    }

    /// <summary>Starts listening.</summary>
    /// <param name="app">What <see cref="Create(ServerOptions, ServedModel, IReadOnlyList{ServerPart})"/> made.</param>
    /// <param name="cancellation">Ends the start with <see cref="OperationCanceledException"/>.</param>
    /// <returns>The address, with the port that was taken.</returns>
    /// <exception cref="IOException">The port is taken, or the address is not one of this machine's.</exception>
    /// <exception cref="InvalidInputException">A source names no model, or a damaged one; nothing listens then. One that cannot be reached is waited for: /health/ready says so.</exception>
    public static async Task<Uri> ListenAsync(this WebApplication app, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(app);
        ServerOptions options = app.Services.GetRequiredService<ServerOptions>();
        try
        {
            await app.StartAsync(cancellation);
        }
        catch (IOException failure) when (failure.InnerException is AddressInUseException)
        {
            // Kestrel's message names the address; with several, the first that it names.
            IReadOnlyList<Uri> addresses = options.Addresses();
            int taken = Math.Max(0, addresses.ToList().FindIndex(address => failure.Message.Contains(address.Authority, StringComparison.OrdinalIgnoreCase)));
            throw new IOException($"{options.Urls[taken]} is taken by another program; choose another port, such as --urls {Another(addresses[taken])}, or 0 for any that is free", failure);
        }

        await app.FirstModelsAsync(cancellation);
        return new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
    }

    private static string Another(Uri url) => $"{url.Scheme}://{url.Host}:{(url.Port < 65535 ? url.Port + 1 : 5200)}";
}
