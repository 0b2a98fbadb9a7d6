using System.Buffers.Binary;

namespace Vigie.Server;

/// <summary>Whose predictions are added up together.</summary>
/// <param name="Minute">Of their ids, since the epoch.</param>
/// <param name="Model">The model's row.</param>
/// <param name="Part">In which part it answered.</param>
internal readonly record struct FigureKey(long Minute, long Model, int Part);

/// <summary>Whose judgements are counted together. Model 0 stands for corrections that came with a text.</summary>
/// <param name="Of">The predictions.</param>
/// <param name="Predicted">What was predicted.</param>
/// <param name="Truth">What would have been right.</param>
internal readonly record struct JudgementKey(FigureKey Of, int Predicted, int Truth);

/// <summary>What some records add to the figures, before it is written.</summary>
internal sealed class FigureBatch
{
    /// <summary>Predictions.</summary>
    public Dictionary<FigureKey, FigureSum> Sums { get; } = [];

    /// <summary>Judgements; negative ones take earlier ones back.</summary>
    public Dictionary<JudgementKey, long> Judgements { get; } = [];

    /// <summary>Requests, as they were told last.</summary>
    public Dictionary<UInt128, (long Minute, TrafficCounts Counts)> Traffic { get; } = [];

    public bool IsEmpty => Sums.Count == 0 && Judgements.Count == 0 && Traffic.Count == 0;

    /// <summary>The minute of an id, since the epoch.</summary>
    public static long MinuteOf(ReadOnlySpan<byte> id) => MillisecondOf(id) / 60_000;

    /// <summary>The millisecond of an id, since the epoch.</summary>
    public static long MillisecondOf(ReadOnlySpan<byte> id) => (long)(BinaryPrimitives.ReadUInt64BigEndian(id) >> 16);

    /// <summary>Adds a prediction.</summary>
    public FigureKey Add(in StoredPrediction record, long model)
    {
        var key = new FigureKey(MinuteOf(record.Id), model, record.Part);
        if (!Sums.TryGetValue(key, out FigureSum? sum)) Sums.Add(key, sum = new FigureSum());
        sum.Add(record);
        return key;
    }

    /// <summary>Counts a correction that came with a text.</summary>
    public void Judge(in StoredFeedback record)
    {
        if (record.Predicted is { } predicted) Judge(new FigureKey(MinuteOf(record.Id), 0, 0), predicted, record.Label, 1);
    }

    public void Judge(FigureKey of, int predicted, int truth, int times)
    {
        var key = new JudgementKey(of, predicted, truth);
        Judgements[key] = Judgements.GetValueOrDefault(key) + times;
    }

    /// <summary>Notes requests. Counts only grow: of several under one number the greatest are the last.</summary>
    public void Count(ref PayloadReader reader)
    {
        UInt128 number = BinaryPrimitives.ReadUInt128BigEndian(reader.Id());
        long minute = reader.Int64();
        TrafficCounts known = Traffic.GetValueOrDefault(number).Counts;
        Traffic[number] = (minute, new TrafficCounts(Math.Max(known.Succeeded, reader.Int64()), Math.Max(known.Refused, reader.Int64()), Math.Max(known.Failed, reader.Int64())));
    }

    public void Clear()
    {
        Sums.Clear();
        Judgements.Clear();
        Traffic.Clear();
    }
}

/// <summary>Predictions of one minute, model and part, added up.</summary>
internal sealed class FigureSum
{
    private readonly long[] labels = new long[3];

    /// <summary>Predictions by label, in its order.</summary>
    public ReadOnlySpan<long> Labels => labels;

    public double Confidence { get; private set; }

    public double UnknownShare { get; private set; }

    public long Length { get; private set; }

    /// <summary>Each latency, in microseconds.</summary>
    public List<long> Latencies { get; } = [];

    /// <summary>When the newest was made, in milliseconds since the epoch.</summary>
    public long Newest { get; private set; }

    public void Add(in StoredPrediction record)
    {
        labels[record.Label]++;
        Confidence += record.Confidence;
        UnknownShare += record.UnknownShare;
        Length += record.Length;
        Latencies.Add(record.Latency);
        Newest = Math.Max(Newest, FigureBatch.MillisecondOf(record.Id));
    }
}

/// <summary>The histograms of the rows that are written to at present, so that none is read again for each batch.</summary>
internal sealed class RecentHistograms
{
    private const int Most = 16; // of 58 KB

    private readonly Dictionary<FigureKey, LatencyHistogram> known = [];

    /// <summary>The histogram of a row.</summary>
    /// <param name="key">The row.</param>
    /// <param name="read">Reads what the database has of it; null for nothing.</param>
    public LatencyHistogram Of(FigureKey key, Func<FigureKey, byte[]?> read)
    {
        if (known.TryGetValue(key, out LatencyHistogram? histogram)) return histogram;
        histogram = new LatencyHistogram();
        if (read(key) is { } before) histogram.Add(before);
        if (known.Count >= Most) known.Remove(known.Keys.MinBy(old => old.Minute));
        known.Add(key, histogram);
        return histogram;
    }

    /// <summary>What is known may not be what is written.</summary>
    public void Clear() => known.Clear();
}
