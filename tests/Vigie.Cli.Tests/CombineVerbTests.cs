using System.Text.Json;

namespace Vigie.Cli.Tests;

public sealed class CombineVerbTests(TrainedFolder folder) : IClassFixture<TrainedFolder>
{
    [Theory]
    [InlineData("voting")]
    [InlineData("stacking")]
    public void Two_models_become_one_that_predicts(string method)
    {
        string[] members = [folder.Model, folder.Fast];

        CliRun run = CliRun.Run("combine", "--model", members[0], "--model", members[1], "--method", method, "--data", folder.Data, "--output", folder.At(method), "--json");

        JsonElement json = run.Json;
        Assert.Equal(method, json.GetProperty("recipe").GetString());
        Assert.Contains("linear-fast", json.GetProperty("settings").GetProperty("members").GetString(), StringComparison.Ordinal);
        Assert.InRange(json.GetProperty("test").GetProperty("accuracy").GetDouble(), 0.65, 0.99);
        Assert.Equal(0, CliRun.Run("predict", "--model", folder.At(method), "thank you").ExitCode);
        Assert.Equal(0, CliRun.Run("explain", "--model", folder.At(method), "thank you").ExitCode);
    }

    [Fact]
    public void Weights_that_are_no_numbers_are_wrong_usage()
    {
        string member = folder.Model;
        CliRun run = CliRun.Run("combine", "--model", member, "--model", member, "--weights", "2,much", "--data", folder.Data, "--output", folder.At("no"));
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("'much' is no number", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_student_learns_from_a_teacher()
    {
        string teacher = folder.Model, unlabelled = folder.At("unlabelled.csv");
        CliRun.Run("data", "generate", "--rows", "400", "--seed", "77", "--output", unlabelled);

        CliRun run = CliRun.Run("distill", "linear-fast", "--teacher", teacher, "--data", folder.Data, "--unlabelled", unlabelled, "--output", folder.At("student"), "--json");

        Assert.Contains("labelled by tfidf-lr (bundle ", run.Json.GetProperty("data").GetProperty("besides").GetString(), StringComparison.Ordinal);
        Assert.Contains("Learnt from besides: ", File.ReadAllText(Path.Combine(folder.At("student"), "README.md")), StringComparison.Ordinal);
        CliRun same = CliRun.Run("distill", "linear-fast", "--teacher", teacher, "--data", folder.Data, "--unlabelled", folder.Data, "--output", folder.At("no"));
        Assert.Equal(2, same.ExitCode);
        Assert.Contains("no text that is not among", same.Error, StringComparison.Ordinal);
    }
}
