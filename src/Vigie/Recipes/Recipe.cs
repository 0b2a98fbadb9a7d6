namespace Vigie.Recipes;

/// <summary>How scores are turned into probabilities after training, on validation rows.</summary>
public enum CalibrationMethod
{
    /// <summary>Scores are taken as log-odds.</summary>
    None,

    /// <summary>A sigmoid over a line.</summary>
    Platt,

    /// <summary>A rising step function.</summary>
    Isotonic,

    /// <summary>Log-odds divided by one number.</summary>
    Temperature,
}

/// <summary>
/// A named way to a classifier: text pipeline, model, calibration and threshold, all as hyperparameters.
/// <see cref="TextTrainer"/> carries it out; <see cref="RecipeParameter"/> lists what can be set by name.
/// </summary>
/// <param name="Name">As typed on the command line: <c>tfidf-lr</c>.</param>
/// <param name="Summary">One line for people.</param>
/// <param name="Learner">From labelled texts to a model.</param>
public sealed record Recipe(string Name, string Summary, TextLearner Learner)
{
    /// <summary>How scores are turned into probabilities.</summary>
    public CalibrationMethod Calibration { get; init; }

    /// <summary>
    /// Wanted precision of the positive class, in (0, 1): the threshold is then the lowest that reaches it on validation rows. Null
    /// leaves the threshold at one half.
    /// </summary>
    public double? WantedPrecision { get; init; }

    /// <summary>Whether training looks at validation rows.</summary>
    public bool NeedsValidation => Learner.LooksAtValidation || Calibration != CalibrationMethod.None || WantedPrecision is not null;
}
