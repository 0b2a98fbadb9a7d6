using System.Net.Http.Json;
using System.Text.Json;

namespace Vigie.Cli.Tests;

public sealed class DemoVerbTests : IDisposable
{
    private static readonly string[] Recipes = ["tfidf-nb", "tfidf-lr", "tfidf-svm", "linear-best"];
    private readonly string _folder = Directory.CreateTempSubdirectory("vigie-demo-").FullName;

    private CliSession Session => new() { WorkingFolder = _folder };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Once_compares_four_models_and_chooses_by_validation_rows()
    {
        CliRun run = (Session with { Variables = new Dictionary<string, string> { ["MLFLOW_RUN_ID"] = new string('1', 32) } }).Run("demo", "--once", "--rows", "3000", "--json"); // four models are no one run

        Assert.True(run.ExitCode == ExitCode.Success, run.Error);
        JsonElement[] models = [.. run.Json.GetProperty("models").EnumerateArray()];
        Assert.Equal(Recipes, models.Select(model => model.GetProperty("recipe").GetString()));
        JsonElement best = models.MaxBy(model => model.GetProperty("validation").GetProperty("f1_macro").GetDouble());
        Assert.Equal(best.GetProperty("recipe").GetString(), run.Json.GetProperty("best").GetString());
        Assert.Equal(JsonValueKind.Null, run.Json.GetProperty("url").ValueKind);
        Assert.All(Recipes, name => Assert.True(File.Exists(Path.Combine(_folder, ".vigie", "demo", name, "MLmodel")), name));
        Assert.Equal(ExitCode.Success, Session.Run("predict", "--model", best.GetProperty("bundle").GetProperty("path").GetString()!, "hello").ExitCode);
    }

    [Fact]
    public void Registers_the_best_and_dethrones_no_champion_but_its_own()
    {
        string[] demo = ["demo", "--once", "--rows", "1500", "--json"];
        JsonElement first = Session.Run(demo).Json, second = Session.Run([.. demo, "--seed", "2"]).Json;

        Assert.Equal(["models:/sentiment@champion", "models:/sentiment@champion"], new[] { first, second }.Select(run => run.GetProperty("model").GetString()));
        Assert.Equal(8, Session.Run("runs", "list", "--experiment", "demo", "--json").Json.GetProperty("runs").GetArrayLength());
        JsonElement best = second.GetProperty("models").EnumerateArray().Single(model => model.GetProperty("recipe").GetString() == second.GetProperty("best").GetString());
        Assert.Equal(best.GetProperty("bundle").GetProperty("digest").GetString(), Session.Run("models", "verify", "models:/sentiment@champion", "--json").Json.GetProperty("digest").GetString());

        Session.Run("train", "tfidf-nb", "--data", Path.Combine(_folder, ".vigie", "demo", "tweets.csv"), "--output", "own", "--register", "sentiment", "--quiet");
        Assert.Equal("3", Session.Run("models", "promote", "sentiment", "3", "--json").Json.GetProperty("champion").GetString());
        CliRun third = Session.Run(demo);
        Assert.Equal("models:/sentiment/4", third.Json.GetProperty("model").GetString());
        Assert.Contains("models:/sentiment@champion is version 3, which was not made by the demo: it stays champion", third.Error, StringComparison.Ordinal);
        Assert.Equal("3", Session.Run("models", "verify", "models:/sentiment@champion", "--json").Json.GetProperty("version").GetString());
    }

    [Fact]
    public void The_same_seed_trains_the_same_models()
    {
        string[] Digests() => [.. Session.Run("demo", "--once", "--rows", "1500", "--json", "--seed", "3").Json.GetProperty("models").EnumerateArray().Select(model => model.GetProperty("bundle").GetProperty("digest").GetString()!)];

        Assert.Equal(Digests(), Digests());
    }

    [Fact]
    public async Task The_callers_tweets_are_trained_on_and_the_best_model_answers_over_http()
    {
        string data = Path.Combine(_folder, "own.csv");
        await File.WriteAllTextAsync(
            data, "label,text\n" + string.Concat(Enumerable.Range(0, 600).Select(i => $"{i % 2},{(i % 2 == 1 ? "thanks for" : "late again")} flight {i}\n")), TestContext.Current.CancellationToken);
        using var stop = new CancellationTokenSource();
        using var output = new SignalWriter("predict");
        using var error = new StringWriter();
        Terminal terminal = Session.TerminalOver(output, error);
        Task<int> serving = Shell.RunAsync(Program.Verbs, ["demo", "--data", data, "--urls", "http://127.0.0.1:0"], terminal, stop.Token);
        await Task.WhenAny(output.Seen, serving).WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        Assert.True(output.Seen.IsCompleted, error.ToString());

        string url = output.ToString().Split("The dashboard is on ")[1].Split(' ')[0];
        using var client = new HttpClient { BaseAddress = new Uri(url) };
        HttpResponseMessage answer = await client.PostAsJsonAsync("predict", new { text = "late again" }, TestContext.Current.CancellationToken);
        JsonElement json = await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        stop.Cancel();

        Assert.Equal("negative", json.GetProperty("label").GetString());
        Assert.Equal(ExitCode.Interrupted, await serving);
        Assert.False(File.Exists(Path.Combine(_folder, ".vigie", "demo", "tweets.csv")));
    }

    [Theory]
    [InlineData("demo --once --data nosuch.csv", "no such file")]
    [InlineData("demo --once --rows 0", "Rows is 0")]
    [InlineData("demo --urls ftp://here", "expected http://HOST:PORT")]
    public void Mistakes_are_explained_and_leave_nothing(string line, string message)
    {
        CliRun run = Session.Run(line.Split(' '));

        Assert.Equal((ExitCode.WrongUsage, ""), (run.ExitCode, run.Out));
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder));
    }

    /// <summary>Collects text and tells when a word has come by.</summary>
    private sealed class SignalWriter(string word) : StringWriter
    {
        private readonly TaskCompletionSource _seen = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Seen => _seen.Task;

        public override void Flush()
        {
            if (ToString().Contains(word, StringComparison.Ordinal)) _seen.TrySetResult();
        }
    }
}
