using System.Globalization;

namespace Vigie.Corpus;

/// <summary>What to write. Each value is checked before the first tweet; shares are in [0, 1].</summary>
public sealed record CorpusOptions
{
    /// <summary>Number of tweets, episodes included; 1 to 100 million.</summary>
    public int Rows { get; init; } = 20_000;

    /// <summary>Picks the corpus: the same options give the same bytes on every machine.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Share of tweets in French; the rest is English.</summary>
    public double FrenchShare { get; init; } = 0.4;

    /// <summary>Share of tweets that say neither good nor bad. 0 writes two classes.</summary>
    public double NeutralShare { get; init; }

    /// <summary>Share of positive among the tweets with an opinion, episodes aside.</summary>
    public double Balance { get; init; } = 0.5;

    /// <summary>Share of the negative tweets that mock in the words of praise. They are labelled negative.</summary>
    public double SarcasmShare { get; init; } = 0.05;

    /// <summary>Share of tweets whose label is drawn from the wrong classes, as careless annotators do.</summary>
    public double WrongLabelShare { get; init; } = 0.03;

    /// <summary>Multiplies the rate of every noise step (typos, emoji, hashtags, …); 0 is clean sentences, 1 everyday, at most 5.</summary>
    public double NoiseLevel { get; init; } = 1;

    /// <summary>Time of the earliest tweet possible; from 2010-11-05, when the publisher's ids began to hold the time, to 2079.</summary>
    public DateTimeOffset Start { get; init; } = new(2026, 3, 2, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Length of the stretch of time that the tweets fall in; from one minute to ten years.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromDays(28);

    /// <summary>Bursts of anger to add to the normal stream. They must break out within the stretch of time.</summary>
    public IReadOnlyList<BuzzEpisode> Episodes { get; init; } = [];

    /// <summary>Checks every value.</summary>
    /// <exception cref="InvalidInputException">A value is out of range; the message names it, its value and the range.</exception>
    public void Validate()
    {
        Range(nameof(Rows), Rows, 1, 100_000_000);
        Range(nameof(FrenchShare), FrenchShare, 0, 1);
        Range(nameof(NeutralShare), NeutralShare, 0, 1);
        Range(nameof(Balance), Balance, 0, 1);
        Range(nameof(SarcasmShare), SarcasmShare, 0, 1);
        Range(nameof(WrongLabelShare), WrongLabelShare, 0, 1);
        Range(nameof(NoiseLevel), NoiseLevel, 0, 5);
        Range(nameof(Start), Start, new DateTimeOffset(2010, 11, 5, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2079, 1, 1, 0, 0, 0, TimeSpan.Zero));
        Range(nameof(Duration), Duration, TimeSpan.FromMinutes(1), TimeSpan.FromDays(3650));
        for (int i = 0; i < Episodes.Count; i++)
        {
            BuzzEpisode episode = Episodes[i];
            string name = string.Create(CultureInfo.InvariantCulture, $"{nameof(Episodes)}[{i}]");
            if (!CorpusGenerator.Topics.Contains(episode.Topic))
                throw new InvalidInputException($"{name}.{nameof(episode.Topic)} is '{episode.Topic}', expected one of {string.Join(", ", CorpusGenerator.Topics)}");
            Range($"{name}.{nameof(episode.Start)}", episode.Start, Start, Start + Duration);
            if (!(episode.Height > 1)) throw new InvalidInputException(string.Create(CultureInfo.InvariantCulture, $"{name}.{nameof(episode.Height)} is {episode.Height}, expected more than 1 (the normal rate) and at most 1000"));
            Range($"{name}.{nameof(episode.Height)}", episode.Height, 1, 1000);
            Range($"{name}.{nameof(episode.HalfLife)}", episode.HalfLife, TimeSpan.FromMinutes(1), TimeSpan.FromDays(365));
        }
    }

    // Written so that NaN, which compares false with everything, is refused.
    private static void Range<T>(string name, T value, T least, T most) where T : IComparable<T>, IFormattable
    {
        if (value is double.NaN || value.CompareTo(least) < 0 || value.CompareTo(most) > 0)
            throw new InvalidInputException($"{name} is {Show(value)}, expected {Show(least)} to {Show(most)}");
    }

    private static string Show<T>(T value) where T : IFormattable => value switch
    {
        DateTimeOffset time => time.ToString("yyyy-MM-ddTHH:mm:sszzz", CultureInfo.InvariantCulture),
        _ => value.ToString(null, CultureInfo.InvariantCulture),
    };
}
