using Vigie.Models;

namespace Vigie.Networks;

/// <summary>Scores texts one after another.</summary>
internal sealed class NetworkScorer(NetworkTextModel model) : TextScorer
{
    private readonly TokenEncoder encoder = model.Vocabulary.NewEncoder();
    private readonly NetworkRun run = NetworkRun.OfOne(model);

    public override bool IsOversized => encoder.IsOversized;

    public override Evidence Score(string text, Span<double> scores)
    {
        encoder.Encode(text);
        Evidence evidence = EvidenceOf(encoder);
        if (evidence.Unknown) scores.Clear();
        else Run(encoder.Ids, scores);
        return evidence;
    }

    /// <summary>Runs the network once, on one unknown word.</summary>
    /// <exception cref="InvalidInputException">ONNX Runtime cannot carry the graph out.</exception>
    public void Try()
    {
        encoder.Encode("");
        Run(encoder.Ids, stackalloc double[model.ScoreCount]);
    }

    /// <summary>What an encoder found in its last text.</summary>
    public static Evidence EvidenceOf(TokenEncoder encoder)
    {
        if (encoder.WordCount == 0) return new Evidence(true, 0);
        return new Evidence(encoder.UnknownCount == encoder.Steps, (double)encoder.UnknownCount / encoder.Steps);
    }

    private void Run(ReadOnlySpan<int> ids, Span<double> scores)
    {
        ids.CopyTo(run.Ids);
        ReadOnlySpan<float> found = run.Score(1, ids.Length / model.Vocabulary.Columns);
        for (int s = 0; s < scores.Length; s++) scores[s] = found[s];
    }
}
