using System.Data.Common;
using Microsoft.AspNetCore.Http.HttpResults;
using Vigie.Bundles;
using Vigie.Evaluation;
using Vigie.Tweets;

namespace Vigie.Server;

/// <summary>GET /model/info.</summary>
internal static class ModelEndpoints
{
    public static void MapModel(this IEndpointRouteBuilder app) =>
        app.MapGet("/model/info", DescribeAsync)
            .WithName("modelInfo")
            .WithTags("Model")
            .WithSummary("Describe the model that answers, and list those beside it")
            .WithDescription("Without model: the champion, every model that is to be on duty with where it comes from and what last went wrong, and how the trial goes that is under way. With model: that one alone.")
            .ProducesProblems(404, 429, 503)
            .NeedsScope(Scope.Read)
            .AddOpenApiOperationTransformer((operation, _, _) =>
            {
                operation.Parameters = [ModelQuery.Parameter];
                return Task.CompletedTask;
            });

    private static async Task<Ok<ModelDescription>> DescribeAsync(HttpContext context, ModelHost host, Trials trials, ResultCache cache, ServerOptions options)
    {
        Duty duty = host.Duty;
        if (ModelQuery.Read(context.Request.Query) is { } name) return TypedResults.Ok(Describe(duty.Named(name), cache));
        ModelDescription champion = Describe(duty.Champion, cache) with { Models = [.. host.Parts.Select(ModelStanding.Of)] };
        if (trials.Of(duty) is not { } period) return TypedResults.Ok(champion);
        (TrialCounts? counts, string? failure) = await CountAsync(context, period);
        return TypedResults.Ok(champion with { Trial = TrialDescription.Of(period, trials.Agreement, counts, options.Models.TrialLevel) with { VerdictFailure = failure } });
    }

    // Records that cannot be read are no reason not to say which model answers.
    private static async Task<(TrialCounts? Counts, string? Failure)> CountAsync(HttpContext context, TrialPeriod period)
    {
        if (context.RequestServices.GetService<TrialLedger>() is not { } ledger) return (null, null);
        try
        {
            return (await ledger(period, context.RequestAborted), null);
        }
        catch (Exception away) when (away is DbException or IOException)
        {
            return (null, $"the records cannot be read at present: {away.Message}");
        }
    }

    private static ModelDescription Describe(ServedModel model, ResultCache cache) => ModelDescription.Of(model) with { Cache = CacheDescription.Of(cache, model) };
}

/// <summary>One of the models that are to be on duty.</summary>
internal sealed record ModelStanding
{
    /// <summary>What callers ask for it by (<c>?model=</c>); of the champion, what it is called, absent while it is not loaded.</summary>
    public string? Name { get; init; }

    /// <summary><c>champion</c>, <c>challenger</c> or <c>named</c>.</summary>
    public required ModelPart Part { get; init; }

    /// <summary>Where it comes from: a folder, <c>models:/NAME@ALIAS</c>, <c>models:/NAME/VERSION</c>, or <c>fixed</c> by the program that serves it.</summary>
    public required string Source { get; init; }

    /// <summary>Its number in the registry; absent where it has none.</summary>
    public string? Version { get; init; }

    /// <summary>SHA-256 of the bundle; absent while none is loaded.</summary>
    public string? Digest { get; init; }

    /// <summary>Since when it is on duty here.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>What went wrong the last time that the source was asked or its model loaded; absent where it went well.</summary>
    public string? Failure { get; init; }

    /// <summary>Since when that goes wrong.</summary>
    public DateTimeOffset? FailingSince { get; init; }

    public static ModelStanding Of(DutyPart part) => new()
    {
        Name = part.Name ?? part.Model?.Name,
        Part = part.Part,
        Source = part.Source,
        Version = part.Model?.Version,
        Digest = part.Model?.Digest,
        Since = part.Since,
        Failure = part.Failure?.Reason,
        FailingSince = part.Failure?.At,
    };
}

/// <summary>Which model it was.</summary>
internal sealed record ModelReference
{
    /// <summary>What people call it.</summary>
    public required string Name { get; init; }

    /// <summary>Which of that name; absent where it has none.</summary>
    public string? Version { get; init; }

    /// <summary>SHA-256 of the bundle: the same digest gives the same answers.</summary>
    public required string Digest { get; init; }

    /// <summary>The run that trained it; absent where no tracking server knows it.</summary>
    public string? RunId { get; init; }

    public static ModelReference Of(ServedModel model) => new() { Name = model.Name, Version = model.Version, Digest = model.Digest, RunId = model.RunId };
}

/// <summary>What is known of the model. The classifier itself, millions of weights, stays inside.</summary>
internal sealed record ModelDescription
{
    /// <summary>What people call it.</summary>
    public required string Name { get; init; }

    /// <summary>Which of that name; absent where it has none.</summary>
    public string? Version { get; init; }

    /// <summary>The recipe it was trained by.</summary>
    public required string Recipe { get; init; }

    /// <summary>Every setting of the recipe, by name.</summary>
    public required IReadOnlyDictionary<string, string> Settings { get; init; }

    /// <summary>SHA-256 of the bundle: the same digest gives the same answers.</summary>
    public required string Digest { get; init; }

    /// <summary>The classes it tells apart.</summary>
    public required IReadOnlyList<Sentiment> Classes { get; init; }

    /// <summary>A model of two classes says positive from this probability on; absent with three.</summary>
    public double? Threshold { get; init; }

    /// <summary>Number of features it weighs.</summary>
    public required int Features { get; init; }

    /// <summary>Share of each class in training: the answer to a text of which it knows nothing.</summary>
    public required ClassProbabilities Prior { get; init; }

    /// <summary>What it was trained on.</summary>
    public required TrainingData Data { get; init; }

    /// <summary>How it does on the rows that its threshold and calibration were chosen on; absent where there were none.</summary>
    public EvaluationReport? Validation { get; init; }

    /// <summary>How it does on rows that nothing was chosen on; absent where there were none.</summary>
    public EvaluationReport? Test { get; init; }

    /// <summary>Which of its answers are remembered.</summary>
    public CacheDescription? Cache { get; init; }

    /// <summary>Every model that is to be on duty; absent where one was asked for by name.</summary>
    public IReadOnlyList<ModelStanding>? Models { get; init; }

    /// <summary>The trial that is under way; absent where there is none, or one model was asked for by name.</summary>
    public TrialDescription? Trial { get; init; }

    public static ModelDescription Of(ServedModel model) => new()
    {
        Name = model.Name,
        Version = model.Version,
        Recipe = model.Info.Recipe,
        Settings = model.Info.Settings,
        Digest = model.Digest,
        Classes = model.Classifier.Classes,
        Threshold = model.Classifier.Classes.Count == 2 ? model.Classifier.Threshold : null,
        Features = model.Classifier.Model.FeatureCount,
        Prior = ClassProbabilities.Of(model.Classifier.Classes, model.Classifier.Prior),
        Data = model.Info.Data,
        Validation = model.Info.Validation,
        Test = model.Info.Test,
    };
}
