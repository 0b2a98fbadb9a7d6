namespace Vigie.Evaluation;

/// <summary>What one size of training data gave: the same recipe on the first <paramref name="Rows"/> rows.</summary>
/// <param name="Rows">Training rows.</param>
/// <param name="Train">The score on those rows themselves, in [0, 1].</param>
/// <param name="Validation">The score on rows not trained on, in [0, 1].</param>
public sealed record LearningCurvePoint(int Rows, double Train, double Validation)
{
    /// <summary>How much of the training score does not carry over: near 0, more data will not help a model of this capacity; wide, it will.</summary>
    public double Gap => Train - Validation;
}
