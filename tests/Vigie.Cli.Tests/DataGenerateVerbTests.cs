using System.Text.Json;
using Vigie.Tests.Tweets;
using Vigie.Tweets;

namespace Vigie.Cli.Tests;

public sealed class DataGenerateVerbTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_corpus_is_written_and_reported()
    {
        CliRun run = CliRun.Run("data", "generate", "--rows", "400", "--seed", "3", "--output", folder["t.csv"], "--json");

        Assert.Equal(ExitCode.Success, run.ExitCode);
        JsonElement report = run.Json;
        Assert.Equal(400, report.GetProperty("negative").GetInt32() + report.GetProperty("positive").GetInt32());
        Assert.Equal((3, 0.03), (report.GetProperty("options").GetProperty("seed").GetInt32(), report.GetProperty("options").GetProperty("wrong_label_share").GetDouble()));
        Assert.StartsWith("split,label,id,created_at,author,text\n", File.ReadAllText(folder["t.csv"]), StringComparison.Ordinal);
        Assert.Equal(401, File.ReadLines(folder["t.csv"]).Count());
    }

    [Fact]
    public void Every_option_reaches_the_writer()
    {
        CliRun run = CliRun.Run(
            "data", "generate", "--rows", "300", "--seed", "9", "--language", "fr", "--neutral", "--balance", "0.3", "--sarcasm", "0.1", "--wrong-labels", "0.2", "--noise", "0.5",
            "--start", "2025-01-06T00:00", "--days", "7", "--episode", "topic=luggage,start=1d,height=6,half-life=3h", "--episode", "topic=food,start=2025-01-10T12:00", "--truth", folder["truth.jsonl"],
            "--output", folder["t.jsonl"], "--json");

        Assert.Equal((ExitCode.Success, 300), (run.ExitCode, run.Json.GetProperty("french").GetInt32()));
        JsonElement options = run.Json.GetProperty("options");
        Assert.Equal(
            (0.25, 0.3, 0.1, 0.2, 0.5),
            (options.GetProperty("neutral_share").GetDouble(), options.GetProperty("balance").GetDouble(), options.GetProperty("sarcasm_share").GetDouble(), options.GetProperty("wrong_label_share").GetDouble(), options.GetProperty("noise_level").GetDouble()));
        Assert.Equal(["luggage", "food"], options.GetProperty("episodes").EnumerateArray().Select(episode => episode.GetProperty("topic").GetString()));
        using TweetReader reader = TweetReader.Open(folder["t.jsonl"]);
        Assert.All(reader, tweet => Assert.InRange(tweet.CreatedAt!.Value, new DateTimeOffset(2025, 1, 6, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2025, 1, 13, 0, 0, 0, TimeSpan.Zero)));
        Assert.Equal(300, File.ReadLines(folder["truth.jsonl"]).Count());
    }

    [Fact]
    public void The_same_seed_writes_the_same_bytes()
    {
        foreach (string name in new[] { "a.csv", "b.csv" }) Assert.Equal(ExitCode.Success, CliRun.Run("data", "generate", "--rows", "200", "--output", folder[name]).ExitCode);

        Assert.Equal(File.ReadAllBytes(folder["a.csv"]), File.ReadAllBytes(folder["b.csv"]));
    }

    [Theory]
    [InlineData("Rows is 0", "--rows", "0")]
    [InlineData("'de'", "--language", "de")]
    [InlineData("Balance is 2", "--balance", "2")]
    [InlineData("--start 'soon' is not a time", "--start", "soon")]
    [InlineData("--days is 0", "--days", "0")]
    [InlineData("episode 'topic=food': start=… is missing", "--episode", "topic=food")]
    [InlineData("Episodes[0].Topic is 'moon'", "--episode", "topic=moon,start=1d")]
    public void A_wrong_option_is_refused_and_nothing_written(string complaint, params string[] options)
    {
        CliRun run = CliRun.Run(["data", "generate", "--output", folder["t.csv"], .. options]);

        Assert.Equal((ExitCode.WrongUsage, ""), (run.ExitCode, run.Out));
        Assert.Contains(complaint, run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(folder["t.csv"]));
    }
}
