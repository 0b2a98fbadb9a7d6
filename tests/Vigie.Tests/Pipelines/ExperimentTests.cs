using Vigie.Pipelines;

namespace Vigie.Tests.Pipelines;

public sealed class ExperimentTests : IDisposable
{
    private const string Stages =
        """
        stages:
          train:
            cmd: sh train.sh ${rate}
            deps: [train.sh]
            params: [rate]
            outs: [model.bin]
            metrics: [metrics.json: {cache: false}]
        """;

    private readonly TestRepository repository = new(git: true);

    public ExperimentTests()
    {
        repository.Write("train.sh", "echo model $1 > model.bin; echo \"{\\\"f1\\\": $1}\" > metrics.json\n").Write("params.yaml", "seed: 1\nrate: 0.25 # of learning\n").Write("dvc.yaml", Stages);
        repository.CommitAll("first");
    }

    public void Dispose() => repository.Dispose();

    [Fact]
    public void A_run_is_kept_under_DVCs_ref_with_all_that_git_needs_to_bring_it_back()
    {
        Experiment experiment = Run("fast", "rate=0.5");
        string head = repository.Git("rev-parse", "HEAD");
        Assert.Equal($"refs/exps/{head[..2]}/{head[2..]}/fast", experiment.Reference);
        Assert.Equal((experiment.Commit, head), (repository.Git("rev-parse", experiment.Reference), repository.Git("rev-parse", experiment.Commit + "^")));
        Assert.Equal([".gitignore", "dvc.lock", "metrics.json", "params.yaml"], repository.Git("diff", "--name-only", "HEAD", experiment.Commit).Split('\n'));
        Assert.Equal("seed: 1\nrate: 0.5 # of learning", repository.Git("show", $"{experiment.Commit}:params.yaml"));
        Assert.Equal(("", "main"), (repository.Git("diff", "--cached", "--name-only"), repository.Git("branch", "--show-current"))); // index and branch stay
        Assert.Empty(Directory.EnumerateFiles(repository[".dvc/tmp"], "vigie-index*"));
    }

    [Fact]
    public void The_same_outcome_is_one_experiment_and_has_its_name_from_it()
    {
        Experiment one = Run(null, "rate=0.5"), again = Run(null, "rate=0.5"), other = Run(null, "rate=0.75");
        Assert.Equal(one, again);
        Assert.NotEqual(one.Name, other.Name);
        Assert.Matches("^exp-[0-9a-f]{7}$", one.Name);
        Assert.Equal(2, Book(book => book.All(null)).Count);
    }

    [Fact]
    public void Staged_files_are_in_it_and_untracked_ones_that_stages_read_are_told()
    {
        repository.Write("dvc.yaml", Stages.Replace("[train.sh]", "[train.sh, extra, words.txt]", StringComparison.Ordinal)).Write("extra/a.txt", "a").Write("words.txt", "w").Write("notes.txt", "n");
        repository.Git("add", "words.txt");
        using PipelineWorkspace workspace = repository.Open();
        repository.Reproduce();
        var book = new ExperimentBook(workspace);
        Experiment experiment = book.Save(null, force: false);
        string[] files = repository.Git("ls-tree", "-r", "--name-only", experiment.Commit).Split('\n');
        Assert.Contains("words.txt", files);
        Assert.DoesNotContain("extra/a.txt", files);
        Assert.Equal([repository["extra/a.txt"]], book.LeftOut);
        Assert.Equal("A  words.txt", Assert.Single(repository.Git("status", "--short", "words.txt").Split('\n')));
    }

    [Fact]
    public void Apply_goes_from_one_experiment_to_another_and_back()
    {
        Experiment slow = Run("slow", "rate=0.125"), fast = Run("fast", "rate=0.5");
        Apply(slow, force: false);
        Assert.Equal(("seed: 1\nrate: 0.125 # of learning\n", "{\"f1\": 0.125}\n", "model 0.125\n"), (repository.Read("params.yaml"), repository.Read("metrics.json"), repository.Read("model.bin")));
        Assert.Empty(repository.Changed());
        Apply(fast, force: false);
        Assert.Equal(("{\"f1\": 0.5}\n", "model 0.5\n"), (repository.Read("metrics.json"), repository.Read("model.bin")));
        Assert.Empty(repository.Changed());
    }

    [Theory]
    [InlineData("params.yaml")] // git follows it
    [InlineData("metrics.json")] // git does not
    public void Apply_gives_up_only_by_force_what_nothing_else_has(string file)
    {
        Experiment fast = Run("fast", "rate=0.5");
        repository.Write(file, "rate: 9\n");
        PipelineException refusal = Assert.Throws<PipelineException>(() => Apply(fast, force: false));
        Assert.StartsWith($"{file} was changed", refusal.Message, StringComparison.Ordinal);
        Assert.Equal("rate: 9\n", repository.Read(file));
        Apply(fast, force: true);
        Assert.NotEqual("rate: 9\n", repository.Read(file));
    }

    [Fact]
    public void Mistakes_are_told_before_anything_runs_or_changes()
    {
        Run("fast", "rate=0.5");
        string before = repository.Read("params.yaml");
        Assert.Contains("did you mean 'rate'?", Refusal(book => book.Change([ParameterChange.Parse("seed=2"), ParameterChange.Parse("rat=2")])), StringComparison.Ordinal);
        Assert.Contains("+depth adds it", Refusal(book => book.Change([ParameterChange.Parse("depth=3")])), StringComparison.Ordinal);
        Assert.Contains("other.yaml is not there", Refusal(book => book.Change([ParameterChange.Parse("other.yaml:a=1")])), StringComparison.Ordinal);
        Assert.Equal(before, repository.Read("params.yaml"));
        Assert.Contains("there is an experiment 'fast' already", Refusal(book => book.CheckReady("fast", force: false)), StringComparison.Ordinal);
        Assert.Contains("'a/b' is no name", Refusal(book => book.CheckReady("a/b", force: false)), StringComparison.Ordinal);
        Assert.Contains("did you mean 'fast'?", Refusal(book => book.Find("fsat")), StringComparison.Ordinal);
        Book(book =>
        {
            book.CheckReady("fast", force: true);
            book.Change([ParameterChange.Parse("+depth=3"), ParameterChange.Parse("~seed")]);
            return 0;
        });
        Assert.Equal("rate: 0.5 # of learning\ndepth: 3\n", repository.Read("params.yaml"));
    }

    [Fact]
    public void An_experiment_is_a_revision_until_it_is_removed_and_other_refs_of_DVC_are_none()
    {
        Experiment fast = Run("fast", "rate=0.5");
        repository.Git("update-ref", "refs/exps/exec/EXEC_HEAD", "HEAD");
        repository.Git("update-ref", "refs/exps/stash", "HEAD");
        using PipelineWorkspace workspace = repository.Open();
        KeyValuePair<string, DataValue> metrics = Assert.Single(ValueFiles.Metrics(PipelineView.OfRevision(workspace, "fast"), repository.Root, []));
        Assert.Equal(new DataMap([new("f1", new DataReal(0.5))]), metrics.Value);
        var book = new ExperimentBook(workspace);
        Assert.Equal(fast, Assert.Single(book.All(null)));
        book.Remove(fast);
        Assert.Empty(book.All(null));
        Assert.Throws<PipelineException>(() => PipelineView.OfRevision(workspace, "fast"));
    }

    private Experiment Run(string? name, params string[] changes)
    {
        Book(book =>
        {
            book.Change([.. changes.Select(ParameterChange.Parse)]);
            return 0;
        });
        Assert.DoesNotContain(repository.Reports(), report => report.Outcome == StageOutcome.Failed);
        return Book(book => book.Save(name, force: false));
    }

    private void Apply(Experiment experiment, bool force)
    {
        Book(book =>
        {
            book.Apply(experiment, force);
            return 0;
        });
        using PipelineWorkspace workspace = repository.Open();
        new Checkout(workspace).Run(workspace.Pipeline.Stages, force, missing => Assert.Fail(missing.Message), cancellation: TestContext.Current.CancellationToken);
    }

    private string Refusal(Action<ExperimentBook> what) => Assert.Throws<PipelineException>(() => Book(book =>
    {
        what(book);
        return 0;
    })).Message;

    private T Book<T>(Func<ExperimentBook, T> what)
    {
        using PipelineWorkspace workspace = repository.Open();
        return what(new ExperimentBook(workspace));
    }
}
