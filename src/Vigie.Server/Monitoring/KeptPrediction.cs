using Vigie.Tweets;

namespace Vigie.Server;

/// <summary>A prediction as the records have it.</summary>
/// <param name="Number">Its row: the order in which the records took predictions over.</param>
/// <param name="Id">Its id, as callers know it; null where the tweet was erased.</param>
/// <param name="At">When it was made.</param>
/// <param name="Model">The digest of the model that answered.</param>
/// <param name="Part">In which part.</param>
/// <param name="Label">What was answered.</param>
/// <param name="ProbabilityPositive">The probability of the positive class, in [0, 1].</param>
/// <param name="Confidence">The probability of the label, in [0, 1].</param>
/// <param name="UnknownShare">Share of the text's words that the model has never seen, in [0, 1].</param>
/// <param name="Text">The tweet; null where it is not kept or was erased.</param>
internal sealed record KeptPrediction(long Number, string? Id, DateTimeOffset At, string Model, ModelPart Part, Sentiment Label, double ProbabilityPositive, double Confidence, double UnknownShare, string? Text);
