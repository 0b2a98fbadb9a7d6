using System.Globalization;
using System.Text;

namespace Vigie.Models;

/// <summary>
/// Gradient-boosted trees that grow leaf by leaf (G. Ke and others, NIPS 2017), grown by LightGBM's own library, which the program must bring along;
/// parameters as its scikit-learn interface names them.
/// </summary>
public sealed record LightGbm : IForestEstimator
{
    /// <summary>Rounds of boosting: one tree each, of more than two classes one for each class; from 1.</summary>
    public int Rounds { get; init; } = 200;

    /// <summary>Most leaves of a tree; from 2.</summary>
    public int LeafCount { get; init; } = 31;

    /// <summary>Longest way from root to leaf in splits; null for as long as it takes.</summary>
    public int? MaxDepth { get; init; }

    /// <summary>How much of each tree's answer is taken; in (0, 1].</summary>
    public double LearningRate { get; init; } = 0.1;

    /// <summary>Fewest rows in a leaf; from 1.</summary>
    public int MinChildSamples { get; init; } = 20;

    /// <summary>Least sum of second derivatives in a leaf; from 0.</summary>
    public double MinChildWeight { get; init; } = 1e-3;

    /// <summary>Share of the features that each tree may use; in (0, 1].</summary>
    public double ColsampleByTree { get; init; } = 1;

    /// <summary>Share of the rows that each tree learns from; in (0, 1].</summary>
    public double Subsample { get; init; } = 1;

    /// <summary>Penalty on the squares of leaf values; from 0.</summary>
    public double Lambda { get; init; }

    /// <summary>Most bins of a feature; from 2.</summary>
    public int MaxBin { get; init; } = 255;

    /// <summary>Stop after so many rounds without a lower validation loss, and keep the trees up to the lowest; null never stops early.</summary>
    public int? EarlyStoppingRounds { get; init; }

    /// <summary>Threads; null for one on each processor. More than one save no processor time, and may sum in another order, so that the last digits differ.</summary>
    public int? Threads { get; init; } = 1;

    /// <inheritdoc/>
    public Forest Fit(LabelledRows train, LabelledRows? validation, int classes, int seed, IProgress<FitProgress>? progress = null, CancellationToken cancellation = default)
    {
        using LightGbmTraining training = Train(train, validation, classes, seed, progress, cancellation);
        return training.ToForest();
    }

    internal LightGbmTraining Train(LabelledRows train, LabelledRows? validation, int classes, int seed, IProgress<FitProgress>? progress, CancellationToken cancellation)
    {
        Validate(validation);
        NativeTreeLibrary.Require(NativeTreeLibrary.LightGbm);
        var training = new LightGbmTraining(train, validation, classes, Parameters(classes, seed));
        try
        {
            var stopping = new EarlyStopping(EarlyStoppingRounds);
            for (int round = 0; round < Rounds && !stopping.Stops && training.Advance(); round++)
            {
                cancellation.ThrowIfCancellationRequested();
                (double loss, double? validationLoss) = training.Losses();
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

    private string Parameters(int classes, int seed)
    {
        var text = new StringBuilder();
        text.Append(classes == 2 ? "objective=binary metric=binary_logloss" : string.Create(CultureInfo.InvariantCulture, $"objective=multiclass metric=multi_logloss num_class={classes}"));
        text.Append(
            CultureInfo.InvariantCulture,
            $" is_provide_training_metric=true num_leaves={LeafCount} max_depth={MaxDepth ?? -1} learning_rate={LearningRate} min_data_in_leaf={MinChildSamples}");
        text.Append(CultureInfo.InvariantCulture, $" min_sum_hessian_in_leaf={MinChildWeight} feature_fraction={ColsampleByTree} bagging_fraction={Subsample}");
        text.Append(CultureInfo.InvariantCulture, $" bagging_freq={(Subsample < 1 ? 1 : 0)} lambda_l2={Lambda} max_bin={MaxBin} num_threads={Threads ?? Environment.ProcessorCount}");
        // Columns, because rows of thousands of features do not fit a histogram; said, because by itself the library tries both ways and takes the faster of the day.
        text.Append(CultureInfo.InvariantCulture, $" seed={seed} deterministic=true force_col_wise=true verbosity=-1");
        return text.ToString();
    }

    private void Validate(LabelledRows? validation)
    {
        BoostingSettings.Check(Rounds, LearningRate, MinChildWeight, ColsampleByTree, Subsample, Lambda, EarlyStoppingRounds, Threads, validation);
        if (LeafCount < 2) throw new InvalidInputException($"num_leaves {LeafCount}: expected 2 or more");
        if (MaxDepth < 1) throw new InvalidInputException($"max_depth {MaxDepth}: expected 1 or more, or none");
        if (MinChildSamples < 1) throw new InvalidInputException($"min_child_samples {MinChildSamples}: expected 1 or more");
        if (MaxBin < 2) throw new InvalidInputException($"max_bin {MaxBin}: expected 2 or more");
    }
}

/// <summary>A training under way in LightGBM's own memory.</summary>
internal sealed class LightGbmTraining : IDisposable
{
    private readonly LightGbmRows train;
    private readonly LightGbmRows? validation;
    private readonly LightGbmBooster booster;
    private readonly int classes, features;

    public LightGbmTraining(LabelledRows train, LabelledRows? validation, int classes, string settings)
    {
        (this.classes, features) = (classes, train.Features.ColumnCount);
        this.train = LightGbmRows.Of(train, settings, null);
        this.validation = validation is { Labels.Length: > 0 } ? LightGbmRows.Of(validation, settings, this.train) : null;
        LightGbmLibrary.Check(LightGbmLibrary.LGBM_BoosterCreate(this.train, settings, out booster));
        if (this.validation is not null) LightGbmLibrary.Check(LightGbmLibrary.LGBM_BoosterAddValidData(booster, this.validation));
    }

    /// <summary>Rounds whose trees are kept.</summary>
    public int Kept { get; set; }

    /// <summary>One more round; false where no tree is left to grow.</summary>
    public bool Advance()
    {
        LightGbmLibrary.Check(LightGbmLibrary.LGBM_BoosterUpdateOneIter(booster, out int finished));
        return finished == 0;
    }

    /// <summary>The mean loss after the last round.</summary>
    public unsafe (double Train, double? Validation) Losses()
    {
        double own, other = 0;
        LightGbmLibrary.Check(LightGbmLibrary.LGBM_BoosterGetEval(booster, 0, out _, &own));
        if (validation is not null) LightGbmLibrary.Check(LightGbmLibrary.LGBM_BoosterGetEval(booster, 1, out _, &other));
        return (own, validation is null ? null : other);
    }

    public unsafe Forest ToForest()
    {
        LightGbmLibrary.Check(LightGbmLibrary.LGBM_BoosterSaveModelToString(booster, 0, Kept, 0, 0, out long length, null));
        var text = new byte[length];
        fixed (byte* first = text) LightGbmLibrary.Check(LightGbmLibrary.LGBM_BoosterSaveModelToString(booster, 0, Kept, 0, length, out length, first));
        return LightGbmModel.Parse(Encoding.UTF8.GetString(text).TrimEnd('\0'), classes, features);
    }

    /// <summary>The library's own scores, rows × scores, for comparison.</summary>
    public unsafe double[] Score(LabelledRows rows)
    {
        float[] values = Array.ConvertAll(rows.Features.Values, value => (float)value);
        var scores = new double[rows.Features.RowCount * (classes == 2 ? 1 : classes)];
        fixed (int* start = rows.Features.RowStart, columns = rows.Features.Columns)
        fixed (float* value = values)
        fixed (double* score = scores)
        {
            LightGbmLibrary.Check(LightGbmLibrary.LGBM_BoosterPredictForCSR(
                booster, start, LightGbmLibrary.Int32, columns, value, LightGbmLibrary.Single, rows.Features.RowStart.Length, values.Length, features,
                LightGbmLibrary.RawScore, 0, Kept, "num_threads=1", out _, score));
        }
        return scores;
    }

    public void Dispose()
    {
        booster?.Dispose();
        validation?.Dispose();
        train.Dispose();
    }
}
