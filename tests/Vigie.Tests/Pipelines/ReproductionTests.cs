using Vigie.Pipelines;

namespace Vigie.Tests.Pipelines;

public sealed class ReproductionTests : IDisposable
{
    private const string Chain =
        """
        stages:
          prepare:
            cmd: mkdir -p made && cp raw.txt made/a && echo seed ${seed} > made/b && echo prepare >> ran.log
            deps: [raw.txt]
            params: [seed]
            outs: [made]
          train:
            cmd:
              - cat made/a made/b > model.bin
              - echo "{\"f1\":" ${rate} "}" > metrics.json && echo train >> ran.log
            deps: [made]
            params: [rate]
            outs: [model.bin]
            metrics: [metrics.json: {cache: false}]
          apart:
            cmd: echo apart >> ran.log && echo x > apart.txt
            outs: [apart.txt]
        """;

    private readonly TestRepository repository = new();

    public ReproductionTests() => repository.Write("raw.txt", "raw\n").Write("params.yaml", "seed: 1\nrate: 0.5\n").Write("dvc.yaml", Chain);

    public void Dispose() => repository.Dispose();

    [Fact]
    public void The_golden_pipeline_gives_DVCs_lock_byte_for_byte()
    {
        using var golden = new TestRepository();
        foreach (string name in (string[])["dvc.yaml", "params.yaml", "vars.yaml", "prepare.sh", "train.sh"]) golden.Write(name, File.ReadAllText(SharedData.Path($"golden/dvc/{name}")));
        IReadOnlyList<StageReport> reports = golden.Reports(new ReproductionOptions { KeepGoing = true });
        Assert.Equal("cold", Assert.Single(reports, report => report.Outcome != StageOutcome.Ran).Stage.Name); // frozen, and never made
        Assert.Equal(File.ReadAllText(SharedData.Path("golden/dvc/dvc.lock")), golden.Read("dvc.lock"));
        Assert.Equal(["stamp", "cold"], golden.Changed());

        // The same with stages side by side.
        File.Delete(golden["dvc.lock"]);
        golden.Reports(new ReproductionOptions { KeepGoing = true, Jobs = 4, NoRunCache = true });
        Assert.Equal(File.ReadAllText(SharedData.Path("golden/dvc/dvc.lock")), golden.Read("dvc.lock"));
    }

    [Fact]
    public void A_change_of_one_parameter_reruns_only_what_depends_on_it()
    {
        Assert.Equal(["prepare:Ran", "train:Ran", "apart:Ran"], repository.Reproduce());
        Assert.Equal(["prepare:UpToDate", "train:UpToDate", "apart:UpToDate"], repository.Reproduce());
        repository.Write("params.yaml", "seed: 1\nrate: 0.75\n");
        Assert.Equal(["train"], repository.Changed());
        Assert.Equal(["prepare:UpToDate", "train:Ran", "apart:UpToDate"], repository.Reproduce());
        Assert.Equal("prepare\ntrain\napart\ntrain\n", repository.Read("ran.log"));
    }

    [Fact]
    public void What_ran_before_is_taken_from_the_cache()
    {
        repository.Reproduce();
        string first = repository.Read("dvc.lock"), model = repository.Read("model.bin");
        repository.Write("params.yaml", "seed: 2\nrate: 0.5\n");
        Assert.Equal(["prepare:Ran", "train:Ran", "apart:UpToDate"], repository.Reproduce());
        repository.Write("params.yaml", "seed: 1\nrate: 0.5\n");
        Assert.Equal(["prepare:Restored", "train:Restored", "apart:UpToDate"], repository.Reproduce());
        Assert.Equal((first, model), (repository.Read("dvc.lock"), repository.Read("model.bin")));
        Assert.Equal("{\"f1\": 0.5 }\n", repository.Read("metrics.json"));
        Assert.Equal(["prepare:Ran", "train:Ran", "apart:UpToDate"], [.. repository.Reproduce(new ReproductionOptions { Force = true }, "train"), "apart:UpToDate"]);
    }

    [Fact]
    public void An_upstream_stage_that_makes_the_same_again_leaves_those_behind_it_alone()
    {
        repository.Reproduce();
        repository.Write("raw.txt", "raw\n\n");
        File.WriteAllText(repository["dvc.yaml"], Chain.Replace("cp raw.txt made/a", "echo raw > made/a", StringComparison.Ordinal));
        Assert.Equal(["prepare:Ran", "train:UpToDate", "apart:UpToDate"], repository.Reproduce());
    }

    [Fact]
    public void Targets_are_brought_up_with_what_they_need_alone_or_with_what_needs_them()
    {
        Assert.Equal(["prepare:Ran", "train:Ran"], repository.Reproduce(null, "train"));
        repository.Write("params.yaml", "seed: 9\nrate: 0.1\n");
        Assert.Equal(["train:Ran"], repository.Reproduce(new ReproductionOptions { SingleItem = true }, "train"));
        Assert.Equal(["prepare:WouldRun", "train:WouldRun"], repository.Reproduce(new ReproductionOptions { Downstream = true, DryRun = true }, "prepare"));
        Assert.Equal(["prepare:WouldRun", "train:WouldRun", "apart:WouldRun"], repository.Reproduce(new ReproductionOptions { DryRun = true }));
        Assert.False(File.Exists(repository["apart.txt"]));
    }

    [Theory]
    [InlineData("exit 3", "'exit 3' ended with 3")]
    [InlineData("echo x > elsewhere", "has not written out.txt")]
    public void A_failure_stops_what_needs_it_and_locks_nothing(string command, string message)
    {
        repository.Write("dvc.yaml", $"stages:\n  bad: {{cmd: {command}, outs: [out.txt]}}\n  behind: {{cmd: cp out.txt b, deps: [out.txt], outs: [b]}}\n  apart: {{cmd: echo x > a, outs: [a]}}\n");
        IReadOnlyList<StageReport> reports = repository.Reports();
        Assert.Equal([StageOutcome.Failed, StageOutcome.NotBegun, StageOutcome.NotBegun], reports.Select(report => report.Outcome));
        Assert.Contains(message, reports[0].Failure, StringComparison.Ordinal);
        Assert.Equal([StageOutcome.Failed, StageOutcome.NotBegun, StageOutcome.Ran], repository.Reports(new ReproductionOptions { KeepGoing = true }).Select(report => report.Outcome));
        Assert.DoesNotContain("bad:", repository.Read("dvc.lock"), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_missing_is_said_with_its_line()
    {
        repository.Write("dvc.yaml", "stages:\n  a:\n    cmd: x\n    deps: [nowhere.txt]\n");
        Assert.Contains("dvc.yaml:2:3: stage a needs nowhere.txt, which is not there", Assert.Single(repository.Reports()).Failure, StringComparison.Ordinal);
        repository.Write("dvc.yaml", "stages:\n  a: {cmd: x, params: [sead]}\n");
        Assert.Contains("needs the parameter sead, which params.yaml has not; did you mean 'seed'?", Assert.Single(repository.Reports()).Failure, StringComparison.Ordinal);
    }

    [Fact]
    public void Flags_of_stages_and_outputs_hold()
    {
        repository.Write("dvc.yaml",
            """
            stages:
              always: {cmd: echo x > always.txt, always_changed: true, outs: [always.txt]}
              log: {cmd: echo line >> log.txt, params: [seed], outs: [log.txt: {persist: true}]}
              ice: {cmd: echo x > ice.txt, frozen: true, params: [seed], outs: [ice.txt]}
              bare: {cmd: echo bare >> ran.log}
            """).Write("ice.txt", "kept\n");
        Assert.Equal(["always:Ran", "log:Ran", "ice:Ran", "bare:Ran"], repository.Reproduce());
        Assert.Equal(["always", "bare"], repository.Changed());
        repository.Write("params.yaml", "seed: 5\nrate: 1\n");
        Assert.Equal(["always:Ran", "log:Ran", "ice:UpToDate", "bare:Ran"], repository.Reproduce());
        Assert.Equal(("line\nline\n", "kept\n", "bare\nbare\n"), (repository.Read("log.txt"), repository.Read("ice.txt"), repository.Read("ran.log")));
    }

    [Fact]
    public void Independent_stages_run_side_by_side()
    {
        // Each waits for the other's sign: one after the other they would wait for ever.
        repository.Write("dvc.yaml",
            """
            stages:
              one: {cmd: "touch sign1; for i in $(seq 200); do test -e sign2 && break; sleep 0.05; done; test -e sign2 && echo 1 > o1", outs: [o1]}
              two: {cmd: "touch sign2; for i in $(seq 200); do test -e sign1 && break; sleep 0.05; done; test -e sign1 && echo 2 > o2", outs: [o2]}
              both: {cmd: cat o1 o2 > o3, deps: [o1, o2], outs: [o3]}
            """);
        Assert.Equal(["one:Ran", "two:Ran", "both:Ran"], repository.Reproduce(new ReproductionOptions { Jobs = 2 }));
        Assert.Equal("1\n2\n", repository.Read("o3"));
    }

    [Fact]
    public async Task Stopping_ends_the_command_with_its_children_and_locks_nothing()
    {
        repository.Write("dvc.yaml", "stages:\n  slow: {cmd: \"sh -c 'echo $$ > pid; sleep 60' ; echo never > after.txt\", outs: [out.txt]}\n");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        using PipelineWorkspace workspace = repository.Open();
        Task<IReadOnlyList<StageReport>> running = new Reproduction(workspace, new ReproductionOptions()) { Output = (_, _) => { } }.RunAsync([], stop.Token);
        while (!File.Exists(repository["pid"]) || repository.Read("pid").Length == 0) await Task.Delay(10, TestContext.Current.CancellationToken);
        int child = int.Parse(repository.Read("pid"), System.Globalization.CultureInfo.InvariantCulture);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.False(Directory.Exists($"/proc/{child}") && !File.ReadAllText($"/proc/{child}/stat").Contains(") Z", StringComparison.Ordinal), "the child lives on");
        Assert.False(File.Exists(repository["dvc.lock"]) || File.Exists(repository["after.txt"]));
    }

    [Fact]
    public void Data_that_changed_are_taken_in_and_what_needs_them_runs()
    {
        using (PipelineWorkspace workspace = repository.Open()) new DataAddition(workspace).Add(repository["raw.txt"], null, TestContext.Current.CancellationToken);
        repository.Reproduce();
        repository.Write("raw.txt", "other\n");
        Assert.Equal(["raw.txt.dvc", "prepare"], repository.Changed()[..2]);
        Assert.Equal(["raw.txt.dvc:Ran", "prepare:Ran", "train:Ran", "apart:UpToDate"], repository.Reproduce());
        Assert.Empty(repository.Changed());
    }

    [Fact]
    public void Outputs_of_no_commit_are_taken_in_later()
    {
        repository.Reproduce(new ReproductionOptions { NoCommit = true });
        Assert.Equal(["prepare", "train", "apart"], repository.Changed()); // not in cache
        using (PipelineWorkspace workspace = repository.Open()) Assert.Equal(3, new Commitment(workspace).Commit(workspace.Pipeline.Stages, TestContext.Current.CancellationToken).Count);
        Assert.Empty(repository.Changed());
    }

    [Fact]
    public void The_state_before_comes_back_with_the_files_of_git()
    {
        using var versioned = new TestRepository(git: true);
        versioned.Write("raw.txt", "raw\n").Write("params.yaml", "seed: 1\nrate: 0.5\n").Write("dvc.yaml", Chain.Replace("echo prepare >> ran.log", "true", StringComparison.Ordinal).Replace(" && echo train >> ran.log", "", StringComparison.Ordinal).Replace("echo apart >> ran.log && ", "", StringComparison.Ordinal));
        versioned.Reproduce();
        versioned.CommitAll("first");
        Assert.Equal("", versioned.Git("status", "--porcelain"));
        string[] files = ["made/a", "made/b", "model.bin", "apart.txt"];
        string[] first = [.. files.Select(versioned.Read)];

        versioned.Write("params.yaml", "seed: 2\nrate: 0.25\n");
        versioned.Reproduce();
        versioned.CommitAll("second");
        versioned.Git("checkout", "-q", "HEAD~1");
        using (PipelineWorkspace workspace = versioned.Open())
        {
            IReadOnlyList<CheckedOut> changed = new Checkout(workspace).Run(workspace.Pipeline.Stages, force: false, missing => throw missing, null, TestContext.Current.CancellationToken);
            Assert.Equal([versioned["made"], versioned["model.bin"]], changed.Select(path => path.Path));
        }
        Assert.Equal(first, files.Select(versioned.Read));
        Assert.Empty(versioned.Changed());

        IReadOnlyList<KeyValuePair<string, IReadOnlyList<ValueDiff>>> diffs;
        using (PipelineWorkspace workspace = versioned.Open())
        {
            PipelineView old = PipelineView.OfRevision(workspace, "main"), now = PipelineView.OfWorkspace(workspace);
            diffs = ValueFiles.Compare(ValueFiles.Metrics(old, versioned.Root, []), ValueFiles.Metrics(now, versioned.Root, []), all: false);
            Assert.Contains("no revision", Assert.Throws<PipelineException>(() => PipelineView.OfRevision(workspace, "--output=x")).Message, StringComparison.Ordinal);
        }
        (string file, IReadOnlyList<ValueDiff> values) = Assert.Single(diffs);
        Assert.Equal(("metrics.json", new ValueDiff("f1", new DataReal(0.25), new DataReal(0.5)), (DataValue)new DataReal(0.25)), (file, Assert.Single(values), values[0].Difference));
    }

    [Fact]
    public void Changed_data_that_the_cache_has_not_got_are_not_overwritten()
    {
        repository.Reproduce();
        repository.Write("model.bin", "mine\n");
        using PipelineWorkspace workspace = repository.Open();
        Assert.Contains("vigie commit keeps it, --force gives it up", Assert.Throws<PipelineException>(() => new Checkout(workspace).Run(workspace.Pipeline.Stages, force: false, missing => throw missing, null, TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);
        Assert.Equal("mine\n", repository.Read("model.bin"));
        Assert.Single(new Checkout(workspace).Run(workspace.Pipeline.Stages, force: true, missing => throw missing, null, TestContext.Current.CancellationToken));
        Assert.Equal("raw\nseed 1\n", repository.Read("model.bin"));
    }
}
