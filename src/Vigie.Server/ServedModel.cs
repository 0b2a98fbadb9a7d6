using Vigie.Models;

namespace Vigie.Server;

/// <summary>The model that answers, and what is known of it.</summary>
/// <param name="Classifier">Gives the answers.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Version">Which of that name, or null.</param>
/// <param name="Recipe">How it was made.</param>
/// <param name="Digest">SHA-256 of the bundle: the same digest gives the same answers.</param>
/// <param name="Metrics">What it scored when it was evaluated, by metric: <c>f1_macro</c>, <c>accuracy</c>, … Empty where it was not.</param>
public sealed record ServedModel(
    TextClassifier Classifier, string Name, string? Version, string Recipe, string Digest, IReadOnlyDictionary<string, double> Metrics);
