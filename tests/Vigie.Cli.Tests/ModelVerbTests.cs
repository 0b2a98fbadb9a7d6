using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using Vigie.Tweets;

namespace Vigie.Cli.Tests;

/// <summary>What is done with a saved model: evaluate, predict, explain.</summary>
public sealed class ModelVerbTests(TrainedFolder folder) : IClassFixture<TrainedFolder>
{
    [Fact]
    public void Evaluating_the_test_rows_repeats_what_training_reported()
    {
        JsonElement trained = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder.Model, "metrics.json"))).RootElement.GetProperty("test");
        CliRun run = CliRun.Run("evaluate", "--model", folder.Model, "--data", folder.Data, "--split", "test", "--json");

        Assert.Equal(ExitCode.Success, run.ExitCode);
        foreach (string figure in new[] { "accuracy", "f1", "f1_macro", "roc_auc", "precision_positive", "brier", "ece", "rows" })
            Assert.Equal(trained.GetProperty(figure).GetDouble(), run.Json.GetProperty(figure).GetDouble());
        Assert.Equal("test", run.Json.GetProperty("split").GetString());
        Assert.Equal(JsonValueKind.Null, run.Json.GetProperty("warning").ValueKind);
        Assert.True(run.Json.GetProperty("latency_ms").GetProperty("p50").GetDouble() > 0);
    }

    [Fact]
    public void All_rows_of_the_training_file_come_with_a_warning()
    {
        CliRun run = CliRun.Run("evaluate", "--model", folder.Model, "--data", folder.Data, "--json");

        Assert.Equal((TrainedFolder.RowCount, "all"), (run.Json.GetProperty("rows").GetInt32(), run.Json.GetProperty("split").GetString()));
        Assert.Contains("was trained on this file", run.Json.GetProperty("warning").GetString(), StringComparison.Ordinal);
        Assert.Contains("warning: ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_split_column_means_its_test_rows()
    {
        string data = folder.At("with-split.csv");
        TrainedFolder.Write(data, folder.Tweets.Select((tweet, i) => tweet with { Split = i < 100 ? Split.Test : Split.Train }), TweetColumns.Label | TweetColumns.Split);
        CliRun run = CliRun.Run("evaluate", "--model", folder.Model, "--data", data, "--json");

        Assert.Equal((100, "test", TrainedFolder.RowCount - 100), (run.Json.GetProperty("rows").GetInt32(), run.Json.GetProperty("split").GetString(), run.Json.GetProperty("rows_of_other_sides").GetInt32()));
    }

    [Fact]
    public void Rows_of_a_class_that_the_model_lacks_are_left_out_and_counted()
    {
        string data = folder.Write("neutral.csv", "label,text", "negative,lost my bag", "neutral,the gate is B12", "positive,lovely crew");
        CliRun run = CliRun.Run("evaluate", "--model", folder.Model, "--data", data, "--json");
        CliRun none = CliRun.Run("evaluate", "--model", folder.Model, "--data", folder.Write("only-neutral.csv", "label,text", "neutral,the gate is B12"), "--json");

        Assert.Equal((2, 1), (run.Json.GetProperty("rows").GetInt32(), run.Json.GetProperty("rows_of_unknown_classes").GetInt32()));
        Assert.Equal(ExitCode.WrongUsage, none.ExitCode);
        Assert.Contains("none of the 1 rows has a label that the model knows (negative, positive)", none.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_of_one_class_has_an_accuracy_and_reasons_for_what_is_undefined()
    {
        CliRun run = CliRun.Run("evaluate", "--model", folder.Model, "--data", folder.Write("praise.csv", "label,text", "positive,thank you", "positive,great crew"), "--json");

        Assert.Equal(ExitCode.Success, run.ExitCode);
        Assert.Equal(JsonValueKind.Null, run.Json.GetProperty("roc_auc").ValueKind);
        Assert.True(run.Json.GetProperty("undefined").TryGetProperty("roc_auc", out _));
    }

    [Fact]
    public void Two_models_are_compared_on_the_same_rows()
    {
        CliRun same = CliRun.Run("evaluate", "--model", folder.Model, "--data", folder.Data, "--against", folder.Model, "--json");
        CliRun other = CliRun.Run("evaluate", "--model", folder.Model, "--data", folder.Data, "--against", folder.Fast, "--json");

        Assert.Equal(1, same.Json.GetProperty("mcnemar").GetProperty("p").GetDouble());
        Assert.True(other.Json.GetProperty("mcnemar").GetProperty("only_first_right").GetInt32() > 0);
        Assert.Equal("linear-fast", other.Json.GetProperty("against").GetProperty("recipe").GetString());
    }

    [Fact]
    public void Figures_are_drawn_into_a_folder()
    {
        CliRun run = CliRun.Run("evaluate", "--model", folder.Fast, "--data", folder.Data, "--plots", folder.At("figures"), "--json");

        string[] drawn = [.. run.Json.GetProperty("plots").EnumerateArray().Select(path => Path.GetFileName(path.GetString()!))];
        Assert.Contains("roc.png", drawn);
        Assert.DoesNotContain("top_coefficients.png", drawn); // hashed features have no names
        Assert.All(drawn, name => Assert.True(File.Exists(folder.At($"figures/{name}")), name));
    }

    [Fact]
    public void Figures_and_curves_are_the_same_bytes_each_time_and_agree_with_each_other()
    {
        CliRun run = CliRun.Run("evaluate", "--model", folder.Model, "--data", folder.Data, "--split", "test", "--metrics", folder.At("once.json"), "--curves", folder.At("once"), "--json");
        CliRun.Run("evaluate", "--model", folder.Model, "--data", folder.Data, "--split", "test", "--metrics", folder.At("twice.json"), "--curves", folder.At("twice"));

        Assert.Equal(File.ReadAllText(folder.At("once.json")), File.ReadAllText(folder.At("twice.json")));
        using JsonDocument figures = JsonDocument.Parse(File.ReadAllText(folder.At("once.json")));
        Assert.Equal(run.Json.GetProperty("f1_macro").GetDouble(), figures.RootElement.GetProperty("f1_macro").GetDouble());
        foreach (string name in new[] { "roc.csv", "precision_recall.csv", "calibration.csv", "confusion.csv" }) Assert.Equal(File.ReadAllText(folder.At($"once/{name}")), File.ReadAllText(folder.At($"twice/{name}")));
        string[] confusion = [.. File.ReadAllLines(folder.At("once/confusion.csv")).Skip(1)];
        int[] counts = [.. from actual in new[] { "negative", "positive" } from predicted in new[] { "negative", "positive" } select confusion.Count(row => row == $"{actual},{predicted}")];
        Assert.Equal(run.Json.GetProperty("confusion_matrix").EnumerateArray().SelectMany(row => row.EnumerateArray().Select(count => count.GetInt32())), counts);
        double[][] roc = [.. File.ReadAllLines(folder.At("once/roc.csv")).Skip(1).Select(row => row.Split(',').Select(value => double.Parse(value, CultureInfo.InvariantCulture)).ToArray())];
        Assert.Equal([0, 0, 1, 1], [.. roc[0], .. roc[^1]]);
        double area = roc.Zip(roc.Skip(1), (a, b) => (b[0] - a[0]) * (a[1] + b[1]) / 2).Sum();
        Assert.Equal(run.Json.GetProperty("roc_auc").GetDouble(), area, 0.01); // it has fewer points than rows
    }

    [Fact]
    public void A_file_is_answered_in_its_order_under_its_own_ids()
    {
        CliRun run = CliRun.Run("predict", "--model", folder.Model, "--input", folder.Data);

        JsonElement[] answers = [.. Lines(run)];
        Assert.Equal(folder.Tweets.Select(tweet => tweet.Id), answers.Select(answer => answer.GetProperty("id").GetString()));
        Assert.All(answers, answer =>
        {
            double positive = answer.GetProperty("probability_positive").GetDouble();
            Assert.Equal(positive, answer.GetProperty("probabilities").GetProperty("positive").GetDouble());
            Assert.Equal(positive >= 0.5 ? "positive" : "negative", answer.GetProperty("label").GetString());
        });
        double right = answers.Zip(folder.Tweets).Count(pair => string.Equals(pair.First.GetProperty("label").GetString(), pair.Second.Label.ToString(), StringComparison.OrdinalIgnoreCase));
        Assert.InRange(right / answers.Length, 0.75, 1);
    }

    [Fact]
    public void Lines_of_standard_input_and_of_a_file_get_the_same_answers_as_single_texts()
    {
        string[] texts = ["lovely crew, thank you", "lost my bag again", ""];
        string file = folder.Write("lines.txt", texts);
        var session = new CliSession { Input = string.Join('\n', texts) + "\n" };

        string[] single = [.. texts.Select((text, i) => CliRun.Run("predict", "--model", folder.Model, text).Out.Replace("\"id\":\"1\"", $"\"id\":\"{i + 1}\"", StringComparison.Ordinal))];
        Assert.Equal(string.Concat(single), session.Run("predict", "--model", folder.Model, "-").Out);
        Assert.Equal(string.Concat(single), session.Run("predict", "--model", folder.Model, "--input", "-").Out);
        Assert.Equal(string.Concat(single), CliRun.Run("predict", "--model", folder.Model, "--input", file, "--lines").Out);
        using (FileStream packed = File.Create(folder.At("lines.txt.gz")))
        using (var gzip = new GZipStream(packed, CompressionMode.Compress))
            gzip.Write(File.ReadAllBytes(file));
        Assert.Equal(string.Concat(single), CliRun.Run("predict", "--model", folder.Model, "--input", folder.At("lines.txt.gz"), "--lines").Out);
    }

    [Fact]
    public void An_unlabelled_file_and_one_with_odd_labels_are_answered()
    {
        CliRun plain = CliRun.Run("predict", "--model", folder.Model, "--input", folder.Write("plain.jsonl", """{"text":"lovely crew"}""", """{"text":"zzz qqq","id":"b"}"""));
        CliRun odd = CliRun.Run("predict", "--model", folder.Model, "--input", folder.Write("odd.csv", "class,text", "economy,lovely crew"));

        Assert.Equal(["1", "b"], Lines(plain).Select(answer => answer.GetProperty("id").GetString()));
        Assert.Equal(ExitCode.Success, odd.ExitCode);
        Assert.Single(Lines(odd));
    }

    [Fact]
    public void A_malformed_row_stops_behind_the_answers_before_it_or_is_skipped()
    {
        string file = folder.Write("malformed.csv", "id,text", "a,lovely crew", "b,too,many,columns", "c,lost bag");
        CliRun stopped = CliRun.Run("predict", "--model", folder.Model, "--input", file);
        CliRun skipped = CliRun.Run("predict", "--model", folder.Model, "--input", file, "--on-error", "skip");

        Assert.Equal(ExitCode.WrongUsage, stopped.ExitCode);
        Assert.Contains("row 2", stopped.Error, StringComparison.Ordinal);
        Assert.Equal(["a"], Lines(stopped).Select(answer => answer.GetProperty("id").GetString()));
        Assert.Equal(["a", "c"], Lines(skipped).Select(answer => answer.GetProperty("id").GetString()));
    }

    [Fact]
    public void A_text_without_anything_known_gets_the_prior_and_says_so()
    {
        JsonElement answer = Lines(CliRun.Run("predict", "--model", folder.Model, "")).Single();

        Assert.True(answer.GetProperty("unknown").GetBoolean());
        Assert.InRange(answer.GetProperty("probability_positive").GetDouble(), 0.4, 0.6);
        Assert.Contains("never seen anything", CliRun.Run("explain", "--model", folder.Model, "").Out, StringComparison.Ordinal);
    }

    [Fact]
    public void The_words_of_an_explanation_add_up_to_the_score()
    {
        CliRun run = CliRun.Run("explain", "--model", folder.Model, "--json", "thank you for losing my bag, lovely crew");
        JsonElement[] words = [.. run.Json.GetProperty("words").EnumerateArray()];

        Assert.Equal(
            run.Json.GetProperty("score").GetDouble(),
            run.Json.GetProperty("intercept").GetDouble() + words.Sum(word => word.GetProperty("contribution").GetDouble()), 9);
        Assert.Contains(words, word => word.GetProperty("contribution").GetDouble() > 0);
        CliRun top = CliRun.Run("explain", "--model", folder.Model, "--json", "--top", "2", "thank you for losing my bag, lovely crew");
        Assert.Equal((2, 2), (top.Json.GetProperty("words").GetArrayLength(), top.Json.GetProperty("features").GetArrayLength()));
    }

    [Fact]
    public void An_explanation_is_drawn_in_colour_on_a_terminal_only()
    {
        string[] line = ["explain", "--model", folder.Model, "thank you, lovely crew"];

        Assert.Contains("\u001b[", new CliSession { IsTerminal = true }.Run(line).Out, StringComparison.Ordinal);
        CliRun plain = CliRun.Run(line);
        Assert.DoesNotContain("\u001b[", plain.Out, StringComparison.Ordinal);
        Assert.Contains("█", plain.Out, StringComparison.Ordinal);
    }

    private static IEnumerable<JsonElement> Lines(CliRun run) =>
        run.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement);
}
