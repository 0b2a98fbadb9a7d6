using System.Globalization;
using System.Text.Json.Nodes;

namespace Vigie.Server;

/// <summary>GET /alerts, and what people do with one.</summary>
internal static class AlertEndpoints
{
    private const int Most = 1_000, Usual = 100, MostBodyBytes = 16 << 10;

    public static void MapAlerts(this IEndpointRouteBuilder app)
    {
        app.MapGet("/alerts", List).WithName("alerts").WithTags("Alerts")
            .WithSummary("The alerts, newest first")
            .WithDescription("Of one state with ?state=open, acknowledged, silenced or resolved; at most ?limit=100 of them, and those after the last one with ?before=ID. Texts of tweets are those that the records still have.")
            .Produces<AlertsAnswer>().ProducesProblems(400, 429, 501, 503)
            .AddOpenApiOperationTransformer((operation, _, _) =>
            {
                if (operation.Responses?["200"].Content?["application/json"] is { } got) got.Example = JsonNode.Parse(AlertsAnswer.Example);
                return Task.CompletedTask;
            })
            .NeedsScope(Scope.Read);
        app.MapGet("/alerts/{id}", Show).WithName("alert").WithTags("Alerts").WithSummary("One alert").Produces<Alert>().ProducesProblems(404, 429, 501, 503).NeedsScope(Scope.Read);
        Map(app, AlertVerb.Acknowledge, "acknowledge", "Take an alert on", "It is repeated and escalated no more, unless it becomes graver.");
        Map(app, AlertVerb.Silence, "silence", "Be told of an alert no more, for a time", "For an hour, or as \"for\" (2h) or \"until\" (ISO 8601) say. The alert itself goes on.");
        Map(app, AlertVerb.Resolve, "resolve", "End an alert", "Where its condition goes on, another begins once the condition has been away in between, or a repeat interval later.");
        app.MapPost("/alerts/{id}/note", NoteAsync)
            .WithName("noteAlert").WithTags("Alerts").WithSummary("Add a note to an alert").WithDescription("Says what was found or done, as \"note\", for those who look at the alert later; also where it is over.")
            .Accepts<AlertRequest>("application/json")
            .Produces<Alert>().ProducesProblems(400, 404, 413, 415, 429, 501, 503)
            .NeedsScope(Scope.Alerts);
    }

    private static void Map(IEndpointRouteBuilder app, AlertVerb verb, string name, string summary, string description) => app
        .MapPost($"/alerts/{{id}}/{name}", (HttpContext context, string id, AlertDesk? desk, ServerOptions options) => DoAsync(context, id, verb, Open(desk), options.Clock))
        .WithName($"{name}Alert").WithTags("Alerts").WithSummary(summary).WithDescription(description + " 202 says that it is noted and follows.")
        .Accepts<AlertRequest>(isOptional: true, "application/json")
        .Produces<Alert>().Produces<Alert>(StatusCodes.Status202Accepted).ProducesProblems(400, 404, 409, 413, 415, 429, 501, 503)
        .NeedsScope(Scope.Alerts);

    private static void List(HttpContext context, AlertDesk? desk)
    {
        AlertDesk open = Open(desk);
        AlertState? state = State(context.Request.Query["state"]);
        int limit = Limit(context.Request.Query["limit"]);
        IReadOnlyList<Alert> alerts = open.List(state, context.Request.Query["before"].LastOrDefault(), limit);
        JsonReply.Write(context.Response, new AlertsAnswer { Alerts = alerts, Next = alerts.Count == limit ? alerts[^1].Id : null, Failure = open.Failure }, ServerJson.Readable.AlertsAnswer);
    }

    private static void Show(HttpContext context, string id, AlertDesk? desk) => JsonReply.Write(context.Response, Open(desk).Find(id), ServerJson.Readable.Alert);

    private static async Task DoAsync(HttpContext context, string id, AlertVerb verb, AlertDesk desk, TimeProvider clock)
    {
        AlertRequest request = await ReadAsync(context);
        (Alert alert, bool done) = await desk.DoAsync(id, verb, verb is AlertVerb.Silence ? request.End(clock.GetUtcNow()) : null, ByWhom(context, request), context.RequestAborted);
        context.Response.StatusCode = done ? StatusCodes.Status200OK : StatusCodes.Status202Accepted;
        JsonReply.Write(context.Response, alert, ServerJson.Readable.Alert);
    }

    private static async Task NoteAsync(HttpContext context, string id, AlertDesk? desk)
    {
        AlertDesk open = Open(desk);
        AlertRequest request = await ReadAsync(context);
        JsonReply.Write(context.Response, open.Note(id, request.Note, ByWhom(context, request)), ServerJson.Readable.Alert);
    }

    private static async Task<AlertRequest> ReadAsync(HttpContext context)
    {
        using RequestBody body = await RequestBody.ReadAsync(context.Request, MostBodyBytes, context.RequestAborted);
        if (!body.Bytes.IsEmpty) RequestBody.CheckJson(context.Request);
        return AlertRequest.Parse(body.Bytes);
    }

    private static string ByWhom(HttpContext context, AlertRequest request) => request.By ?? context.User.Identity?.Name ?? "somebody";

    private static AlertDesk Open(AlertDesk? desk) => desk ?? throw RequestException.NoAlerts();

    private static AlertState? State(string? text) => text switch
    {
        null or "" => null,
        "open" => AlertState.Open,
        "acknowledged" => AlertState.Acknowledged,
        "silenced" => AlertState.Silenced,
        "resolved" => AlertState.Resolved,
        _ => throw RequestException.WrongField("state", "state must be open, acknowledged, silenced or resolved"),
    };

    private static int Limit(string? text)
    {
        if (string.IsNullOrEmpty(text)) return Usual;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int limit) && limit is >= 1 and <= Most ? limit : throw RequestException.WrongField("limit", $"limit must be a number from 1 to {Most}");
    }
}
