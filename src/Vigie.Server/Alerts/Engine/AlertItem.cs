using System.Text.Json.Serialization;

namespace Vigie.Server;

/// <summary>An alert as the engine keeps it: until it has ended and everybody who was told of its beginning was told of that.</summary>
internal sealed class AlertItem
{
    public string Id { get; set; } = "";

    public string Rule { get; set; } = "";

    public string Label { get; set; } = "";

    public string? Model { get; set; }

    public AlertSeverity Severity { get; set; }

    public string Summary { get; set; } = "";

    public double Figure { get; set; }

    public double Limit { get; set; }

    public DateTimeOffset Since { get; set; }

    /// <summary>When it began, or became graver: those who are told wait from then on.</summary>
    public DateTimeOffset TellFrom { get; set; }

    public DateTimeOffset LastSeen { get; set; }

    /// <summary>Since when its condition has not held; null while it does.</summary>
    public DateTimeOffset? ClearSince { get; set; }

    public DateTimeOffset? ResolvedAt { get; set; }

    public long Count { get; set; }

    public string? By { get; set; }

    public bool IsAcknowledged { get; set; }

    public DateTimeOffset? SilencedUntil { get; set; }

    public List<AlertTweet> Tweets { get; set; } = [];

    public string Runbook { get; set; } = "";

    /// <summary>The channel that it is not told on.</summary>
    public string? NotOn { get; set; }

    /// <summary>Whether each model has alerts of its own.</summary>
    public bool ByModel { get; set; }

    /// <summary>Where it was told.</summary>
    public List<Told> Told { get; set; } = [];

    /// <summary>When it was first told, since it began or became graver.</summary>
    public DateTimeOffset? FirstTold { get; set; }

    [JsonIgnore]
    public bool IsOpen => ResolvedAt is null;

    public Told? ToldOn(string channel) => Told.Find(one => one.Channel == channel);

    /// <summary>As people are shown it.</summary>
    /// <param name="now">The time.</param>
    /// <param name="silence">Until when its rule is silenced.</param>
    public Alert ToAlert(DateTimeOffset now, DateTimeOffset? silence)
    {
        DateTimeOffset? until = silence > (SilencedUntil ?? DateTimeOffset.MinValue) ? silence : SilencedUntil;
        return new Alert
        {
            Id = Id,
            Rule = Rule,
            Severity = Severity,
            State = !IsOpen ? AlertState.Resolved : until > now ? AlertState.Silenced : IsAcknowledged ? AlertState.Acknowledged : AlertState.Open,
            Summary = Summary,
            Model = Model,
            Figure = Figure,
            Limit = Limit,
            Since = Since,
            LastSeen = LastSeen,
            ResolvedAt = ResolvedAt,
            Count = Count,
            By = By,
            SilencedUntil = until > now ? until : null,
            Tweets = [.. Tweets],
            Runbook = Runbook,
        };
    }

    public void Shift(TimeSpan by)
    {
        Since += by;
        TellFrom += by;
        LastSeen += by;
        ClearSince += by;
        ResolvedAt += by;
        SilencedUntil += by;
        FirstTold += by;
        foreach (Told told in Told) told.At += by;
    }
}

/// <summary>That an alert was told on a channel.</summary>
internal sealed class Told
{
    public required string Channel { get; init; }

    /// <summary>When it was last told there.</summary>
    public required DateTimeOffset At { get; set; }

    /// <summary>As how grave.</summary>
    public required AlertSeverity Severity { get; set; }

    /// <summary>Whether it was told there because nobody had taken it on.</summary>
    public bool IsEscalated { get; set; }

    /// <summary>Whether its end was told.</summary>
    public bool IsEndTold { get; set; }
}
