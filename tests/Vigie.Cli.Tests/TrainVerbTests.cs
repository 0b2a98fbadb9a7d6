using System.Text.Json;
using Vigie.Mlflow;
using Vigie.Recipes;

namespace Vigie.Cli.Tests;

public sealed class TrainVerbTests(TrainedFolder folder) : IClassFixture<TrainedFolder>
{
    [Fact]
    public void Json_says_how_the_model_came_about_and_how_good_it_is()
    {
        CliRun run = Train("tfidf-lr", "json", "--json", "--set", "C=2", "--seed", "5");

        JsonElement json = run.Json;
        Assert.Equal(
            ["recipe", "settings", "seed", "data", "rows", "classes", "validation", "test", "train", "threshold", "threshold_choice", "features", "seconds", "peak_memory_mb", "latency_us", "bundle", "run", "epochs", "learning_curve"],
            json.EnumerateObject().Select(property => property.Name));
        Assert.Equal(("2", 5), (json.GetProperty("settings").GetProperty("C").GetString(), json.GetProperty("seed").GetInt32()));
        JsonElement rows = json.GetProperty("rows");
        Assert.Equal(TrainedFolder.RowCount, rows.GetProperty("total").GetInt32());
        Assert.Equal(TrainedFolder.RowCount, rows.GetProperty("train").GetInt32() + rows.GetProperty("validation").GetInt32() + rows.GetProperty("test").GetInt32());
        Assert.Equal("text hash", json.GetProperty("data").GetProperty("split_by").GetString());
        Assert.InRange(json.GetProperty("test").GetProperty("accuracy").GetDouble(), 0.65, 0.99);
        Assert.Equal(rows.GetProperty("test").GetInt32(), json.GetProperty("test").GetProperty("rows").GetInt32());
        Assert.True(json.GetProperty("train").GetProperty("accuracy").GetDouble() > json.GetProperty("test").GetProperty("accuracy").GetDouble());
        Assert.False(json.GetProperty("test").TryGetProperty("latency_ms", out _)); // said once, in one unit
        Assert.Equal(["p50", "p95", "p99"], json.GetProperty("latency_us").EnumerateObject().Select(property => property.Name));
        Assert.InRange(json.GetProperty("latency_us").GetProperty("p50").GetDouble(), 0.1, 10_000);
        Assert.InRange(json.GetProperty("peak_memory_mb").GetDouble(), 20, 20_000);
        long onDisk = new DirectoryInfo(folder.At("json")).EnumerateFiles("*", SearchOption.AllDirectories).Where(file => file.Name is not ("mlflow_id.json" or ModelManifest.FileName)).Sum(file => file.Length);
        Assert.Equal(onDisk, json.GetProperty("bundle").GetProperty("bytes").GetInt64());
    }

    [Theory]
    [InlineData("tfidf-lr")]
    [InlineData("linear-best")]
    [InlineData("linear-fast")]
    public void The_same_seed_gives_the_same_bundle_to_the_byte(string recipe)
    {
        string first = Train(recipe, $"{recipe}-first", "--json").Json.GetProperty("bundle").GetProperty("digest").GetString()!;
        string second = Train(recipe, $"{recipe}-second", "--json", "--plots").Json.GetProperty("bundle").GetProperty("digest").GetString()!;
        string third = Train(recipe, $"{recipe}-second", "--json").Json.GetProperty("bundle").GetProperty("digest").GetString()!;

        Assert.NotEqual(first, second); // plots are part of a bundle
        Assert.Equal(first, third); // and an older bundle is replaced, plots and all
    }

    [Fact]
    public void People_get_a_table_and_the_place_of_the_model()
    {
        CliRun run = Train("tfidf-nb", "table");

        Assert.Contains("validation", run.Out, StringComparison.Ordinal);
        Assert.Contains("±", run.Out, StringComparison.Ordinal);
        Assert.Contains($"saved {folder.At("table")}", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wanted_precision_chooses_the_threshold_on_validation_rows()
    {
        CliRun run = Train("tfidf-lr", "precise", "--json", "--wanted-precision", "0.85");

        JsonElement choice = run.Json.GetProperty("threshold_choice");
        Assert.True(choice.GetProperty("reached").GetBoolean(), run.Out);
        Assert.Equal(choice.GetProperty("threshold").GetDouble(), run.Json.GetProperty("threshold").GetDouble());
        Assert.NotEqual(0.5, run.Json.GetProperty("threshold").GetDouble());
        Assert.True(run.Json.GetProperty("validation").GetProperty("precision_positive").GetDouble() >= 0.85);
    }

    [Fact]
    public void A_precision_out_of_reach_leaves_the_threshold_and_says_so()
    {
        CliRun run = Train("tfidf-lr", "unreachable", "--json", "--wanted-precision", "0.99999");

        Assert.Equal(0.5, run.Json.GetProperty("threshold").GetDouble());
        Assert.False(run.Json.GetProperty("threshold_choice").GetProperty("reached").GetBoolean());
        Assert.Contains("it stays at one half", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Plots_and_learning_curve_are_drawn_on_request()
    {
        CliRun run = Train("tfidf-lr", "drawn", "--plots", "--json", "--learning-curve", folder.At("curve"));

        foreach (string name in new[] { "confusion_matrix", "roc", "precision_recall", "calibration", "top_coefficients" })
            Assert.True(File.Exists(folder.At($"drawn/plots/{name}.png")) && File.Exists(folder.At($"drawn/plots/{name}.svg")), name);
        Assert.True(File.Exists(folder.At("curve/learning_curve.svg")));
        using JsonDocument curve = JsonDocument.Parse(File.ReadAllText(folder.At("curve/learning_curve.json")));
        int[] rows = [.. curve.RootElement.GetProperty("points").EnumerateArray().Select(point => point.GetProperty("rows").GetInt32())];
        Assert.Equal(5, rows.Length);
        Assert.Equal(run.Json.GetProperty("rows").GetProperty("train").GetInt32(), rows[^1]);
        Assert.Equal(rows.Order(), rows);
    }

    [Fact]
    public void A_file_without_validation_and_test_rows_trains_and_says_null()
    {
        string data = folder.At("train-only.jsonl");
        TrainedFolder.Write(data, folder.Tweets.Select(tweet => tweet with { Split = Vigie.Tweets.Split.Train }), Vigie.Tweets.TweetColumns.Label | Vigie.Tweets.TweetColumns.Split);
        CliRun run = CliRun.Run("train", "tfidf-lr", "--data", data, "--output", folder.At("train-only"), "--json");

        Assert.Equal(ExitCode.Success, run.ExitCode);
        Assert.Equal(JsonValueKind.Null, run.Json.GetProperty("validation").ValueKind);
        Assert.Equal(JsonValueKind.Null, run.Json.GetProperty("test").ValueKind);
        Assert.Equal(JsonValueKind.Null, run.Json.GetProperty("latency_us").ValueKind);
    }

    [Fact]
    public void A_learning_curve_that_cannot_be_measured_is_refused_before_the_training()
    {
        string data = folder.At("no-validation.jsonl");
        TrainedFolder.Write(data, folder.Tweets.Select(tweet => tweet with { Split = Vigie.Tweets.Split.Train }), Vigie.Tweets.TweetColumns.Label | Vigie.Tweets.TweetColumns.Split);
        CliRun run = CliRun.Run("train", "tfidf-lr", "--data", data, "--output", folder.At("no-curve"), "--learning-curve", folder.At("no-curve-files"));

        Assert.Equal(ExitCode.WrongUsage, run.ExitCode);
        Assert.Contains("a learning curve is measured on validation rows, and there are none", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("fitting", run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.At("no-curve")));
    }

    [Fact]
    public void A_learning_curve_changes_nothing_in_the_model()
    {
        string plain = Train("linear-fast", "without-curve", "--json").Json.GetProperty("bundle").GetProperty("digest").GetString()!;
        CliRun drawn = Train("linear-fast", "with-curve", "--json", "--learning-curve", folder.At("other-curve"));

        Assert.Equal(plain, drawn.Json.GetProperty("bundle").GetProperty("digest").GetString());
        Assert.True(drawn.Json.GetProperty("seconds").GetProperty("read").GetDouble() > 0);
    }

    [Fact]
    public async Task A_stopped_training_leaves_nothing()
    {
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        CliRun run = await new CliSession { Stop = stop.Token }.RunAsync("train", "linear-best", "--data", folder.Data, "--output", folder.At("stopped"));

        Assert.Equal(ExitCode.Interrupted, run.ExitCode);
        Assert.False(Directory.Exists(folder.At("stopped")));
    }

    [Fact]
    public void Recipes_are_listed_and_explained()
    {
        Assert.Contains("linear-best", CliRun.Run("recipes").Out, StringComparison.Ordinal);
        JsonElement one = CliRun.Run("recipes", "tfidf-svm", "--json").Json;
        Assert.Contains(one.GetProperty("parameters").EnumerateArray(), p => p.GetProperty("name").GetString() == "C" && p.GetProperty("value").GetString() == "0.1");
        Assert.Equal(RecipeCatalog.All.Select(recipe => recipe.Name), CliRun.Run("recipes", "--json").Json.GetProperty("recipes").EnumerateArray().Select(recipe => recipe.GetProperty("name").GetString()!));
    }

    private CliRun Train(string recipe, string output, params string[] more)
    {
        CliRun run = CliRun.Run(["train", recipe, "--data", folder.Data, "--output", folder.At(output), .. more]);
        Assert.True(run.ExitCode == ExitCode.Success, run.Error);
        return run;
    }
}
