namespace Vigie.Models;

/// <summary>Watches the validation loss of boosting.</summary>
/// <param name="patience">Rounds to go on without a lower loss; null goes on to the end and keeps all.</param>
internal sealed class EarlyStopping(int? patience)
{
    private double lowest = double.PositiveInfinity;
    private int rounds, best;

    /// <summary>Whether it is time to stop.</summary>
    public bool Stops => patience is int most && rounds - best >= most;

    /// <summary>Rounds up to the lowest loss; null where nothing is watched.</summary>
    public int? Kept => patience is null ? null : best;

    public void Add(double? loss)
    {
        rounds++;
        if (!(loss < lowest)) return;
        lowest = loss.Value;
        best = rounds;
    }
}

/// <summary>What the settings of both boosting libraries must keep to.</summary>
internal static class BoostingSettings
{
    /// <exception cref="InvalidInputException">A setting is out of range, or validation rows are missing.</exception>
    public static void Check(
        int rounds, double learningRate, double minChildWeight, double colsample, double subsample, double lambda, int? earlyStopping, int? threads, LabelledRows? validation)
    {
        if (rounds < 1) throw new InvalidInputException($"n_estimators {rounds}: expected 1 or more");
        if (learningRate is not (> 0 and <= 1)) throw new InvalidInputException($"learning_rate {learningRate}: expected a number above 0 and up to 1");
        if (minChildWeight is not >= 0) throw new InvalidInputException($"min_child_weight {minChildWeight}: expected 0 or more");
        if (colsample is not (> 0 and <= 1)) throw new InvalidInputException($"colsample_bytree {colsample}: expected a share above 0 and up to 1");
        if (subsample is not (> 0 and <= 1)) throw new InvalidInputException($"subsample {subsample}: expected a share above 0 and up to 1");
        if (lambda is not >= 0) throw new InvalidInputException($"reg_lambda {lambda}: expected 0 or more");
        if (earlyStopping < 1) throw new InvalidInputException($"early_stopping_rounds {earlyStopping}: expected 1 or more, or none");
        if (threads < 1) throw new InvalidInputException($"n_jobs {threads}: expected 1 or more, or none for all processors");
        if (earlyStopping is not null && validation is not { Labels.Length: > 0 })
            throw new InvalidInputException("early_stopping_rounds watches the loss of validation rows, and there are none: give more rows, or set early_stopping_rounds=none");
    }
}
