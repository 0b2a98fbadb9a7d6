using Vigie.Corpus;
using Vigie.Tweets;

namespace Vigie.Cli.Tests;

/// <summary>A small corpus and models trained on it by the command line, for all tests of verbs that need one.</summary>
public sealed class TrainedFolder : IDisposable
{
    public const int RowCount = 2_500;

    private readonly string _root = Directory.CreateTempSubdirectory("vigie-verbs-").FullName;

    public TrainedFolder()
    {
        Tweets = [.. CorpusGenerator.Generate(new CorpusOptions { Rows = RowCount, Seed = 7, FrenchShare = 0 })];
        Write(Data, Tweets);
        Train("tfidf-lr", Model);
        Train("linear-fast", Fast);
    }

    /// <summary>The rows of <see cref="Data"/>, two classes, no split column.</summary>
    public IReadOnlyList<Tweet> Tweets { get; }

    public string Data => At("tweets.csv");

    /// <summary>A tfidf-lr trained on <see cref="Data"/>.</summary>
    public string Model => At("model");

    /// <summary>A linear-fast trained on <see cref="Data"/>.</summary>
    public string Fast => At("fast");

    public string At(string name) => Path.Combine(_root, name);

    /// <summary>Writes a file of lines.</summary>
    public string Write(string name, params IEnumerable<string> lines)
    {
        File.WriteAllLines(At(name), lines);
        return At(name);
    }

    public static void Write(string path, IEnumerable<Tweet> tweets, TweetColumns columns = TweetColumns.Id | TweetColumns.Label)
    {
        using TweetWriter writer = TweetWriter.Create(path, columns);
        foreach (Tweet tweet in tweets) writer.Write(tweet);
        writer.Complete();
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private void Train(string recipe, string output)
    {
        CliRun run = CliRun.Run("train", recipe, "--data", Data, "--output", output, "--quiet");
        Assert.True(run.ExitCode == ExitCode.Success, run.Error);
    }
}
