using System.Text.Json.Serialization;
using Vigie.Tweets;

namespace Vigie.Server;

/// <summary>Corrections that a rule about wrong reports may still need: those of its window, and a little more for such as come late.</summary>
internal sealed class ReportMemory
{
    /// <summary>Corrections may come out of order by so much.</summary>
    public static readonly TimeSpan Lateness = TimeSpan.FromMinutes(10);

    private const int Most = 1_000;

    public required string Rule { get; init; }

    public required string Label { get; init; }

    public required string Judgement { get; set; }

    /// <summary>The time of the newest correction.</summary>
    public DateTimeOffset Newest { get; set; }

    /// <summary>When the last correction came in. What is late comes in parts too: it must not be forgotten because it is old.</summary>
    public DateTimeOffset TouchedAt { get; set; }

    /// <summary>Corrections up to then belong to an alert that is over.</summary>
    public DateTimeOffset? SpentUntil { get; set; }

    /// <summary>Whether an alert would have begun, had the rule not been in its cooldown.</summary>
    public bool IsBlocked { get; set; }

    /// <summary>In the order of time, each prediction once.</summary>
    public List<ReportItem> Items { get; set; } = [];

    /// <summary>Takes a correction in; the last one about a prediction counts.</summary>
    /// <returns>Whether it is a wrong report of a prediction that had none yet.</returns>
    public bool Take(AlertCorrection correction, DateTimeOffset at, AlertRule rule)
    {
        if (correction.IsReview)
        {
            if (!correction.IsWrong) Items.RemoveAll(item => item.IsWrong && item.Key == correction.Prediction);
            return false;
        }

        if (at > Newest) Newest = at;
        if (at < Newest - rule.Window - Lateness || at <= SpentUntil) return false;
        string key = correction.Prediction ?? correction.Id;
        int known = Items.FindIndex(item => item.Key == key);
        bool wasWrong = known >= 0 && Items[known].IsWrong;
        if (wasWrong && correction.IsWrong) return false;
        if (known >= 0) Items.RemoveAt(known);
        if (correction.IsWrong || rule.Reports is ReportOrder.InARow)
        {
            int place = Items.Count;
            while (place > 0 && Items[place - 1].At > at) place--;
            Items.Insert(place, new ReportItem { Key = key, Id = correction.Id, Prediction = correction.Prediction, At = at, IsWrong = correction.IsWrong, Predicted = correction.Predicted, Right = correction.Right, Model = correction.Model });
        }

        DateTimeOffset oldest = Newest - rule.Window - Lateness;
        int old = Items.FindIndex(item => item.At >= oldest);
        Items.RemoveRange(0, Math.Max(old < 0 ? Items.Count : old, Items.Count - Most));
        return correction.IsWrong && !wasWrong;
    }

    /// <summary>The first run of wrong reports that is an alert; null without one.</summary>
    public IReadOnlyList<ReportItem>? Run(AlertRule rule)
    {
        for (int first = 0; first + rule.Count <= Items.Count; first++)
        {
            List<ReportItem> run = Items.GetRange(first, rule.Count);
            if (run[^1].At - run[0].At <= rule.Window && run.TrueForAll(item => item.IsWrong)) return run;
        }

        return null;
    }

    /// <summary>What is known now belongs to an alert that is over.</summary>
    public void Spend()
    {
        SpentUntil = Newest;
        IsBlocked = false;
        Items.Clear();
    }

    public void Shift(TimeSpan by)
    {
        Newest += by;
        TouchedAt += by;
        SpentUntil += by;
        foreach (ReportItem item in Items) item.At += by;
    }
}

/// <summary>A correction in memory.</summary>
internal sealed class ReportItem
{
    /// <summary>The prediction's id, or the correction's own where it brought a text.</summary>
    public required string Key { get; init; }

    public required string Id { get; init; }

    public string? Prediction { get; init; }

    public required DateTimeOffset At { get; set; }

    public required bool IsWrong { get; init; }

    public Sentiment? Predicted { get; init; }

    public Sentiment Right { get; init; }

    public string? Model { get; init; }

    [JsonIgnore]
    public AlertTweet Tweet => new(Prediction, Id, null, Predicted, Right, At);
}
