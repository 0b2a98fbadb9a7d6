using System.Text.Json;
using System.Text.Json.Serialization;
using Vigie.Evaluation;
using Vigie.Features;
using Vigie.Models;
using Vigie.Text;
using Vigie.Tweets;

namespace Vigie.Bundles;

/// <summary><c>model.json</c>: everything about a model that is neither text cleaning nor a long array.</summary>
internal sealed record ModelFile
{
    public const string Name = "model.json";

    public required string ModelName { get; init; }

    public required string Classifier { get; init; }

    public required IReadOnlyList<Sentiment> Classes { get; init; }

    public required IReadOnlyList<double> Prior { get; init; }

    public required double Threshold { get; init; }

    public required Link Link { get; init; }

    public required IReadOnlyList<Calibration> Calibrations { get; init; }

    public required int FeatureCount { get; init; }

    /// <summary>Number of scores: 1 for two classes, else the number of classes.</summary>
    [JsonIgnore]
    public int ScoreCount => Classes.Count == 2 ? 1 : Classes.Count;

    public required string Recipe { get; init; }

    public required SortedDictionary<string, string> Settings { get; init; }

    public required int Seed { get; init; }

    public required TrainingData Data { get; init; }

    public required string VigieVersion { get; init; }

    /// <summary>Digests of the word lists that the text pipeline reads.</summary>
    public required SortedDictionary<string, string> WordLists { get; init; }

    /// <summary>What the trained vectoriser made of <see cref="TextProbe"/>.</summary>
    public required string TextProbe { get; init; }

    public static ModelFile Of(TextClassifier classifier, BundleInfo info) => new()
    {
        ModelName = info.Name,
        Classifier = ModelFormat.Of(classifier.Model).Classifier,
        Classes = classifier.Classes,
        Prior = classifier.Prior,
        Threshold = classifier.Threshold,
        Link = classifier.Model.Link,
        Calibrations = classifier.Calibrations,
        FeatureCount = classifier.Model.FeatureCount,
        Recipe = info.Recipe,
        Settings = new SortedDictionary<string, string>(info.Settings.ToDictionary(), StringComparer.Ordinal),
        Seed = info.Seed,
        Data = info.Data with { FileName = Path.GetFileName(info.Data.FileName) },
        VigieVersion = info.VigieVersion,
        WordLists = TextData.DigestsFor(classifier.Model.Text),
        TextProbe = ModelFormat.Of(classifier.Model).TextProbe(classifier.Model),
    };

    public BundleInfo ToInfo(MetricsFile metrics, TrainingProfile? profile) => new()
    {
        Name = ModelName,
        Recipe = Recipe,
        Settings = Settings,
        Seed = Seed,
        Data = Data,
        Validation = metrics.Validation,
        Test = metrics.Test,
        Profile = profile,
        VigieVersion = VigieVersion,
    };

    /// <exception cref="InvalidInputException">The values are out of range.</exception>
    public void Check()
    {
        if (Classes.Count is not (2 or 3) || Classes.Zip(Classes.Skip(1)).Any(pair => pair.First >= pair.Second) || Classes[^1] != Sentiment.Positive || Classes[0] != Sentiment.Negative)
            throw new InvalidInputException($"classes {string.Join(", ", Classes)}: expected Negative, Positive or Negative, Neutral, Positive");
        if (Prior.Count != Classes.Count || Prior.Any(share => share is not (>= 0 and <= 1)) || Math.Abs(Prior.Sum() - 1) > 1e-6)
            throw new InvalidInputException($"prior {string.Join(", ", Prior)}: expected {Classes.Count} shares that sum to 1");
        if (FeatureCount < 1) throw new InvalidInputException($"feature_count {FeatureCount}: expected 1 or more");
        // Nothing in JSON keeps null out of a list or a map.
        if (Calibrations.Contains(null!) || Settings.ContainsValue(null!) || Data.Splits.Any(split => split is null)) throw new InvalidInputException("null stands where a calibration, a setting or a split should");
        foreach (SplitRows split in Data.Splits)
        {
            foreach ((string name, int rows) in split.RowsByClass)
            {
                if (rows < 0) throw new InvalidInputException($"{rows} rows of class {name} in {split.Split.ToString().ToLowerInvariant()}: expected 0 or more");
            }
        }
    }

    /// <summary>Refuses a model whose texts this program would read otherwise than the program that trained it.</summary>
    /// <param name="text">The model's pipeline.</param>
    /// <param name="probe">What this program makes of <see cref="Bundles.TextProbe.Texts"/>.</param>
    /// <exception cref="InvalidInputException">A word list or the code of the text pipeline has changed since.</exception>
    public void CheckText(TextPipeline text, string probe)
    {
        SortedDictionary<string, string> own = TextData.DigestsFor(text);
        foreach (string list in own.Keys.Union(WordLists.Keys))
        {
            if (own.GetValueOrDefault(list) != WordLists.GetValueOrDefault(list))
                throw new InvalidInputException($"the model was trained by Vigie {VigieVersion} with another version of the word list {list}: train it again, or load it with that version");
        }
        if (probe != TextProbe)
            throw new InvalidInputException($"this program cuts texts into other features than Vigie {VigieVersion}, which trained the model: train it again, or load it with that version");
    }
}

/// <summary><c>metrics.json</c>.</summary>
internal sealed record MetricsFile(EvaluationReport? Validation, EvaluationReport? Test)
{
    public const string Name = "metrics.json";

    // Latency is a property of the machine and the moment, and would make two bundles of one seed differ.
    public static MetricsFile Of(BundleInfo info) => new(info.Validation is null ? null : info.Validation with { LatencyMs = null }, info.Test is null ? null : info.Test with { LatencyMs = null });
}

/// <summary>An enumeration value as <c>snake_case</c> text, never as a number.</summary>
internal sealed class SnakeCase<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false) where T : struct, Enum;

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, NewLine = "\n",
    Converters =
    [
        typeof(SnakeCase<Sentiment>), typeof(SnakeCase<Split>), typeof(SnakeCase<Link>), typeof(SnakeCase<Weighting>), typeof(SnakeCase<CharBoundary>),
        typeof(SnakeCase<TokenPattern>), typeof(SnakeCase<TermPolicy>), typeof(SnakeCase<HashtagPolicy>), typeof(SnakeCase<StopWordLanguage>), typeof(SnakeCase<WordForm>),
    ])]
[JsonSerializable(typeof(ModelFile))]
[JsonSerializable(typeof(MetricsFile))]
[JsonSerializable(typeof(NgramVectorizer))]
[JsonSerializable(typeof(FastTextInput))]
[JsonSerializable(typeof(TokensFile))]
[JsonSerializable(typeof(TrainingProfile))]
[JsonSerializable(typeof(ManifestFile))]
[JsonSerializable(typeof(EnsembleFile))]
internal sealed partial class BundleJson : JsonSerializerContext;
