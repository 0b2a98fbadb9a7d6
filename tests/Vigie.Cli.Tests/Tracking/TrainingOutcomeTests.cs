using System.Text.Json;
using Vigie.Corpus;
using Vigie.Tests.Tweets;
using Vigie.Tweets;

namespace Vigie.Cli.Tests.Tracking;

/// <summary>How the run of a training ends that does not end well.</summary>
public sealed class TrainingOutcomeTests : IDisposable
{
    private readonly TempFolder folder = new();

    public TrainingOutcomeTests() =>
        TrainedFolder.Write(folder["tweets.csv"], CorpusGenerator.Generate(new CorpusOptions { Rows = 600, Seed = 3, FrenchShare = 0 }), TweetColumns.Label);

    private CliSession Session => new() { WorkingFolder = folder.Path };

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_training_that_fails_leaves_a_failed_run()
    {
        CliRun run = Session.Run("train", "tfidf-lr", "--data", "tweets.csv", "--output", "out", "--set", "min_df=1000000");

        Assert.Equal(ExitCode.WrongUsage, run.ExitCode);
        JsonElement left = OnlyRun();
        Assert.Equal(("FAILED", "1000000"), (left.GetProperty("status").GetString(), left.GetProperty("params").GetProperty("min_df").GetString()));
        Assert.True(left.GetProperty("end_time").GetInt64() >= left.GetProperty("start_time").GetInt64());
        Assert.False(Directory.Exists(folder["out"]));
    }

    [Theory]
    [InlineData("train linear-best --data tweets.csv --output out --register stopped")]
    [InlineData("demo --once --data tweets.csv")]
    public async Task One_that_is_stopped_leaves_a_killed_run(string line)
    {
        using var stop = new CancellationTokenSource();
        using var output = new StringWriter();
        using var error = new StopAt("fitting", stop);
        int code = await Shell.RunAsync(Program.Verbs, line.Split(' '), Session.TerminalOver(output, error), stop.Token);

        Assert.True(error.Stopped, error.ToString());
        Assert.Equal((ExitCode.Interrupted, ""), (code, output.ToString()));
        string?[] ended = [.. Session.Run("runs", "list", "--json").Json.GetProperty("runs").EnumerateArray().Select(run => run.GetProperty("status").GetString())];
        Assert.Equal("KILLED", ended[0]);
        Assert.All(ended[1..], status => Assert.Equal("FINISHED", status)); // those of the demo that came before
        Assert.Empty(Session.Run("models", "list", "--json").Json.GetProperty("models").EnumerateArray());
        Assert.False(Directory.Exists(folder["out"]));
    }

    [Theory]
    [InlineData("train tfidf-lr --data nosuch.csv --output out", "no such file")]
    [InlineData("train tfidf-lr --data tweets.csv --output out --set C=much", "C=much: not a value of C")]
    [InlineData("train tfidf-lr --data tweets.csv --output out --register a/b", "cannot stand in a name")]
    [InlineData("train tfidf-lr --data tweets.csv --output tweets.csv", "is a file")]
    [InlineData("demo --once --data nosuch.csv", "no such file")]
    [InlineData("runs show 3f2a91c0", "there are no runs and models in")]
    [InlineData("runs compare 3f2a91c0 77d01b2e", "there are no runs and models in")]
    [InlineData("runs export --output runs.csv", "there are no runs and models in")]
    [InlineData("runs export --output runs.txt", "ends in .csv or .jsonl")]
    [InlineData("runs list --experiment mine", "there is no such experiment")]
    [InlineData("runs list --max 0", "--max 0: expected 1 or more")]
    [InlineData("models list mine", "there is no registered model 'mine'")]
    [InlineData("models register mine --run 3f2a91c0", "there are no runs and models in")]
    [InlineData("models promote mine 1", "there are no runs and models in")]
    [InlineData("models rollback mine", "there are no runs and models in")]
    [InlineData("models verify mine", "names no version; expected models:/NAME@ALIAS")]
    [InlineData("models verify models:/mine@champion", "there are no runs and models in")]
    [InlineData("models gate mine --rule f1>0.5", "there are no runs and models in")]
    [InlineData("predict --model models:/mine@champion hello", "there are no runs and models in")]
    [InlineData("predict --model models:/mine hello", "names no version")]
    [InlineData("evaluate --model models:/@champion --data tweets.csv", "names no version")]
    [InlineData("serve --model models:/mine/3", "there are no runs and models in")]
    [InlineData("tracking serve --urls http://0.0.0.0:5000", "turn authentication on")]
    [InlineData("tracking serve --urls 127.0.0.1:5000", "expected http://HOST:PORT")]
    [InlineData("tracking serve --artifacts ftp://here", "expected a folder or s3://BUCKET/PREFIX")]
    [InlineData("tracking token ada", "there is no store in")]
    [InlineData("tracking token ada --days 0", "--days 0: expected 1 to 3650")]
    [InlineData("tracking import nosuch", "there is no folder")]
    [InlineData("tracking import .", "is no mlruns folder")]
    [InlineData("bench tracking --seconds 0", "--seconds 0: expected 0.1 to 600")]
    [InlineData("bench tracking --runs 1", "--runs 1: expected 100 to 1000000")]
    public void Wrong_usage_is_explained_and_leaves_nothing(string line, string message)
    {
        CliRun run = Session.Run(line.Split(' '));

        Assert.True(run.Error.Contains(message, StringComparison.Ordinal), run.Error);
        Assert.Equal((ExitCode.WrongUsage, ""), (run.ExitCode, run.Out));
        Assert.Equal(["tweets.csv"], Directory.EnumerateFileSystemEntries(folder.Path).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("databricks://mine", "expected a server's address")]
    [InlineData("file:///tmp/mlruns", "expected a server's address")]
    [InlineData(".", "is a folder; name a database file in it, or take an mlruns folder over with 'vigie tracking import'")]
    [InlineData("http://", "needs a server's address")]
    [InlineData("http://ann:hush@host:99999", "needs a server's address")]
    public void A_tracking_uri_that_names_no_place_is_refused(string uri, string message)
    {
        CliRun run = (Session with { Variables = new Dictionary<string, string> { ["MLFLOW_TRACKING_URI"] = uri } }).Run("train", "tfidf-nb", "--data", "tweets.csv", "--output", "out");

        Assert.True(run.Error.Contains(message, StringComparison.Ordinal), run.Error);
        Assert.DoesNotContain("hush", run.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.WrongUsage, run.ExitCode);
        Assert.Equal(["tweets.csv"], Directory.EnumerateFileSystemEntries(folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void Before_the_first_training_the_lists_are_empty_and_nothing_is_made()
    {
        Assert.Empty(Session.Run("runs", "list", "--json").Json.GetProperty("runs").EnumerateArray());
        Assert.Empty(Session.Run("models", "list", "--json").Json.GetProperty("models").EnumerateArray());
        Assert.Equal("no runs yet; every 'vigie train' makes one\n", Session.Run("runs", "list").Out);
        Assert.Equal("no registered models yet; 'vigie train … --register NAME' makes one\n", Session.Run("models", "list").Out);
        Assert.False(Directory.Exists(folder[".vigie"]));
    }

    private JsonElement OnlyRun() => Assert.Single(Session.Run("runs", "list", "--json").Json.GetProperty("runs").EnumerateArray());

    /// <summary>Presses Ctrl-C when a word comes by.</summary>
    private sealed class StopAt(string word, CancellationTokenSource stop) : StringWriter
    {
        public bool Stopped { get; private set; }

        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            if (value is null || !value.Contains(word, StringComparison.Ordinal)) return;
            Stopped = true;
            stop.Cancel();
        }
    }
}
