using System.Text.Json;
using Vigie.Corpus;

namespace Vigie.Cli.Tests;

public sealed class DriftReportVerbTests(TrainedFolder folder) : IClassFixture<TrainedFolder>
{
    private string Others(string name, ulong seed, string added = "")
    {
        string path = folder.At(name);
        TrainedFolder.Write(path, CorpusGenerator.Generate(new CorpusOptions { Rows = 1_200, Seed = seed, FrenchShare = 0 }).Select((tweet, i) => i % 5 == 0 ? tweet with { Text = tweet.Text + added } : tweet));
        return path;
    }

    [Fact]
    public void Texts_of_the_same_kind_are_found_to_be()
    {
        CliRun run = CliRun.Run("drift", "report", "--model", folder.Model, "--data", Others("same.csv", 11), "--json");

        Assert.True(run.ExitCode == ExitCode.Success, run.Error);
        Assert.Equal(1_200, run.Json.GetProperty("texts").GetInt32());
        Assert.Equal(["class_mix", "unknown_words", "rising_words", "tokens", "characters", "confidence", "embedding"], run.Json.GetProperty("signals").EnumerateArray().Select(signal => signal.GetProperty("signal").GetString()));
        JsonElement mix = run.Json.GetProperty("signals")[0];
        Assert.Equal("as_in_training", mix.GetProperty("verdict").GetString());
        Assert.InRange(mix.GetProperty("p").GetDouble(), 0.01, 1);
        Assert.Equal(JsonValueKind.Null, run.Json.GetProperty("warning").ValueKind);
    }

    [Fact]
    public void A_word_that_is_new_stands_in_the_report_and_on_the_page()
    {
        string page = folder.At("report.html"), data = Others("strike.csv", 12, " bagagiste");
        CliRun json = CliRun.Run("drift", "report", "--model", folder.Model, "--data", data, "--output", page, "--json"), human = CliRun.Run("drift", "report", "--model", folder.Model, "--data", data);

        Assert.True(json.Json.GetProperty("has_drifted").GetBoolean());
        JsonElement word = json.Json.GetProperty("words")[0];
        Assert.Equal(("bagagiste", 240L), (word.GetProperty("word").GetString(), word.GetProperty("texts").GetInt64()));
        Assert.EndsWith("bagagiste", word.GetProperty("examples")[0].GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.Equal(page, json.Json.GetProperty("page").GetString());
        Assert.Contains("<th scope=\"row\">bagagiste</th>", File.ReadAllText(page), StringComparison.Ordinal);
        Assert.Contains("there is drift", human.Out, StringComparison.Ordinal);
        Assert.Contains("bagagiste", human.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void The_training_file_itself_is_warned_of()
    {
        CliRun run = CliRun.Run("drift", "report", "--model", folder.Model, "--data", folder.Data, "--json");
        Assert.Contains("trained on this file", run.Json.GetProperty("warning").GetString(), StringComparison.Ordinal);
        Assert.Contains("warning: the model was trained on this file", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_column_of_another_name_is_read_and_a_sample_taken()
    {
        string file = folder.Write("named.csv", ["n,body,more", .. Enumerable.Range(0, 60).Select(i => $"{i},lovely flight {i},x")]);
        Assert.Equal(60, CliRun.Run("drift", "report", "--model", folder.Model, "--data", file, "--text-column", "body", "--json").Json.GetProperty("texts").GetInt32());
        Assert.Equal(7, CliRun.Run("drift", "report", "--model", folder.Model, "--data", file, "--text-column", "body", "--sample", "7", "--json").Json.GetProperty("texts").GetInt32());
    }

    [Fact]
    public void A_model_without_a_profile_has_nothing_to_compare_with()
    {
        string bare = folder.At("bare");
        var bundle = Bundles.Bundle.Load(folder.Fast);
        Bundles.Bundle.Save(bare, bundle.Classifier, bundle.Info with { Profile = null });
        CliRun run = CliRun.Run("drift", "report", "--model", bare, "--data", folder.Data);

        Assert.Equal((ExitCode.WrongUsage, ""), (run.ExitCode, run.Out));
        Assert.Contains("no training profile", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Wrong_usage_is_named()
    {
        Assert.Equal(ExitCode.WrongUsage, CliRun.Run("drift", "report", "--model", folder.Model, "--data", folder.At("nowhere.csv")).ExitCode);
        CliRun run = CliRun.Run("drift", "report", "--model", folder.Model, "--data", folder.Data, "--output", folder.At(""));
        Assert.Equal(ExitCode.WrongUsage, run.ExitCode);
        Assert.Contains("name a file", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_benchmark_counts_false_alarms_and_delays()
    {
        CliRun run = await new CliSession().RunAsync("bench", "monitor", "--parts", "drift", "--weeks", "2", "--runs", "1", "--output", folder.At("monitor.md"), "--json");

        Assert.True(run.ExitCode == ExitCode.Success, run.Error);
        JsonElement[] figures = [.. run.Json.GetProperty("figures").EnumerateArray()];
        Assert.Equal(0, figures[0].GetProperty("measured").GetDouble());
        JsonElement twenty = figures.Single(figure => figure.GetProperty("what").GetString()!.StartsWith("positive class 20 points up: alarm", StringComparison.Ordinal));
        Assert.InRange(twenty.GetProperty("measured").GetDouble(), 20, 2_000);
        Assert.Contains("positive class 5 points up", File.ReadAllText(folder.At("monitor.md")), StringComparison.Ordinal);
        Assert.Equal(ExitCode.WrongUsage, CliRun.Run("bench", "monitor", "--parts", "weather").ExitCode);
    }
}
