using Vigie.Pipelines;

namespace Vigie.Tests.Pipelines;

public sealed class ValueDiffTests
{
    [Fact]
    public void Values_are_compared_by_dotted_key_as_DVC_does()
    {
        IReadOnlyList<ValueDiff> diffs = Compare("{\"a\": {\"b\": 1, \"same\": 1}, \"gone\": 2, \"list\": [1, 2], \"word\": \"x\", \"n\": 1}", "{\"a\": {\"b\": 3, \"same\": 1.0}, \"list\": [1, 3], \"word\": \"y\", \"n\": 1.5, \"fresh\": true}", all: false);
        Assert.Equal(["a.b", "list", "word", "n", "fresh", "gone"], diffs.Select(diff => diff.Key));
        Assert.Equal(new DataInteger(2), diffs[0].Difference); // whole numbers stay whole
        Assert.Null(diffs[1].Difference);
        Assert.Null(diffs[2].Difference);
        Assert.Equal(new DataReal(0.5), diffs[3].Difference);
        Assert.Equal((null, new DataFlag(true), null), (diffs[4].Old, diffs[4].New, diffs[4].Difference));
        Assert.Equal((new DataInteger(2), null), (diffs[5].Old, diffs[5].New));
    }

    [Fact]
    public void All_means_equal_values_too() => Assert.Equal(["a", "b"], Compare("{\"a\": 1, \"b\": 2}", "{\"a\": 1, \"b\": 3}", all: true).Select(diff => diff.Key));

    [Fact]
    public void A_file_on_one_side_only_is_all_new_or_all_gone()
    {
        IReadOnlyList<KeyValuePair<string, DataValue>> file = [new("m.json", DataFile.Parse("m.json", "{\"f1\": 0.5}"))];
        ValueDiff made = Assert.Single(Assert.Single(ValueFiles.Compare([], file, all: false)).Value), gone = Assert.Single(Assert.Single(ValueFiles.Compare(file, [], all: false)).Value);
        Assert.Equal((null, new DataReal(0.5)), (made.Old, made.New));
        Assert.Equal((new DataReal(0.5), null), (gone.Old, gone.New));
    }

    [Fact]
    public void Revisions_are_read_from_git_and_the_cache()
    {
        using var repository = new TestRepository(git: true);
        repository.Write("params.yaml", "rate: 0.5\n").Write("dvc.yaml", "stages:\n  s:\n    cmd: 'echo \"{\\\"f1\\\": ${rate}}\" > kept.json'\n    params: [rate]\n    metrics: [kept.json]\n");
        repository.Reproduce();
        repository.CommitAll("one");
        repository.Git("tag", "v1");
        repository.Write("params.yaml", "rate: 0.75\n");
        repository.Reproduce();
        using PipelineWorkspace workspace = repository.Open();
        PipelineView before = PipelineView.OfRevision(workspace, "v1"), now = PipelineView.OfWorkspace(workspace);
        ValueDiff metric = Assert.Single(Assert.Single(ValueFiles.Compare(ValueFiles.Metrics(before, repository.Root, []), ValueFiles.Metrics(now, repository.Root, []), all: false)).Value);
        Assert.Equal(("f1", new DataReal(0.5), new DataReal(0.75)), (metric.Key, metric.Old, metric.New)); // git never had kept.json
        ValueDiff parameter = Assert.Single(Assert.Single(ValueFiles.Compare(ValueFiles.Parameters(before, repository.Root, [], used: true), ValueFiles.Parameters(now, repository.Root, [], used: true), all: false)).Value);
        Assert.Equal(("rate", new DataReal(0.25)), (parameter.Key, parameter.Difference));
        Assert.Equal(["main", "v1"], new GitRepository(repository.Root).NamesOf(repository.Git("rev-parse", "HEAD"), branches: true, tags: true));
        Assert.Throws<PipelineException>(() => PipelineView.OfRevision(workspace, "--output=x"));
    }

    private static IReadOnlyList<ValueDiff> Compare(string old, string now, bool all) =>
        Assert.Single(ValueFiles.Compare([new("m.json", DataFile.Parse("m.json", old))], [new("m.json", DataFile.Parse("m.json", now))], all)).Value;
}
