namespace Vigie.Server;

/// <summary>
/// Judges wrong reports one by one, as they come. They count at the time that they were made, each tweet once: of several about one prediction the last word holds. Those that come late count where
/// they belong, up to <see cref="ReportMemory.Lateness"/>; those older than a day wake nobody.
/// </summary>
internal sealed class ReportJudge(AlertEngineState state, AlertBook book)
{
    private const int TweetsOfAnAlert = 10;

    private static readonly TimeSpan Oldest = TimeSpan.FromDays(1);

    private readonly Dictionary<(string, string), ReportMemory> memories = state.Reports.ToDictionary(memory => (memory.Rule, memory.Label));

    public void Judge(AlertRule rule, IReadOnlyList<AlertCorrection> corrections, DateTimeOffset now)
    {
        foreach (AlertCorrection correction in corrections)
        {
            if (correction.Predicted is null) continue;
            DateTimeOffset at = ClockWatch.Time(state, correction.At, now);
            if (now - at <= Oldest) Take(rule, MemoryOf(rule, rule.ByModel ? correction.Digest ?? "" : ""), correction, at, now);
        }

        foreach (ReportMemory memory in state.Reports)
        {
            if (memory.Rule != rule.Name) continue;
            if (book.Find(rule.Name, memory.Label) is { } alert) Age(rule, memory, alert, now);
            else if (memory.IsBlocked) TryAgain(rule, memory, now);
        }
    }

    /// <summary>Reports so far belong to an alert that somebody has ended.</summary>
    public void Spend(AlertItem alert)
    {
        if (memories.TryGetValue((alert.Rule, alert.Label), out ReportMemory? memory)) memory.Spend();
    }

    /// <summary>Leaves out what no rule needs any more.</summary>
    public void Tidy(AlertRules rules, DateTimeOffset now)
    {
        foreach (ReportMemory memory in state.Reports.ToArray())
        {
            AlertRule? rule = rules.All.FirstOrDefault(known => known.Name == memory.Rule && known.Signal is AlertSignal.WrongReports);
            bool idle = rule is null || (book.Find(memory.Rule, memory.Label) is null && memory.TouchedAt < now - rule.Window - ReportMemory.Lateness);
            if (!idle || !memories.Remove((memory.Rule, memory.Label))) continue;
            state.Reports.Remove(memory);
        }
    }

    private void Take(AlertRule rule, ReportMemory memory, AlertCorrection correction, DateTimeOffset at, DateTimeOffset now)
    {
        memory.TouchedAt = now;
        if (!memory.Take(correction, at, rule)) return;
        if (book.Find(rule.Name, memory.Label) is { } alert)
        {
            alert.Count++;
            alert.LastSeen = now;
            Describe(alert, rule);
            alert.Tweets.Insert(0, new AlertTweet(correction.Prediction, correction.Id, null, correction.Predicted, correction.Right, at));
            if (alert.Tweets.Count > TweetsOfAnAlert) alert.Tweets.RemoveAt(TweetsOfAnAlert);
            book.Changed(alert);
        }
        else if (memory.Run(rule) is { } run)
        {
            Open(rule, memory, run);
        }
    }

    private void Open(AlertRule rule, ReportMemory memory, IReadOnlyList<ReportItem> run)
    {
        WatchState watch = book.WatchOf(rule, memory.Label);
        memory.IsBlocked = book.BlockedUntil(rule, watch) is not null;
        if (memory.IsBlocked) return;
        watch.Since = run[0].At;
        AlertItem alert = book.Open(rule, watch, new Observation(memory.Label, true)
        {
            Model = rule.ByModel ? run[0].Model : null,
            Tweets = [.. run.Reverse().Take(TweetsOfAnAlert).Select(item => item.Tweet)],
        });
        watch.Since = null; // there is nothing that goes on holding
        alert.Count = run.Count;
        Describe(alert, rule);
    }

    private static void Describe(AlertItem alert, AlertRule rule)
    {
        (alert.Figure, alert.Limit) = (alert.Count, rule.Count);
        string row = rule.Reports is ReportOrder.InARow ? " in a row" : "";
        alert.Summary = alert.Count <= rule.Count
            ? $"{alert.Count} tweets were reported wrong{row} within {RuleDescription.Time(rule.Window)}; the limit is {rule.Count}"
            : $"{alert.Count} tweets were reported wrong; the limit is {rule.Count}{row} within {RuleDescription.Time(rule.Window)}";
    }

    private void Age(AlertRule rule, ReportMemory memory, AlertItem alert, DateTimeOffset now)
    {
        book.Grade(alert, rule, rule.Severity);
        DateTimeOffset end = alert.LastSeen + rule.ResolveAfter;
        if (now < end)
        {
            book.Wake(end);
            return;
        }

        book.Resolve(alert, null);
        memory.Spend();
    }

    private void TryAgain(AlertRule rule, ReportMemory memory, DateTimeOffset now)
    {
        if (memory.Run(rule) is { } run && run[^1].At >= now - rule.Window) Open(rule, memory, run);
        else memory.IsBlocked = false;
        if (memory.IsBlocked) book.Wake(book.BlockedUntil(rule, book.WatchOf(rule, memory.Label)));
    }

    private ReportMemory MemoryOf(AlertRule rule, string label)
    {
        if (!memories.TryGetValue((rule.Name, label), out ReportMemory? memory))
        {
            memory = new ReportMemory { Rule = rule.Name, Label = label, Judgement = rule.Judgement };
            memories.Add((rule.Name, label), memory);
            state.Reports.Add(memory);
        }
        else if (memory.Judgement != rule.Judgement)
        {
            memory.Judgement = rule.Judgement;
            memory.Items.Clear();
        }

        return memory;
    }
}
