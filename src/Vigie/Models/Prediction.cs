using Vigie.Tweets;

namespace Vigie.Models;

/// <summary>What a classifier says of one text.</summary>
/// <param name="Label">The class it decides for.</param>
/// <param name="Probabilities">One per class, in the order of <see cref="TextClassifier.Classes"/>; they sum to 1.</param>
/// <param name="Unknown">True where the text has nothing that the model has ever seen: the probabilities are then the classes' shares in training.</param>
/// <param name="UnknownShare">Share of the text's words that the model has never seen, in [0, 1]. Where features are hashed, or none is a single word, words cannot be
/// told apart: then 1 where <paramref name="Unknown"/>, else 0.</param>
public sealed record Prediction(Sentiment Label, double[] Probabilities, bool Unknown, double UnknownShare)
{
    /// <summary>Probability of the last class, which is the positive one.</summary>
    public double ProbabilityPositive => Probabilities[^1];

    /// <summary>Probability of the class that was decided for, had it been the most probable.</summary>
    public double Confidence => Probabilities.Max();
}

/// <summary>
/// Why a classifier decided as it did. The contributions of the words and the intercept add up to the score.
/// </summary>
/// <param name="Prediction">The decision.</param>
/// <param name="Class">The class whose score is explained: the positive class of two, else the one decided for.</param>
/// <param name="Score">Log-odds (or margin, before calibration) of that class.</param>
/// <param name="Intercept">Of a linear model, the score of a text without features; of any other, what the words do not account for one by one.</param>
/// <param name="Words">Every token of the text in its order.</param>
/// <param name="Features">Every n-gram that a linear model knows, strongest first; empty for other models.</param>
public sealed record Explanation(
    Prediction Prediction, Sentiment Class, double Score, double Intercept, IReadOnlyList<WordContribution> Words, IReadOnlyList<FeatureContribution> Features)
{
    /// <summary>True for a linear model, whose score is the sum of its parts; false where each word was left out in turn.</summary>
    public bool Exact { get; init; } = true;

    /// <summary>Words at the text's end that are not among <see cref="Words"/>, because only so many were asked for; what they add stands in <see cref="Intercept"/>.</summary>
    public int WordsLeftOut { get; init; }
}

/// <summary>What one token of a text adds to the score: its share of every n-gram that covers it.</summary>
/// <param name="Text">The token as the model sees it.</param>
/// <param name="Start">First character in the original text.</param>
/// <param name="End">Behind the last character in the original text.</param>
/// <param name="Contribution">Added to the score.</param>
/// <param name="Known">The model has a feature of words that this word is part of: the word, or an n-gram around it. In a model of characters alone, any n-gram that
/// touches the word. Always true where features are hashed.</param>
public sealed record WordContribution(string Text, int Start, int End, double Contribution, bool Known);

/// <summary>What one n-gram adds to the score.</summary>
/// <param name="Name">The n-gram.</param>
/// <param name="Value">Its value in this text.</param>
/// <param name="Contribution">Value × coefficient.</param>
public sealed record FeatureContribution(string Name, double Value, double Contribution);
