using Vigie.Tweets;

namespace Vigie.Server;

/// <summary>Figures of some minutes in memory, as the database's rows have them. Latencies stay packed until they are added up: a week of them takes a few megabytes.</summary>
internal sealed class FigureTable
{
    private readonly Dictionary<long, MinuteRows> minutes = [];

    /// <summary>When the newest prediction was made, in milliseconds since the epoch; null where there is none.</summary>
    public long? Newest { get; private set; }

    /// <summary>Minutes of which something is known.</summary>
    public int Minutes => minutes.Count;

    public void Put(PredictionRow row)
    {
        Of(row.Minute).Predictions[row.Number] = row;
        if (Newest is not { } known || row.Newest > known) Newest = row.Newest;
    }

    public void Put(JudgementRow row) => Of(row.Minute).Judgements[row.Number] = row;

    public void Put(TrafficRow row) => Of(row.Minute).Traffic[row.Number] = row;

    /// <summary>Puts all of another table into this one.</summary>
    public void Put(FigureTable other)
    {
        foreach (MinuteRows rows in other.minutes.Values)
        {
            foreach (PredictionRow row in rows.Predictions.Values) Put(row);
            foreach (JudgementRow row in rows.Judgements.Values) Put(row);
            foreach (TrafficRow row in rows.Traffic.Values) Put(row);
        }
    }

    /// <summary>Drops what is older than a minute.</summary>
    public void Forget(long before)
    {
        foreach (long minute in minutes.Keys.Where(minute => minute < before).ToArray()) minutes.Remove(minute);
    }

    /// <summary>Adds minutes up.</summary>
    /// <param name="from">The first, since the epoch.</param>
    /// <param name="to">The first that is not among them.</param>
    /// <param name="model">Digest; null for all models, requests, and corrections that came with a text.</param>
    /// <param name="part">The part; null for all.</param>
    public Figures Over(long from, long to, string? model, ModelPart? part)
    {
        var sum = new Figures();
        AddTo(sum, from, to, model, part);
        return sum;
    }

    /// <summary>As <see cref="Over"/>, added to what is there.</summary>
    public void AddTo(Figures sum, long from, long to, string? model, ModelPart? part)
    {
        foreach (MinuteRows rows in Between(from, to))
        {
            foreach (PredictionRow row in rows.Predictions.Values)
            {
                if (IsMeant(row.Model, row.Part)) row.AddTo(sum);
            }

            foreach (JudgementRow row in rows.Judgements.Values)
            {
                if (IsMeant(row.Model, row.Part)) sum.Judge(row.Predicted, row.Truth, row.Count);
            }

            if (model is not null) continue;
            foreach (TrafficRow row in rows.Traffic.Values)
            {
                sum.Succeeded += row.Counts.Succeeded;
                sum.Refused += row.Counts.Refused;
                sum.Failed += row.Counts.Failed;
            }
        }

        // Model null: of a text, whose model and part nobody knows.
        bool IsMeant(string? of, ModelPart by) => of is null ? model is null && part is null : (model is null || model == of) && (part is null || part == by);
    }

    /// <summary>How many predictions each model made, by digest, and the sum of their confidences.</summary>
    public Dictionary<string, (long Predictions, double Confidence)> Confidences(long from, long to)
    {
        var models = new Dictionary<string, (long Predictions, double Confidence)>();
        foreach (PredictionRow row in Between(from, to).SelectMany(rows => rows.Predictions.Values))
        {
            (long predictions, double confidence) = models.GetValueOrDefault(row.Model);
            models[row.Model] = (predictions + row.Negative + row.Neutral + row.Positive, confidence + row.Confidence);
        }

        return models;
    }

    private IEnumerable<MinuteRows> Between(long from, long to)
    {
        if (to - from > minutes.Count)
        {
            foreach ((long minute, MinuteRows rows) in minutes)
            {
                if (minute >= from && minute < to) yield return rows;
            }

            yield break;
        }

        for (long minute = from; minute < to; minute++)
        {
            if (minutes.TryGetValue(minute, out MinuteRows? rows)) yield return rows;
        }
    }

    private MinuteRows Of(long minute)
    {
        if (!minutes.TryGetValue(minute, out MinuteRows? rows)) minutes.Add(minute, rows = new MinuteRows());
        return rows;
    }

    private sealed class MinuteRows
    {
        public Dictionary<long, PredictionRow> Predictions { get; } = [];

        public Dictionary<long, JudgementRow> Judgements { get; } = [];

        public Dictionary<long, TrafficRow> Traffic { get; } = [];
    }
}

/// <summary>What one model answered in one minute and part.</summary>
internal sealed record PredictionRow
{
    /// <summary>The row's number: a later state of it takes its place.</summary>
    public required long Number { get; init; }

    public required long Minute { get; init; }

    /// <summary>Digest.</summary>
    public required string Model { get; init; }

    public required ModelPart Part { get; init; }

    public required long Negative { get; init; }

    public required long Neutral { get; init; }

    public required long Positive { get; init; }

    public required double Confidence { get; init; }

    public required double UnknownShare { get; init; }

    public required long Length { get; init; }

    /// <summary>As <see cref="LatencyHistogram.ToBytes"/> wrote them.</summary>
    public required byte[] Latencies { get; init; }

    public required long Newest { get; init; }

    public void AddTo(Figures sum)
    {
        sum.Add(Sentiment.Negative, Negative);
        sum.Add(Sentiment.Neutral, Neutral);
        sum.Add(Sentiment.Positive, Positive);
        sum.Confidence += Confidence;
        sum.UnknownShare += UnknownShare;
        sum.Length += Length;
        sum.Latencies.Add(Latencies);
    }
}

/// <summary>How often corrections say one thing of one prediction. Model: digest; null where they came with a text.</summary>
internal sealed record JudgementRow(long Number, long Minute, string? Model, ModelPart Part, Sentiment Predicted, Sentiment Truth, long Count);

/// <summary>Requests that one server answered in one minute.</summary>
internal sealed record TrafficRow(long Number, long Minute, TrafficCounts Counts);
