namespace Vigie.Corpus;

/// <summary>When the tweets fall: an inhomogeneous Poisson process with a daily and a weekly rhythm, on which episodes ride.</summary>
/// <remarks>
/// Given its number of points, such a process is that many independent draws from its rate, sorted. So the times are drawn first
/// (8 bytes a tweet), and the texts can then be written one by one in the order of time.
/// </remarks>
internal static class TweetTimes
{
    private static readonly TimeSpan Step = TimeSpan.FromMinutes(5);

    // Relative rate at each full hour (UTC), for a brand whose public lives between London and Athens: quiet nights, a morning
    // rise, a bump at lunch, the peak of the evening. Between the hours it is interpolated.
    private static readonly int[] Daily = [18, 11, 7, 6, 9, 20, 42, 66, 80, 84, 82, 84, 90, 86, 80, 80, 86, 98, 108, 112, 106, 88, 60, 34];

    // Monday first: Fridays and Sundays, when people travel.
    private static readonly int[] Weekly = [100, 90, 88, 96, 122, 84, 120];

    /// <summary>Relative rate of the normal stream; about 66 on average over a week.</summary>
    public static double Rhythm(DateTimeOffset at)
    {
        DateTime utc = at.UtcDateTime;
        double minutes = utc.Minute / 60.0;
        double daily = Daily[utc.Hour] * (1 - minutes) + Daily[(utc.Hour + 1) % 24] * minutes;
        return daily * Weekly[((int)utc.DayOfWeek + 6) % 7] / 100;
    }

    /// <summary>Draws the times, in order. Source 0 is the normal stream, k the k-th episode.</summary>
    public static IEnumerable<(DateTimeOffset At, int Source)> Draw(CorpusOptions options, Xoshiro256 random)
    {
        double[] edges = Cumulate(options, out int steps, out int sources);
        // Milliseconds since the start, times the number of sources, plus the source: one number to sort by.
        long[] drawn = new long[options.Rows];
        long stepMilliseconds = (long)Step.TotalMilliseconds;
        long lastMillisecond = (long)options.Duration.TotalMilliseconds - 1;
        for (int i = 0; i < drawn.Length; i++)
        {
            double mass = random.NextDouble() * edges[^1];
            int cell = Array.BinarySearch(edges, mass);
            cell = Math.Min(cell < 0 ? ~cell : cell + 1, edges.Length - 1);
            long millisecond = cell % steps * stepMilliseconds + random.Next((int)stepMilliseconds);
            drawn[i] = Math.Min(millisecond, lastMillisecond) * sources + cell / steps;
        }

        Array.Sort(drawn);
        foreach (long key in drawn) yield return (options.Start.AddMilliseconds(key / sources), (int)(key % sources));
    }

    // Running sum of the expected tweets of each step, first of the normal stream, then of each episode.
    private static double[] Cumulate(CorpusOptions options, out int steps, out int sources)
    {
        steps = (int)((options.Duration.Ticks + Step.Ticks - 1) / Step.Ticks);
        sources = options.Episodes.Count + 1;
        double[] edges = new double[(long)steps * sources];
        double sum = 0;
        for (int i = 0; i < steps; i++) edges[i] = sum += Rhythm(options.Start + i * Step);
        double mean = sum / steps;
        for (int k = 1; k < sources; k++)
        {
            BuzzEpisode episode = options.Episodes[k - 1];
            // The night slows a scandal down, without stopping it.
            for (int i = 0; i < steps; i++)
            {
                DateTimeOffset at = options.Start + i * Step;
                edges[(long)k * steps + i] = sum += (0.4 * mean + 0.6 * Rhythm(at)) * episode.Excess(at);
            }
        }

        return edges;
    }
}
