using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Vigie.Server.Tests;

/// <summary>A receiver on a free port of this machine, which keeps what it is sent.</summary>
internal sealed class StandIn : IAsyncDisposable
{
    private readonly WebApplication app;

    private StandIn(WebApplication app) => this.app = app;

    public ConcurrentQueue<ReceivedRequest> Requests { get; } = [];

    /// <summary>What is answered: 200 and nothing unless set.</summary>
    public Func<ReceivedRequest, HttpContext, Task> Answer { get; set; } = (_, _) => Task.CompletedTask;

    public Uri Address => new(app.Urls.First());

    public int Port => Address.Port;

    public string Url(string path = "/") => $"http://127.0.0.1:{Port}{path}";

    public static async Task<StandIn> StartAsync(Func<ReceivedRequest, HttpContext, Task>? answer = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var standIn = new StandIn(builder.Build());
        if (answer is not null) standIn.Answer = answer;
        standIn.app.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            var request = new ReceivedRequest(
                context.Request.Method, context.Request.Path + context.Request.QueryString, context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase), body.ToArray());
            standIn.Requests.Enqueue(request);
            await standIn.Answer(request, context);
        });
        await standIn.app.StartAsync();
        return standIn;
    }

    /// <summary>An answer of a status and a text.</summary>
    public static Func<ReceivedRequest, HttpContext, Task> Says(int status, string text = "", params (string Name, string Value)[] headers) => async (_, context) =>
    {
        context.Response.StatusCode = status;
        foreach ((string name, string value) in headers) context.Response.Headers[name] = value;
        await context.Response.WriteAsync(text);
    };

    public ValueTask DisposeAsync() => app.DisposeAsync();
}

/// <summary>A request that a receiver got.</summary>
internal sealed record ReceivedRequest(string Method, string Path, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public string Text => System.Text.Encoding.UTF8.GetString(Body);

    public System.Text.Json.JsonElement Json => System.Text.Json.JsonDocument.Parse(Body).RootElement;
}
