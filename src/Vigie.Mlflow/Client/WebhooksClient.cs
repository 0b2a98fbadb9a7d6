using System.Globalization;

using Vigie.Mlflow.Server;

namespace Vigie.Mlflow.Client;

/// <summary>Addresses that a server tells of changes in its registry.</summary>
public sealed class WebhooksClient
{
    private readonly MlflowHttp http;

    internal WebhooksClient(MlflowHttp http) => this.http = http;

    /// <summary>Adds a webhook.</summary>
    /// <param name="name">Its name; need not be unique.</param>
    /// <param name="url">An http or https address.</param>
    /// <param name="events">What it is told of.</param>
    /// <param name="description">Free text.</param>
    /// <param name="secret">Signs what is sent; the server never answers it.</param>
    /// <param name="status"><see cref="WebhookStatus"/>; active where null.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<Webhook> CreateAsync(
        string name, string url, IReadOnlyList<WebhookEvent> events, string? description = null, string? secret = null, string? status = null, CancellationToken cancellation = default) =>
        (await http.CreateAsync<CreateWebhook, WebhookAnswer>("webhooks", new(name, description, url, events, secret, status), cancellation)).Webhook;

    /// <summary>A webhook by its id.</summary>
    public async Task<Webhook> GetAsync(string webhookId, CancellationToken cancellation = default) =>
        (await http.GetAsync<WebhookAnswer>($"webhooks/{MlflowCalls.Part(webhookId)}", cancellation)).Webhook;

    /// <summary>Webhooks, a part at a time.</summary>
    public async Task<Page<Webhook>> ListAsync(int? maxResults = null, string? pageToken = null, CancellationToken cancellation = default)
    {
        WebhooksAnswer answer = await http.GetAsync<WebhooksAnswer>(
            "webhooks", cancellation, ("max_results", maxResults?.ToString(CultureInfo.InvariantCulture)), ("page_token", pageToken));
        return Completion.PageOf(answer.Webhooks, answer.NextPageToken, webhook => webhook);
    }

    /// <summary>Changes what is not null.</summary>
    public async Task<Webhook> UpdateAsync(
        string webhookId, string? name = null, string? url = null, IReadOnlyList<WebhookEvent>? events = null, string? description = null, string? secret = null, string? status = null,
        CancellationToken cancellation = default) =>
        (await http.SetAsync<UpdateWebhook, WebhookAnswer>(HttpMethod.Patch, $"webhooks/{MlflowCalls.Part(webhookId)}", new(name, description, url, events, secret, status), cancellation)).Webhook;

    /// <summary>Removes a webhook.</summary>
    public Task DeleteAsync(string webhookId, CancellationToken cancellation = default) =>
        http.SetAsync(HttpMethod.Delete, $"webhooks/{MlflowCalls.Part(webhookId)}", new Nothing(), cancellation);

    /// <summary>Sends an example of an event, and says what came back.</summary>
    public async Task<WebhookTestResult> TestAsync(string webhookId, WebhookEvent? example = null, CancellationToken cancellation = default) =>
        (await http.CreateAsync<TestWebhook, WebhookTestAnswer>($"webhooks/{MlflowCalls.Part(webhookId)}/test", new(example), cancellation)).Result;
}
