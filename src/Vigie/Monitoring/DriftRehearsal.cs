using Vigie.Bundles;
using Vigie.Text;

namespace Vigie.Monitoring;

/// <summary>
/// A monitor at work on made-up tweets: how often it cries wolf in a quiet week, and how long it takes to see a change. The training profile is drawn anew each time, so that the luck of the training
/// is in the result too; traffic follows the day, and the share of positive tweets swings with it by a point. The same seed gives the same outcome.
/// </summary>
public sealed record DriftRehearsal
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMinutes(5);

    /// <summary>Draws tweets and their times.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Tweets of a day on average. 1 to 1,000,000.</summary>
    public required double TweetsPerDay { get; init; }

    /// <summary>How long at most.</summary>
    public TimeSpan Length { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Training texts, and as many for validation. 100 to 50,000.</summary>
    public int ProfileTexts { get; init; } = 10_000;

    /// <summary>What changes.</summary>
    public DriftShift Shift { get; init; } = DriftShift.None;

    /// <summary>When it changes. An alarm before that ends the rehearsal too, and its delay is negative.</summary>
    public TimeSpan ShiftAt { get; init; }

    /// <summary>The monitor's settings.</summary>
    public DriftOptions Options { get; init; } = new();

    /// <summary>Plays it to its end or to the first alarm.</summary>
    /// <param name="cancellation">Stops between looks.</param>
    public DriftOutcome Run(CancellationToken cancellation = default)
    {
        if (TweetsPerDay is not (>= 1 and <= 1_000_000) || ProfileTexts is < 100 or > TrainingProfile.MostTexts)
            throw new InvalidInputException($"{TweetsPerDay} tweets a day and profiles of {ProfileTexts} texts: expected 1 to 1000000, and 100 to {TrainingProfile.MostTexts}");
        var tweets = new RehearsedTweets(Seed);
        var monitor = new DriftMonitor(TextPipeline.ScikitLearn, tweets.Profile(ProfileTexts), Options);
        DateTimeOffset start = DateTimeOffset.UnixEpoch;
        var arrivals = new Xoshiro256(Seed, stream: 3);
        long before = 0;
        for (TimeSpan at = TimeSpan.Zero; at < Length; at += LookEvery)
        {
            cancellation.ThrowIfCancellationRequested();
            double day = Math.Sin(2 * Math.PI * at.TotalDays);
            int count = Poisson(arrivals, TweetsPerDay * (LookEvery / TimeSpan.FromDays(1)) * (1 + 0.8 * day));
            DriftShift shift = at >= ShiftAt ? Shift : DriftShift.None;
            if (at < ShiftAt) before += count;
            for (int i = 0; i < count; i++)
            {
                RehearsedTweet tweet = tweets.Next(shift, day);
                monitor.Add(tweet.At(start + at + LookEvery * i / count), tweet.Tokens, tweet.Characters, tweets.Words);
            }

            if (monitor.Watch(start + at + LookEvery)) return new DriftOutcome(monitor.Tweets, monitor.FirstAlarm, monitor.Tweets - before, at + LookEvery - ShiftAt);
        }

        return new DriftOutcome(monitor.Tweets, null, monitor.Tweets - before, Length - ShiftAt);
    }

    // Knuth's product for small means; the normal law, rounded, for large ones, where nobody sees the difference.
    private static int Poisson(Xoshiro256 random, double mean)
    {
        if (mean > 50) return Math.Max(0, (int)Math.Round(mean + Math.Sqrt(mean) * RehearsedTweets.Normal(random)));
        double limit = Math.Exp(-mean), product = random.NextDouble();
        int count = 0;
        for (; product > limit; product *= random.NextDouble()) count++;
        return count;
    }
}
