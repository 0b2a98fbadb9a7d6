namespace Vigie.Server;

/// <summary>Keeps predictions and corrections.</summary>
internal sealed class Recorder(PredictionIds ids, bool on)
{
    /// <summary>A new id.</summary>
    public PredictionId NextId() => ids.Next();

    /// <summary>Reads an id that was given out here.</summary>
    public bool TryParseId(ReadOnlySpan<char> text, out PredictionId id) => ids.TryParse(text, out id);

    /// <summary>Whether predictions are kept. Where they are not, nobody need put a record together.</summary>
    public bool IsOn => on;

    /// <summary>Keeps a prediction. Returns at once and never fails: what it waits for is not the caller's to wait for.</summary>
    public void Record(PredictionRecord prediction)
    {
        if (on) throw new NotSupportedException($"prediction {prediction.Id} cannot be kept: there is no journal yet");
    }
}
