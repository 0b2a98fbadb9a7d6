using System.Globalization;
using Vigie.Tweets;

namespace Vigie.Server;

/// <summary>Looks at figures as a rule tells it to, and says whether its condition holds.</summary>
/// <param name="inputs">The moment.</param>
/// <param name="state">What was before.</param>
internal sealed class SignalJudge(AlertInputs inputs, AlertEngineState state)
{
    // Shares are quotients of sums: at the limit itself they must not exceed it by a rounding.
    private const double Rounding = 1e-9;

    /// <summary>What there is to be seen. What was seen before and is not among it does not hold any more.</summary>
    public IEnumerable<Observation> Look(AlertRule rule) => rule.Signal switch
    {
        AlertSignal.Latency => Each(rule, Latency),
        AlertSignal.ClassShare => Each(rule, ClassShare),
        AlertSignal.UnknownWords => Each(rule, UnknownWords),
        AlertSignal.Errors => [Errors(rule)],
        AlertSignal.NoTraffic => [NoTraffic(rule)],
        AlertSignal.ChampionSlower => ChampionSlower(rule),
        AlertSignal.ChallengerBetter => ChallengerBetter(rule),
        AlertSignal.Drift => inputs.Drift.Select(alarm =>
            new Observation(alarm.Signal, true) { Figure = alarm.Figure, Limit = alarm.Limit, Summary = alarm.Says, Model = alarm.Model, Tweets = alarm.Tweets }),
        AlertSignal.Condition => inputs.Conditions.Where(condition => condition.Name == rule.Condition).Select(condition =>
            new Observation(condition.Label, true) { Figure = condition.Figure, Limit = condition.Limit, Summary = condition.Says, Severity = condition.Severity, NotOn = condition.NotOn }),
        _ => throw new InvalidOperationException($"{rule.Signal} is not judged by figures"),
    };

    /// <summary>The minute that a time is in; figures go up to its beginning.</summary>
    public static DateTimeOffset MinuteOf(DateTimeOffset time) => new(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerMinute), TimeSpan.Zero);

    private static bool Exceeds(double figure, double limit) => figure > limit * (1 + Rounding);

    private IEnumerable<Observation> Each(AlertRule rule, Func<AlertRule, AlertModel?, Observation> judge) => rule.ByModel ? inputs.Models.Select(model => judge(rule, model)) : [judge(rule, null)];

    private Observation Latency(AlertRule rule, AlertModel? model)
    {
        Figures figures = Over(rule.Window, model?.Digest);
        if (TooFew(rule, figures.Latencies.Count, model?.Digest) is { } unjudged) return unjudged;
        double milliseconds = figures.Latencies.Quantile(rule.Quantile)!.Value / 1000.0;
        return Judged(rule, model, milliseconds, rule.Above, () =>
            $"{RuleDescription.Percent(rule.Quantile)} of predictions took up to {RuleDescription.Milliseconds(milliseconds)} over {RuleDescription.Time(rule.Window)}; the limit is {RuleDescription.Milliseconds(rule.Above)}");
    }

    private Observation Errors(AlertRule rule)
    {
        Figures figures = Over(rule.Window);
        if (TooFew(rule, figures.Requests, null) is { } unjudged) return unjudged;
        double share = (double)figures.Failed / figures.Requests;
        (long failed, long requests) = (figures.Failed, figures.Requests);
        return Judged(rule, null, share, rule.Above, () =>
            string.Create(CultureInfo.InvariantCulture, $"{failed:N0} of {requests:N0} requests failed over {RuleDescription.Time(rule.Window)}, {RuleDescription.Percent(share)}; the limit is {RuleDescription.Percent(rule.Above)}"));
    }

    private Observation ClassShare(AlertRule rule, AlertModel? model)
    {
        Figures figures = Over(rule.Window, model?.Digest);
        if (TooFew(rule, figures.Predictions, model?.Digest) is { } unjudged) return unjudged;
        Sentiment label = rule.Class ?? Enum.GetValues<Sentiment>().MaxBy(figures.Of);
        double share = (double)figures.Of(label) / figures.Predictions;
        (long those, long all) = (figures.Of(label), figures.Predictions);
        return Judged(rule, model, share, rule.Above, () => string.Create(
            CultureInfo.InvariantCulture,
            $"{those:N0} of {all:N0} predictions over {RuleDescription.Time(rule.Window)} are {RuleDescription.NameOf(label)}, {RuleDescription.Percent(share)}; the limit is {RuleDescription.Percent(rule.Above)}"));
    }

    private Observation UnknownWords(AlertRule rule, AlertModel? model)
    {
        Figures figures = Over(rule.Window, model?.Digest);
        if (TooFew(rule, figures.Predictions, model?.Digest) is { } unjudged) return unjudged;
        double share = figures.UnknownShare / figures.Predictions;
        long all = figures.Predictions;
        return Judged(rule, model, share, rule.Above, () => string.Create(
            CultureInfo.InvariantCulture,
            $"{RuleDescription.Percent(share)} of the words of {all:N0} tweets over {RuleDescription.Time(rule.Window)} are unknown to the model; the limit is {RuleDescription.Percent(rule.Above)}"));
    }

    // By the engine's own memory of the last prediction, which moves with the clock, and not by the window alone: a clock put ahead leaves it empty.
    private Observation NoTraffic(AlertRule rule)
    {
        if (state.LastTraffic is not { } last || state.LastPrediction is not { } recorded) return new Observation("", false);
        DateTimeOffset now = MinuteOf(inputs.Now);
        TimeSpan quiet = now - (last > state.WatchedSince ? last : state.WatchedSince);
        if (quiet < rule.Window || inputs.Figures.Over(inputs.Now - rule.Window, inputs.Now).Predictions > 0) return new Observation("", false);
        long before = inputs.Figures.Over(recorded - rule.Before, recorded.AddMinutes(1)).Predictions;
        return new Observation("", before >= rule.AtLeast)
        {
            Figure = Math.Floor((now - last).TotalMinutes),
            Limit = rule.Window.TotalMinutes,
            Summary = before < rule.AtLeast ? "" : string.Create(CultureInfo.InvariantCulture, $"nothing was predicted for {RuleDescription.Time(now - last)}, after {before:N0} predictions in the {RuleDescription.Time(rule.Before)} before; the limit is {RuleDescription.Time(rule.Window)}"),
        };
    }

    private IEnumerable<Observation> ChampionSlower(AlertRule rule)
    {
        AlertModel? champion = inputs.Models.FirstOrDefault(model => model.Part is ModelPart.Champion), challenger = inputs.Models.FirstOrDefault(model => model.Part is ModelPart.Challenger);
        if (champion is null || challenger is null) yield break;
        // The sums may be the same object twice, so each is read before the other is asked for.
        Figures figures = Over(rule.Window, champion.Digest, ModelPart.Champion);
        (long answers, double? slow) = (figures.Latencies.Count, figures.Latencies.Quantile(rule.Quantile) / 1000.0);
        figures = Over(rule.Window, challenger.Digest, ModelPart.Challenger);
        (long others, double? fast) = (figures.Latencies.Count, figures.Latencies.Quantile(rule.Quantile) / 1000.0);
        if (TooFew(rule, Math.Min(answers, others), challenger.Digest) is { } unjudged)
        {
            yield return unjudged;
            yield break;
        }

        double limit = fast!.Value * (1 + rule.Above);
        yield return new Observation(challenger.Digest, Exceeds(slow!.Value, limit))
        {
            Figure = slow.Value,
            Limit = limit,
            Model = champion.Name,
            Summary = $"{RuleDescription.Percent(rule.Quantile)} of the champion's predictions took up to {RuleDescription.Milliseconds(slow.Value)} over {RuleDescription.Time(rule.Window)}, of the challenger's ({challenger.Name}) up to {RuleDescription.Milliseconds(fast.Value)}; the limit is {RuleDescription.Percent(rule.Above)} more",
        };
    }

    private IEnumerable<Observation> ChallengerBetter(AlertRule rule)
    {
        if (inputs.Trial is not { } trial) yield break;
        if (inputs.TrialCounts is not { } counts)
        {
            yield return new Observation(trial.Challenger, null);
            yield break;
        }

        TrialVerdict verdict = TrialVerdict.Of(trial, counts, rule.Level);
        bool better = verdict.Decision is TrialDecision.ChallengerBetter;
        string name = inputs.Models.FirstOrDefault(model => model.Digest == trial.Challenger)?.Name ?? trial.Challenger[..Math.Min(12, trial.Challenger.Length)];
        string counted = trial.Share == 0
            ? string.Create(CultureInfo.InvariantCulture, $"of {counts.OnlyChallengerRight + counts.OnlyChampionRight:N0} corrected tweets that one of the two had right, {counts.OnlyChallengerRight:N0} were the challenger's")
            : string.Create(CultureInfo.InvariantCulture, $"{counts.ChallengerWrong:N0} of the challenger's {counts.ChallengerAnswers:N0} answers were reported wrong, and {counts.ChampionWrong:N0} of the champion's {counts.ChampionAnswers:N0}");
        yield return new Observation(trial.Challenger, better)
        {
            Figure = verdict.EValue,
            Limit = 1 / rule.Level,
            Model = name,
            Summary = better ? string.Create(CultureInfo.InvariantCulture, $"the challenger {name} is better: {counted}; the evidence is {Math.Min(verdict.EValue, 1e12):N0}, and {1 / rule.Level:N0} is the limit") : "",
        };
    }

    private Figures Over(TimeSpan window, string? model = null, ModelPart? part = null)
    {
        DateTimeOffset from = inputs.Now - window;
        return inputs.Figures.Over(state.WindowsFrom > from ? state.WindowsFrom.Value : from, inputs.Now, model, part);
    }

    /// <summary>What to say of a window with too little in it: nothing after a jump, until it is full again; else that there is nothing.</summary>
    private Observation? TooFew(AlertRule rule, long events, string? label) =>
        events >= Math.Max(1, rule.AtLeast) ? null : new Observation(label ?? "", state.WindowsFrom > inputs.Now - rule.Window ? null : false);

    private static Observation Judged(AlertRule rule, AlertModel? model, double figure, double limit, Func<string> summary)
    {
        bool holds = Exceeds(figure, limit);
        return new Observation(rule.ByModel ? model!.Digest : "", holds) { Figure = figure, Limit = limit, Model = model?.Name, Summary = holds ? summary() : "" };
    }
}
