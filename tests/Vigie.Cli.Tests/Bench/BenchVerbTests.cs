using System.Text.Json;
using Vigie.Tweets;

namespace Vigie.Cli.Tests;

public sealed class BenchVerbTests(TrainedFolder folder) : IClassFixture<TrainedFolder>
{
    [Fact]
    public void Reading_counts_every_row()
    {
        CliRun run = CliRun.Run("bench", "read", "--data", folder.Data, "--json");

        Assert.Equal(folder.Tweets.Count, run.Json.GetProperty("rows").GetInt64());
        double wall = run.Json.GetProperty("wall_seconds").GetDouble();
        Assert.Equal(folder.Tweets.Count / wall, run.Json.GetProperty("rows_per_second").GetDouble(), 1);
        Assert.True(run.Json.GetProperty("peak_mib").GetDouble() > 20, run.Out);
    }

    [Fact]
    public void Predicting_takes_test_rows_alone()
    {
        int testRows = folder.Tweets.Count(tweet => TextHash.SplitOf(tweet.Text) == Split.Test);
        CliRun all = CliRun.Run("bench", "predict", "--model", folder.Model, "--data", folder.Data, "--json");
        CliRun few = CliRun.Run("bench", "predict", "--model", folder.Model, "--data", folder.Data, "--rows", "10", "--json");

        Assert.Equal((testRows, 10), (all.Json.GetProperty("texts").GetInt32(), few.Json.GetProperty("texts").GetInt32()));
        Assert.True(all.Json.GetProperty("tweets_per_second_best").GetDouble() >= all.Json.GetProperty("tweets_per_second_median").GetDouble());
        double[] quantiles = [.. new[] { "p50_us", "p95_us", "p99_us" }.Select(name => all.Json.GetProperty(name).GetDouble())];
        Assert.Equal(quantiles.Order(), quantiles);
        Assert.True(quantiles[2] > 0);
    }

    [Fact]
    [Trait("Category", "Slow")] // it writes and reads a gigabyte
    public async Task Tracking_measures_all_that_a_number_is_set_for()
    {
        CliRun run = await new CliSession().RunAsync("bench", "tracking", "--seconds", "0.1", "--runs", "200", "--output", folder.At("tracking.md"), "--json");

        Assert.True(run.ExitCode == ExitCode.Success, run.Error);
        JsonElement[] figures = [.. run.Json.GetProperty("figures").EnumerateArray()];
        Assert.Equal(14, figures.Length);
        Assert.All(figures, figure => Assert.True(figure.GetProperty("measured").GetDouble() >= 0, figure.ToString()));
        Assert.All(figures, figure => Assert.Equal(
            figure.GetProperty("at_most").GetBoolean() ? figure.GetProperty("measured").GetDouble() <= figure.GetProperty("wanted").GetDouble() : figure.GetProperty("measured").GetDouble() >= figure.GetProperty("wanted").GetDouble(),
            figure.GetProperty("reached").GetBoolean()));
        Assert.Contains(figures, figure => figure.GetProperty("what").GetString() == "search in 2,000 runs: ordered by a metric");
        string page = File.ReadAllText(folder.At("tracking.md"));
        Assert.All(figures, figure => Assert.Contains(figure.GetProperty("what").GetString()!, page, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Linear_trains_each_recipe_on_each_sample_and_measures_all_on_the_same_rows()
    {
        string[] line = ["bench", "linear", "--data", folder.Data, "--sizes", "800,all", "--recipes", "tfidf-lr,linear-fast", "--runs", "2", "--output", folder.At("results") + "/", "--json"];
        CliRun run = await new CliSession().RunAsync(line);

        Assert.True(run.ExitCode == ExitCode.Success, run.Error);
        JsonElement[] ours = [.. run.Json.GetProperty("rows").EnumerateArray()];
        Assert.Equal(
            ["tfidf-lr 800", "linear-fast 800", "tfidf-lr all", "linear-fast all"],
            ours.Select(row => $"{row.GetProperty("recipe").GetString()} {(row.GetProperty("size").ValueKind == JsonValueKind.Null ? "all" : row.GetProperty("size").GetInt32())}"));
        int testRows = folder.Tweets.Count(tweet => TextHash.SplitOf(tweet.Text) == Split.Test);
        Assert.All(ours, row =>
        {
            Assert.Equal(testRows, row.GetProperty("test_rows").GetInt32());
            Assert.InRange(row.GetProperty("f1_macro").GetDouble(), 0.5, 0.99);
            Assert.True(row.GetProperty("cpu_seconds").GetDouble() > 0);
            Assert.True(row.GetProperty("peak_mib").GetDouble() > 20);
        });
        string trained = JsonDocument.Parse(CliRun.Run("train", "tfidf-lr", "--data", folder.Data, "--output", folder.At("again"), "--json").Out).RootElement.GetProperty("bundle").GetProperty("digest").GetString()!;
        Assert.Equal(trained, ours[2].GetProperty("digest").GetString());
        Assert.Equal(["tfidf-lr", "linear-fast"], run.Json.GetProperty("predictions").EnumerateArray().Select(row => row.GetProperty("recipe").GetString()));
        Assert.Empty(run.Json.GetProperty("targets").EnumerateArray()); // another file than the targets were set for
        string page = File.ReadAllText(Assert.Single(Directory.GetFiles(folder.At("results"))));
        Assert.Contains("each 2 times on a sample", page, StringComparison.Ordinal);
        Assert.Contains("| all | Vigie linear-fast | 0.", page, StringComparison.Ordinal);
        Assert.Contains($"this file has {folder.Tweets.Count:N0}", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("is no size", "--sizes", "50000,many")]
    [InlineData("is no size", "--sizes", "-1")]
    [InlineData("found nothing", "--recipes", ",")]
    [InlineData("did you mean 'tfidf-lr'", "--recipes", "tfidf-rl")]
    [InlineData("no such folder", "--peers", "nowhere")]
    [InlineData("expected 1 to 99", "--runs", "0")]
    public void What_cannot_be_measured_is_said_before_anything_is(string message, params string[] options)
    {
        CliRun run = CliRun.Run(["bench", "linear", "--data", folder.Data, .. options]);

        Assert.Equal(ExitCode.WrongUsage, run.ExitCode);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_the_training_refuses_is_the_callers_fault()
    {
        CliRun run = CliRun.Run("bench", "linear", "--data", folder.Write("one-class.csv", "label,text", "positive,thank you", "positive,great crew"), "--sizes", "all");

        Assert.Equal(ExitCode.WrongUsage, run.ExitCode);
        Assert.Contains("at least two classes", run.Error, StringComparison.Ordinal);
    }
}
