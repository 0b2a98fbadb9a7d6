using Vigie.Corpus;
using Vigie.Models;
using Vigie.Recipes;
using Vigie.Tweets;

namespace Vigie.Benchmarks;

/// <summary>Tweets and models that need no file: the corpus that Vigie writes itself, half of it to learn from and half to measure on.</summary>
internal static class CorpusRows
{
    public const int Measured = 10_000;

    private static readonly Tweet[] All = [.. CorpusGenerator.Generate(new CorpusOptions { Rows = 2 * Measured, Seed = 11, FrenchShare = 0 })];

    public static string[] Texts { get; } = [.. All[Measured..].Select(tweet => tweet.Text)];

    public static TextClassifier Train(string recipe)
    {
        Tweet[] train = All[..Measured];
        var rows = new TweetSet([.. train.Select(tweet => tweet.Text)], [.. train.Select(tweet => tweet.Label!.Value)]);
        return new TextTrainer(RecipeCatalog.Find(recipe)).Train(rows, new TweetSet([], []), [Sentiment.Negative, Sentiment.Positive]).Classifier;
    }

    /// <summary>The measured half as a CSV file in the folder for temporary files.</summary>
    public static string WriteCsv()
    {
        string path = Path.Combine(Path.GetTempPath(), $"vigie-benchmark-{Environment.ProcessId}.csv");
        using TweetWriter writer = TweetWriter.Create(path, TweetColumns.Id | TweetColumns.Label);
        foreach (Tweet tweet in All[Measured..]) writer.Write(tweet);
        writer.Complete();
        return path;
    }
}
