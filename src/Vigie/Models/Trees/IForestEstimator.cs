using Vigie.Features;

namespace Vigie.Models;

/// <summary>Grows a forest over sparse rows. Implementations hold hyperparameters only.</summary>
public interface IForestEstimator
{
    /// <summary>Grows the forest.</summary>
    /// <param name="train">Rows to learn from; every class occurs.</param>
    /// <param name="validation">Rows to watch the loss on, and to stop by; null for none.</param>
    /// <param name="classes">Number of classes, 2 or more.</param>
    /// <param name="seed">Seeds whatever is drawn by chance.</param>
    /// <param name="progress">Told how far it is, after each round or tree.</param>
    /// <param name="cancellation">Ends the fit with <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="InvalidInputException">A setting is out of range, or a library that does the work is missing.</exception>
    Forest Fit(LabelledRows train, LabelledRows? validation, int classes, int seed, IProgress<FitProgress>? progress = null, CancellationToken cancellation = default);
}

/// <summary>Sparse rows and the class of each.</summary>
/// <param name="Features">(texts × features)</param>
/// <param name="Labels">Class column of each row.</param>
public sealed record LabelledRows(SparseMatrix Features, byte[] Labels);
