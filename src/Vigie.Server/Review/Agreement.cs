using Vigie.Tweets;

namespace Vigie.Server;

/// <summary>How far two reviewers agree who judged the same texts, neither knowing what the other said.</summary>
/// <param name="First">One of them.</param>
/// <param name="Second">The other.</param>
internal sealed record Agreement(string First, string Second)
{
    private readonly long[,] table = new long[3, 3];

    /// <summary>How many both judged.</summary>
    public long Both { get; private set; }

    /// <summary>How many they judged alike.</summary>
    public long Alike { get; private set; }

    /// <summary>
    /// Cohen's kappa (Educational and Psychological Measurement 20, 1960): what they agree on beyond what chance would bring about, as a share of what it leaves open; 1 for always, 0 for as often as by chance.
    /// Null where chance leaves nothing open: nothing was judged by both, or both only ever gave the same one label.
    /// </summary>
    public double? Kappa
    {
        get
        {
            if (Both == 0) return null;
            double chance = 0;
            for (int label = 0; label < 3; label++) chance += (double)Row(label) / Both * Column(label) / Both;
            return chance < 1 ? ((double)Alike / Both - chance) / (1 - chance) : null;
        }
    }

    /// <summary>Counts texts.</summary>
    /// <param name="first">What one said.</param>
    /// <param name="second">What the other said.</param>
    /// <param name="times">Of how many.</param>
    public void Add(Sentiment first, Sentiment second, long times)
    {
        table[(int)first, (int)second] += times;
        Both += times;
        if (first == second) Alike += times;
    }

    private long Row(int label) => table[label, 0] + table[label, 1] + table[label, 2];

    private long Column(int label) => table[0, label] + table[1, label] + table[2, label];
}
