using Vigie.Tweets;

namespace Vigie.Server;

/// <summary>How much an alert matters.</summary>
public enum AlertSeverity
{
    /// <summary>Worth knowing.</summary>
    Info,

    /// <summary>To be looked at the same day.</summary>
    Warning,

    /// <summary>To be looked at now.</summary>
    Critical,
}

/// <summary>Where an alert stands.</summary>
internal enum AlertState
{
    /// <summary>Nobody has taken it on.</summary>
    Open,

    /// <summary>Somebody has; it is told of no more unless it gets worse.</summary>
    Acknowledged,

    /// <summary>Told of no more until a set time.</summary>
    Silenced,

    /// <summary>Over: by itself or because somebody said so.</summary>
    Resolved,
}

/// <summary>A tweet that an alert is about. Alerts keep ids; the texts come from the records whenever they are shown or sent, so that what was erased is in no alert.</summary>
/// <param name="PredictionId">The prediction's id.</param>
/// <param name="FeedbackId">The correction's, where one is what it is about.</param>
/// <param name="Text">The tweet; null where it was erased or is not kept.</param>
/// <param name="Predicted">What was predicted.</param>
/// <param name="Right">What would have been right, where somebody said so.</param>
/// <param name="At">When it was predicted or reported.</param>
internal sealed record AlertTweet(string? PredictionId, string? FeedbackId, string? Text, Sentiment? Predicted, Sentiment? Right, DateTimeOffset At);

/// <summary>An alert as people and receivers are told of it.</summary>
internal sealed record Alert
{
    /// <summary>Its own number, in the order of time.</summary>
    public required string Id { get; init; }

    /// <summary>The rule's name.</summary>
    public required string Rule { get; init; }

    /// <summary>How much it matters.</summary>
    public required AlertSeverity Severity { get; init; }

    /// <summary>Where it stands.</summary>
    public required AlertState State { get; init; }

    /// <summary>What has happened, in a sentence with the figure and its limit: <c>95 % of requests took up to 231 ms in 10 minutes; the limit is 200 ms</c>.</summary>
    public required string Summary { get; init; }

    /// <summary>The name and version of the model concerned; null where all are.</summary>
    public string? Model { get; init; }

    /// <summary>The figure, in the rule's unit.</summary>
    public required double Figure { get; init; }

    /// <summary>Its limit, in the rule's unit.</summary>
    public required double Limit { get; init; }

    /// <summary>Since when.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>When it was last looked at and still held.</summary>
    public required DateTimeOffset LastSeen { get; init; }

    /// <summary>When it ended; null while it has not.</summary>
    public DateTimeOffset? ResolvedAt { get; init; }

    /// <summary>How many events came together in it: wrong reports, or times that its condition came true.</summary>
    public required long Count { get; init; }

    /// <summary>Who took it on, silenced or resolved it; null where nobody did.</summary>
    public string? By { get; init; }

    /// <summary>Until when it is silenced.</summary>
    public DateTimeOffset? SilencedUntil { get; init; }

    /// <summary>The tweets concerned, newest first; ten at most.</summary>
    public IReadOnlyList<AlertTweet> Tweets { get; init; } = [];

    /// <summary>Words that several of the tweets share, the most telling first.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>What people did with it and said of it, the oldest first; where one alert is asked for.</summary>
    public IReadOnlyList<AlertDeed>? History { get; init; }

    /// <summary>What to do: name of a page in docs/runbooks, without its ending.</summary>
    public required string Runbook { get; init; }
}
