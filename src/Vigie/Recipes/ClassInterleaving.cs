using Vigie.Tweets;

namespace Vigie.Recipes;

/// <summary>
/// Another order for rows that stand sorted by label, as Sentiment140 is published: a learner that takes one step a row would end with what the
/// last class taught it. Each class keeps its own order, and the classes take turns in proportion to their sizes.
/// </summary>
internal static class ClassInterleaving
{
    // In random order runs are as long as the counts make them; time and topic make them a few times longer, a sorted file thousands of times.
    private const double LongRuns = 10;

    /// <summary>Whether the rows of a side change their label ten times as rarely as they would in random order.</summary>
    public static bool Suits(SplitCounts rows, Split side)
    {
        double total = rows[side], sameInAll = Enum.GetValues<Sentiment>().Sum(label => rows[side, label] * (rows[side, label] - 1.0));
        double randomRuns = total - sameInAll / Math.Max(1, total);
        return (rows.ChangesOf(side) + 1) * LongRuns < randomRuns;
    }

    /// <summary>Takes rows by turns: at any point each class has given its share of those taken, to within one row or two.</summary>
    /// <param name="counts">How many rows each class has.</param>
    /// <param name="rowsOf">The rows of a class. All classes are read side by side; each is let go of as soon as it has given its rows.</param>
    /// <exception cref="InvalidInputException">A class ends before its count.</exception>
    public static IEnumerable<(string Text, Sentiment Label)> Of(
        IReadOnlyList<(Sentiment Label, int Count)> counts, Func<Sentiment, IEnumerable<(string Text, Sentiment Label)>> rowsOf)
    {
        var sources = new IEnumerator<(string Text, Sentiment Label)>?[counts.Count];
        try
        {
            long total = counts.Sum(own => (long)own.Count);
            var due = new long[counts.Count];
            var given = new int[counts.Count];
            for (long taken = 0; taken < total; taken++)
            {
                int next = 0;
                for (int c = 0; c < due.Length; c++)
                {
                    due[c] += counts[c].Count;
                    if (due[c] > due[next]) next = c;
                }
                due[next] -= total;
                sources[next] ??= rowsOf(counts[next].Label).GetEnumerator();
                if (!sources[next]!.MoveNext())
                    throw new InvalidInputException($"{given[next]} rows are {counts[next].Label.ToString().ToLowerInvariant()} now and {counts[next].Count} were when they were counted: the file changed while it was read");
                yield return sources[next]!.Current;
                if (++given[next] == counts[next].Count) sources[next]!.Dispose();
            }
        }
        finally
        {
            foreach (IEnumerator<(string Text, Sentiment Label)>? source in sources) source?.Dispose();
        }
    }
}
