using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Vigie.Server.Tests;

/// <summary>Takes what is posted to it, as Slack and other receivers of webhooks do.</summary>
internal sealed class HookReceiver : IAsyncDisposable
{
    private readonly WebApplication app;

    private HookReceiver()
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        app = builder.Build();
        app.Run(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            string body = await reader.ReadToEndAsync();
            if (!IsUp)
            {
                context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                return;
            }

            Posts.Enqueue((context.Request.Path, context.Request.Headers["Idempotency-Key"].ToString(), body));
        });
    }

    public ConcurrentQueue<(string Path, string Key, string Body)> Posts { get; } = [];

    /// <summary>Whether it takes anything.</summary>
    public bool IsUp { get; set; } = true;

    public string Address => app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

    public static async Task<HookReceiver> StartAsync()
    {
        var receiver = new HookReceiver();
        await receiver.app.StartAsync();
        return receiver;
    }

    /// <summary>What came to a path.</summary>
    public string[] At(string path) => [.. Posts.Where(post => post.Path == path).Select(post => post.Body)];

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
