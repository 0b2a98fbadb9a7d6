using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Vigie.Cli.Tests;

/// <summary>A folder with a pipeline, and the verbs upon it.</summary>
public sealed class PipelineVerbTests : IDisposable
{
    private const string Stages =
        """
        stages:
          prepare:
            cmd: mkdir -p made && cp raw.txt made/a && echo ${seed} > made/b
            deps: [raw.txt]
            params: [seed]
            outs: [made]
          train:
            foreach: [nb, svm]
            do:
              cmd: cat made/a made/b > ${item}.bin && echo "{\"f1\":" ${rate}, "\"n\":" "{\"pos\":" "3}}" > metrics_${item}.json && printf 'step,loss\n0,1\n1,${rate}\n' > plot_${item}.csv
              deps: [made]
              params: [rate]
              outs: ["${item}.bin"]
              metrics: ["metrics_${item}.json": {cache: false}]
              plots: ["plot_${item}.csv": {x: step, y: loss}]
        """;

    private readonly string folder = Directory.CreateTempSubdirectory("vigie-verbs-").FullName;

    public PipelineVerbTests()
    {
        Write("raw.txt", "raw\n");
        Write("params.yaml", "seed: 1\nrate: 0.25\n");
        Write("dvc.yaml", Stages);
    }

    public void Dispose()
    {
        foreach (string file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)) File.SetAttributes(file, FileAttributes.Normal);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Status_is_DVCs_answer()
    {
        Vigie("init", "--no-scm");
        Assert.Equal(
            """{"prepare":[{"changed deps":{"raw.txt":"modified","params.yaml":"new"}},{"changed outs":{"made":"deleted"}}],"train@nb":[{"changed deps":{"made":"deleted","params.yaml":"new"}},{"changed outs":{"nb.bin":"deleted","metrics_nb.json":"deleted","plot_nb.csv":"deleted"}}],"train@svm":[{"changed deps":{"made":"deleted","params.yaml":"new"}},{"changed outs":{"svm.bin":"deleted","metrics_svm.json":"deleted","plot_svm.csv":"deleted"}}]}""",
            Vigie("status", "--json").Out.Trim());
        Assert.Equal(1, Run("status", "--quiet").ExitCode);
        Assert.Contains("Stages: 3 ran.", Vigie("repro").Out, StringComparison.Ordinal);
        Assert.Equal("{}", Vigie("status", "--json").Out.Trim());
        Assert.Equal((0, ""), (Run("status", "--quiet").ExitCode, Run("status", "--quiet").Out));

        Write("params.yaml", "seed: 1\nrate: 0.5\n");
        File.AppendAllText(At("svm.bin"), "x");
        Directory.Delete(At(".dvc/cache/files/md5"), recursive: true);
        JsonElement changed = Vigie("status", "train", "--json").Json;
        Assert.Equal("modified", changed.GetProperty("train@nb")[0].GetProperty("changed deps").GetProperty("params.yaml").GetProperty("rate").GetString());
        Assert.Equal("not in cache", changed.GetProperty("train@svm")[1].GetProperty("changed outs").GetProperty("svm.bin").GetString());
    }

    [Fact]
    public void A_newcomers_mistakes_are_answered_with_what_to_do()
    {
        Assert.Equal((2, $"vigie: {folder} is in no pipeline repository: there is no .dvc folder here or above; vigie init makes one"), (Run("repro").ExitCode, Run("repro").Error.Trim()));
        Assert.Contains("git init first", Run("init").Error, StringComparison.Ordinal);
        Vigie("init", "--no-scm");
        Assert.Contains("did you mean 'prepare'?", Run("repro", "perpare").Error, StringComparison.Ordinal);
        Assert.Contains("nowhere is not there", Run("add", "nowhere").Error, StringComparison.Ordinal);
        Assert.Contains("there is no remote yet; vigie remote add NAME URL --default makes one", Run("push").Error, StringComparison.Ordinal);
        Assert.Contains("so there is no revision 'HEAD'", Run("metrics", "diff").Error, StringComparison.Ordinal);
        Assert.Contains("there is no git here", Run("params", "diff").Error, StringComparison.Ordinal);
        Assert.Contains("say what is kept", Run("gc").Error, StringComparison.Ordinal);
        Vigie("remote", "add", "s3", "s3://bucket");
        Assert.Contains("which git would have for ever: say --local", Run("remote", "modify", "s3", "secret_access_key", "hush").Error, StringComparison.Ordinal);
        Vigie("remote", "modify", "s3", "secret_access_key", "hush", "--local");
        Assert.DoesNotContain("hush", Vigie("remote", "list", "--json").Out + File.ReadAllText(At(".dvc/config")), StringComparison.Ordinal);
        Write("dvc.yaml", "stages:\n  a:\n    comand: x\n");
        CliRun wrong = Run("status");
        Assert.Equal((2, true), (wrong.ExitCode, wrong.Error.Contains("dvc.yaml:3:5: 'comand' means nothing in stage a", StringComparison.Ordinal)));
    }

    [Fact]
    public void Data_models_and_metrics_travel_between_two_clones()
    {
        Git(folder, "init", "-q", "-b", "main");
        Git(folder, "config", "user.email", "maker@example.org");
        Git(folder, "config", "user.name", "Maker");
        Vigie("init");
        string storage = Path.Combine(folder, "storage"), clone = Path.Combine(folder, "clone");
        Vigie("remote", "add", "disk", storage, "--default");
        File.AppendAllText(At(".gitignore"), "/storage\n/clone\n/dvc_plots\n");
        Vigie("add", "raw.txt");
        Vigie("repro", "--quiet");
        Commit("first");
        Vigie("push", "--run-cache");

        JsonElement kept = Vigie("exp", "run", "--set-param", "rate=0.75", "--name", "fast", "--json").Json;
        Assert.Equal("fast", kept.GetProperty("name").GetString());
        Assert.Equal("""{"params.yaml":{"rate":{"old":0.25,"new":0.75,"diff":0.5}}}""", Vigie("params", "diff", "--json").Out.Trim());
        Assert.Equal("""{"metrics_nb.json":{"f1":{"old":0.25,"new":0.75,"diff":0.5}},"metrics_svm.json":{"f1":{"old":0.25,"new":0.75,"diff":0.5}}}""", Vigie("metrics", "diff", "--json").Out.Trim());
        Assert.Equal("""{"":{"data":{"metrics_nb.json":{"data":{"f1":0.75,"n":{"pos":3}}},"metrics_svm.json":{"data":{"f1":0.75,"n":{"pos":3}}}}}}""", Vigie("metrics", "show", "--json").Out.Trim());
        using JsonDocument shown = JsonDocument.Parse(Vigie("exp", "show", "--json").Out);
        Assert.Equal(["workspace", "main"], shown.RootElement.EnumerateArray().Select(state => state.GetProperty("name").GetString() ?? state.GetProperty("rev").GetString()!));
        JsonElement fast = shown.RootElement[1].GetProperty("experiments")[0];
        Assert.Equal("fast", fast.GetProperty("name").GetString());
        Assert.Equal(0.75, fast.GetProperty("revs")[0].GetProperty("data").GetProperty("metrics").GetProperty("metrics_nb.json").GetProperty("data").GetProperty("f1").GetDouble());
        Assert.Equal(JsonValueKind.Null, shown.RootElement[0].GetProperty("experiments").ValueKind);
        Assert.Matches("(?m)^  main +[0-9:]+ +0.25", Vigie("exp", "show").Out);
        Assert.StartsWith("Experiment,rev,typ,Created,parent,metrics_nb.json:f1,", Vigie("exp", "show", "--csv").Out, StringComparison.Ordinal);
        Assert.Equal("""{"metrics_nb.json":{"f1":{"old":0.25,"new":0.75,"diff":0.5}},"metrics_svm.json":{"f1":{"old":0.25,"new":0.75,"diff":0.5}}}""", Vigie("metrics", "diff", "main", "fast", "--json").Out.Trim());
        Assert.Equal(["workspace", "main"], Vigie("metrics", "show", "--all-branches", "--json").Json.EnumerateObject().Select(revision => revision.Name));

        JsonElement plots = Vigie("plots", "diff", "--json").Json;
        Assert.Equal(["HEAD", "workspace"], plots.GetProperty("plots").GetProperty("plot_nb.csv").EnumerateArray().Select(series => series.GetProperty("revision").GetString()!));
        Assert.Equal([0x89, 0x50, 0x4E, 0x47], File.ReadAllBytes(At("dvc_plots/static/plot_nb.csv.png"))[..4]);
        string page = File.ReadAllText(At("dvc_plots/index.html"));
        Assert.Contains("plot_svm.csv", page, StringComparison.Ordinal);
        Assert.DoesNotContain("http://", page.Replace("http://www.w3.org", "", StringComparison.Ordinal), StringComparison.Ordinal);

        Git(folder, "checkout", "-q", "--", ".");
        Vigie("checkout");
        Assert.Equal("{}", Vigie("status", "--json").Out.Trim());
        Vigie("exp", "apply", "fast");
        Assert.Equal(("{}", "seed: 1\nrate: 0.75\n"), (Vigie("status", "--json").Out.Trim(), File.ReadAllText(At("params.yaml"))));
        Write("params.yaml", "seed: 1\nrate: 0.9\n");
        Assert.Equal(2, Run("exp", "apply", "fast").ExitCode);
        Vigie("exp", "remove", "fast");
        Git(folder, "checkout", "-q", "--", ".");

        Git(folder, "clone", "-q", folder, clone);
        var there = new CliSession { WorkingFolder = clone };
        Assert.Equal(1, there.Run("status", "--quiet").ExitCode);
        File.WriteAllText(Path.Combine(clone, ".dvc", "config.local"), $"['remote \"disk\"']\n    url = {storage}\n");
        CliRun pulled = there.Run("pull", "--run-cache");
        Assert.True(pulled.ExitCode == 0, pulled.Error);
        Assert.Equal("{}", there.Run("status", "--json").Out.Trim());
        Assert.Equal("raw\n1\n", File.ReadAllText(Path.Combine(clone, "nb.bin")));
        Assert.Equal("{}", there.Run("status", "--cloud", "--json").Out.Trim());
        Assert.Contains("Would remove 0 objects", there.Run("gc", "--workspace", "--dry").Out, StringComparison.Ordinal);
    }

    [Fact]
    public void The_pipeline_is_drawn()
    {
        Vigie("init", "--no-scm");
        Assert.Equal("● prepare\n  └─● train@nb  ←  prepare\n  └─● train@svm  ←  prepare\n", Vigie("dag").Out);
        Assert.Equal("flowchart TD\n\tnode1[\"prepare\"]\n\tnode2[\"train@nb\"]\n\tnode1-->node2\n", Vigie("dag", "train@nb", "--mermaid").Out);
        Assert.Contains("\"made\" -> \"nb.bin\";", Vigie("dag", "--dot", "--outs").Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Killed_at_any_moment_it_leaves_nothing_half_written_and_goes_on()
    {
        Write("dvc.yaml", "stages:\n" + string.Concat(Enumerable.Range(0, 6).Select(i => $"  s{i}:\n    cmd: mkdir -p o{i} && for k in 1 2 3 4 5 6 7 8; do echo $k {i} > o{i}/$k; sleep 0.01; done\n    deps: [{(i == 0 ? "raw.txt" : $"o{i - 1}")}]\n    outs: [o{i}]\n")));
        Vigie("init", "--no-scm");
        int interrupted = 0;
        for (int wait = 120; wait < 1200; wait += 90)
        {
            using Process process = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Vigie.Cli.dll"), "repro", "--quiet", "--no-run-cache"]) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true })!;
            await Task.Delay(wait, TestContext.Current.CancellationToken);
            if (!process.HasExited) interrupted++;
            process.Kill(entireProcessTree: true); // SIGKILL
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);

            Assert.DoesNotContain(Objects(), file => !IsWhole(file));
            CliRun status = Run("status", "--json");
            Assert.True(status.ExitCode == 0, status.Error); // every file can be read
        }
        Assert.True(interrupted > 2, $"only {interrupted} of the runs were cut off");
        Vigie("repro");
        Assert.Equal("{}", Vigie("status", "--json").Out.Trim());
        Assert.Equal(Enumerable.Range(1, 8).Select(k => $"{k} 5\n"), Enumerable.Range(1, 8).Select(k => File.ReadAllText(At($"o5/{k}"))));
    }

    private IEnumerable<string> Objects() => !Directory.Exists(At(".dvc/cache/files")) ? [] : Directory.EnumerateFiles(At(".dvc/cache/files"), "*", SearchOption.AllDirectories).Where(file => !file.EndsWith(".tmp", StringComparison.Ordinal));

    private static bool IsWhole(string file) => (Path.GetFileName(Path.GetDirectoryName(file)) + Path.GetFileName(file)).StartsWith(Md5Of(file), StringComparison.Ordinal);

    private static string Md5Of(string file)
    {
        using Process sum = Process.Start(new ProcessStartInfo("md5sum", [file]) { RedirectStandardOutput = true })!;
        string output = sum.StandardOutput.ReadToEnd();
        sum.WaitForExit();
        return output[..32];
    }

    private string At(string path) => Path.Combine(folder, path);

    private void Write(string path, string text) => File.WriteAllText(At(path), text);

    private CliRun Run(params string[] args) => new CliSession { WorkingFolder = folder }.Run(args);

    private CliRun Vigie(params string[] args)
    {
        CliRun run = Run(args);
        Assert.True(run.ExitCode == 0, string.Create(CultureInfo.InvariantCulture, $"vigie {string.Join(' ', args)} ended with {run.ExitCode}: {run.Error}"));
        return run;
    }

    private void Commit(string message)
    {
        Git(folder, "add", "-A");
        Git(folder, "commit", "-q", "-m", message);
    }

    private static void Git(string where, params string[] arguments)
    {
        using Process git = Process.Start(new ProcessStartInfo("git", arguments) { WorkingDirectory = where })!;
        git.WaitForExit();
        Assert.Equal(0, git.ExitCode);
    }
}
