using Vigie.Models;
using Vigie.Monitoring;
using Vigie.Tweets;

namespace Vigie.Server;

/// <summary>
/// The drift monitors of the models on duty. They are told of predictions in the order in which the records took them over, of a flood of them a sample; which one
/// depends on when they were looked at, and so what they know is saved with the place up to which they were told. For one thread at a time, but for <see cref="Looks"/> and <see cref="Forget"/>.
/// </summary>
/// <param name="options">How sure an alarm has to be.</param>
/// <param name="restore">What a monitor knew when it was last saved, by the model's digest; null for nothing.</param>
/// <param name="log">Is told what cannot be taken up again.</param>
internal sealed class DriftWatch(DriftOptions options, Func<string, byte[]?> restore, ILogger log)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, Watched> models = [];

    /// <summary>Goes back to what was last saved.</summary>
    public void BeginAnew()
    {
        lock (gate) models.Clear();
    }

    /// <summary>Which models are on duty: others are no longer watched.</summary>
    public void Follow(Duty duty)
    {
        lock (gate)
        {
            ServedModel[] wanted = duty.Challenge is { } trial ? [duty.Champion, trial.Challenger] : [duty.Champion];
            foreach (string gone in models.Keys.Except(wanted.Select(model => model.Digest)).ToArray()) models.Remove(gone);
            foreach (ServedModel model in wanted)
            {
                if (!models.ContainsKey(model.Digest)) models[model.Digest] = new Watched(model, Begin(model));
            }
        }
    }

    /// <summary>Tells the monitor of the model that answered. Predictions that were asked for by model are left out: whoever asked chose the tweets; and so are those whose text is not at hand.</summary>
    public void Add(KeptPrediction prediction)
    {
        if (prediction.Part is ModelPart.Named || prediction.Text is not { } text) return;
        lock (gate)
        {
            if (!models.TryGetValue(prediction.Model, out Watched? watched) || watched.Monitor is not { } monitor) return;
            TextClassifier classifier = watched.Model.Classifier;
            if (!classifier.Classes.Contains(prediction.Label)) return;
            bool two = classifier.Classes.Count == 2;
            // The model's own decision: callers may have asked for another threshold.
            Sentiment label = two ? classifier.Classes[prediction.ProbabilityPositive >= classifier.Threshold ? 1 : 0] : prediction.Label;
            double confidence = two ? Math.Max(prediction.ProbabilityPositive, 1 - prediction.ProbabilityPositive) : prediction.Confidence;
            monitor.Add(new DriftObservation { At = prediction.At, Label = label, Confidence = confidence, UnknownShare = prediction.UnknownShare, Text = text, Id = prediction.Id });
            watched.Changed = true;
        }
    }

    /// <summary>What there is to be seen, of each model.</summary>
    public IReadOnlyList<(ServedModel Model, DriftLook Look)> Looks(DateTimeOffset now)
    {
        lock (gate) return [.. models.Values.Where(watched => watched.Monitor is not null).Select(watched => (watched.Model, watched.Monitor!.Look(now)))];
    }

    /// <summary>Takes away all that tells of a prediction.</summary>
    public void Forget(string id)
    {
        lock (gate)
        {
            foreach (Watched watched in models.Values) watched.Changed |= watched.Monitor?.Forget(id) ?? false;
        }
    }

    /// <summary>What the monitors know that were told something since they were last saved, by digest.</summary>
    public IReadOnlyDictionary<string, byte[]> Save()
    {
        lock (gate)
        {
            var states = new Dictionary<string, byte[]>();
            foreach ((string digest, Watched watched) in models)
            {
                if (!watched.Changed) continue;
                states[digest] = watched.Monitor!.Save();
                watched.Changed = false;
            }

            return states;
        }
    }

    private DriftMonitor? Begin(ServedModel model)
    {
        if (model.Info.Profile is not { } profile) return null; // trained before there were profiles: nothing to compare with
        if (restore(model.Digest) is { } state)
        {
            try
            {
                return DriftMonitor.Restore(model.Classifier.Model.Text, profile, options, state);
            }
            catch (InvalidInputException other)
            {
                log.DriftBegunAnew(model.Name, other.Message);
            }
        }

        return new DriftMonitor(model.Classifier.Model.Text, profile, options);
    }

    private sealed class Watched(ServedModel model, DriftMonitor? monitor)
    {
        public ServedModel Model => model;

        public DriftMonitor? Monitor => monitor;

        public bool Changed { get; set; }
    }
}
