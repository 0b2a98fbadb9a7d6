using System.Collections.Concurrent;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Vigie.Mlflow.Tests.Client;

/// <summary>A real HTTP server that answers as a test says: for the faults that a good server does not make.</summary>
internal sealed class StubServer : IAsyncDisposable
{
    private readonly WebApplication app;

    private StubServer(WebApplication app) => this.app = app;

    public ConcurrentQueue<(string Method, string Target, string Body, string? Authorization)> Requests { get; } = [];

    public Uri Address => new(app.Urls.First());

    public static async Task<StubServer> StartAsync(Func<HttpContext, int, Task> answer)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore();
        WebApplication app = builder.Build();
        var server = new StubServer(app);
        int count = 0;
        app.Run(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            string target = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
            server.Requests.Enqueue((context.Request.Method, target, await reader.ReadToEndAsync(context.RequestAborted), context.Request.Headers.Authorization));
            await answer(context, Interlocked.Increment(ref count));
        });
        await app.StartAsync();
        return server;
    }

    public async ValueTask DisposeAsync() => await app.DisposeAsync();
}
