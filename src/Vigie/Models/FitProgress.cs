namespace Vigie.Models;

/// <summary>How far a fit is.</summary>
/// <param name="Share">From 0 to 1; null where it is not known how many iterations it will take.</param>
public readonly record struct FitProgress(double? Share)
{
    /// <summary>Passes over the texts or iterations of the optimiser done, where one has just ended; from 1, all classes' fits counted on.</summary>
    public int? Iteration { get; init; }

    /// <summary>
    /// The loss after <see cref="Iteration"/>, per text: of an optimiser, the sum it minimises, penalty included, over C · n; of a pass of coordinate
    /// descent, the mean logistic loss of texts just before they were learnt from.
    /// </summary>
    public double? Loss { get; init; }

    /// <summary>The mean loss over validation rows after <see cref="Iteration"/>, where they are watched.</summary>
    public double? ValidationLoss { get; init; }
}
