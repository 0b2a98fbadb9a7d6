using Vigie.Tweets;

namespace Vigie.Server.Tests;

/// <summary>Figures made by hand, added up afresh with every question.</summary>
internal sealed class MadeFigures : IFigures
{
    private readonly Dictionary<DateTimeOffset, List<Made>> predictions = [];
    private readonly Dictionary<DateTimeOffset, List<(int Status, int Times)>> requests = [];

    public DateTimeOffset? LastPrediction { get; private set; }

    public void Predict(DateTimeOffset at, int times = 1, double milliseconds = 10, Sentiment label = Sentiment.Positive, double unknown = 0, string model = "m1", ModelPart part = ModelPart.Champion)
    {
        Of(predictions, at).Add(new Made(times, model, part, label, unknown, (long)(1000 * milliseconds)));
        if (times > 0 && !(at < LastPrediction)) LastPrediction = at;
    }

    public void Request(DateTimeOffset at, int status, int times = 1) => Of(requests, at).Add((status, times));

    public Figures Over(DateTimeOffset from, DateTimeOffset to, string? model = null, ModelPart? part = null)
    {
        var sum = new Figures();
        for (DateTimeOffset minute = Floor(from); minute < Floor(to); minute = minute.AddMinutes(1))
        {
            foreach (Made made in predictions.GetValueOrDefault(minute, []).Where(made => (model is null || made.Model == model) && (part is null || made.Part == part)))
            {
                sum.Add(made.Label, made.Times);
                sum.UnknownShare += made.Times * made.Unknown;
                sum.Latencies.Add(made.Latency, made.Times);
            }

            foreach ((int status, int times) in model is null ? requests.GetValueOrDefault(minute, []) : [])
            {
                if (status >= 500) sum.Failed += times;
                else if (status >= 400) sum.Refused += times;
                else sum.Succeeded += times;
            }
        }

        return sum;
    }

    private static List<T> Of<T>(Dictionary<DateTimeOffset, List<T>> all, DateTimeOffset at)
    {
        if (!all.TryGetValue(Floor(at), out List<T>? list)) all.Add(Floor(at), list = []);
        return list;
    }

    private static DateTimeOffset Floor(DateTimeOffset time) => new(time.Ticks - (time.Ticks % TimeSpan.TicksPerMinute), time.Offset);

    private sealed record Made(int Times, string Model, ModelPart Part, Sentiment Label, double Unknown, long Latency);
}
