using Vigie.Monitoring;
using Vigie.Tweets;

namespace Vigie.Server;

/// <summary>All that the engine is told at one moment.</summary>
internal sealed record AlertInputs
{
    /// <summary>What the clock on the wall says.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>What a clock says that nobody sets, from a beginning of its own.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>Which clock that is: the same name means the same beginning. A process's own, or the machine's start.</summary>
    public required string Boot { get; init; }

    /// <summary>Figures by minute.</summary>
    public required IFigures Figures { get; init; }

    /// <summary>The channels that are set up, each with the least severity that it is told of.</summary>
    public IReadOnlyDictionary<string, AlertSeverity> Channels { get; init; } = new Dictionary<string, AlertSeverity>();

    /// <summary>The models on duty, a digest once.</summary>
    public IReadOnlyList<AlertModel> Models { get; init; } = [];

    /// <summary>Corrections that came since the step before, in the order in which they were kept.</summary>
    public IReadOnlyList<AlertCorrection> Corrections { get; init; } = [];

    /// <summary>Alarms that the drift monitor has now.</summary>
    public IReadOnlyList<AlertDrift> Drift { get; init; } = [];

    /// <summary>What other parts of the server say now.</summary>
    public IReadOnlyList<AlertCondition> Conditions { get; init; } = [];

    /// <summary>The trial under way; null for none.</summary>
    public TrialPeriod? Trial { get; init; }

    /// <summary>What the records know of it; null where they were not asked, and then the rule about it stays as it was.</summary>
    public TrialCounts? TrialCounts { get; init; }
}

/// <summary>A model on duty.</summary>
/// <param name="Digest">SHA-256 of its bundle.</param>
/// <param name="Name">Name and version, for people.</param>
/// <param name="Part">In which part.</param>
internal sealed record AlertModel(string Digest, string Name, ModelPart Part);

/// <summary>A correction, without its text.</summary>
/// <param name="Id">Its own id.</param>
/// <param name="At">When it came.</param>
/// <param name="Prediction">The prediction that it is about; null where it brought a text.</param>
/// <param name="Digest">The model that predicted; null where that is not known.</param>
/// <param name="Model">Its name and version.</param>
/// <param name="Predicted">What was predicted; null where that is not known any more, and then it counts for nothing.</param>
/// <param name="Right">What would have been right.</param>
internal sealed record AlertCorrection(string Id, DateTimeOffset At, string? Prediction, string? Digest, string? Model, Sentiment? Predicted, Sentiment Right)
{
    /// <summary>Whether it says that the prediction was wrong.</summary>
    public bool IsWrong => Predicted is { } predicted && predicted != Right;

    /// <summary>Whether a reviewer says so, who looks for what is wrong: that is no news of the public. It takes a report back that was mistaken, and adds none.</summary>
    public bool IsReview { get; init; }
}

/// <summary>An alarm of the drift monitor.</summary>
/// <param name="Signal">The signal, such as <c>class_mix</c>.</param>
/// <param name="Says">What it is, in a sentence.</param>
/// <param name="Figure">What was measured.</param>
/// <param name="Limit">Beyond which it matters.</param>
/// <param name="Model">The model's name and version.</param>
/// <param name="Tweets">Predictions that show it, newest first, without texts.</param>
internal sealed record AlertDrift(string Signal, string Says, double Figure, double Limit, string? Model, IReadOnlyList<AlertTweet> Tweets)
{
    /// <summary>Of a reading that is an alarm.</summary>
    /// <param name="reading">The reading.</param>
    /// <param name="model">The model's name and version.</param>
    /// <param name="now">The time of the look.</param>
    public static AlertDrift Of(DriftReading reading, string model, DateTimeOffset now) => new(
        RuleDescription.NameOf(reading.Signal),
        reading.Says,
        reading.Figure ?? 0,
        reading.Limit ?? 0,
        model,
        [.. reading.Examples.Where(example => example.Id is not null).Take(10).Select(example => new AlertTweet(example.Id, null, null, null, null, now))]);
}

/// <summary>Something that another part of the server says and that holds now.</summary>
/// <param name="Name">As rules name it, such as <c>channel_down</c>.</param>
/// <param name="Label">Tells several apart, such as the channel's name; empty for one.</param>
/// <param name="Says">What it is, in a sentence.</param>
/// <param name="Figure">A figure.</param>
/// <param name="Limit">Its limit.</param>
internal sealed record AlertCondition(string Name, string Label, string Says, double Figure, double Limit)
{
    /// <summary>How much it matters, where that is more than its rule says.</summary>
    public AlertSeverity Severity { get; init; }

    /// <summary>The channel that it is not told on, because that is what is wrong.</summary>
    public string? NotOn { get; init; }
}
