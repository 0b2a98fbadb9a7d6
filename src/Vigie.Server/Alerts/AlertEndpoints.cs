using System.Data.Common;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Vigie.Server;

/// <summary>GET /alerts, and what people do with one.</summary>
internal static class AlertEndpoints
{
    private const int Most = 1_000, Usual = 100, MostBodyBytes = 16 << 10;

    /// <summary>A wish is carried out by the next step, which comes at once; where another server has the watch, a little later.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5), Pause = TimeSpan.FromMilliseconds(20);

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
    }

    private static void Map(IEndpointRouteBuilder app, AlertVerb verb, string name, string summary, string description) => app
        .MapPost($"/alerts/{{id}}/{name}", (HttpContext context, string id, AlertKeeper? keeper, Recorder recorder, AlertTweets? tweets, ServerOptions options) =>
            DoAsync(context, id, verb, Open(keeper), recorder, tweets!, options.Clock))
        .WithName($"{name}Alert").WithTags("Alerts").WithSummary(summary).WithDescription(description + " 202 says that it is noted and follows.")
        .Accepts<AlertRequest>(isOptional: true, "application/json")
        .Produces<Alert>().Produces<Alert>(StatusCodes.Status202Accepted).ProducesProblems(400, 404, 409, 413, 415, 429, 501, 503)
        .NeedsScope(Scope.Alerts);

    private static void List(HttpContext context, AlertKeeper? keeper, AlertTweets? tweets)
    {
        AlertKeeper open = Open(keeper);
        AlertState? state = State(context.Request.Query["state"]);
        int limit = Limit(context.Request.Query["limit"]);
        IReadOnlyList<Alert> alerts = Asked(open, store => store.List(state, context.Request.Query["before"].LastOrDefault(), limit));
        JsonReply.Write(context.Response, new AlertsAnswer { Alerts = tweets!.WithTexts(alerts), Next = alerts.Count == limit ? alerts[^1].Id : null, Failure = open.Failure }, ServerJson.Readable.AlertsAnswer);
    }

    private static void Show(HttpContext context, string id, AlertKeeper? keeper, AlertTweets? tweets) =>
        JsonReply.Write(context.Response, tweets!.WithTexts([Found(Open(keeper), id)])[0], ServerJson.Readable.Alert);

    private static async Task DoAsync(HttpContext context, string id, AlertVerb verb, AlertKeeper keeper, Recorder recorder, AlertTweets tweets, TimeProvider clock)
    {
        AlertRequest request;
        using (RequestBody body = await RequestBody.ReadAsync(context.Request, MostBodyBytes, context.RequestAborted))
        {
            if (!body.Bytes.IsEmpty) RequestBody.CheckJson(context.Request);
            request = AlertRequest.Parse(body.Bytes);
        }

        Alert alert = Found(keeper, id);
        if (alert.State is AlertState.Resolved) throw RequestException.AlertIsOver(id);
        DateTimeOffset now = clock.GetUtcNow();
        DateTimeOffset? until = verb is AlertVerb.Silence ? request.End(now) : null;
        var command = new AlertCommand(recorder.NextId().ToString(), now, id, verb, until, request.By ?? context.User.Identity?.Name ?? "somebody");
        Asked(keeper, store =>
        {
            store.Add(command);
            return true;
        });
        keeper.Wake();
        bool done = false;
        for (long begun = clock.GetTimestamp(); !done && clock.GetElapsedTime(begun) < LongestWait; done = Asked(keeper, store => !store.IsWaiting(command.Id)))
            await Task.Delay(Pause, clock, context.RequestAborted);
        context.Response.StatusCode = done ? StatusCodes.Status200OK : StatusCodes.Status202Accepted;
        JsonReply.Write(context.Response, tweets.WithTexts([Found(keeper, id)])[0], ServerJson.Readable.Alert);
    }

    private static Alert Found(AlertKeeper keeper, string id) => Asked(keeper, store => store.Find(id)) ?? throw RequestException.NoSuchAlert(id);

    private static AlertKeeper Open(AlertKeeper? keeper) => keeper ?? throw RequestException.NoAlerts();

    private static T Asked<T>(AlertKeeper keeper, Func<AlertStore, T> question)
    {
        try
        {
            return question(keeper.Store ?? throw RequestException.AlertsAway());
        }
        catch (Exception away) when (away is DbException or ObjectDisposedException)
        {
            throw RequestException.AlertsAway();
        }
    }

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
