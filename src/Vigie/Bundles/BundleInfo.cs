using Vigie.Evaluation;
using Vigie.Recipes;
using Vigie.Tweets;

namespace Vigie.Bundles;

/// <summary>What is known of a trained model besides the model: how it came about and how well it does. Nothing in it changes from run to run.</summary>
public sealed record BundleInfo
{
    /// <summary>What people call the model; one line.</summary>
    public required string Name { get; init; }

    /// <summary>The recipe it was trained by, such as <c>linear-best</c>.</summary>
    public required string Recipe { get; init; }

    /// <summary>Every setting of the recipe as text, by name.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>Seeds whatever was drawn by chance.</summary>
    public required int Seed { get; init; }

    /// <summary>What it was trained on.</summary>
    public required TrainingData Data { get; init; }

    /// <summary>How it does on the rows that threshold and calibration were chosen on; null where there were none.</summary>
    public EvaluationReport? Validation { get; init; }

    /// <summary>How it does on rows that nothing was chosen on; null where there were none.</summary>
    public EvaluationReport? Test { get; init; }

    /// <summary>What the training texts look like, for drift detection; null where it was not measured.</summary>
    public TrainingProfile? Profile { get; init; }

    /// <summary>Version of the program that trained it. Saving sets it.</summary>
    public string VigieVersion { get; init; } = typeof(BundleInfo).Assembly.GetName().Version!.ToString(3);

    /// <summary>What there is to know of a finished training, with a profile of its texts.</summary>
    /// <param name="result">The training.</param>
    /// <param name="cancellation">Stops between texts.</param>
    public static BundleInfo Of(TrainingResult result, CancellationToken cancellation = default) => new()
    {
        Name = $"{result.Recipe.Name} on {result.Data.FileName}",
        Recipe = result.Recipe.Name,
        Settings = RecipeParameter.ValuesOf(result.Recipe),
        Seed = result.Seed,
        Data = new TrainingData(result.Data.FileName, result.Data.Digest, [.. Enum.GetValues<Split>().Select(split => new SplitRows(split, result.RowsByClass(split)))]) { Besides = result.Data.Besides },
        Validation = result.Validation,
        Test = result.Test,
        Profile = TrainingProfile.Measure(result.Classifier, result.Texts.Train, result.Texts.TrainLabels, result.Texts.Validation, cancellation),
    };
}

/// <summary>A data file and how its rows were used.</summary>
/// <param name="FileName">Name without folder.</param>
/// <param name="Sha256">SHA-256 of the file, in lower-case hexadecimal.</param>
/// <param name="Splits">The rows of each side, in the order of <see cref="Split"/>.</param>
public sealed record TrainingData(string FileName, string Sha256, IReadOnlyList<SplitRows> Splits)
{
    /// <summary>Where further rows came from that were learnt from; null for none.</summary>
    public string? Besides { get; init; }
}

/// <summary>The labelled rows of one side.</summary>
/// <param name="Split">The side.</param>
/// <param name="RowsByClass">Number of rows by class name; none below 0.</param>
public sealed record SplitRows(Split Split, IReadOnlyDictionary<string, int> RowsByClass)
{
    /// <summary>Number of rows.</summary>
    public long Rows => RowsByClass.Values.Sum(rows => (long)rows);
}
