using Vigie.Server;
using Vigie.Tweets;

namespace Vigie.Dashboard.Try;

/// <summary>A model on duty that can be tried.</summary>
/// <param name="Key">As callers ask for it, and the page's address has it; empty for the champion.</param>
/// <param name="Model">It.</param>
/// <param name="Part">In which part.</param>
internal sealed record TriedModel(string Key, ServedModel Model, ModelPart Part)
{
    /// <summary>What people call it.</summary>
    public string Name => KeptRecords.NameOf(Model.Name, Model.Version);

    /// <summary>All models on duty, the champion first.</summary>
    /// <exception cref="RequestException">503: the champion is not loaded.</exception>
    public static IReadOnlyList<TriedModel> Of(Duty duty) =>
    [
        new("", duty.Champion, ModelPart.Champion),
        .. duty.Challenge is { } trial ? [new TriedModel(Challenge.CallersName, trial.Challenger, ModelPart.Challenger)] : Array.Empty<TriedModel>(),
        .. duty.Others.OrderBy(other => other.Key, StringComparer.Ordinal).Select(other => new TriedModel(other.Key, other.Value, ModelPart.Named)),
    ];
}

/// <summary>Asks models as the API does: by the same predictor, within the same limits, and with the same words for what is refused.</summary>
internal sealed class TriedModels(ModelHost host, Predictor predictor, RequestBatchers batchers, RateLimiter limiter, Recorder recorder, Corrections corrections, ServerOptions options)
{
    /// <summary>The models on duty.</summary>
    public IReadOnlyList<TriedModel> All => TriedModel.Of(host.Duty);

    /// <summary>Whether reports can be kept.</summary>
    public bool KeepsReports => recorder.IsOn;

    /// <summary>The longest text that is taken, in UTF-16 code units.</summary>
    public int LongestText => options.MaxTextLength;

    /// <summary>A model by its key; the champion where there is none of that name any more.</summary>
    public TriedModel Find(string? key) => All.FirstOrDefault(one => one.Key == key) ?? All[0];

    /// <summary>Asks about a tweet, with reasons. Nothing is kept of it: half-typed texts are nobody's tweets.</summary>
    /// <param name="text">The tweet.</param>
    /// <param name="models">Which models.</param>
    /// <param name="client">Who asks.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <exception cref="RequestException">The text is too long, there were too many requests, or a model is too busy.</exception>
    public async Task<IReadOnlyList<Verdict>> AskAsync(string text, IReadOnlyList<TriedModel> models, Client client, CancellationToken cancellation)
    {
        CheckLength(text);
        await limiter.AdmitAsync(client);
        var verdicts = new List<Verdict>();
        foreach (TriedModel model in models) verdicts.Add(Verdict.Of(text, model.Model, await AskAsync(text, model, new ModelRoute(model.Model, model.Part, null), isRecorded: false, cancellation)));
        return verdicts;
    }

    /// <summary>Reports what is right of a tweet that was tried: it is asked about once more, and kept now, so that there is a prediction to report on.</summary>
    /// <inheritdoc cref="AskAsync(string, IReadOnlyList{TriedModel}, Client, CancellationToken)"/>
    public async Task ReportAsync(string text, TriedModel model, Sentiment right, string reporter, Client client, CancellationToken cancellation)
    {
        await limiter.AdmitAsync(client);
        ModelRoute route = model.Part is ModelPart.Champion ? new ModelRoute(model.Model, ModelPart.Champion, host.Duty.Challenge is { IsShadow: true } trial ? trial.Challenger : null) : new ModelRoute(model.Model, ModelPart.Named, null);
        PredictionAnswer answer = await AskAsync(text, model, route, isRecorded: true, cancellation);
        await corrections.KeepAsync(new CorrectionDraft(right) { Prediction = answer.PredictionId, Reporter = reporter });
    }

    /// <summary>Reports what is right of a prediction that is kept.</summary>
    /// <exception cref="RequestException">It could not be kept.</exception>
    public async Task ReportAsync(string prediction, Sentiment right, string reporter, Client client)
    {
        await limiter.AdmitAsync(client);
        PredictionId id = recorder.TryParseId(prediction, out PredictionId known) ? known : throw RequestException.NoSuchPrediction();
        await corrections.KeepAsync(new CorrectionDraft(right) { Prediction = id, Reporter = reporter });
    }

    /// <summary>Asks about many tweets by one model, part by part. Words are told by models that tell them at no cost: a network would be asked once for each.</summary>
    /// <param name="texts">The tweets.</param>
    /// <param name="model">The model.</param>
    /// <param name="isRecorded">Whether they are kept, as a batch of the API is.</param>
    /// <param name="client">Who asks.</param>
    /// <param name="take">Is given each part.</param>
    /// <param name="cancellation">Ends it between two parts.</param>
    /// <exception cref="RequestException">There were too many, or the model is too busy.</exception>
    public async Task AskAllAsync(IReadOnlyList<string> texts, TriedModel model, bool isRecorded, Client client, Func<IReadOnlyList<Verdict>, Task> take, CancellationToken cancellation)
    {
        const int part = 250;
        await limiter.AdmitAsync(client, texts.Count);
        bool explain = batchers.Of(model.Model) is null;
        using RequestBatcher.Place? place = batchers.Of(model.Model)?.Enter();
        long arrived = options.Clock.GetTimestamp();
        var route = new ModelRoute(model.Model, model.Part is ModelPart.Champion ? ModelPart.Batch : ModelPart.Named, null);
        foreach (string[] some in texts.Chunk(part))
        {
            cancellation.ThrowIfCancellationRequested();
            PredictionRequest[] requests = [.. some.Select(text => new PredictionRequest { Text = text, Explain = explain, IsRecorded = isRecorded })];
            PredictionAnswer[] answers = await Task.Run(async () => await predictor.AnswerAsync(requests, route, arrived, cancellation), cancellation);
            await take([.. answers.Select((answer, i) => Verdict.Of(some[i], model.Model, answer))]);
        }
    }

    /// <summary>Why a model decides of a text as it does: the one of that digest, where it is on duty, else the champion.</summary>
    /// <param name="text">The text.</param>
    /// <param name="digest">The model that is meant; null where that is not known.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <returns>The reasons, and the name of the model where it is another than was meant. Neither where none is loaded.</returns>
    public async Task<(Reasons? Why, string? Explainer)> ExplainAsync(string text, string? digest, CancellationToken cancellation)
    {
        if (host.DutyIfReady is not { } duty || text.Length > options.MaxTextLength) return (null, null);
        TriedModel model = TriedModel.Of(duty).FirstOrDefault(one => one.Model.Digest == digest) ?? TriedModel.Of(duty)[0];
        return (Reasons.Of(ExplanationAnswer.Of(await batchers.ExplainAsync(model.Model, text, cancellation)), text), digest is null || digest == model.Model.Digest ? null : model.Name);
    }

    private ValueTask<PredictionAnswer> AskAsync(string text, TriedModel model, ModelRoute route, bool isRecorded, CancellationToken cancellation) =>
        predictor.AnswerAsync(new PredictionRequest { Text = text, Explain = true, IsRecorded = isRecorded }, recorder.NextId(), route, options.Clock.GetTimestamp(), cancellation);

    private void CheckLength(string text)
    {
        if (text.Length > options.MaxTextLength) throw JsonString.TooLong("text", text.Length, options.MaxTextLength);
    }
}
