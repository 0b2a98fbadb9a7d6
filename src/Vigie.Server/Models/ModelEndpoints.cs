using Vigie.Bundles;
using Vigie.Evaluation;
using Vigie.Tweets;

namespace Vigie.Server;

/// <summary>GET /model/info.</summary>
internal static class ModelEndpoints
{
    public static void MapModel(this IEndpointRouteBuilder app) =>
        app.MapGet("/model/info", (ModelHost host, ResultCache cache, HttpContext context) =>
            {
                ServedModel model = host.Duty.Named(ModelQuery.Read(context.Request.Query));
                return TypedResults.Ok(ModelDescription.Of(model) with { Cache = CacheDescription.Of(cache, model) });
            })
            .WithName("modelInfo")
            .WithTags("Model")
            .WithSummary("Describe the model that answers")
            .ProducesProblems(404, 429, 503)
            .NeedsScope(Scope.Read);
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
