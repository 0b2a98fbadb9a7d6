using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Vigie.Server.Tests;

/// <summary>A server that answers as a script says, each request by the next of its answers, and the last one by all that follow.</summary>
internal sealed class ScriptedApi : IAsyncDisposable
{
    public const string Prediction =
        """{"prediction_id":"019aad3e7a4c5b21d90003e9f60c7d12","label":"positive","probabilities":{"negative":0.25,"positive":0.75},"probability_positive":0.75,"confidence":0.75,"unknown":false,"unknown_share":0}""";

    private readonly WebApplication app;

    private ScriptedApi(WebApplication app) => this.app = app;

    public Uri Address => new(app.Urls.Single());

    /// <summary>What was asked: <c>POST /v1/predict</c>, and the body.</summary>
    public ConcurrentQueue<(string Line, string Body, string? Key)> Requests { get; } = [];

    public static Task<ScriptedApi> StartAsync(params RequestDelegate[] answers) => StartAsync(0, answers);

    public static async Task<ScriptedApi> StartAsync(int port, params RequestDelegate[] answers)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls($"http://127.0.0.1:{port}");
        WebApplication app = builder.Build();
        var api = new ScriptedApi(app);
        int asked = -1;
        app.Run(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            api.Requests.Enqueue(($"{context.Request.Method} {context.Request.Path}", await reader.ReadToEndAsync(), context.Request.Headers.Authorization));
            await answers[Math.Min(Interlocked.Increment(ref asked), answers.Length - 1)](context);
        });
        await app.StartAsync();
        return api;
    }

    public static RequestDelegate Answer(int status, string type, string body, string? retryAfter = null) => async context =>
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        if (retryAfter is not null) context.Response.Headers.RetryAfter = retryAfter;
        await context.Response.WriteAsync(body);
    };

    public static RequestDelegate Json(string body, int status = 200) => Answer(status, "application/json", body);

    public static RequestDelegate Problem(int status, string? retryAfter = null) =>
        Answer(status, "application/problem+json", $$"""{"type":"urn:vigie:problem:test","title":"No","status":{{status}},"detail":"not now"}""", retryAfter);

    /// <summary>Ends the connection without an answer.</summary>
    public static RequestDelegate HangUp => context =>
    {
        context.Abort();
        return Task.CompletedTask;
    };

    /// <summary>Sends this much, and then ends the connection: Kestrel cannot take back what it has sent.</summary>
    public static RequestDelegate BreakOff(string begun) => async context =>
    {
        if (begun.Length > 0) await context.Response.WriteAsync(begun);
        await context.Response.Body.FlushAsync();
        throw new InvalidOperationException("broken off");
    };

    /// <summary>Sends this much, and then nothing until the client goes.</summary>
    public static RequestDelegate FallSilent(string begun) => async context =>
    {
        if (begun.Length > 0) await context.Response.WriteAsync(begun);
        await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
    };

    public async ValueTask DisposeAsync() => await app.DisposeAsync();
}
