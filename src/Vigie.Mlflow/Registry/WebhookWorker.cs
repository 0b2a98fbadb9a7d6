using System.Net;
using System.Text;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Vigie.Mlflow;

/// <summary>
/// Delivers the messages of the outbox, at least once each: a message goes from the database only when its receiver has answered 2xx. One that fails is tried
/// again after 1, 2, 4, … seconds, at most an hour apart, for three days; then it is given up and kept for inspection. Messages to one webhook go in their order
/// while they arrive; a receiver that fails holds up no other. Several servers on one database share the work.
/// </summary>
public sealed partial class WebhookWorker : BackgroundService
{
    private const int Batch = 16;

    private const int LongestAnswer = 10_000;

    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);

    private static readonly TimeSpan GivesUpAfter = TimeSpan.FromDays(3);

    private static readonly TimeSpan KeptAfterGivingUp = TimeSpan.FromDays(30);

    /// <summary>A message that a server took and did not finish, because it died, is free again after this.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(3);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>How long to wait for news at most: another process may have written to the outbox.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    private readonly Webhooks webhooks;
    private readonly HttpClient http;
    private readonly ILogger log;

    /// <param name="webhooks">Of the store.</param>
    /// <param name="handler">Connects; <c>GuardedHttp.CreateHandler</c> gives one that refuses private addresses. It must not follow redirects. The worker disposes it.</param>
    /// <param name="log">Hears of messages that fail, without address and secret.</param>
    public WebhookWorker(Webhooks webhooks, HttpMessageHandler handler, ILogger<WebhookWorker>? log = null)
    {
        this.webhooks = webhooks;
        this.log = log ?? NullLogger<WebhookWorker>.Instance;
        http = new HttpClient(handler) { Timeout = Patience };
    }

    /// <summary>Sends a made-up message at once, signed like a real one, and says what came of it.</summary>
    /// <param name="webhookId">The webhook; a disabled one too.</param>
    /// <param name="happened">The event to make up; the webhook's first where it is null.</param>
    /// <param name="cancellation">Ends the sending.</param>
    /// <exception cref="MlflowException">The webhook is not there, or there is no such event.</exception>
    public async Task<WebhookTestResult> TestAsync(string webhookId, WebhookEvent? happened = null, CancellationToken cancellation = default)
    {
        (Webhook webhook, string? secret) = await webhooks.WithSecretAsync(webhookId, cancellation);
        happened ??= webhook.Events[0];
        if (!WebhookEvent.All.Contains(happened)) throw MlflowException.Invalid($"there is no event {happened.Entity} {happened.Action}; known are {string.Join(", ", WebhookEvent.All)}");
        DateTimeOffset now = webhooks.Clock.GetUtcNow();
        using HttpRequestMessage request = WebhookMessage.Create(webhook.Url, secret, Outbox.NewId(), Outbox.Example(happened, now.ToUnixTimeMilliseconds()), now);
        try
        {
            using HttpResponseMessage answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
            return new WebhookTestResult((int)answer.StatusCode < 400, (int)answer.StatusCode, await BeginningAsync(answer, cancellation));
        }
        catch (Exception fault) when (IsNetworkFault(fault, cancellation))
        {
            return new WebhookTestResult(Success: false, ErrorMessage: Said(fault));
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        bool freed = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (!freed)
                {
                    await FreeAsync(stoppingToken);
                    freed = true;
                }

                int sent = await DeliverDueAsync(stoppingToken);
                if (sent == 0) await webhooks.WaitAsync(LongestWait, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (MlflowException fault)
            {
                DatabaseAway(log, fault);
                await Task.Delay(LongestWait, webhooks.Clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>One server alone works on a file: what was taken before it started was taken by one that died, and need not wait for the lease to end.</summary>
    internal async Task FreeAsync(CancellationToken cancellation)
    {
        if (!webhooks.Database.Dialect.IsSqlite) return;
        await webhooks.Database.WriteAsync(
            session => session.ExecuteAsync("UPDATE webhook_deliveries SET next_attempt_at = @now WHERE status = 'waiting'", ("@now", webhooks.Clock.GetUtcNow().ToUnixTimeMilliseconds())), cancellation);
    }

    /// <summary>Takes the messages that are due and tries each once; answers how many it took.</summary>
    internal async Task<int> DeliverDueAsync(CancellationToken cancellation)
    {
        List<Delivery> due = await TakeAsync(cancellation);
        await Task.WhenAll(due.GroupBy(delivery => delivery.WebhookId).Select(async messages =>
        {
            bool arrives = true;
            foreach (Delivery message in messages)
            {
                // Where one did not arrive the next would not either, and would overtake it: they go back with no attempt counted.
                if (arrives) arrives = await TryAsync(message, cancellation);
                else await PostponeAsync(message, cancellation);
            }
        }));
        return due.Count;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        http.Dispose();
        base.Dispose();
    }

    private async Task<List<Delivery>> TakeAsync(CancellationToken cancellation)
    {
        long now = webhooks.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        // A look that finds nothing must not cost a write.
        bool any = await webhooks.Database.ReadAsync(
            session => session.ScalarAsync<long>("SELECT COUNT(*) FROM webhook_deliveries WHERE status = 'waiting' AND next_attempt_at <= @now", ("@now", now)), cancellation) > 0;
        return any ? await TakeDueAsync(now, cancellation) : [];
    }

    private Task<List<Delivery>> TakeDueAsync(long now, CancellationToken cancellation) => webhooks.Database.WriteAsync(
        async session =>
        {
            await session.ExecuteAsync("DELETE FROM webhook_deliveries WHERE status = 'given up' AND next_attempt_at < @old", ("@old", now - (long)KeptAfterGivingUp.TotalMilliseconds));
            string others = session.Dialect.IsSqlite ? "" : " FOR UPDATE OF d SKIP LOCKED"; // another server's messages are its own
            List<Delivery> due = await session.QueryAsync(
                "SELECT d.id, d.delivery_id, d.webhook_id, d.body, d.attempts, d.created_at, w.url, w.secret FROM webhook_deliveries d JOIN webhooks w ON w.webhook_id = d.webhook_id " +
                $"WHERE d.status = 'waiting' AND d.next_attempt_at <= @now AND w.status = @active ORDER BY d.id LIMIT {Batch}{others}",
                reader => new Delivery(reader.GetInt64(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetInt32(4), reader.GetInt64(5), reader.GetString(6), reader.TextOrNull(7)),
                ("@now", now), ("@active", WebhookStatus.Active));
            foreach (Delivery delivery in due)
                await session.ExecuteAsync("UPDATE webhook_deliveries SET next_attempt_at = @until WHERE id = @id", ("@until", now + (long)Lease.TotalMilliseconds), ("@id", delivery.Id));
            return due;
        },
        cancellation);

    private async Task<bool> TryAsync(Delivery message, CancellationToken cancellation)
    {
        string fault;
        TimeSpan? asked = null;
        bool gone = false;
        try
        {
            using HttpRequestMessage request = WebhookMessage.Create(message.Url, message.Secret, message.DeliveryId, message.Body, webhooks.Clock.GetUtcNow());
            using HttpResponseMessage answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
            if (answer.IsSuccessStatusCode)
            {
                await webhooks.Database.WriteAsync(session => session.ExecuteAsync("DELETE FROM webhook_deliveries WHERE id = @id", ("@id", message.Id)), CancellationToken.None);
                return true;
            }

            fault = $"answered {(int)answer.StatusCode}";
            gone = answer.StatusCode == HttpStatusCode.Gone;
            asked = answer.Headers.RetryAfter?.Delta;
        }
        catch (Exception failure) when (IsNetworkFault(failure, cancellation))
        {
            fault = Said(failure);
        }

        DateTimeOffset now = webhooks.Clock.GetUtcNow();
        bool over = gone || now.ToUnixTimeMilliseconds() - message.CreatedAt >= (long)GivesUpAfter.TotalMilliseconds;
        TimeSpan pause = TimeSpan.FromSeconds(Math.Min(LongestPause.TotalSeconds, Math.Max(Math.Pow(2, Math.Min(message.Attempts, 20)), asked?.TotalSeconds ?? 0)));
        await webhooks.Database.WriteAsync(
            session => session.ExecuteAsync(
                "UPDATE webhook_deliveries SET status = @status, attempts = attempts + 1, next_attempt_at = @next, last_error = @error WHERE id = @id",
                ("@status", over ? "given up" : "waiting"), ("@next", (over ? now : now + pause).ToUnixTimeMilliseconds()), ("@error", fault), ("@id", message.Id)),
            CancellationToken.None);
        if (over) GivenUp(log, message.DeliveryId, message.WebhookId, message.Attempts + 1, fault);
        else Failed(log, message.DeliveryId, message.WebhookId, message.Attempts + 1, fault, pause);
        return false;
    }

    /// <summary>Gives a message back: it is due again with the one before it.</summary>
    private Task<int> PostponeAsync(Delivery message, CancellationToken cancellation) => webhooks.Database.WriteAsync(
        session => session.ExecuteAsync(
            "UPDATE webhook_deliveries SET next_attempt_at = (SELECT MIN(d.next_attempt_at) FROM webhook_deliveries d WHERE d.webhook_id = @webhook AND d.id < @id AND d.status = 'waiting') WHERE id = @id " +
            "AND EXISTS (SELECT 1 FROM webhook_deliveries d WHERE d.webhook_id = @webhook AND d.id < @id AND d.status = 'waiting')",
            ("@webhook", message.WebhookId), ("@id", message.Id)),
        cancellation);

    private static async Task<string> BeginningAsync(HttpResponseMessage answer, CancellationToken cancellation)
    {
        await using Stream body = await answer.Content.ReadAsStreamAsync(cancellation);
        byte[] beginning = new byte[LongestAnswer];
        int read = await body.ReadAtLeastAsync(beginning, beginning.Length, throwOnEndOfStream: false, cancellation);
        return Encoding.UTF8.GetString(beginning, 0, read);
    }

    private static bool IsNetworkFault(Exception fault, CancellationToken cancellation) =>
        fault is HttpRequestException or IOException || (fault is OperationCanceledException && !cancellation.IsCancellationRequested);

    private static string Said(Exception fault) => fault is OperationCanceledException ? $"no answer within {Patience.TotalSeconds} seconds" : $"could not be reached: {fault.Message}";

    [LoggerMessage(Level = LogLevel.Warning, Message = "Message {Delivery} to webhook {Webhook}, attempt {Attempt}: {Fault}; again in {Pause}")]
    private static partial void Failed(ILogger log, string delivery, string webhook, int attempt, string fault, TimeSpan pause);

    [LoggerMessage(Level = LogLevel.Error, Message = "Message {Delivery} to webhook {Webhook} is given up after {Attempts} attempts: {Fault}")]
    private static partial void GivenUp(ILogger log, string delivery, string webhook, int attempts, string fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The outbox of the webhooks cannot be used at present")]
    private static partial void DatabaseAway(ILogger log, Exception fault);

    private sealed record Delivery(long Id, string DeliveryId, string WebhookId, string Body, int Attempts, long CreatedAt, string Url, string? Secret);
}
