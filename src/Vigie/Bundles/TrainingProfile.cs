using System.Runtime.InteropServices;
using System.Text;
using Vigie.Evaluation;
using Vigie.Features;
using Vigie.Models;
using Vigie.Text;

namespace Vigie.Bundles;

/// <summary>What texts looked like when a model was trained, small enough to travel with it: the other half of every later drift comparison.</summary>
public sealed record TrainingProfile
{
    internal const string FileName = "training_profile.json";

    /// <summary>So many texts are looked at, evenly spread over all of them: shares of half a percent are then known within a tenth of themselves.</summary>
    public const int MostTexts = 50_000;

    /// <summary>So many texts at most are kept as sketches: a test that compares as many new ones with them takes milliseconds, and they fill 17 KB.</summary>
    public const int MostSketches = 200;

    internal const int MostWords = 200;
    internal static readonly double[] TokenEdges = [0, 1, 2, 3, 4, 5, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30, 35, 40, 50, 60, 80, 100, 200];
    internal static readonly double[] CharacterEdges = [.. Enumerable.Range(0, 15).Select(i => 10.0 * i), 160, 180, 200, 220, 240, 260, 280, 400, 600, 1000];
    internal static readonly double[] TenthsOfConfidence = [.. Enumerable.Range(0, 20).Select(i => i / 20.0)];

    /// <summary>Training texts looked at.</summary>
    public required int Texts { get; init; }

    /// <summary>Validation texts looked at.</summary>
    public required int ValidationTexts { get; init; }

    /// <summary>Share of each class among the training labels.</summary>
    public required SortedDictionary<string, double> ClassMix { get; init; }

    /// <summary>Tokens of a training text, as the model's pipeline cuts them.</summary>
    public required Histogram Tokens { get; init; }

    /// <summary>UTF-16 units of a training text as published.</summary>
    public required Histogram Characters { get; init; }

    /// <summary>Probability of the most probable class, on validation texts.</summary>
    public required Histogram Confidence { get; init; }

    /// <summary>Probability of the positive class, on validation texts.</summary>
    public required Histogram ProbabilityPositive { get; init; }

    /// <summary>Share of each class among the model's decisions on validation texts.</summary>
    public required SortedDictionary<string, double> DecisionMix { get; init; }

    /// <summary>Mean share of a validation text's words that the model has never seen.</summary>
    public required double UnknownWordShare { get; init; }

    /// <summary>The most frequent tokens and the share of training texts that have them.</summary>
    public required IReadOnlyDictionary<string, double> TopWords { get; init; }

    /// <summary>Some validation texts as points (<see cref="TextSketch"/>), evenly spread over all of them, as <see cref="TextSketch.Write"/> writes them; null in models trained before there were any, and where
    /// there are no validation texts.</summary>
    public string? Sketches { get; init; }

    /// <summary>Looks at texts through the eyes of a model. Nothing but the arguments decides the answer.</summary>
    /// <param name="classifier">The model.</param>
    /// <param name="training">Texts it was trained on; at least one.</param>
    /// <param name="labels">Class column of each.</param>
    /// <param name="validation">Texts it was not trained on; may be empty.</param>
    /// <param name="cancellation">Stops between texts.</param>
    public static TrainingProfile Measure(
        TextClassifier classifier, IReadOnlyList<string> training, ReadOnlySpan<byte> labels, IReadOnlyList<string> validation, CancellationToken cancellation = default)
    {
        if (training.Count == 0 || labels.Length != training.Count) throw new InvalidInputException($"{training.Count} training texts and {labels.Length} labels: expected one each, and at least one");
        string[] classes = [.. classifier.Classes.Select(ClassColumns.NameOf)];
        var mix = new long[classes.Length];
        foreach (byte label in labels) mix[label]++;
        string[] seen = Spread(training), held = Spread(validation);
        (int[] lengths, Dictionary<string, double> words) = Words(classifier.Model.Text, seen, cancellation);
        Prediction[] predictions = classifier.Predict(held, cancellation);
        return new TrainingProfile
        {
            Texts = seen.Length,
            ValidationTexts = held.Length,
            ClassMix = Shares(classes, mix),
            Tokens = Histogram.Of(TokenEdges, lengths.Select(length => (double)length)),
            Characters = Histogram.Of(CharacterEdges, seen.Select(text => (double)text.Length)),
            Confidence = Histogram.Of(TenthsOfConfidence, predictions.Select(prediction => prediction.Confidence)),
            ProbabilityPositive = Histogram.Of(TenthsOfConfidence, predictions.Select(prediction => prediction.ProbabilityPositive)),
            DecisionMix = Shares(classes, [.. classifier.Classes.Select(own => predictions.LongCount(prediction => prediction.Label == own))]),
            UnknownWordShare = predictions.Select(prediction => prediction.UnknownShare).DefaultIfEmpty(0).Average(),
            TopWords = words,
            Sketches = held.Length == 0 ? null : SketchesOf(classifier.Model.Text, new TextSketch(words), Spread(validation, MostSketches)),
        };
    }

    private static string SketchesOf(TextPipeline pipeline, TextSketch sketch, string[] texts)
    {
        var buffer = new NgramBuffer(new Tokenizer(pipeline), Ngrams.Unigrams);
        var rows = new sbyte[texts.Length * TextSketch.Dimensions];
        for (int i = 0; i < texts.Length; i++)
        {
            buffer.Fill(texts[i]);
            sketch.Of(buffer.TokenFingerprints, rows.AsSpan(i * TextSketch.Dimensions, TextSketch.Dimensions));
        }

        return TextSketch.Write(rows);
    }

    private static string[] Spread(IReadOnlyList<string> texts, int most = MostTexts)
    {
        int count = Math.Min(texts.Count, most);
        return [.. Enumerable.Range(0, count).Select(i => texts[(int)((long)i * texts.Count / count)])];
    }

    private static SortedDictionary<string, double> Shares(string[] classes, long[] counts)
    {
        double all = Math.Max(1, counts.Sum());
        return new SortedDictionary<string, double>(classes.Zip(counts).ToDictionary(pair => pair.First, pair => pair.Second / all), StringComparer.Ordinal);
    }

    private static (int[] Lengths, Dictionary<string, double> Top) Words(TextPipeline pipeline, string[] texts, CancellationToken cancellation)
    {
        var buffer = new NgramBuffer(new Tokenizer(pipeline), Ngrams.Unigrams);
        var lengths = new int[texts.Length];
        var texted = new Dictionary<ulong, (int Texts, int Last, string Name)>();
        for (int i = 0; i < texts.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            buffer.Fill(texts[i]);
            lengths[i] = buffer.Tokens.Count;
            for (int t = 0; t < lengths[i]; t++)
            {
                ref (int Texts, int Last, string Name) entry = ref CollectionsMarshal.GetValueRefOrAddDefault(texted, buffer.TokenFingerprints[t], out bool known);
                if (known && entry.Last == i) continue;
                entry = (entry.Texts + 1, i, known ? entry.Name : buffer.Tokens.Name(t));
            }
        }
        IEnumerable<(int Texts, int Last, string Name)> top = texted.Values.OrderByDescending(word => word.Texts).ThenBy(word => word.Name, StringComparer.Ordinal).Take(MostWords);
        var shares = new SortedDictionary<string, double>(StringComparer.Ordinal);
        // Two tokens can bear one name: NOT_ may stand in the text itself, and JSON writes every half of a surrogate pair as U+FFFD.
        foreach ((int count, _, string word) in top)
        {
            string name = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(word));
            shares[name] = shares.GetValueOrDefault(name) + (double)count / texts.Length;
        }
        // Not handed out as a sorted dictionary: read back, it would sort by culture, to which words of invisible characters are all the same.
        return (lengths, new Dictionary<string, double>(shares, StringComparer.Ordinal));
    }
}
