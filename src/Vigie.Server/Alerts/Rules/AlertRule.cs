using System.Globalization;
using Vigie.Tweets;

namespace Vigie.Server;

/// <summary>What a rule looks at.</summary>
internal enum AlertSignal
{
    /// <summary>Corrections that say that a prediction was wrong.</summary>
    WrongReports,

    /// <summary>How long predictions take.</summary>
    Latency,

    /// <summary>The share of requests that are answered 5xx.</summary>
    Errors,

    /// <summary>The share of the most frequent class, or of a named one.</summary>
    ClassShare,

    /// <summary>The mean share of words that the model has never seen.</summary>
    UnknownWords,

    /// <summary>Alarms of the drift monitor.</summary>
    Drift,

    /// <summary>No predictions, where there were some before.</summary>
    NoTraffic,

    /// <summary>The champion takes longer than its challenger.</summary>
    ChampionSlower,

    /// <summary>Corrections prove the challenger better.</summary>
    ChallengerBetter,

    /// <summary>Something that another part of the server says: a channel is down, records are behind.</summary>
    Condition,
}

/// <summary>Which wrong reports count together.</summary>
internal enum ReportOrder
{
    /// <summary>Any within the window.</summary>
    Any,

    /// <summary>Those that follow each other, without one between that says that a prediction was right.</summary>
    InARow,
}

/// <summary>Others are told where nobody takes an alert on.</summary>
/// <param name="After">So long after it was first told.</param>
/// <param name="Channels">Where they are told.</param>
internal sealed record AlertEscalation(TimeSpan After, IReadOnlyList<string> Channels);

/// <summary>When an alert begins and ends, and who is told of it.</summary>
internal sealed record AlertRule
{
    /// <summary>Its name: lower-case letters, digits and hyphens.</summary>
    public required string Name { get; init; }

    /// <summary>How much its alerts matter.</summary>
    public required AlertSeverity Severity { get; init; }

    /// <summary>Whether it is judged. One that is not raises nothing, and what it raised ends.</summary>
    public bool IsEnabled { get; init; } = true;

    /// <summary>What it looks at.</summary>
    public required AlertSignal Signal { get; init; }

    /// <summary>What must be exceeded: milliseconds of a latency, else a share.</summary>
    public double Above { get; init; }

    /// <summary>Of latencies: the share that is to be faster.</summary>
    public double Quantile { get; init; } = 0.95;

    /// <summary>Of wrong reports: how many.</summary>
    public int Count { get; init; } = 3;

    /// <summary>Of wrong reports: which count together.</summary>
    public ReportOrder Reports { get; init; }

    /// <summary>Of class shares: the class; null for whichever is most frequent.</summary>
    public Sentiment? Class { get; init; }

    /// <summary>Of trials: the chance of a false alarm that is accepted, however often one looks.</summary>
    public double Level { get; init; } = 0.01;

    /// <summary>Of missing traffic: in this time before it ended there must have been <see cref="AtLeast"/> predictions.</summary>
    public TimeSpan Before { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The name of what another part of the server says.</summary>
    public string? Condition { get; init; }

    /// <summary>How far back it looks.</summary>
    public TimeSpan Window { get; init; }

    /// <summary>How long its condition has to hold before there is an alert.</summary>
    public TimeSpan For { get; init; }

    /// <summary>Events that have to be in the window for it to be judged.</summary>
    public long AtLeast { get; init; }

    /// <summary>Whether each model is judged by itself.</summary>
    public bool ByModel { get; init; }

    /// <summary>So long after an alert has ended the next does not begin.</summary>
    public TimeSpan Cooldown { get; init; }

    /// <summary>How often those who were told are told again while nobody takes the alert on.</summary>
    public TimeSpan Repeat { get; init; } = TimeSpan.FromHours(4);

    /// <summary>An alert ends when its condition has not held for so long.</summary>
    public TimeSpan ResolveAfter { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long the first of several alerts waits for the others, to be told together.</summary>
    public TimeSpan GroupWait { get; init; }

    /// <summary>How long after a notice the next alerts of the rule wait, to be told together.</summary>
    public TimeSpan GroupInterval { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Rules whose alerts are not told while one of this rule lasts.</summary>
    public IReadOnlyList<string> Inhibits { get; init; } = [];

    /// <summary>Where its alerts are told; empty for every channel there is.</summary>
    public IReadOnlyList<string> Channels { get; init; } = [];

    /// <summary>Who else is told when nobody takes an alert on; null for nobody.</summary>
    public AlertEscalation? Escalate { get; init; }

    /// <summary>A page in docs/runbooks.</summary>
    public required string Runbook { get; init; }

    /// <summary>What decides whether its condition holds: where this changes, what was seen before says nothing about the rule.</summary>
    public string Judgement => string.Create(
        CultureInfo.InvariantCulture,
        $"{Signal}|{Above:R}|{Quantile:R}|{Count}|{Reports}|{Class}|{Level:R}|{Before}|{Condition}|{Window}|{AtLeast}|{ByModel}");
}
