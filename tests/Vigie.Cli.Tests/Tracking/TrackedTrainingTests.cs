using System.Text.Json;
using Vigie.Bundles;
using Vigie.Mlflow;
using Vigie.Mlflow.Artifacts;

namespace Vigie.Cli.Tests.Tracking;

/// <summary>What a training leaves in the store, whatever becomes of it.</summary>
public sealed class TrackedTrainingTests(TrackedFolder folder) : IClassFixture<TrackedFolder>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void Leaves_a_finished_run_with_settings_figures_data_and_model()
    {
        JsonElement trained = folder.Logistic, run = folder.Json("runs", "show", TrackedFolder.IdOf(trained));

        Assert.Equal(("FINISHED", "sentiment"), (run.GetProperty("status").GetString(), run.GetProperty("experiment").GetString()));
        JsonElement parameters = run.GetProperty("params"), metrics = run.GetProperty("metrics"), tags = run.GetProperty("tags");
        Assert.Equal(("tfidf-lr", "5", "tweets.csv"), (parameters.GetProperty("recipe").GetString(), parameters.GetProperty("seed").GetString(), parameters.GetProperty("data").GetString()));
        foreach (JsonProperty setting in trained.GetProperty("settings").EnumerateObject()) Assert.Equal(setting.Value.GetString(), parameters.GetProperty(setting.Name).GetString());
        foreach (string side in new[] { "train", "validation", "test" }) Assert.Equal($"{trained.GetProperty("rows").GetProperty(side)}", parameters.GetProperty($"rows_{side}").GetString());
        foreach (string figure in new[] { "f1", "f1_macro", "roc_auc", "accuracy", "precision_positive" })
        {
            Assert.Equal(trained.GetProperty("test").GetProperty(figure).GetDouble(), metrics.GetProperty(figure).GetDouble());
            Assert.Equal(trained.GetProperty("validation").GetProperty(figure).GetDouble(), metrics.GetProperty($"validation_{figure}").GetDouble());
        }

        Assert.Equal(trained.GetProperty("test").GetProperty("per_class").GetProperty("negative").GetProperty("f1").GetDouble(), metrics.GetProperty("f1_negative").GetDouble());
        Assert.Equal(trained.GetProperty("peak_memory_mb").GetDouble(), metrics.GetProperty("peak_memory_mb").GetDouble());
        Assert.Equal(trained.GetProperty("seconds").GetProperty("fit").GetDouble(), metrics.GetProperty("fit_seconds").GetDouble());
        Assert.Equal(trained.GetProperty("bundle").GetProperty("digest").GetString(), tags.GetProperty("vigie.digest").GetString());
        Assert.Contains(Environment.MachineName, tags.GetProperty("vigie.machine").GetString(), StringComparison.Ordinal);
        Assert.Equal((Environment.UserName, "vigie train", "tfidf-lr"), (tags.GetProperty("mlflow.user").GetString(), tags.GetProperty("mlflow.source.name").GetString(), tags.GetProperty("vigie.recipe").GetString()));
        Assert.Matches(@"^\d+\.\d+\.\d+$", tags.GetProperty("vigie.version").GetString());
        JsonElement data = Assert.Single(run.GetProperty("datasets").EnumerateArray());
        Assert.Equal("tweets.csv", data.GetProperty("name").GetString());
        using (JsonDocument source = JsonDocument.Parse(data.GetProperty("source").GetString()!)) Assert.Equal((folder.At("tweets.csv"), true), (source.RootElement.GetProperty("uri").GetString(), File.Exists(folder.At("tweets.csv"))));
        Assert.StartsWith(data.GetProperty("digest").GetString()!, trained.GetProperty("data").GetProperty("sha256").GetString(), StringComparison.Ordinal);
        Assert.Equal(trained.GetProperty("run").GetProperty("model_id").GetString(), Assert.Single(run.GetProperty("models").EnumerateArray()).GetString());
    }

    [Fact]
    public async Task Logs_the_loss_as_it_falls_and_keeps_plots_report_and_model()
    {
        string id = TrackedFolder.IdOf(folder.Logistic);
        await using MlflowStore store = await OpenAsync();

        Page<Metric> losses = await store.Runs.MetricHistoryAsync(id, "loss", cancellation: Stop);
        Assert.True(losses.Items.Count >= 3, $"{losses.Items.Count} losses");
        Assert.True(losses.Items[^1].Value < losses.Items[0].Value, $"from {losses.Items[0].Value} to {losses.Items[^1].Value}");
        Assert.Equal(losses.Items.Select(loss => loss.Step).Distinct().Order(), losses.Items.Select(loss => loss.Step));
        string[] files = [.. Directory.EnumerateFiles(folder.At(".vigie/artifacts"), "*", SearchOption.AllDirectories).Where(path => path.Contains(id, StringComparison.Ordinal)).Select(path => Path.GetRelativePath(folder.At(".vigie/artifacts"), path).Split(id)[1])];
        foreach (string name in new[] { "plots/roc.png", "plots/confusion_matrix.svg", "plots/calibration.png", "classification_report.json", "classification_report.txt" })
            Assert.Contains(files, file => file.EndsWith($"/artifacts/{name}", StringComparison.Ordinal));
    }

    [Fact]
    public void The_bundle_names_its_run_and_is_the_same_without_that()
    {
        string model = folder.At("logistic"), digest = folder.Logistic.GetProperty("bundle").GetProperty("digest").GetString()!;
        using JsonDocument id = JsonDocument.Parse(File.ReadAllText(Path.Combine(model, "mlflow_id.json")));
        Assert.True(JsonElement.DeepEquals(folder.Logistic.GetProperty("run"), id.RootElement));

        Assert.Equal(digest, Bundle.Verify(model, Stop));
        string bare = folder.At("bare");
        Directory.CreateDirectory(bare);
        foreach (string file in Directory.EnumerateFiles(model)) File.Copy(file, Path.Combine(bare, Path.GetFileName(file)));
        File.Delete(Path.Combine(bare, "mlflow_id.json"));
        File.Delete(Path.Combine(bare, ModelManifest.FileName));
        Assert.Equal(digest, Bundle.Verify(bare, Stop));

        JsonElement again = folder.Train("tfidf-lr", "again", "--seed", "5");
        Assert.Equal(digest, again.GetProperty("bundle").GetProperty("digest").GetString());
        Assert.NotEqual(TrackedFolder.IdOf(folder.Logistic), TrackedFolder.IdOf(again));
    }

    [Fact]
    public void Registers_the_model_where_it_is_asked_to()
    {
        Assert.Equal(JsonValueKind.Null, folder.Fast.GetProperty("run").GetProperty("version").ValueKind);
        JsonElement first = folder.Train("tfidf-nb", "registered", "--register", "nb"), second = folder.Train("tfidf-nb", "registered", "--register", "nb", "--seed", "2");

        Assert.Equal(["nb 1", "nb 2"], new[] { first, second }.Select(one => one.GetProperty("run").GetProperty("version")).Select(version => $"{version.GetProperty("name")} {version.GetProperty("version")}"));
        JsonElement listed = Assert.Single(folder.Json("models", "list", "nb").GetProperty("models").EnumerateArray());
        Assert.Equal([TrackedFolder.IdOf(second), TrackedFolder.IdOf(first)], listed.GetProperty("versions").EnumerateArray().Select(version => version.GetProperty("run_id").GetString()));
    }

    [Fact]
    public void The_experiment_is_the_environments_then_the_options()
    {
        CliRun run = (folder.Session with { Variables = new Dictionary<string, string> { ["MLFLOW_EXPERIMENT_NAME"] = "from outside" } })
            .Run("train", "tfidf-nb", "--data", "tweets.csv", "--output", "outside", "--experiment", "not this one", "--json");

        Assert.Equal("from outside", folder.Json("runs", "show", TrackedFolder.IdOf(run.Json)).GetProperty("experiment").GetString());
        Assert.Contains("there is no such experiment", folder.Refusal("runs", "list", "--experiment", "not this one"), StringComparison.Ordinal);
    }

    [Fact]
    public void MLFLOW_RUN_ID_goes_on_with_a_run()
    {
        string id = TrackedFolder.IdOf(folder.Train("tfidf-nb", "begun"));
        CliSession going = folder.Session with { Variables = new Dictionary<string, string> { ["MLFLOW_RUN_ID"] = id } };
        CliRun same = going.Run("train", "tfidf-nb", "--data", "tweets.csv", "--output", "gone-on", "--json"), other = going.Run("train", "tfidf-nb", "--data", "tweets.csv", "--output", "gone-wrong", "--seed", "3");

        Assert.True(same.ExitCode == ExitCode.Success, same.Error);
        Assert.Equal(id, TrackedFolder.IdOf(same.Json));
        Assert.Equal(ExitCode.WrongUsage, other.ExitCode); // a run has one seed
        Assert.Contains("seed", other.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.At("gone-wrong")));
        JsonElement run = folder.Json("runs", "show", id);
        Assert.Equal((2, "FAILED"), (run.GetProperty("models").GetArrayLength(), run.GetProperty("status").GetString()));
    }

    [Fact]
    public async Task The_commit_of_the_working_folder_is_noted()
    {
        string work = Directory.CreateDirectory(folder.At("checkout")).FullName;
        File.Copy(folder.At("tweets.csv"), Path.Combine(work, "tweets.csv"));
        File.WriteAllText(Path.Combine(work, "notes.txt"), "");
        foreach (string line in new[] { "init -q", "add .", "-c user.name=a -c user.email=a@b -c commit.gpgsign=false commit -q -m data" }) Assert.Equal("", await GitAsync(work, line));
        string commit = (await GitAsync(work, "rev-parse HEAD")).Trim();
        var session = new CliSession { WorkingFolder = work, Variables = new Dictionary<string, string> { ["VIGIE_HOME"] = folder.At(".vigie") } };

        CliRun clean = session.Run("train", "tfidf-nb", "--data", "tweets.csv", "--output", folder.At("clean"), "--json");
        File.WriteAllText(Path.Combine(work, "notes.txt"), "changed");
        CliRun dirty = session.Run("train", "tfidf-nb", "--data", "tweets.csv", "--output", folder.At("dirty"), "--json");

        Assert.Equal(
            [commit, $"{commit}-dirty"],
            new[] { clean, dirty }.Select(run => folder.Json("runs", "show", TrackedFolder.IdOf(run.Json)).GetProperty("tags").GetProperty("mlflow.source.git.commit").GetString()));
    }

    [Fact]
    public async Task A_database_elsewhere_is_named_by_MLFLOW_TRACKING_URI()
    {
        var session = folder.Session with { Variables = new Dictionary<string, string> { ["MLFLOW_TRACKING_URI"] = "sqlite:///elsewhere/runs.db" } };
        CliRun run = await session.RunAsync("train", "tfidf-nb", "--data", "tweets.csv", "--output", "elsewhere-model", "--json");

        Assert.True(run.ExitCode == ExitCode.Success, run.Error);
        Assert.Equal(folder.At("elsewhere/runs.db"), run.Json.GetProperty("run").GetProperty("tracking_uri").GetString());
        Assert.Equal(TrackedFolder.IdOf(run.Json), Assert.Single(session.Run("runs", "list", "--json").Json.GetProperty("runs").EnumerateArray()).GetProperty("run_id").GetString());
        Assert.Contains("no run of", folder.Refusal("runs", "show", TrackedFolder.IdOf(run.Json)[..12]), StringComparison.Ordinal);
    }

    private Task<MlflowStore> OpenAsync() =>
        MlflowStore.OpenAsync(folder.At(".vigie/vigie.db"), new FolderArtifactStore(folder.At(".vigie/artifacts"), TimeProvider.System), TimeProvider.System, Stop);

    private static async Task<string> GitAsync(string work, string line)
    {
        using ChildProcess git = ChildProcess.Start("git", ["-C", work, .. line.Split(' ')]);
        Task<string> output = git.OutAsync(), error = git.ErrorAsync();
        Assert.True(await git.ExitCodeAsync() == 0, await error);
        return await output;
    }
}
