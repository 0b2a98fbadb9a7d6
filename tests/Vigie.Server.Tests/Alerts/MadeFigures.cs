using Vigie.Tweets;

namespace Vigie.Server.Tests;

/// <summary>Figures made by hand, added up afresh with every question.</summary>
internal sealed class MadeFigures : IFigures
{
    private readonly List<(DateTimeOffset At, string Model, ModelPart Part, Sentiment Label, double Unknown, long Latency)> predictions = [];
    private readonly List<(DateTimeOffset At, int Status)> requests = [];

    public DateTimeOffset? LastPrediction => predictions.Count == 0 ? null : predictions.Max(one => one.At);

    public void Predict(DateTimeOffset at, int times = 1, double milliseconds = 10, Sentiment label = Sentiment.Positive, double unknown = 0, string model = "m1", ModelPart part = ModelPart.Champion)
    {
        for (int i = 0; i < times; i++) predictions.Add((at, model, part, label, unknown, (long)(1000 * milliseconds)));
    }

    public void Request(DateTimeOffset at, int status, int times = 1)
    {
        for (int i = 0; i < times; i++) requests.Add((at, status));
    }

    public Figures Over(DateTimeOffset from, DateTimeOffset to, string? model = null, ModelPart? part = null)
    {
        (from, to) = (Floor(from), Floor(to));
        var sum = new Figures();
        foreach (var one in predictions.Where(one => one.At >= from && one.At < to && (model is null || one.Model == model) && (part is null || one.Part == part)))
        {
            sum.Add(one.Label);
            sum.UnknownShare += one.Unknown;
            sum.Latencies.Add(one.Latency);
        }

        if (model is not null) return sum;
        foreach ((_, int status) in requests.Where(one => one.At >= from && one.At < to))
        {
            if (status >= 500) sum.Failed++;
            else if (status >= 400) sum.Refused++;
            else sum.Succeeded++;
        }

        return sum;
    }

    private static DateTimeOffset Floor(DateTimeOffset time) => new(time.Ticks - (time.Ticks % TimeSpan.TicksPerMinute), time.Offset);
}
