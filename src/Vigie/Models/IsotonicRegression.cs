using System.Text.Json.Serialization;

namespace Vigie.Models;

/// <summary>
/// The best non-decreasing map from score to probability (Zadrozny and Elkan, KDD 2002), by pooling adjacent violators. It bends to any monotone shape and
/// so wants a thousand validation rows or more. Between its corners it is linear, beyond them flat.
/// </summary>
public sealed record IsotonicRegression : Calibration
{
    /// <summary>Takes the corners of the map.</summary>
    /// <param name="scores">Strictly rising, at least one.</param>
    /// <param name="probabilities">As many, never falling, in [0, 1].</param>
    /// <exception cref="InvalidInputException">The corners are not such.</exception>
    [JsonConstructor]
    public IsotonicRegression(IReadOnlyList<double> scores, IReadOnlyList<double> probabilities)
    {
        if (scores is null || probabilities is null || scores.Count == 0 || scores.Count != probabilities.Count)
        {
            throw new InvalidInputException($"an isotonic map has as many scores as probabilities, at least one, got {scores?.Count ?? 0} and {probabilities?.Count ?? 0}");
        }
        for (int i = 0; i < scores.Count; i++)
        {
            bool rising = i == 0 || (scores[i] > scores[i - 1] && probabilities[i] >= probabilities[i - 1]);
            if (!rising || !double.IsFinite(scores[i]) || probabilities[i] is not (>= 0 and <= 1))
            {
                throw new InvalidInputException($"corner {i} of an isotonic map, ({scores[i]}, {probabilities[i]}), breaks its order or lies outside [0, 1]");
            }
        }
        _scores = [.. scores];
        _probabilities = [.. probabilities];
    }

    private readonly double[] _scores;
    private readonly double[] _probabilities;

    /// <summary>Scores of the corners, strictly rising.</summary>
    [JsonPropertyName("scores")] public IReadOnlyList<double> Scores => _scores;

    /// <summary>Probabilities at the corners, never falling.</summary>
    [JsonPropertyName("probabilities")] public IReadOnlyList<double> Probabilities => _probabilities;

    /// <inheritdoc/>
    public override double Apply(double score)
    {
        int at = Array.BinarySearch(_scores, score);
        if (at >= 0) return _probabilities[at];
        int above = ~at;
        if (above == 0) return _probabilities[0];
        if (above == _scores.Length) return _probabilities[^1];
        double share = (score - _scores[above - 1]) / (_scores[above] - _scores[above - 1]);
        return _probabilities[above - 1] + share * (_probabilities[above] - _probabilities[above - 1]);
    }

    /// <summary>Fits the map exactly, in one pass over the sorted rows. Rows of equal score are one point of their mean label.</summary>
    /// <param name="scores">Log-odds, margins or probabilities, finite.</param>
    /// <param name="labels">1 for positive, 0 for not; both must occur.</param>
    public static IsotonicRegression Fit(ReadOnlySpan<double> scores, ReadOnlySpan<byte> labels)
    {
        CheckRows(scores, labels);
        double[] keys = scores.ToArray();
        byte[] sorted = labels.ToArray();
        Array.Sort(keys, sorted);
        var blocks = new List<Block>();
        for (int i = 0; i < keys.Length;)
        {
            var block = new Block(keys[i], keys[i], 0, 0);
            double score = keys[i];
            for (; i < keys.Length && keys[i] == score; i++) block = block with { Positives = block.Positives + sorted[i], Rows = block.Rows + 1 };
            while (blocks.Count > 0 && blocks[^1].IsAtLeast(block))
            {
                block = new Block(blocks[^1].First, block.Last, blocks[^1].Positives + block.Positives, blocks[^1].Rows + block.Rows);
                blocks.RemoveAt(blocks.Count - 1);
            }
            blocks.Add(block);
        }
        var cornerScores = new List<double>();
        var cornerProbabilities = new List<double>();
        foreach (Block block in blocks)
        {
            cornerScores.Add(block.First);
            cornerProbabilities.Add((double)block.Positives / block.Rows);
            if (block.Last == block.First) continue;
            cornerScores.Add(block.Last);
            cornerProbabilities.Add((double)block.Positives / block.Rows);
        }
        return new IsotonicRegression(cornerScores, cornerProbabilities);
    }

    /// <summary>Two maps are equal when their corners are.</summary>
    public bool Equals(IsotonicRegression? other) =>
        other is not null && _scores.AsSpan().SequenceEqual(other._scores) && _probabilities.AsSpan().SequenceEqual(other._probabilities);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_scores.Length, _scores[0], _scores[^1], _probabilities[0], _probabilities[^1]);

    // A run of rows that share one probability. Counts are whole, so means are compared without rounding.
    private readonly record struct Block(double First, double Last, long Positives, long Rows)
    {
        public bool IsAtLeast(Block next) => (Int128)Positives * next.Rows >= (Int128)next.Positives * Rows;
    }
}
