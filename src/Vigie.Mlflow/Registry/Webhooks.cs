using System.Buffers.Text;
using System.Data.Common;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading.Channels;

namespace Vigie.Mlflow;

/// <summary>Who is told of changes in the registry, and the messages that are on their way.</summary>
public sealed partial class Webhooks
{
    /// <summary>Webhooks of one page, where the question names no number.</summary>
    public const int DefaultPage = 100;

    private const int LargestPage = 1000;

    private const string Columns = "webhook_id, name, description, url, status, creation_time, last_update_time";

    private readonly Channel<bool> announced = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    internal Webhooks(Database database, TimeProvider clock)
    {
        Database = database;
        Clock = clock;
    }

    internal Database Database { get; }

    internal TimeProvider Clock { get; }

    private long Now => Clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Adds a webhook.</summary>
    /// <param name="name">See <see cref="Webhook.Name"/>.</param>
    /// <param name="url">An http or https address without user and password.</param>
    /// <param name="events">At least one of <see cref="WebhookEvent.All"/>.</param>
    /// <param name="description">Free text.</param>
    /// <param name="secret">Signs the messages; null for unsigned ones.</param>
    /// <param name="status"><see cref="WebhookStatus"/>; null for active.</param>
    /// <param name="cancellation">Ends the waiting before the write has begun.</param>
    public Task<Webhook> CreateAsync(string name, string url, IReadOnlyList<WebhookEvent> events, string? description = null, string? secret = null, string? status = null, CancellationToken cancellation = default)
    {
        CheckName(name);
        CheckUrl(url);
        WebhookEvent[] kept = Checked(events);
        CheckStatus(status);
        RegistryNames.Text(description, "description");
        CheckSecret(secret);
        string id = Outbox.NewId();
        return Database.WriteAsync(
            async session =>
            {
                await session.ExecuteAsync(
                    "INSERT INTO webhooks (webhook_id, name, description, url, secret, status, creation_time, last_update_time) VALUES (@id, @name, @description, @url, @secret, @status, @now, @now)",
                    ("@id", id), ("@name", name), ("@description", description), ("@url", url), ("@secret", secret), ("@status", status ?? WebhookStatus.Active), ("@now", Now));
                await PutEventsAsync(session, id, kept);
                return await ReadAsync(session, id);
            },
            cancellation);
    }

    /// <summary>One webhook.</summary>
    /// <exception cref="MlflowException">It is not there.</exception>
    public Task<Webhook> GetAsync(string webhookId, CancellationToken cancellation = default) => Database.ReadAsync(session => ReadAsync(session, webhookId), cancellation);

    /// <summary>All webhooks, the oldest first, in parts.</summary>
    public Task<Page<Webhook>> ListAsync(int? maxResults = null, string? pageToken = null, CancellationToken cancellation = default)
    {
        int size = maxResults ?? DefaultPage;
        if (size is < 1 or > LargestPage) throw MlflowException.Invalid($"Parameter 'max_results' must be from 1 to {LargestPage}, got {size}");
        (long time, string id) = string.IsNullOrEmpty(pageToken) ? (long.MinValue, "") : Opened(pageToken);
        return Database.ReadAsync(
            async session =>
            {
                List<Webhook> found = await session.QueryAsync(
                    $"SELECT {Columns} FROM webhooks WHERE creation_time > @time OR (creation_time = @time AND webhook_id > @id) ORDER BY creation_time, webhook_id LIMIT @max",
                    ReadRow, ("@time", time), ("@id", id), ("@max", (long)size + 1));
                var page = new List<Webhook>();
                foreach (Webhook webhook in found.Take(size)) page.Add(webhook with { Events = await EventsAsync(session, webhook.WebhookId) });
                return new Page<Webhook>(page, found.Count > size ? Token(page[^1]) : null);
            },
            cancellation);
    }

    /// <summary>Changes what is not null.</summary>
    /// <exception cref="MlflowException">It is not there, or a value cannot be one.</exception>
    public Task<Webhook> UpdateAsync(string webhookId, string? name = null, string? url = null, IReadOnlyList<WebhookEvent>? events = null, string? description = null, string? secret = null, string? status = null, CancellationToken cancellation = default)
    {
        if (name is not null) CheckName(name);
        if (url is not null) CheckUrl(url);
        WebhookEvent[]? kept = events is null ? null : Checked(events);
        CheckStatus(status);
        RegistryNames.Text(description, "description");
        CheckSecret(secret);
        return Database.WriteAsync(
            async session =>
            {
                await ReadAsync(session, webhookId);
                await session.ExecuteAsync(
                    "UPDATE webhooks SET name = COALESCE(@name, name), description = COALESCE(@description, description), url = COALESCE(@url, url), secret = COALESCE(@secret, secret), " +
                    "status = COALESCE(@status, status), last_update_time = @now WHERE webhook_id = @id",
                    ("@name", name), ("@description", description), ("@url", url), ("@secret", secret), ("@status", status), ("@now", Now), ("@id", webhookId));
                if (kept is not null)
                {
                    await session.ExecuteAsync("DELETE FROM webhook_events WHERE webhook_id = @id", ("@id", webhookId));
                    await PutEventsAsync(session, webhookId, kept);
                }

                return await ReadAsync(session, webhookId);
            },
            cancellation);
    }

    /// <summary>Deletes a webhook; messages on their way to it go too.</summary>
    /// <exception cref="MlflowException">It is not there.</exception>
    public Task DeleteAsync(string webhookId, CancellationToken cancellation = default) => Database.WriteAsync(
        async session =>
        {
            if (await session.ExecuteAsync("DELETE FROM webhooks WHERE webhook_id = @id", ("@id", webhookId)) == 0) throw NotThere(webhookId);
        },
        cancellation);

    /// <summary>Says that something may have been written to the outbox.</summary>
    internal void Announce() => announced.Writer.TryWrite(true);

    /// <summary>Waits until something is announced, or for <paramref name="longest"/>.</summary>
    internal async Task WaitAsync(TimeSpan longest, CancellationToken cancellation)
    {
        using var late = new CancellationTokenSource(longest, Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellation);
        try
        {
            await announced.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return; // the time is over, which is an answer too
        }
    }

    /// <summary>The address and the secret of a webhook.</summary>
    internal Task<(Webhook Webhook, string? Secret)> WithSecretAsync(string webhookId, CancellationToken cancellation) => Database.ReadAsync(
        async session => (await ReadAsync(session, webhookId), await session.ScalarAsync<string>("SELECT secret FROM webhooks WHERE webhook_id = @id", ("@id", webhookId))), cancellation);

    internal static MlflowException NotThere(string webhookId) => MlflowException.Missing($"Webhook with ID {webhookId} not found");

    private static async Task<Webhook> ReadAsync(Session session, string id)
    {
        RegistryNames.Text(id, "webhook_id");
        Webhook found = await session.FirstAsync($"SELECT {Columns} FROM webhooks WHERE webhook_id = @id", ReadRow, ("@id", id)) ?? throw NotThere(id);
        return found with { Events = await EventsAsync(session, id) };
    }

    private static async Task<IReadOnlyList<WebhookEvent>> EventsAsync(Session session, string id) => await session.QueryAsync(
        "SELECT entity, action FROM webhook_events WHERE webhook_id = @id ORDER BY position", reader => new WebhookEvent(reader.GetString(0), reader.GetString(1)), ("@id", id));

    private static async Task PutEventsAsync(Session session, string id, WebhookEvent[] events)
    {
        for (int i = 0; i < events.Length; i++)
        {
            await session.ExecuteAsync(
                "INSERT INTO webhook_events (webhook_id, entity, action, position) VALUES (@id, @entity, @action, @position)",
                ("@id", id), ("@entity", events[i].Entity), ("@action", events[i].Action), ("@position", i));
        }
    }

    private static Webhook ReadRow(DbDataReader reader) => new()
    {
        WebhookId = reader.GetString(0),
        Name = reader.GetString(1),
        Description = reader.TextOrNull(2),
        Url = reader.GetString(3),
        Events = [],
        Status = reader.GetString(4),
        CreationTimestamp = reader.GetInt64(5),
        LastUpdatedTimestamp = reader.GetInt64(6),
    };

    private static void CheckName(string? name)
    {
        if (name is null || !NameCharacters().IsMatch(name))
            throw MlflowException.Invalid($"Webhook name '{name}': 1 to 63 letters, digits, dots, dashes and underscores are possible, with a letter or digit at both ends");
    }

    private static void CheckUrl(string? url)
    {
        if (string.IsNullOrWhiteSpace(url)) throw MlflowException.Invalid("Missing value for required parameter 'url'");
        RegistryNames.Text(url, "url");
        if (!Uri.TryCreate(url, UriKind.Absolute, out Uri? address) || (address.Scheme != Uri.UriSchemeHttp && address.Scheme != Uri.UriSchemeHttps) || address.Host.Length == 0)
            throw MlflowException.Invalid("Webhook URL must be an absolute http or https address");
        if (address.UserInfo.Length > 0) throw MlflowException.Invalid("Webhook URL must hold no user and password: they would be kept and shown; use a secret instead");
    }

    private static WebhookEvent[] Checked(IReadOnlyList<WebhookEvent>? events)
    {
        if (events is null || events.Count == 0) throw MlflowException.Invalid("Webhook events cannot be empty");
        WebhookEvent? unknown = events.FirstOrDefault(candidate => !WebhookEvent.All.Contains(candidate));
        return unknown is null ? [.. events.Distinct()] : throw MlflowException.Invalid($"there is no event {unknown.Entity} {unknown.Action}; known are {string.Join(", ", WebhookEvent.All)}");
    }

    private static void CheckStatus(string? status)
    {
        if (status is not null && !WebhookStatus.All.Contains(status)) throw MlflowException.Invalid($"Webhook status '{status}' is unknown; it is one of {string.Join(", ", WebhookStatus.All)}");
    }

    private static void CheckSecret(string? secret)
    {
        RegistryNames.Text(secret, "secret");
        if (secret is { Length: 0 or > 1000 }) throw MlflowException.Invalid("Webhook secret: 1 to 1000 characters are possible");
    }

    private static string Token(Webhook last) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes($"{last.CreationTimestamp} {last.WebhookId}"));

    private static (long Time, string Id) Opened(string token)
    {
        if (Base64Url.IsValid(token) && Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token)).Split(' ') is [var time, { Length: 32 } id] && long.TryParse(time, out long at)
            && id.All(char.IsAsciiHexDigit)) return (at, id);
        throw MlflowException.Invalid("Invalid page token: it must be one that an answer before gave");
    }

    [GeneratedRegex(@"^[a-zA-Z0-9]([a-zA-Z0-9._-]{0,61}[a-zA-Z0-9])?\z")]
    private static partial Regex NameCharacters();
}
