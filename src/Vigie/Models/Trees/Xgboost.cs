using System.Globalization;
using System.Runtime.InteropServices;

namespace Vigie.Models;

/// <summary>How XGBoost looks for splits.</summary>
public enum XgboostTreeMethod
{
    /// <summary>Over histograms of binned values.</summary>
    Hist,

    /// <summary>Over every value.</summary>
    Exact,
}

/// <summary>
/// Gradient-boosted trees (T. Chen and C. Guestrin, KDD 2016), grown by XGBoost's own library, which must be installed; parameters as it names them.
/// A zero is a missing value, in training as in prediction.
/// </summary>
public sealed record Xgboost : IForestEstimator
{
    /// <summary>Rounds of boosting: one tree each, of more than two classes one for each class; from 1.</summary>
    public int Rounds { get; init; } = 200;

    /// <summary>Longest way from root to leaf in splits; from 1.</summary>
    public int MaxDepth { get; init; } = 6;

    /// <summary>How much of each tree's answer is taken (eta); in (0, 1].</summary>
    public double LearningRate { get; init; } = 0.3;

    /// <summary>Least sum of second derivatives in a leaf; from 0.</summary>
    public double MinChildWeight { get; init; } = 1;

    /// <summary>Share of the features that each tree may use; in (0, 1].</summary>
    public double ColsampleByTree { get; init; } = 1;

    /// <summary>Share of the rows that each tree learns from; in (0, 1].</summary>
    public double Subsample { get; init; } = 1;

    /// <summary>Penalty on the squares of leaf values; from 0.</summary>
    public double Lambda { get; init; } = 1;

    /// <summary>How splits are looked for.</summary>
    public XgboostTreeMethod TreeMethod { get; init; } = XgboostTreeMethod.Hist;

    /// <summary>Most bins of a feature; from 2.</summary>
    public int MaxBin { get; init; } = 256;

    /// <summary>Stop after so many rounds without a lower validation loss, and keep the trees up to the lowest; null never stops early.</summary>
    public int? EarlyStoppingRounds { get; init; }

    /// <summary>Threads; null for one on each processor. More than one save no processor time, and may sum in another order, so that the last digits differ.</summary>
    public int? Threads { get; init; } = 1;

    /// <inheritdoc/>
    public Forest Fit(LabelledRows train, LabelledRows? validation, int classes, int seed, IProgress<FitProgress>? progress = null, CancellationToken cancellation = default)
    {
        using XgboostTraining training = Train(train, validation, classes, seed, progress, cancellation);
        return training.ToForest();
    }

    internal XgboostTraining Train(LabelledRows train, LabelledRows? validation, int classes, int seed, IProgress<FitProgress>? progress, CancellationToken cancellation)
    {
        Validate(validation);
        NativeTreeLibrary.Require(NativeTreeLibrary.Xgboost);
        var training = new XgboostTraining(train, validation, classes);
        try
        {
            foreach ((string name, string value) in Parameters(classes, seed)) training.Set(name, value);
            var stopping = new EarlyStopping(EarlyStoppingRounds);
            for (int round = 0; round < Rounds && !stopping.Stops; round++)
            {
                cancellation.ThrowIfCancellationRequested();
                (double loss, double? validationLoss) = training.Advance(round);
                progress?.Report(new FitProgress((round + 1.0) / Rounds) { Iteration = round + 1, Loss = loss, ValidationLoss = validationLoss });
                stopping.Add(validationLoss);
            }
            training.Kept = stopping.Kept ?? Rounds;
            return training;
        }
        catch
        {
            training.Dispose();
            throw;
        }
    }

    private IEnumerable<(string Name, string Value)> Parameters(int classes, int seed)
    {
        yield return ("objective", classes == 2 ? "binary:logistic" : "multi:softprob");
        yield return ("eval_metric", classes == 2 ? "logloss" : "mlogloss");
        if (classes > 2) yield return ("num_class", Text(classes));
        yield return ("base_score", "0.5");
        yield return ("tree_method", TreeMethod == XgboostTreeMethod.Hist ? "hist" : "exact");
        if (TreeMethod == XgboostTreeMethod.Hist) yield return ("max_bin", Text(MaxBin));
        yield return ("max_depth", Text(MaxDepth));
        yield return ("learning_rate", Text(LearningRate));
        yield return ("min_child_weight", Text(MinChildWeight));
        yield return ("colsample_bytree", Text(ColsampleByTree));
        yield return ("subsample", Text(Subsample));
        yield return ("lambda", Text(Lambda));
        yield return ("nthread", Text(Threads ?? Environment.ProcessorCount));
        yield return ("seed", Text(seed));
        yield return ("verbosity", "0");
    }

    private static string Text(IFormattable number) => number.ToString(null, CultureInfo.InvariantCulture);

    private void Validate(LabelledRows? validation)
    {
        BoostingSettings.Check(Rounds, LearningRate, MinChildWeight, ColsampleByTree, Subsample, Lambda, EarlyStoppingRounds, Threads, validation);
        if (MaxDepth < 1) throw new InvalidInputException($"max_depth {MaxDepth}: expected 1 or more");
        if (MaxBin < 2) throw new InvalidInputException($"max_bin {MaxBin}: expected 2 or more");
    }
}

/// <summary>A training under way in XGBoost's own memory.</summary>
internal sealed class XgboostTraining : IDisposable
{
    private readonly XgboostMatrix train;
    private readonly XgboostMatrix? validation;
    private readonly XgboostBooster booster;
    private readonly nint[] watched;
    private readonly string[] names;
    private readonly int classes, features;

    public XgboostTraining(LabelledRows train, LabelledRows? validation, int classes)
    {
        (this.classes, features) = (classes, train.Features.ColumnCount);
        this.train = XgboostMatrix.Of(train);
        this.validation = validation is { Labels.Length: > 0 } ? XgboostMatrix.Of(validation) : null;
        // The handles stay open as long as this does.
        watched = this.validation is null ? [this.train.DangerousGetHandle()] : [this.train.DangerousGetHandle(), this.validation.DangerousGetHandle()];
        names = this.validation is null ? ["train"] : ["train", "validation"];
        XgboostLibrary.Check(XgboostLibrary.XGBoosterCreate(watched, (ulong)watched.Length, out booster));
    }

    /// <summary>Rounds whose trees are kept.</summary>
    public int Kept { get; set; }

    public void Set(string name, string value) => XgboostLibrary.Check(XgboostLibrary.XGBoosterSetParam(booster, name, value));

    /// <summary>One more round, and the mean loss after it.</summary>
    public (double Train, double? Validation) Advance(int round)
    {
        XgboostLibrary.Check(XgboostLibrary.XGBoosterUpdateOneIter(booster, round, train));
        XgboostLibrary.Check(XgboostLibrary.XGBoosterEvalOneIter(booster, round, watched, names, (ulong)watched.Length, out nint line));
        // [7] TAB train-logloss:0.61 TAB validation-logloss:0.62
        double[] losses = [.. Marshal.PtrToStringUTF8(line)!.Split('\t').Skip(1).Select(part => double.Parse(part[(part.LastIndexOf(':') + 1)..], CultureInfo.InvariantCulture))];
        return (losses[0], losses.Length > 1 ? losses[1] : null);
    }

    public unsafe Forest ToForest()
    {
        XgboostLibrary.Check(XgboostLibrary.XGBoosterSaveModelToBuffer(booster, """{"format": "json"}""", out ulong length, out nint bytes));
        return XgboostModel.Parse(new ReadOnlySpan<byte>((void*)bytes, checked((int)length)).ToArray(), classes, features, Kept);
    }

    /// <summary>The library's own scores, rows × scores, for comparison.</summary>
    public unsafe float[] Score(LabelledRows rows)
    {
        using XgboostMatrix matrix = XgboostMatrix.Of(rows);
        // type 1: before the sigmoid or softmax.
        string settings = $$"""{"type": 1, "training": false, "iteration_begin": 0, "iteration_end": {{Kept}}, "strict_shape": true}""";
        XgboostLibrary.Check(XgboostLibrary.XGBoosterPredictFromDMatrix(booster, matrix, settings, out ulong* shape, out ulong dimensions, out float* scores));
        int count = 1;
        for (ulong d = 0; d < dimensions; d++) count *= checked((int)shape[d]);
        return new ReadOnlySpan<float>(scores, count).ToArray();
    }

    public void Dispose()
    {
        booster?.Dispose();
        validation?.Dispose();
        train.Dispose();
    }
}
