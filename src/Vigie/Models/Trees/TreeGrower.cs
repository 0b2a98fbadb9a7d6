using System.Numerics;

namespace Vigie.Models;

/// <summary>
/// Grows trees of a random forest one after another. A node's class counts are its parent's less its sibling's, so that each split reads only the
/// rows of its smaller side: a word's few texts, and not the many without it. For one thread.
/// </summary>
internal sealed class TreeGrower
{
    // Reading the rows of a node costs this much against reading a column, for each row.
    private const int EntriesPerRow = 8;

    private readonly BinnedRows rows;
    private readonly byte[] labels, weights;
    private readonly int[] order, place;
    private readonly TreeSettings settings;
    private readonly Stack<ClassCounts> idle = new();
    private readonly Stack<Pending> waiting = new();

    private sealed record Pending(int Start, int End, int Depth, int[] Totals, ClassCounts? Counts, int Parent, bool IsLeft);

    private readonly record struct Split(int Feature, int Bin, double Purity);

    public TreeGrower(BinnedRows rows, byte[] labels, TreeSettings settings)
    {
        (this.rows, this.labels, this.settings) = (rows, labels, settings);
        weights = new byte[rows.RowCount];
        order = new int[rows.RowCount];
        place = new int[rows.RowCount];
    }

    public GrownTree Grow(Xoshiro256 random, CancellationToken cancellation)
    {
        var tree = new GrownTree();
        int count = Draw(random);
        var totals = new int[settings.Classes];
        for (int i = 0; i < count; i++) totals[labels[order[i]]] += weights[order[i]];
        ClassCounts? counts = null;
        if (CanSplit(totals, 0))
        {
            counts = Rent();
            counts.Fill(order.AsSpan(0, count), labels, weights);
        }
        waiting.Push(new Pending(0, count, 0, totals, counts, -1, false));
        while (waiting.TryPop(out Pending? node))
        {
            if ((tree.Nodes.Count & 255) == 0) cancellation.ThrowIfCancellationRequested();
            int child = node.Counts is not null && Best(node, random) is Split split ? Part(tree, node, split) : AddLeaf(tree, node);
            if (node.Parent < 0) continue;
            ForestNode parent = tree.Nodes[node.Parent];
            tree.Nodes[node.Parent] = node.IsLeft ? parent with { Left = child } : parent with { Right = child };
        }
        return tree;
    }

    private int Draw(Xoshiro256 random)
    {
        if (!settings.Bootstrap) Array.Fill(weights, (byte)1);
        else
        {
            Array.Clear(weights);
            for (int i = 0; i < weights.Length; i++)
            {
                ref byte weight = ref weights[random.Next(weights.Length)];
                // One row drawn 255 times of as many: so unlikely that the loss of further draws is no loss.
                if (weight < byte.MaxValue) weight++;
            }
        }
        int count = 0;
        for (int row = 0; row < weights.Length; row++)
        {
            place[row] = weights[row] == 0 ? -1 : count;
            if (weights[row] > 0) order[count++] = row;
        }
        return count;
    }

    private Split? Best(Pending node, Xoshiro256 random)
    {
        ClassCounts counts = node.Counts!;
        int total = node.Totals.Sum();
        // What a split must beat: the node as it is.
        var best = new Split(-1, 0, double.NegativeInfinity);
        int most = settings.MaxFeatures ?? BitOperations.Log2((uint)Math.Max(1, counts.LiveCount)) + 1;
        for (int drawn = 0; drawn < most && drawn < counts.LiveCount;)
        {
            int feature = counts.Draw(drawn, random);
            if (Consider(feature, counts.Of(feature), node.Totals, total, ref best)) drawn++;
            else counts.Retire(drawn);
        }
        return best.Feature < 0 ? null : best;
    }

    // Whether the feature tells rows of the node apart.
    private bool Consider(int feature, ReadOnlySpan<int> bins, int[] totals, int total, ref Split best)
    {
        Span<int> above = stackalloc int[totals.Length];
        above.Clear();
        bool apart = false;
        for (int bin = bins.Length / totals.Length - 1; bin >= 0; bin--)
        {
            int right = 0;
            double squaresRight = 0, squaresLeft = 0;
            for (int c = 0; c < totals.Length; c++)
            {
                int inClass = above[c] += bins[bin * totals.Length + c];
                double left = totals[c] - inClass;
                right += inClass;
                squaresRight += (double)inClass * inClass;
                squaresLeft += left * left;
            }
            if (right == 0) continue;
            if (right == total) break;
            apart = true;
            if (right < settings.MinSamplesLeaf || total - right < settings.MinSamplesLeaf) continue;
            // Gini impurity of both sides, by rows, is their number less this.
            double purity = squaresRight / right + squaresLeft / (total - right);
            if (purity > best.Purity) best = new Split(feature, bin, purity);
        }
        return apart;
    }

    private int Part(GrownTree tree, Pending node, Split split)
    {
        int middle = Move(node, split);
        var right = new int[settings.Classes];
        for (int i = middle; i < node.End; i++) right[labels[order[i]]] += weights[order[i]];
        int[] left = [.. node.Totals.Zip(right, (all, part) => all - part)];
        int number = tree.Nodes.Count;
        // The children's numbers are not known yet: they put them in.
        tree.Nodes.Add(new ForestNode(split.Feature, rows.Threshold(split.Feature, split.Bin), 0, 0));

        ClassCounts counts = node.Counts!;
        bool leftIsLarger = middle - node.Start >= node.End - middle;
        Span<int> smaller = leftIsLarger ? order.AsSpan(middle..node.End) : order.AsSpan(node.Start..middle);
        ClassCounts? ofSmaller = null, ofLarger = null;
        if (CanSplit(leftIsLarger ? right : left, node.Depth + 1))
        {
            ofSmaller = Rent();
            ofSmaller.Fill(smaller, labels, weights);
        }
        if (CanSplit(leftIsLarger ? left : right, node.Depth + 1))
        {
            ofLarger = counts;
            ofLarger.Remove(smaller, labels, weights);
        }
        else
        {
            counts.Clear();
            idle.Push(counts);
        }
        var leftNode = new Pending(node.Start, middle, node.Depth + 1, left, leftIsLarger ? ofLarger : ofSmaller, number, true);
        var rightNode = new Pending(middle, node.End, node.Depth + 1, right, leftIsLarger ? ofSmaller : ofLarger, number, false);
        // The smaller side first: so there are never more counts in use than halvings of the rows.
        waiting.Push(leftIsLarger ? leftNode : rightNode);
        waiting.Push(leftIsLarger ? rightNode : leftNode);
        return number;
    }

    private bool CanSplit(int[] totals, int depth)
    {
        int total = totals.Sum();
        return depth < settings.MaxDepth && total >= 2 * settings.MinSamplesLeaf && totals.Max() < total;
    }

    // Rows above the threshold to the end of the node's part of the order.
    private int Move(Pending node, Split split)
    {
        int middle = node.End, first = rows.ColumnStart[split.Feature], end = rows.ColumnStart[split.Feature + 1];
        if (end - first <= (node.End - node.Start) * EntriesPerRow)
        {
            for (int k = first; k < end; k++)
            {
                int at = place[rows.ColumnRows[k]];
                if (rows.ColumnBins[k] >= split.Bin && at >= node.Start && at < node.End) Swap(at, --middle);
            }
            return middle;
        }
        for (int at = node.Start; at < middle;)
        {
            if (IsAbove(order[at], split)) Swap(at, --middle);
            else at++;
        }
        return middle;
    }

    private bool IsAbove(int row, Split split)
    {
        for (int k = rows.RowStart[row]; k < rows.RowStart[row + 1]; k++)
        {
            if (rows.Columns[k] == split.Feature) return rows.Bins[k] >= split.Bin;
        }
        return false;
    }

    private void Swap(int a, int b)
    {
        (order[a], order[b]) = (order[b], order[a]);
        (place[order[a]], place[order[b]]) = (a, b);
    }

    private int AddLeaf(GrownTree tree, Pending node)
    {
        if (node.Counts is not null)
        {
            node.Counts.Clear();
            idle.Push(node.Counts);
        }
        double total = node.Totals.Sum();
        int leaf = tree.Leaves.Count / settings.Classes;
        foreach (int count in node.Totals) tree.Leaves.Add((float)(count / total));
        return ~leaf;
    }

    private ClassCounts Rent() => idle.TryPop(out ClassCounts? counts) ? counts : new ClassCounts(rows, settings.Classes);
}
