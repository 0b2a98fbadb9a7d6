using Vigie.Evaluation;
using Vigie.Models;

namespace Vigie.Cli;

/// <summary>How fast a classifier answers on one thread.</summary>
/// <param name="Texts">Texts of a pass.</param>
/// <param name="Passes">Passes timed.</param>
/// <param name="TweetsPerSecondBest">Of the fastest pass.</param>
/// <param name="TweetsPerSecondMedian">Of the median pass.</param>
/// <param name="P50Us">Median time of a single prediction in microseconds, the clock's own time subtracted.</param>
/// <param name="P95Us">Nineteen in twenty take at most this.</param>
/// <param name="P99Us">Ninety-nine in a hundred take at most this.</param>
/// <param name="ClockUs">The clock's own time in microseconds: the median of what it shows for nothing.</param>
internal sealed record PredictionSpeed(
    int Texts, int Passes, double TweetsPerSecondBest, double TweetsPerSecondMedian, double P50Us, double P95Us, double P99Us, double ClockUs)
{
    private const int TimedPasses = 5;

    // The runtime compiles a method anew after it has been used for a while; what is timed is the code that stays.
    private const int MostWarmPasses = 100;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1.5);

    public static PredictionSpeed Measure(TextClassifier classifier, string[] texts, TimeProvider clock, CancellationToken cancellation)
    {
        long begin = clock.GetTimestamp();
        for (int pass = 0; pass < MostWarmPasses && (pass == 0 || clock.GetElapsedTime(begin) < WarmUp); pass++) Pass(classifier, texts, cancellation);

        var seconds = new double[TimedPasses];
        for (int pass = 0; pass < seconds.Length; pass++)
        {
            long start = clock.GetTimestamp();
            Pass(classifier, texts, cancellation);
            seconds[pass] = clock.GetElapsedTime(start).TotalSeconds;
        }

        Array.Sort(seconds);
        double microsecond = clock.TimestampFrequency / 1e6;
        double own = Quantiles(_ => { }).P50;
        LatencySummary single = Quantiles(i => classifier.Predict(texts[i]));
        return new PredictionSpeed(
            texts.Length, TimedPasses, texts.Length / seconds[0], texts.Length / seconds[TimedPasses / 2],
            Math.Max(0, single.P50 - own), Math.Max(0, single.P95 - own), Math.Max(0, single.P99 - own), own);

        LatencySummary Quantiles(Action<int> work)
        {
            var microseconds = new double[texts.Length];
            for (int i = 0; i < microseconds.Length; i++)
            {
                if ((i & 1023) == 0) cancellation.ThrowIfCancellationRequested();
                long start = clock.GetTimestamp();
                work(i);
                microseconds[i] = (clock.GetTimestamp() - start) / microsecond;
            }

            return LatencySummary.Of(microseconds);
        }
    }

    private static void Pass(TextClassifier classifier, string[] texts, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        foreach (string text in texts) classifier.Predict(text);
    }
}
