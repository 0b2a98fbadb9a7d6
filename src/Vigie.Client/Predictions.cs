namespace Vigie.Client;

/// <summary>What a tweet says of the brand.</summary>
public enum Sentiment
{
    /// <summary>A complaint, an insult, bad news.</summary>
    Negative,

    /// <summary>Neither; only models of three classes know it.</summary>
    Neutral,

    /// <summary>Praise, thanks, good news.</summary>
    Positive,
}

/// <summary>A tweet to classify.</summary>
/// <param name="Text">As published.</param>
public sealed record Tweet(string Text)
{
    /// <summary>The caller's identifier, repeated in the answer; at most 200 characters.</summary>
    public string? Id { get; init; }

    /// <summary>Who wrote it; the server keeps a keyed hash, by which everything of an author can be erased.</summary>
    public string? Author { get; init; }

    /// <summary>The tweet's language (BCP 47).</summary>
    public string? Language { get; init; }

    /// <summary>Say positive from this probability on, in (0, 1), instead of the model's own threshold.</summary>
    public double? Threshold { get; init; }

    /// <summary>Also say which words moved the decision.</summary>
    public bool? Explain { get; init; }
}

/// <summary>What a model says of a tweet.</summary>
public sealed record Prediction
{
    /// <summary>Names the prediction: corrections are sent under it.</summary>
    public required string PredictionId { get; init; }

    /// <summary>The identifier that came with the tweet; null where none did.</summary>
    public string? Id { get; init; }

    /// <summary>The class decided for.</summary>
    public required Sentiment Label { get; init; }

    /// <summary>The probability of each class, in [0, 1].</summary>
    public required Probabilities Probabilities { get; init; }

    /// <summary>The probability of the positive class, in [0, 1].</summary>
    public required double ProbabilityPositive { get; init; }

    /// <summary>The calibrated probability of the label, in [0, 1].</summary>
    public required double Confidence { get; init; }

    /// <summary>True where the model has never seen anything of the text.</summary>
    public required bool Unknown { get; init; }

    /// <summary>Share of the text's words that the model has never seen, in [0, 1].</summary>
    public required double UnknownShare { get; init; }

    /// <summary>The model that answered; null in batches, whose answers name it once.</summary>
    public ModelName? Model { get; init; }

    /// <summary>Milliseconds from the request's arrival at the server to its answer; null in batches.</summary>
    public double? LatencyMs { get; init; }

    /// <summary>Why; null unless it was asked for.</summary>
    public Explanation? Explain { get; init; }
}

/// <summary>The probability of each class, in [0, 1]; null for a class that the model does not know.</summary>
public sealed record Probabilities(double? Negative = null, double? Neutral = null, double? Positive = null);

/// <summary>Which words moved a decision: contributions and intercept add up to the score.</summary>
/// <param name="Class">The class whose score is explained.</param>
/// <param name="Score">Log-odds, or margin.</param>
/// <param name="Intercept">The score of a text without known words.</param>
/// <param name="Words">Every word in its order.</param>
/// <param name="WordsLeftOut">Words at the text's end that are not among them, because the model is a network and the text long; null where there are none.</param>
public sealed record Explanation(Sentiment Class, double Score, double Intercept, IReadOnlyList<Word> Words, int? WordsLeftOut = null);

/// <summary>A word's part in a decision.</summary>
/// <param name="Text">As it stands in the tweet.</param>
/// <param name="Start">Where it begins, in UTF-16 code units.</param>
/// <param name="End">Where it ends.</param>
/// <param name="Contribution">What it added to the score.</param>
/// <param name="Known">Whether the model has seen it.</param>
public sealed record Word(string Text, int Start, int End, double Contribution, bool Known);

/// <summary>Which model it was.</summary>
/// <param name="Name">What people call it.</param>
/// <param name="Digest">SHA-256 of the bundle: the same digest gives the same answers.</param>
/// <param name="Version">Its number in a registry; null where it has none.</param>
/// <param name="RunId">The run that trained it; null where no tracking server knows it.</param>
public sealed record ModelName(string Name, string Digest, string? Version = null, string? RunId = null);

/// <summary>What is known of a model; the server's <c>/docs</c> tells of more.</summary>
public sealed record ModelInfo
{
    /// <summary>What people call it.</summary>
    public required string Name { get; init; }

    /// <summary>Its number in a registry; null where it has none.</summary>
    public string? Version { get; init; }

    /// <summary>The recipe it was trained by.</summary>
    public required string Recipe { get; init; }

    /// <summary>SHA-256 of the bundle.</summary>
    public required string Digest { get; init; }

    /// <summary>The classes it tells apart.</summary>
    public required IReadOnlyList<Sentiment> Classes { get; init; }

    /// <summary>A model of two classes says positive from this probability on; null with three.</summary>
    public double? Threshold { get; init; }
}
