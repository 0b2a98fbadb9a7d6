using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Vigie.Mlflow.Server;

/// <summary><c>webhooks</c>: for administrators, because the server calls the addresses that are written here.</summary>
internal static class WebhookEndpoints
{
    public static void MapWebhooks(this RouteGroupBuilder api, MlflowServices mlflow)
    {
        Webhooks webhooks = mlflow.Store.Registry.Webhooks;
        api.Post<CreateWebhook, WebhookAnswer>("webhooks", async (request, context) => new(await webhooks.CreateAsync(
            request.Name.Required("name"), request.Url.Required("url"), request.Events.Required("events"), request.Description, Requests.Given(request.Secret), request.Status, context.RequestAborted)));
        api.Get<ListWebhooks, WebhooksAnswer>("webhooks", async (request, context) =>
        {
            int? most = request.MaxResults is { } number ? Requests.Clamped(number) : null;
            Page<Webhook> page = await webhooks.ListAsync(most, request.PageToken, context.RequestAborted);
            return new(page.Items, page.NextPageToken);
        });
        api.Get<Nothing, WebhookAnswer>("webhooks/{webhook_id}", async (_, context) => new(await webhooks.GetAsync(IdOf(context), context.RequestAborted)));
        api.Patch<UpdateWebhook, WebhookAnswer>("webhooks/{webhook_id}", async (request, context) => new(await webhooks.UpdateAsync(
            // An empty list is how protobuf writes that the events stay.
            IdOf(context), Requests.Given(request.Name), Requests.Given(request.Url), request.Events is { Count: > 0 } events ? events : null, request.Description, Requests.Given(request.Secret), request.Status,
            context.RequestAborted)));
        api.Delete<Nothing>("webhooks/{webhook_id}", (_, context) => webhooks.DeleteAsync(IdOf(context), context.RequestAborted));
        api.Post<TestWebhook, WebhookTestAnswer>("webhooks/{webhook_id}/test", async (request, context) =>
            new(await mlflow.WebhookWorker.TestAsync(IdOf(context), request.Event, context.RequestAborted)));
    }

    private static string IdOf(HttpContext context) => (string)context.GetRouteValue("webhook_id")!;
}

internal sealed record CreateWebhook(
    string? Name = null, string? Description = null, string? Url = null, IReadOnlyList<WebhookEvent>? Events = null, string? Secret = null,
    [property: JsonConverter(typeof(WebhookStatusName))] string? Status = null);

internal sealed record ListWebhooks(long? MaxResults = null, string? PageToken = null);

internal sealed record UpdateWebhook(
    string? Name = null, string? Description = null, string? Url = null, IReadOnlyList<WebhookEvent>? Events = null, string? Secret = null,
    [property: JsonConverter(typeof(WebhookStatusName))] string? Status = null);

internal sealed record TestWebhook(WebhookEvent? Event = null);

internal sealed record WebhookAnswer(Webhook Webhook);

internal sealed record WebhooksAnswer(IReadOnlyList<Webhook> Webhooks, string? NextPageToken = null);

internal sealed record WebhookTestAnswer(WebhookTestResult Result);
