using System.Collections.Concurrent;
using Vigie.Models;
using Vigie.Onnx;
using Vigie.Text;

namespace Vigie.Networks;

/// <summary>
/// A trained network that scores texts through ONNX Runtime. It needs no training library; it is the same whether it was just trained or loaded.
/// The scores of a text are the same alone and among others, to the last bit: texts are run together only with texts of their own length.
/// </summary>
public sealed class NetworkTextModel : TextModel
{
    private const int Window = 32_768; // texts whose ids are held at a time
    private readonly Rested<TextsTogether> idle = new();

    /// <summary>Opens a network.</summary>
    /// <param name="vocabulary">From texts to ids.</param>
    /// <param name="graph">A file as <see cref="OnnxNetwork.Write"/> makes it; kept, not copied.</param>
    /// <param name="name">What messages call the file.</param>
    /// <exception cref="InvalidInputException">The file is not such a graph, is cut off, or does not go with the vocabulary.</exception>
    /// <exception cref="PlatformNotSupportedException">ONNX Runtime's native library is not there.</exception>
    public NetworkTextModel(TokenVocabulary vocabulary, byte[] graph, string name = "network.onnx")
    {
        (Vocabulary, Graph) = (vocabulary, graph);
        Session = OnnxNetwork.Open(graph, vocabulary, name);
        ScoreCount = Session.Outputs[0].Shape[1];
        new NetworkScorer(this).Try(); // what native code makes of a graph is known once it has run it
    }

    /// <summary>Takes a network that was just trained.</summary>
    /// <param name="vocabulary">From texts to ids.</param>
    /// <param name="weights">The network.</param>
    /// <exception cref="InvalidInputException">The two do not go together, or a weight is not finite.</exception>
    /// <exception cref="PlatformNotSupportedException">ONNX Runtime's native library is not there.</exception>
    public NetworkTextModel(TokenVocabulary vocabulary, NetworkWeights weights) : this(vocabulary, OnnxNetwork.Write(weights, vocabulary.Columns), "the network") { }

    /// <summary>From texts to ids.</summary>
    public TokenVocabulary Vocabulary { get; }

    /// <summary>The network as a file of the ONNX format.</summary>
    public ReadOnlyMemory<byte> Graph { get; }

    /// <inheritdoc/>
    public override int ScoreCount { get; }

    /// <inheritdoc/>
    public override TextPipeline Text => Vocabulary.Text;

    /// <summary>Number of words.</summary>
    public override int FeatureCount => Vocabulary.Words.Count;

    /// <inheritdoc/>
    public override bool GainsFromBatches => true;

    internal OnnxSession Session { get; }

    /// <inheritdoc/>
    public override TextScorer NewScorer() => new NetworkScorer(this);

    /// <inheritdoc/>
    public override void Score(IReadOnlyList<string> texts, Memory<double> scores, Memory<Evidence> evidence, CancellationToken cancellation = default)
    {
        for (int start = 0; start < texts.Count; start += Window)
        {
            int count = Math.Min(Window, texts.Count - start);
            ScoreWindow(texts, start, count, scores[(start * ScoreCount)..], evidence[start..], cancellation);
        }
    }

    /// <inheritdoc/>
    public override void ScoreTogether(IReadOnlyList<string> texts, Span<double> scores, Span<Evidence> evidence)
    {
        TextsTogether together = idle.Take() ?? new TextsTogether(this);
        together.Score(texts, scores, evidence);
        if (!together.IsOversized) idle.Put(together);
    }

    private void ScoreWindow(IReadOnlyList<string> texts, int start, int count, Memory<double> scores, Memory<Evidence> evidence, CancellationToken cancellation)
    {
        int[][] ids = new int[count][];
        var options = new ParallelOptions { CancellationToken = cancellation };
        Parallel.ForEach(Partitioner.Create(0, count), options, range =>
        {
            TokenEncoder encoder = Vocabulary.NewEncoder();
            for (int i = range.Item1; i < range.Item2; i++)
            {
                encoder.Encode(texts[start + i]);
                ids[i] = encoder.Ids.ToArray();
                evidence.Span[i] = NetworkScorer.EvidenceOf(encoder);
                if (encoder.IsOversized) encoder = Vocabulary.NewEncoder();
            }
        });
        int[] known = [.. Enumerable.Range(0, count).Where(i => !evidence.Span[i].Unknown).OrderBy(i => ids[i].Length)]; // OrderBy keeps equals in their order
        scores.Span[..(count * ScoreCount)].Clear();
        Parallel.ForEach(Batches(known, ids), options, () => NetworkRun.OfMany(this), (batch, _, run) =>
        {
            ReadOnlySpan<int> members = known.AsSpan(batch);
            int steps = ids[members[0]].Length;
            for (int m = 0; m < members.Length; m++) ids[members[m]].CopyTo(run.Ids[(m * steps)..]);
            ReadOnlySpan<float> found = run.Score(members.Length, steps / Vocabulary.Columns);
            for (int k = 0; k < found.Length; k++) scores.Span[members[k / ScoreCount] * ScoreCount + k % ScoreCount] = found[k];
            return run;
        }, run => run.Dispose());
    }

    private List<Range> Batches(int[] byLength, int[][] ids)
    {
        List<Range> batches = [];
        for (int first = 0, end; first < byLength.Length; first = end)
        {
            int length = ids[byLength[first]].Length, most = NetworkRun.TextsOf(length / Vocabulary.Columns);
            for (end = first + 1; end < byLength.Length && end - first < most && ids[byLength[end]].Length == length; end++) { }
            batches.Add(first..end);
        }
        return batches;
    }
}
