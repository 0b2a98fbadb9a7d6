using Vigie.Tweets;

namespace Vigie.Server;

/// <summary>
/// Figures of a past that is lived through once. What a rule asks for every minute is a window that moves on: its sum is kept, what enters is added and what leaves is taken away. The sums are handed out
/// as they are, and hold until the next question about the same window.
/// </summary>
/// <param name="horizon">How far back anybody looks.</param>
internal sealed class PastFigures(TimeSpan horizon) : IFigures
{
    private const int Trimmed = 1 << 18;

    private readonly long minutesKept = (long)horizon.TotalMinutes + 2;
    private readonly List<Row> rows = [];
    private readonly Dictionary<(long Minutes, string? Model, ModelPart? Part), Window> windows = [];
    private readonly Dictionary<string, int> numbers = [];
    private long dropped; // rows before the first that is kept

    public DateTimeOffset? LastPrediction { get; private set; }

    /// <summary>Takes a prediction or requests in, in the order of time.</summary>
    public void Add(in PastRecord record)
    {
        long minute = MinuteOf(record.At);
        if (record.Kind is PastKind.Prediction)
        {
            if (!numbers.TryGetValue(record.Model!.Digest, out int number)) numbers.Add(record.Model.Digest, number = numbers.Count);
            rows.Add(new Row(minute, number, record.Part, record.Predicted!.Value, record.Confidence, record.UnknownShare, record.Latency, record.Length));
            LastPrediction = record.At;
        }
        else
        {
            rows.Add(new Row(minute, -1, default, default, 0, 0, 0, 0) { Succeeded = (int)record.Succeeded, Refused = (int)record.Refused, Failed = (int)record.Failed });
        }

        if (rows.Count >= 2 * Trimmed && rows[Trimmed].Minute < minute - minutesKept) Trim(minute);
    }

    public Figures Over(DateTimeOffset from, DateTimeOffset to, string? model = null, ModelPart? part = null)
    {
        (long first, long end) = (MinuteOf(from), MinuteOf(to));
        (long, string?, ModelPart?) key = (end - first, model, part);
        if (!windows.TryGetValue(key, out Window? window)) windows.Add(key, window = new Window());
        int? number = model is null ? null : numbers.GetValueOrDefault(model, int.MaxValue);
        if (first < window.First || end < window.End || first >= window.End)
        {
            window.Sum = new Figures();
            window.Head = window.Tail = dropped + Find(first);
        }

        for (; window.Head < dropped + rows.Count && rows[(int)(window.Head - dropped)].Minute < end; window.Head++) Count(window.Sum, rows[(int)(window.Head - dropped)], number, part, 1);
        for (; window.Tail < window.Head && rows[(int)(window.Tail - dropped)].Minute < first; window.Tail++) Count(window.Sum, rows[(int)(window.Tail - dropped)], number, part, -1);
        if (window.Sum.Predictions == 0) (window.Sum.Confidence, window.Sum.UnknownShare) = (0, 0); // sums of fractions leave crumbs behind
        (window.First, window.End) = (first, end);
        return window.Sum;
    }

    private static void Count(Figures sum, in Row row, int? model, ModelPart? part, int times)
    {
        if (row.Model < 0)
        {
            if (model is not null || part is not null) return;
            sum.Succeeded += times * row.Succeeded;
            sum.Refused += times * row.Refused;
            sum.Failed += times * row.Failed;
            return;
        }

        if ((model is { } asked && asked != row.Model) || (part is { } only && only != row.Part)) return;
        sum.Add(row.Label, times);
        sum.Confidence += times * row.Confidence;
        sum.UnknownShare += times * row.UnknownShare;
        sum.Length += times * row.Length;
        if (part is not null || row.Part is not ModelPart.Batch) sum.Latencies.Add(row.Latency, times); // those of a batch say how large it was
    }

    // Windows that still need what goes begin anew with their next question: none of those that are asked for every minute does.
    private void Trim(long minute)
    {
        int gone = Find(minute - minutesKept);
        rows.RemoveRange(0, gone);
        dropped += gone;
        foreach (var key in windows.Where(pair => pair.Value.Tail < dropped).Select(pair => pair.Key).ToArray()) windows.Remove(key);
    }

    /// <summary>The first row of a minute or later.</summary>
    private int Find(long minute)
    {
        int low = 0, high = rows.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (rows[middle].Minute < minute) low = middle + 1;
            else high = middle;
        }

        return low;
    }

    private static long MinuteOf(DateTimeOffset time) => time.UtcTicks / TimeSpan.TicksPerMinute;

    private readonly record struct Row(long Minute, int Model, ModelPart Part, Sentiment Label, double Confidence, double UnknownShare, long Latency, long Length)
    {
        public int Succeeded { get; init; }

        public int Refused { get; init; }

        public int Failed { get; init; }
    }

    private sealed class Window
    {
        public Figures Sum { get; set; } = new();

        public long Head { get; set; }

        public long Tail { get; set; }

        public long First { get; set; }

        public long End { get; set; }
    }
}
