using Vigie.Tweets;

namespace Vigie.Server;

/// <summary>Which of the texts that there are to judge.</summary>
internal enum ReviewQueue
{
    /// <summary>Those that nobody has judged: reported ones, the latest first, then the least certain.</summary>
    First,

    /// <summary>Those that one other reviewer has judged.</summary>
    Second,

    /// <summary>Those that reviewers have judged differently, and nobody has settled.</summary>
    Disputed,
}

/// <summary>A text to judge.</summary>
/// <param name="Id">Of its prediction; of the first correction that brought it, where it came so.</param>
/// <param name="Text">The text.</param>
/// <param name="At">When it was predicted, or came.</param>
internal sealed record ReviewItem(PredictionId Id, string Text, DateTimeOffset At)
{
    /// <summary>Whether <see cref="Id"/> is that of a prediction.</summary>
    public bool IsPrediction { get; init; }

    /// <summary>What was predicted; null where that is not known.</summary>
    public Sentiment? Predicted { get; init; }

    /// <summary>The probability of that, in [0, 1]; null where it is not known.</summary>
    public double? Confidence { get; init; }

    /// <summary>Digest of the model that predicted; null where it is not known.</summary>
    public string? Digest { get; init; }

    /// <summary>Its name and version.</summary>
    public string? Model { get; init; }

    /// <summary>How often it was reported wrong.</summary>
    public long Reports { get; init; }

    /// <summary>The order of a queue, no text twice. Reports first, the latest of them before the others; then what is least certain.</summary>
    public static IReadOnlyList<ReviewItem> InOrder(IEnumerable<(ReviewItem Item, long Reported)> items) =>
        [.. items.OrderByDescending(one => one.Reported).ThenBy(one => one.Item.Confidence ?? 0).ThenByDescending(one => one.Item.Id.Bits).Select(one => one.Item).DistinctBy(item => item.Text)];
}

/// <summary>What somebody reported of a text.</summary>
/// <param name="Label">What they say is right.</param>
/// <param name="At">When.</param>
/// <param name="Comment">Why.</param>
/// <param name="Name">Who, where they are a reviewer too; else people are known by codes only.</param>
/// <param name="Code">A code that is the same for the same person; null where nobody said who they are.</param>
internal sealed record ReviewReport(Sentiment Label, DateTimeOffset At, string? Comment, string? Name, string? Code);

/// <summary>What a reviewer said of a text: their last word.</summary>
/// <param name="Reviewer">Who; blank once they were forgotten.</param>
/// <param name="Label">What they say is right.</param>
/// <param name="At">When.</param>
/// <param name="Settles">Whether it ended a disagreement.</param>
internal sealed record ReviewJudgement(string Reviewer, Sentiment Label, DateTimeOffset At, bool Settles);

/// <summary>How many texts there are to judge.</summary>
/// <param name="Reported">Reported ones that nobody has judged.</param>
/// <param name="Uncertain">Uncertain ones that nobody has judged.</param>
/// <param name="Second">Those that one other reviewer has judged.</param>
/// <param name="Disputed">Disagreements.</param>
internal readonly record struct ReviewCounts(long Reported, long Uncertain, long Second, long Disputed);

/// <summary>A text whose label is known.</summary>
/// <param name="Id">Its prediction, or the correction that brought it.</param>
/// <param name="Text">The text.</param>
/// <param name="Label">Its label.</param>
/// <param name="Reviewer">Who says so; null where it is no single reviewer's word.</param>
/// <param name="At">When they said so.</param>
internal sealed record LabelledText(PredictionId Id, string Text, Sentiment Label, string? Reviewer, DateTimeOffset At)
{
    /// <summary>Whether <see cref="Id"/> is that of a prediction.</summary>
    public bool IsPrediction { get; init; }

    /// <summary>Whether it ended a disagreement.</summary>
    public bool Settles { get; init; }
}
