using Vigie.Models;

namespace Vigie.Networks;

/// <summary>
/// Scores some dozens of texts on one thread. Texts of one length are one run of the network, so that what is said of a text does not depend on those beside it.
/// </summary>
internal sealed class TextsTogether(NetworkTextModel model)
{
    private readonly TokenEncoder encoder = model.Vocabulary.NewEncoder();
    private readonly NetworkRun run = NetworkRun.OfMany(model);
    private int[] ids = [];
    private (int Text, int Start, int Length)[] places = [];

    /// <summary>True once a text far longer than any tweet has passed: this is then not worth keeping.</summary>
    public bool IsOversized => encoder.IsOversized;

    /// <inheritdoc cref="TextModel.ScoreTogether"/>
    public void Score(IReadOnlyList<string> texts, Span<double> scores, Span<Evidence> evidence)
    {
        ReadOnlySpan<(int Text, int Start, int Length)> known = Encode(texts, evidence);
        scores[..(texts.Count * model.ScoreCount)].Clear();
        for (int first = 0, end; first < known.Length; first = end)
        {
            int length = known[first].Length, steps = length / model.Vocabulary.Columns, most = NetworkRun.TextsOf(steps);
            for (end = first; end < known.Length && end - first < most && known[end].Length == length; end++)
                ids.AsSpan(known[end].Start, length).CopyTo(run.Ids[((end - first) * length)..]);
            ReadOnlySpan<float> found = run.Score(end - first, steps);
            for (int k = 0; k < found.Length; k++) scores[known[first + k / model.ScoreCount].Text * model.ScoreCount + k % model.ScoreCount] = found[k];
        }
    }

    // The texts that have anything known, shortest first.
    private ReadOnlySpan<(int Text, int Start, int Length)> Encode(IReadOnlyList<string> texts, Span<Evidence> evidence)
    {
        if (places.Length < texts.Count) places = new (int, int, int)[texts.Count];
        int known = 0, used = 0;
        for (int i = 0; i < texts.Count; i++)
        {
            encoder.Encode(texts[i]);
            evidence[i] = NetworkScorer.EvidenceOf(encoder);
            if (evidence[i].Unknown) continue;
            ReadOnlySpan<int> found = encoder.Ids;
            if (ids.Length < used + found.Length) Array.Resize(ref ids, 2 * (used + found.Length));
            found.CopyTo(ids.AsSpan(used));
            places[known++] = (i, used, found.Length);
            used += found.Length;
        }
        places.AsSpan(0, known).Sort(static (a, b) => a.Length != b.Length ? a.Length.CompareTo(b.Length) : a.Text.CompareTo(b.Text));
        return places.AsSpan(0, known);
    }
}
