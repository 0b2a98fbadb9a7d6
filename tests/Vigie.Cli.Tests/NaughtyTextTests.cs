using System.Text;
using Vigie.Tweets;

namespace Vigie.Cli.Tests;

/// <summary>Whatever text a person hands to a verb, the verb answers or refuses; it does not crash.</summary>
public sealed class NaughtyTextTests(TrainedFolder folder) : IClassFixture<TrainedFolder>
{
    /// <summary>Command lines of verbs that take text; {TEXT} is replaced by each naughty text, {MODEL} by a trained model.</summary>
    public static TheoryData<string> Lines =>
    [
        "{TEXT}",
        "help -- {TEXT}",
        "data describe -- {TEXT}",
        "predict --model {MODEL} {TEXT}",
        "predict --model {MODEL} --json -- {TEXT}",
        "predict --model {MODEL} --input {TEXT}",
        "predict --model {TEXT} hello",
        "predict --url ftp://{TEXT} hello",
        "serve --model {TEXT}",
        "serve --model {MODEL}/nosuch --urls {TEXT}",
        "explain --model {MODEL} -- {TEXT}",
        "explain --model {MODEL} --json --top 3 -- {TEXT}",
        "recipes {TEXT}",
        "train {TEXT} --data nosuch.csv --output /dev/null/nowhere",
        "train tfidf-lr --data nosuch.csv --output /dev/null/nowhere --set {TEXT}",
        "train tfidf-lr --data {TEXT} --output /dev/null/nowhere",
        "evaluate --model {MODEL} --data {TEXT}",
        "data get --output /dev/null/nowhere -- {TEXT}",
        "predict --model models:/{TEXT} hello",
        "predict --model models:/sentiment@{TEXT} hello",
        "runs list --experiment {TEXT}",
        "runs list --filter {TEXT}",
        "runs list --order-by {TEXT}",
        "runs show {TEXT}",
        "runs show -- {TEXT}",
        "runs compare -- {TEXT} {TEXT}",
        "runs export --output {TEXT}",
        "models list -- {TEXT}",
        "models register --run 0000 -- {TEXT}",
        "models promote -- {TEXT} 1",
        "models promote --reason {TEXT} -- sentiment {TEXT}",
        "models rollback -- {TEXT}",
        "models verify -- {TEXT}",
        "models verify models:/{TEXT}/1",
        "models gate -- {TEXT}",
        "models gate sentiment --rule {TEXT}",
        "tracking token --data {STORE} -- {TEXT}",
        "tracking import --data {STORE} -- /nosuch/{TEXT}",
        "tracking serve --urls {TEXT}",
        "tracking serve --urls http://127.0.0.1:0 --allowed-host {TEXT} --database ftp://nowhere",
        "tracking serve --urls http://127.0.0.1:0 --database ftp://{TEXT}",
    ];

    [Theory]
    [MemberData(nameof(Lines))]
    public void Every_text_gets_an_answer_or_a_reason(string line)
    {
        Assert.All(NaughtyStrings.Texts, text =>
        {
            CliRun run = CliRun.Run([.. line.Split(' ').Select(word => word.Replace("{TEXT}", text, StringComparison.Ordinal).Replace("{MODEL}", folder.Model, StringComparison.Ordinal).Replace("{STORE}", TestHome.Path, StringComparison.Ordinal))]);
            Assert.True(run.ExitCode is ExitCode.Success or ExitCode.WrongUsage, $"exit code {run.ExitCode}: {run.Error}");
            Assert.True(run.ExitCode == ExitCode.Success || run.Error.StartsWith("vigie: ", StringComparison.Ordinal), run.Error);
            Assert.DoesNotContain("\u001b", run.Out + run.Error, StringComparison.Ordinal);
        });
    }

    [Theory]
    [InlineData("tfidf-lr", "naughty.csv")]
    [InlineData("linear-best", "naughty.jsonl")]
    [InlineData("linear-fast", "naughty.jsonl")]
    [InlineData("tfidf-svm", "naughty.csv")]
    public void A_model_learns_from_naughty_texts_measures_them_and_answers_each(string recipe, string name)
    {
        string data = folder.At(name), model = folder.At($"naughty-{recipe}");
        // CSV cannot hold NUL, and half a surrogate pair cannot be written to any file.
        // Ordinary tweets among them: labels of naughty texts mean nothing, and what cannot be learnt cannot be calibrated.
        Tweet[] rows = [.. folder.Tweets.Take(1_000), .. NaughtyStrings.Texts.Select((text, i) => new Tweet(text) { Label = i % 2 == 0 ? Sentiment.Negative : Sentiment.Positive })];
        TrainedFolder.Write(data, rows, TweetColumns.Label);

        CliRun trained = CliRun.Run("train", recipe, "--data", data, "--output", model, "--json", "--plots");
        Assert.True(trained.ExitCode == ExitCode.Success, trained.Error);
        CliRun measured = CliRun.Run("evaluate", "--model", model, "--data", data, "--json");
        Assert.True(measured.ExitCode == ExitCode.Success, measured.Error);
        Assert.Equal(rows.Length, measured.Json.GetProperty("rows").GetInt32());
        CliRun answered = CliRun.Run("predict", "--model", model, "--input", data);
        Assert.Equal((ExitCode.Success, rows.Length), (answered.ExitCode, answered.Out.Count(c => c == '\n')));
    }

    [Fact]
    public void Every_text_after_two_dashes_reaches_the_verb_unchanged()
    {
        var session = new CliSession { Verbs = TestProgram.Verbs };

        Assert.All(NaughtyStrings.Texts, text =>
        {
            string wellFormed = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)); // JSON has no lone surrogates
            Assert.Equal(wellFormed, session.Run("echo", "--json", "--", text).Json.GetProperty("text").GetString());
        });
    }
}
