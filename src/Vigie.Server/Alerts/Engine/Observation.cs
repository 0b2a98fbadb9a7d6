namespace Vigie.Server;

/// <summary>What a rule sees of one of the things that it judges.</summary>
/// <param name="Label">Tells them apart: a model's digest, a signal, a channel; empty where there is one.</param>
/// <param name="Holds">Whether its condition holds; null where that cannot be said at present, and then all stays as it is.</param>
internal readonly record struct Observation(string Label, bool? Holds)
{
    public double Figure { get; init; }

    public double Limit { get; init; }

    /// <summary>In a sentence; empty where it does not hold.</summary>
    public string Summary { get; init; } = "";

    public string? Model { get; init; }

    public AlertSeverity Severity { get; init; }

    public IReadOnlyList<AlertTweet> Tweets { get; init; } = [];

    public string? NotOn { get; init; }
}
