using Vigie.Tweets;

namespace Vigie.Server;

/// <summary>What predictions, requests and corrections of some time came to. All of it adds up, so that longer times are sums of shorter ones.</summary>
internal sealed class Figures
{
    private const int Classes = 3;

    private readonly long[] labels = new long[Classes];
    private readonly long[] judged = new long[Classes * Classes];

    /// <summary>Predictions made.</summary>
    public long Predictions { get; private set; }

    /// <summary>The sum of the labels' calibrated probabilities: as many predictions ought to be right.</summary>
    public double Confidence { get; set; }

    /// <summary>The sum of the shares of words that the model has never seen.</summary>
    public double UnknownShare { get; set; }

    /// <summary>The sum of the texts' lengths, in UTF-16 code units.</summary>
    public long Length { get; set; }

    /// <summary>How long predictions took, from a request's arrival.</summary>
    public LatencyHistogram Latencies { get; } = new();

    /// <summary>Requests to the prediction API that succeeded: 2xx and 3xx.</summary>
    public long Succeeded { get; set; }

    /// <summary>Requests that were the caller's fault: 4xx.</summary>
    public long Refused { get; set; }

    /// <summary>Requests that were the server's fault: 5xx.</summary>
    public long Failed { get; set; }

    /// <summary>All requests.</summary>
    public long Requests => Succeeded + Refused + Failed;

    /// <summary>Predictions of a class.</summary>
    public long Of(Sentiment label) => labels[(int)label];

    /// <summary>Predictions of one class whose last correction says that another, or the same, was right.</summary>
    public long Judged(Sentiment predicted, Sentiment right) => judged[((int)predicted * Classes) + (int)right];

    /// <summary>Predictions that somebody judged.</summary>
    public long AllJudged => judged.Sum();

    /// <summary>Those of them that were right.</summary>
    public long JudgedRight => judged[0] + judged[Classes + 1] + judged[(2 * Classes) + 2];

    /// <summary>Counts predictions of a class.</summary>
    public void Add(Sentiment label, long times = 1)
    {
        labels[(int)label] += times;
        Predictions += times;
    }

    /// <summary>Counts a judgement; a negative number takes one back, as when a later correction says otherwise.</summary>
    public void Judge(Sentiment predicted, Sentiment right, long times = 1) => judged[((int)predicted * Classes) + (int)right] += times;

    /// <summary>Forgets everything, to be used for another time.</summary>
    public void Clear()
    {
        labels.AsSpan().Clear();
        judged.AsSpan().Clear();
        Latencies.Clear();
        (Predictions, Confidence, UnknownShare, Length, Succeeded, Refused, Failed) = (0, 0, 0, 0, 0, 0, 0);
    }

    /// <summary>Adds all of some other time.</summary>
    public void Add(Figures other)
    {
        for (int i = 0; i < labels.Length; i++) labels[i] += other.labels[i];
        for (int i = 0; i < judged.Length; i++) judged[i] += other.judged[i];
        Predictions += other.Predictions;
        Confidence += other.Confidence;
        UnknownShare += other.UnknownShare;
        Length += other.Length;
        Latencies.Add(other.Latencies);
        Succeeded += other.Succeeded;
        Refused += other.Refused;
        Failed += other.Failed;
    }
}
