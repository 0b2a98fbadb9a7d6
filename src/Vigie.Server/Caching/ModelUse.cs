using System.Diagnostics;
using Vigie.Models;

namespace Vigie.Server;

/// <summary>What asking a model takes, and what of it is worth remembering.</summary>
/// <param name="Key">128 bits of the model's digest.</param>
/// <param name="Predict">How long a prediction takes.</param>
/// <param name="Explain">How long an explanation takes.</param>
internal sealed record ModelUse(UInt128 Key, TimeSpan Predict, TimeSpan Explain)
{
    /// <summary>Below it a computation is not worth a place in memory: keeping one takes about 3 µs, so less than a tenth is added where nothing is ever asked twice.</summary>
    public static readonly TimeSpan LeastForMemory = TimeSpan.FromMicroseconds(40);

    /// <summary>Below it a computation is done before Redis, at 0.1 to 0.3 ms, has answered.</summary>
    public static readonly TimeSpan LeastForRedis = TimeSpan.FromMilliseconds(1);

    private const string Sample = "@AirParadis three hours late again and not one word from the crew, my bag is still in Lyon #neveragain \U0001F621";

    /// <summary>Asks the model a few times, for at most about 50 ms.</summary>
    public static ModelUse Measure(ServedModel model) => new(
        CacheKey.Hash(model.Digest), Fastest(model.Classifier, static classifier => classifier.Predict(Sample)), Fastest(model.Classifier, static classifier => classifier.Explain(Sample)));

    /// <summary>How long one takes.</summary>
    public TimeSpan Of(bool explained) => explained ? Explain : Predict;

    // The fastest of several: whatever else the machine does only makes one slower.
    private static TimeSpan Fastest(TextClassifier classifier, Action<TextClassifier> ask)
    {
        TimeSpan best = TimeSpan.MaxValue;
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < 40 && (i < 2 || Stopwatch.GetElapsedTime(start) < TimeSpan.FromMilliseconds(25)); i++)
        {
            long before = Stopwatch.GetTimestamp();
            ask(classifier);
            TimeSpan taken = Stopwatch.GetElapsedTime(before);
            if (taken < best) best = taken;
        }

        return best;
    }
}
