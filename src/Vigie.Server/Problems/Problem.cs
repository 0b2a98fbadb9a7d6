using System.Globalization;
using System.Text.Json.Serialization;

namespace Vigie.Server;

/// <summary>What went wrong with a request (RFC 9457, application/problem+json).</summary>
internal sealed record Problem
{
    public const string MediaType = "application/problem+json";

    /// <summary>The kind of problem, for programs: <c>urn:vigie:problem:…</c>.</summary>
    public required string Type { get; init; }

    /// <summary>The kind of problem, for people.</summary>
    public required string Title { get; init; }

    /// <summary>The HTTP status, repeated.</summary>
    public required int Status { get; init; }

    /// <summary>What was wrong this time, and what would be right.</summary>
    public required string Detail { get; init; }

    /// <summary>The field at fault, as a path into the body (<c>tweets[5].text</c>), the query or the headers; absent where no single field is.</summary>
    public string? Field { get; init; }

    /// <summary>The request's id, by which the log knows it too.</summary>
    public string? RequestId { get; init; }

    /// <summary>When it is worth trying again, as the header Retry-After says it; null where trying again changes nothing.</summary>
    [JsonIgnore]
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Whole seconds, at least one, after which a wait is certainly over.</summary>
    public static long Seconds(TimeSpan wait) => Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds));

    /// <summary>Answers with this problem.</summary>
    public Task WriteAsync(HttpContext context)
    {
        context.Response.Clear();
        SecurityHeaders.Set(context.Response);
        context.Response.Headers[Server.RequestId.Header] = context.TraceIdentifier;
        context.Response.StatusCode = Status;
        if (RetryAfter is { } wait) context.Response.Headers.RetryAfter = Seconds(wait).ToString(CultureInfo.InvariantCulture);
        JsonReply.Write(context.Response, this with { RequestId = context.TraceIdentifier }, ServerJson.Readable.Problem, MediaType);
        return Task.CompletedTask;
    }
}

/// <summary>A request that the caller has to change.</summary>
internal sealed class RequestException(int status, string kind, string title, string? at, string detail) : InvalidInputException(detail)
{
    private const string CallerUnknown = "The server cannot tell who calls";

    public Problem Problem => new() { Type = "urn:vigie:problem:" + kind, Title = title, Status = status, Detail = Message, Field = at, RetryAfter = RetryAfter };

    /// <summary>When it is worth trying again; null where trying again changes nothing.</summary>
    public TimeSpan? RetryAfter { get; init; }

    public static RequestException WrongField(FieldPath field, string detail) =>
        new(StatusCodes.Status400BadRequest, "wrong-field", "A field of the request is wrong", field.ToString(), detail);

    public static RequestException WrongJson(string detail) =>
        new(StatusCodes.Status400BadRequest, "wrong-json", "The body is not JSON", null, detail);

    public static RequestException TooLarge(string detail) =>
        new(StatusCodes.Status413PayloadTooLarge, "too-large", "The request is too large", null, detail);

    public static RequestException WrongMediaType(string detail) =>
        new(StatusCodes.Status415UnsupportedMediaType, "wrong-media-type", "The body is of a kind that is not read here", "Content-Type", detail);

    public static RequestException TooMany(string detail, TimeSpan wait) =>
        new(StatusCodes.Status429TooManyRequests, "too-many-requests", "Too many requests", null, detail) { RetryAfter = wait };

    public static RequestException NoSuchModel(string name, IEnumerable<string> known) =>
        new(StatusCodes.Status404NotFound, "no-such-model", "There is no model of that name here", "model", $"'{name}' is not served; there are {string.Join(", ", known)}");

    public static RequestException NotReady(string reason) =>
        new(StatusCodes.Status503ServiceUnavailable, "not-ready", "The model is not loaded yet", null, $"{reason}; /health/ready tells when it can predict") { RetryAfter = TimeSpan.FromSeconds(1) };

    public static RequestException Busy(int waiting) =>
        new(StatusCodes.Status503ServiceUnavailable, "busy", "The server has too much to do", null, string.Create(CultureInfo.InvariantCulture, $"{waiting} requests wait for the model already (models.network_queue)")) { RetryAfter = TimeSpan.FromSeconds(1) };

    public static RequestException NoRoom(string detail) =>
        new(StatusCodes.Status503ServiceUnavailable, "no-room", "There is no room for the batch", null, detail) { RetryAfter = TimeSpan.FromSeconds(5) };

    public static RequestException KeysUnreadable() =>
        new(StatusCodes.Status503ServiceUnavailable, "keys-unreadable", CallerUnknown, null, "its keys cannot be read at present; its log says why") { RetryAfter = TimeSpan.FromSeconds(1) };

    public static RequestException ProviderUnreachable() =>
        new(StatusCodes.Status503ServiceUnavailable, "identity-provider-unreachable", CallerUnknown, null, "the identity provider's keys are not to be had at present; the server's log says why") { RetryAfter = TimeSpan.FromSeconds(5) };

    public static RequestException NoSuchPrediction() =>
        new(StatusCodes.Status404NotFound, "no-such-prediction", "There is no such prediction", "prediction_id", "this server never gave that prediction_id out; send the one of an answer, or text and predicted");

    public static RequestException NoRecords() =>
        new(StatusCodes.Status501NotImplemented, "no-records", "This server keeps no records", null, "it was started with records.enabled off, and has nowhere to keep this or to look for it");

    public static RequestException NoAlerts() =>
        new(StatusCodes.Status501NotImplemented, "no-alerts", "This server raises no alerts", null, "it was started with records.enabled or alerts.enabled off");

    public static RequestException AlertsAway() =>
        new(StatusCodes.Status503ServiceUnavailable, "alerts-away", "The alerts cannot be read at present", null, "their database does not answer; the server's log says why") { RetryAfter = TimeSpan.FromSeconds(5) };

    public static RequestException NoSuchAlert(string id) =>
        new(StatusCodes.Status404NotFound, "no-such-alert", "There is no such alert", "id", $"there is no alert '{id}'; GET /alerts lists them");

    public static RequestException NoSuchRunbook() =>
        new(StatusCodes.Status404NotFound, "no-such-runbook", "There is no such runbook", "name", "there is no page of that name; an alert's runbook names its own");

    public static RequestException AlertIsOver(string id) =>
        new(StatusCodes.Status409Conflict, "alert-is-over", "The alert is over", "id", $"alert '{id}' is resolved already");

    public static RequestException NotDurable() =>
        new(StatusCodes.Status503ServiceUnavailable, "not-durable", "It could not be made safe", null, "the disk takes no records at present; send it again later") { RetryAfter = TimeSpan.FromSeconds(5) };

    // Without RetryAfter: who obeys that would send a correction twice.
    public static RequestException PerhapsDurable() =>
        new(StatusCodes.Status503ServiceUnavailable, "perhaps-durable", "The disk does not answer", null, "the disk has not said whether it took this; it may have been kept all the same, so send it again where twice does no harm");

    public static RequestException NoFigures(string reason) =>
        new(StatusCodes.Status503ServiceUnavailable, "no-figures", "The figures are not to be had", null, $"the records cannot be read at present: {reason}") { RetryAfter = TimeSpan.FromSeconds(1) };

    public static RequestException NotAcceptable(string detail) =>
        new(StatusCodes.Status406NotAcceptable, "not-acceptable", "The answer is not to be had in that form", "Accept", detail);
}
