using System.Text.Json.Serialization;
using Vigie.Evaluation;

namespace Vigie.Server;

/// <summary>How the model under trial does beside the champion.</summary>
internal sealed record TrialDescription
{
    /// <summary><c>shadow</c>: asked about every tweet, answers none. <c>canary</c>: answers a share of the traffic.</summary>
    public required TrialMode Mode { get; init; }

    /// <summary>The challenger's share of the traffic; 0 for a shadow.</summary>
    public required double Share { get; init; }

    /// <summary>Since when these two models are compared.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>SHA-256 of the champion's bundle.</summary>
    public required string Champion { get; init; }

    /// <summary>SHA-256 of the challenger's bundle.</summary>
    public required string Challenger { get; init; }

    /// <summary>How often the shadow says the same as the champion; absent for a canary.</summary>
    public TrialAgreement? Agreement { get; init; }

    /// <summary>What corrections say; absent where predictions are not recorded, or cannot be read.</summary>
    public TrialVerdict? Verdict { get; init; }

    /// <summary>Why the corrections cannot be counted at present; absent where they can.</summary>
    public string? VerdictFailure { get; init; }

    /// <summary>Puts the description together.</summary>
    /// <param name="period">The trial.</param>
    /// <param name="agreement">How often the two agreed.</param>
    /// <param name="counts">What the records know; null where there are none.</param>
    /// <param name="level">The chance of a false alarm that is accepted.</param>
    public static TrialDescription Of(TrialPeriod period, (long Compared, long Agreed, long Dropped) agreement, TrialCounts? counts, double level) => new()
    {
        Mode = period.Share == 0 ? TrialMode.Shadow : TrialMode.Canary,
        Share = period.Share,
        Since = period.Since,
        Champion = period.Champion,
        Challenger = period.Challenger,
        Agreement = period.Share > 0 ? null : new TrialAgreement(agreement.Compared, agreement.Agreed, agreement.Compared == 0 ? null : (double)agreement.Agreed / agreement.Compared, agreement.Dropped),
        Verdict = counts is null ? null : TrialVerdict.Of(period, counts, level),
    };
}

/// <summary>How often the shadow says the same as the champion, counted in this process.</summary>
/// <param name="Compared">Tweets that both labelled.</param>
/// <param name="Agreed">Tweets that both gave the same label.</param>
/// <param name="Rate">The share of them; absent before the first.</param>
/// <param name="Dropped">Tweets that the shadow was not asked about, because it had too much to do.</param>
internal sealed record TrialAgreement(long Compared, long Agreed, double? Rate, long Dropped);

/// <summary>What corrections say of the two models. It may be looked at at any time, and acted on as soon as it decides.</summary>
internal sealed record TrialVerdict
{
    /// <summary>Which model is better, as far as it can be said.</summary>
    public required TrialDecision Decision { get; init; }

    /// <summary>The bet against both being equally good: 1 at first, and at 1 / level or more it decides.</summary>
    public required double EValue { get; init; }

    /// <summary>The chance of a decision between equals that is accepted, however often one looks.</summary>
    public required double Level { get; init; }

    /// <summary>What the decision rests on.</summary>
    public required TrialCounts Counts { get; init; }

    /// <summary>Of a shadow: McNemar's exact p, for one who looks once, at a time that was fixed before.</summary>
    public double? McnemarP { get; init; }

    /// <summary>Weighs the counts.</summary>
    public static TrialVerdict Of(TrialPeriod period, TrialCounts counts, double level)
    {
        // A shadow: of the tweets that only one had right, half are the challenger's where both are equally good.
        // A canary: of the reports, the challenger draws its share of the answers. That share is counted, not taken from the settings: what was answered is what can be reported.
        long reports = counts.ChampionWrong + counts.ChallengerWrong, answers = counts.ChampionAnswers + counts.ChallengerAnswers;
        bool shadow = period.Share == 0, canBeTold = shadow || (counts.ChampionAnswers > 0 && counts.ChallengerAnswers > 0);
        SequentialShareTest test = shadow
            ? new SequentialShareTest(counts.OnlyChallengerRight, counts.OnlyChallengerRight + counts.OnlyChampionRight, 0.5)
            : canBeTold ? new SequentialShareTest(counts.ChallengerWrong, reports, (double)counts.ChallengerAnswers / answers) : new SequentialShareTest(0, 0, period.Share);
        int side = test.SideAt(level);
        return new TrialVerdict
        {
            Decision = side == 0 ? TrialDecision.Undecided : side > 0 == shadow ? TrialDecision.ChallengerBetter : TrialDecision.ChampionBetter,
            EValue = test.EValue,
            Level = level,
            Counts = counts,
            McnemarP = shadow ? new McNemarTest(counts.OnlyChampionRight, counts.OnlyChallengerRight).ExactP : null,
        };
    }
}

/// <summary>How a challenger is tried.</summary>
internal enum TrialMode
{
    /// <summary>Asked about every tweet, answers none.</summary>
    Shadow,

    /// <summary>Answers a share of the traffic.</summary>
    Canary,
}

/// <summary>What a trial has come to.</summary>
internal enum TrialDecision
{
    /// <summary>It cannot be said yet.</summary>
    Undecided,

    /// <summary>The challenger should take over.</summary>
    ChallengerBetter,

    /// <summary>The challenger should go.</summary>
    ChampionBetter,
}

/// <summary><c>shadow</c>, <c>canary</c>.</summary>
internal sealed class TrialModeName() : JsonStringEnumConverter<TrialMode>(System.Text.Json.JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false);

/// <summary><c>undecided</c>, <c>challenger_better</c>, <c>champion_better</c>.</summary>
internal sealed class TrialDecisionName() : JsonStringEnumConverter<TrialDecision>(System.Text.Json.JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false);

/// <summary><c>champion</c>, <c>challenger</c>, <c>named</c>.</summary>
internal sealed class ModelPartName() : JsonStringEnumConverter<ModelPart>(System.Text.Json.JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false);
