using System.Text.Json;
using Vigie.Corpus;
using Vigie.Tests.Tweets;
using Vigie.Tweets;

namespace Vigie.Cli.Tests.Tracking;

/// <summary>A working folder in which three models were trained, for the verbs that show and use what was tracked.</summary>
public sealed class TrackedFolder : IDisposable
{
    /// <summary>A name that a spreadsheet's file has to quote.</summary>
    public const string OddName = "first, \"best\"\nof all";

    private readonly TempFolder folder = new();

    public TrackedFolder()
    {
        TrainedFolder.Write(folder["tweets.csv"], CorpusGenerator.Generate(new CorpusOptions { Rows = 1_200, Seed = 11, FrenchShare = 0 }), TweetColumns.Id | TweetColumns.Label);
        Bayes = Train("tfidf-nb", "bayes", "--run-name", OddName);
        Logistic = Train("tfidf-lr", "logistic", "--seed", "5");
        Fast = Train("linear-fast", "fast", "--experiment", "speed");
    }

    /// <summary>What <c>train --json</c> said of a tfidf-nb, in the experiment sentiment.</summary>
    public JsonElement Bayes { get; }

    /// <summary>The same of a tfidf-lr.</summary>
    public JsonElement Logistic { get; }

    /// <summary>The same of a linear-fast, in the experiment speed.</summary>
    public JsonElement Fast { get; }

    internal CliSession Session => new() { WorkingFolder = folder.Path };

    public string At(string name) => folder[name];

    public static string IdOf(JsonElement trained) => trained.GetProperty("run").GetProperty("run_id").GetString()!;

    /// <summary>Trains into a folder of that name.</summary>
    public JsonElement Train(string recipe, string output, params string[] more) => Json(["train", recipe, "--data", "tweets.csv", "--output", output, .. more]);

    /// <summary>Runs a verb that must succeed.</summary>
    public JsonElement Json(params string[] args)
    {
        CliRun run = Session.Run([.. args, "--json"]);
        Assert.True(run.ExitCode == ExitCode.Success, $"{string.Join(' ', args)}: {run.Error}");
        return run.Json;
    }

    /// <summary>Runs a verb that must be refused, and answers why.</summary>
    public string Refusal(params string[] args)
    {
        CliRun run = Session.Run(args);
        Assert.True(run.ExitCode == ExitCode.WrongUsage && run.Out.Length == 0, $"{string.Join(' ', args)}: {run.ExitCode} {run.Out} {run.Error}");
        return run.Error;
    }

    /// <summary>Makes another version of a registered model from a run.</summary>
    public string Register(string name, JsonElement trained) => Json("models", "register", name, "--run", IdOf(trained)).GetProperty("version").GetString()!;

    public void Dispose() => folder.Dispose();
}
