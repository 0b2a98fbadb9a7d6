using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Vigie.Mlflow.Security;

namespace Vigie.Mlflow.Server;

/// <summary><c>webhooks</c>: for administrators, because the server calls the addresses that are written here.</summary>
public static class WebhookEndpoints
{
    /// <summary>Delivers a store's webhooks while the host runs. <see cref="MlflowServer"/> does so by itself; an application of its own that maps the endpoints adds this.</summary>
    /// <param name="services">The host's.</param>
    /// <param name="store">Whose registry is told of.</param>
    /// <param name="options">Says whether webhooks may lead to this machine.</param>
    public static IServiceCollection AddMlflowWebhooks(this IServiceCollection services, MlflowStore store, MlflowServerOptions options)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(options);
        services.AddSingleton(host => new WebhookWorker(
            store.Registry.Webhooks, GuardedHttp.CreateHandler(options.AllowLoopbackWebhooks), host.GetRequiredService<ILoggerFactory>().CreateLogger<WebhookWorker>()));
        return services.AddSingleton<IHostedService>(host => host.GetRequiredService<WebhookWorker>());
    }

    internal static void MapWebhooks(this RouteGroupBuilder api, MlflowServices mlflow)
    {
        (Webhooks webhooks, Access access) = (mlflow.Store.Registry.Webhooks, mlflow.Access);
        api.Post<CreateWebhook, WebhookAnswer>("webhooks", async (request, context) =>
        {
            access.Require(context, Role.Admin);
            return new(await webhooks.CreateAsync(
                request.Name.Required("name"), request.Url.Required("url"), request.Events.Required("events"), request.Description, NullIfEmpty(request.Secret), request.Status, context.RequestAborted));
        });
        api.Get<ListWebhooks, WebhooksAnswer>("webhooks", async (request, context) =>
        {
            access.Require(context, Role.Admin);
            Page<Webhook> page = await webhooks.ListAsync(request.MaxResults is { } number ? Requests.Clamped(number) : null, request.PageToken, context.RequestAborted);
            return new(page.Items, page.NextPageToken);
        });
        api.Get<Nothing, WebhookAnswer>("webhooks/{webhook_id}", async (_, context) => new(await webhooks.GetAsync(AdminsId(context), context.RequestAborted)));
        api.Patch<UpdateWebhook, WebhookAnswer>("webhooks/{webhook_id}", async (request, context) => new(await webhooks.UpdateAsync(
            // protobuf cannot tell an empty text or list from none: neither changes anything.
            AdminsId(context), NullIfEmpty(request.Name), NullIfEmpty(request.Url), request.Events is { Count: > 0 } events ? events : null, NullIfEmpty(request.Description),
            NullIfEmpty(request.Secret), request.Status, context.RequestAborted)));
        api.Delete<Nothing>("webhooks/{webhook_id}", (_, context) => webhooks.DeleteAsync(AdminsId(context), context.RequestAborted));
        api.Post<TestWebhook, WebhookTestAnswer>("webhooks/{webhook_id}/test", async (request, context) =>
        {
            WebhookWorker worker = context.RequestServices.GetService<WebhookWorker>() ?? throw new MlflowException(ErrorCode.NotImplemented, "this server delivers no webhooks");
            return new(await worker.TestAsync(AdminsId(context), request.Event, context.RequestAborted));
        });

        string AdminsId(HttpContext context)
        {
            access.Require(context, Role.Admin);
            return (string)context.GetRouteValue("webhook_id")!;
        }
    }

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}

internal sealed record CreateWebhook(
    string? Name = null, string? Description = null, string? Url = null, IReadOnlyList<WebhookEvent>? Events = null, string? Secret = null,
    [property: JsonConverter(typeof(WireWebhookStatus))] string? Status = null);

internal sealed record ListWebhooks(long? MaxResults = null, string? PageToken = null);

internal sealed record UpdateWebhook(
    string? Name = null, string? Description = null, string? Url = null, IReadOnlyList<WebhookEvent>? Events = null, string? Secret = null,
    [property: JsonConverter(typeof(WireWebhookStatus))] string? Status = null);

internal sealed record TestWebhook(WebhookEvent? Event = null);

internal sealed record WebhookAnswer(Webhook Webhook);

internal sealed record WebhooksAnswer(IReadOnlyList<Webhook> Webhooks, string? NextPageToken = null);

internal sealed record WebhookTestAnswer(WebhookTestResult Result);

/// <summary><see cref="WebhookStatus"/>.</summary>
internal sealed class WireWebhookStatus() : WireEnum(WebhookStatus.All);

/// <summary><see cref="WebhookEvent.Entity"/>, in the order of MLflow's numbers.</summary>
internal sealed class WireWebhookEntity() : WireEnum(
    ["REGISTERED_MODEL", "MODEL_VERSION", "MODEL_VERSION_TAG", "MODEL_VERSION_ALIAS", "PROMPT", "PROMPT_VERSION", "PROMPT_TAG", "PROMPT_VERSION_TAG", "PROMPT_ALIAS"]);

/// <summary><see cref="WebhookEvent.Action"/>, in the order of MLflow's numbers.</summary>
internal sealed class WireWebhookAction() : WireEnum(["CREATED", "UPDATED", "DELETED", "SET"]);
