using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Vigie.Mlflow.Tests.Registry;

/// <summary>An HTTP server that takes a webhook's messages, and answers as a test says.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly Func<int, HttpContext, int> answer;

    private Receiver(WebApplication app, Func<int, HttpContext, int> answer)
    {
        this.app = app;
        this.answer = answer;
    }

    public string Url { get; private set; } = "";

    public ConcurrentQueue<Received> Messages { get; } = new();

    /// <param name="answer">The status to answer, given the number of the message, from 0.</param>
    public static async Task<Receiver> StartAsync(Func<int, HttpContext, int>? answer = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var receiver = new Receiver(builder.Build(), answer ?? ((_, _) => 200));
        receiver.app.Run(receiver.TakeAsync);
        await receiver.app.StartAsync(TestContext.Current.CancellationToken);
        receiver.Url = receiver.app.Urls.First() + "/hook";
        return receiver;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
        string body = await reader.ReadToEndAsync(context.RequestAborted);
        int number = Messages.Count;
        Messages.Enqueue(new Received(
            body, context.Request.Headers["X-MLflow-Delivery-Id"].ToString(), context.Request.Headers["X-MLflow-Timestamp"].ToString(), context.Request.Headers["X-MLflow-Signature"].ToString(),
            context.Request.ContentType));
        context.Response.StatusCode = answer(number, context);
        await context.Response.WriteAsync("taken", context.RequestAborted);
    }
}

internal sealed record Received(string Body, string DeliveryId, string Timestamp, string Signature, string? ContentType)
{
    public JsonNode Json => JsonNode.Parse(Body)!;

    public string Event => $"{Json["entity"]}.{Json["action"]}";
}
