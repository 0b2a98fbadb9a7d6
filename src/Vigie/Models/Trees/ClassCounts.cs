namespace Vigie.Models;

/// <summary>
/// How often each bin of each feature occurs in each class among the rows of a node, and which features occur at all. The features still to be
/// considered stand first in the list; one that tells no rows apart in a node tells none apart below it, and is set behind them.
/// </summary>
internal sealed class ClassCounts(BinnedRows rows, int classes)
{
    private readonly int[] counts = new int[rows.BinStart[^1] * classes];
    private readonly int[] features = new int[rows.ColumnCount];
    private readonly bool[] met = new bool[rows.ColumnCount];
    private int metCount;

    /// <summary>Number of features still to be considered.</summary>
    public int LiveCount { get; private set; }

    /// <summary>Makes the counts those of the rows.</summary>
    public void Fill(ReadOnlySpan<int> members, ReadOnlySpan<byte> labels, ReadOnlySpan<byte> weights)
    {
        foreach (int row in members)
        {
            int weight = weights[row], label = labels[row];
            for (int k = rows.RowStart[row]; k < rows.RowStart[row + 1]; k++)
            {
                int column = rows.Columns[k];
                counts[(rows.BinStart[column] + rows.Bins[k]) * classes + label] += weight;
                if (met[column]) continue;
                met[column] = true;
                features[metCount++] = column;
            }
        }
        LiveCount = metCount;
    }

    /// <summary>Takes rows out.</summary>
    public void Remove(ReadOnlySpan<int> members, ReadOnlySpan<byte> labels, ReadOnlySpan<byte> weights)
    {
        foreach (int row in members)
        {
            int weight = weights[row], label = labels[row];
            for (int k = rows.RowStart[row]; k < rows.RowStart[row + 1]; k++) counts[(rows.BinStart[rows.Columns[k]] + rows.Bins[k]) * classes + label] -= weight;
        }
    }

    public void Clear()
    {
        for (int i = 0; i < metCount; i++)
        {
            int column = features[i];
            met[column] = false;
            counts.AsSpan((rows.BinStart[column] * classes)..(rows.BinStart[column + 1] * classes)).Clear();
        }
        metCount = LiveCount = 0;
    }

    /// <summary>bins × classes of a feature, row by row.</summary>
    public ReadOnlySpan<int> Of(int feature) => counts.AsSpan((rows.BinStart[feature] * classes)..(rows.BinStart[feature + 1] * classes));

    /// <summary>Draws a feature not drawn before at this node, <paramref name="drawn"/> being those that were.</summary>
    public int Draw(int drawn, Xoshiro256 random)
    {
        int other = drawn + random.Next(LiveCount - drawn);
        (features[drawn], features[other]) = (features[other], features[drawn]);
        return features[drawn];
    }

    /// <summary>Sets the feature just drawn behind those to be considered.</summary>
    public void Retire(int drawn)
    {
        LiveCount--;
        (features[drawn], features[LiveCount]) = (features[LiveCount], features[drawn]);
    }
}
