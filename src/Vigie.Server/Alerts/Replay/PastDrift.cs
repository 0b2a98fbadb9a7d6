using Vigie.Monitoring;

namespace Vigie.Server;

/// <summary>The drift monitor of a model, told of its predictions of the past.</summary>
internal sealed class PastDrift
{
    private static readonly TimeSpan Pace = TimeSpan.FromMinutes(5);

    private readonly ServedModel model;
    private readonly DriftMonitor monitor;
    private readonly HashSet<Tweets.Sentiment> classes;
    private IReadOnlyList<AlertDrift> alarms = [];
    private DateTimeOffset looked;

    /// <exception cref="InvalidInputException">The model has no profile of its training.</exception>
    public PastDrift(ServedModel model)
    {
        if (model.Info.Profile is not { } profile) throw new InvalidInputException($"{model.Name} has no training profile, so there is nothing to drift from; 'vigie train' writes one");
        (this.model, monitor, classes) = (model, new DriftMonitor(model.Classifier.Model.Text, profile), [.. model.Classifier.Classes]);
    }

    /// <summary>Predictions that the monitor was told of.</summary>
    public long Seen => monitor.Tweets;

    /// <summary>Predictions of the model whose text is not kept.</summary>
    public long Textless { get; private set; }

    public void Add(in PastRecord prediction)
    {
        if (prediction.Model!.Digest != model.Digest || !classes.Contains(prediction.Predicted!.Value)) return;
        if (prediction.Text is not { } text) Textless++;
        else monitor.Add(new DriftObservation { At = prediction.At, Label = prediction.Predicted.Value, Confidence = prediction.Confidence, UnknownShare = prediction.UnknownShare, Text = text, Id = prediction.Id });
    }

    /// <summary>The alarms at a time; they are looked at every few minutes.</summary>
    public IReadOnlyList<AlertDrift> AlarmsAt(DateTimeOffset now)
    {
        if (now - looked < Pace) return alarms;
        looked = now;
        return alarms = monitor.Watch(now) ? [.. monitor.Look(now).Alarms.Select(reading => AlertDrift.Of(reading, model.Name, now))] : [];
    }
}
