using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Vigie.Dashboard.Controls;
using Vigie.Dashboard.Embeddings;
using Vigie.Dashboard.Experiments;
using Vigie.Dashboard.Reading;
using Vigie.Dashboard.SignIn;
using Vigie.Server;

namespace Vigie.Dashboard;

/// <summary>The pages for people, as a part of a server: <c>VigieServer.Create(options, model, VigieDashboard.Part)</c>.</summary>
public static class VigieDashboard
{
    /// <summary>The part.</summary>
    public static ServerPart Part { get; } = new(Add, Use);

    private static void Add(IServiceCollection services, ServerOptions options)
    {
        services.AddRazorComponents().AddInteractiveServerComponents(circuit =>
        {
            circuit.DisconnectedCircuitRetentionPeriod = TimeSpan.FromMinutes(3);
            circuit.DisconnectedCircuitMaxRetained = 50;
            circuit.JSInteropDefaultCallTimeout = TimeSpan.FromSeconds(30);
        }).AddHubOptions(hub => hub.MaximumReceiveMessageSize = 64 << 10); // said outright: what browsers stream is cut into pieces of this size, and by default into larger ones than are taken
        services.AddCascadingAuthenticationState();
        services.AddAntiforgery(antiforgery => antiforgery.SuppressXFrameOptionsHeader = true); // the gate says more than that, and to all pages
        // Made from the server's secret, which replicas share and a restart keeps. The key ring that comes with ASP.NET Core would write files of its own.
        services.AddSingleton<IDataProtectionProvider>(new SecretProtection(options.Secret));
        foreach (ServiceDescriptor ring in services.Where(one => one.ServiceType == typeof(IHostedService) && one.ImplementationType?.Namespace == typeof(IDataProtectionProvider).Namespace + ".Internal").ToList())
            services.Remove(ring);
        if (options.Access.Oidc.ClientId is not null) ProviderSignIn.AddTo(services, options.Access.Oidc);
        services.AddSingleton<Assets>();
        services.AddSingleton(provider => new Sessions(options, provider.GetService<KeyRing>(), provider.GetRequiredService<IDataProtectionProvider>()));
        services.AddSingleton(_ => new TrackedStore(options));
        services.AddSingleton<Workbench>();
        services.AddScoped(provider => new Viewer(provider.GetRequiredService<Sessions>(), options.Clock));
        services.AddScoped<Notices>();
        services.AddSingleton<Try.TriedModels>();
    }

    private static void Use(WebApplication app)
    {
        var gate = new Gate(app.Services.GetRequiredService<Sessions>());
        app.Use(next => context => gate.InvokeAsync(context, next));
        app.UseAntiforgery();
        app.Services.GetRequiredService<Assets>().Map(app);
        app.MapSignIn();
        app.MapTweetMap();
        app.MapArtifacts();
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode(options => options.ContentSecurityFrameAncestorsPolicy = null).IsOpen().WithMetadata(ForPeople.Instance);
    }
}
