using Vigie.Pipelines;

namespace Vigie.Tests.Pipelines;

public sealed class PipelineFileTests
{
    private static PipelineFile Read(string text, params (string, string)[] others) => PipelineFile.Read("/repo/dvc.yaml", new FakeTexts([("dvc.yaml", text), .. others]));

    private static string Refusal(string text, params (string, string)[] others) => Assert.Throws<PipelineException>(() => Read(text, others)).Message;

    [Fact]
    public void The_golden_pipeline_is_what_DVC_ran()
    {
        string[] names = ["dvc.yaml", "params.yaml", "vars.yaml"];
        PipelineFile file = Read(File.ReadAllText(SharedData.Path("golden/dvc/dvc.yaml")), [.. names.Skip(1).Select(name => (name, File.ReadAllText(SharedData.Path($"golden/dvc/{name}"))))]);
        IReadOnlyList<KeyValuePair<string, LockedStage>> ran = LockFile.Read("/repo/dvc.lock", new FakeTexts(("dvc.lock", File.ReadAllText(SharedData.Path("golden/dvc/dvc.lock")))));
        Assert.Equal([.. ran.Select(stage => stage.Key), "cold"], file.Stages.Select(stage => stage.Name));
        foreach ((string name, LockedStage locked) in ran)
        {
            Stage stage = file.Stages.Single(one => one.Name == name);
            Assert.Equal(locked.Command.Lines, stage.Command!.Lines);
            Assert.Equal(locked.Dependencies.Select(path => path.Path), stage.Dependencies.Select(path => path.Path).Order(StringComparer.Ordinal));
            Assert.Equal(locked.Outputs.Select(path => path.Path), stage.Outputs.Select(path => path.Path).Order(StringComparer.Ordinal));
            Assert.Equal(locked.Parameters.Select(one => (one.Key, string.Join(' ', one.Value.Entries.Select(entry => entry.Key)))), stage.Parameters.Select(one => (one.Path, string.Join(' ', one.Keys))));
        }
        Stage cold = file.Stages[^1], stamp = file.Stages[^2], train = file.Stages[1];
        Assert.True(cold.Frozen);
        Assert.True(cold.Outputs[0] is { Persist: true, Cache: true, Description: "keep" });
        Assert.True(stamp.AlwaysChanged);
        Assert.True(stamp.Outputs[0] is { Cache: false, Push: false });
        Assert.Equal([OutputKind.Data, OutputKind.Metric, OutputKind.Plot], train.Outputs.Select(output => output.Kind));
        Assert.Equal(new DataText("loss"), train.Outputs[2].Plot!["y"]);
    }

    [Fact]
    public void Templates_take_values_of_every_kind()
    {
        Stage stage = Read(
            """
            vars:
              - more.json:lr
              - name: it
            stages:
              a:
                wdir: ${name}
                cmd: run ${train} --seed ${seeds[1]} ${lr} ${on} \${HOME}
                deps: ["${name}.txt"]
                always_changed: ${on}
            """,
            ("params.yaml", "train: {epochs: 3, fast: true, slow: false, words: [a, b c], deep: {x: 1.0}}\nseeds: [7, 8]\non: true\n"),
            ("more.json", """{"lr": 1e-5, "name": "hidden"}""")).Stages[0];
        Assert.Equal("run --epochs 3 --fast --words a 'b c' --deep.x 1.0 --seed 8 1e-05 true ${HOME}", stage.Command!.Lines[0]);
        Assert.Equal("/repo/it/it.txt", stage.Dependencies[0].FullPath);
        Assert.True(stage.AlwaysChanged);
    }

    [Fact]
    public void Loops_name_their_stages_as_DVC_does()
    {
        PipelineFile file = Read(
            """
            stages:
              list: {foreach: [a, 1, 0.5], do: {cmd: "echo ${item}"}}
              maps: {foreach: [{n: x}, {n: y}], do: {cmd: "echo ${item.n}"}}
              keys: {foreach: {k: 1, l: 2}, do: {cmd: "echo ${key} ${item}"}}
              grid: {matrix: {a: [1, true], b: [{c: 5}]}, cmd: "echo ${key} ${item.a} ${item.b.c}"}
            """);
        Assert.Equal(["list@a", "list@1", "list@0.5", "maps@0", "maps@1", "keys@k", "keys@l", "grid@1-b0", "grid@true-b0"], file.Stages.Select(stage => stage.Name));
        Assert.Equal(["echo y", "echo k 1", "echo true-b0 true 5"], new[] { 4, 5, 8 }.Select(i => file.Stages[i].Command!.Lines[0]));
    }

    [Theory]
    [InlineData("stages:\n  a:\n    cmd: x\n    dep: [y]\n", "/repo/dvc.yaml:4:5: 'dep' means nothing in stage a; did you mean 'deps'?")]
    [InlineData("stage:\n  a: {cmd: x}\n", ":1:1: 'stage' means nothing in a dvc.yaml; did you mean 'stages'?")]
    [InlineData("stages:\n  a: {deps: [x]}\n", ":2:3: stage a has no cmd")]
    [InlineData("stages:\n  a:\n    cmd: x\n    deps: y\n", ":4:11: deps: expected a list, found 'y'")]
    [InlineData("stages:\n  a:\n    cmd: echo ${lr}\n", ":3:10: ${lr}: there is no 'lr', did you mean 'l'?")]
    [InlineData("stages:\n  a:\n    cmd: x\n    deps: [\"${many}\"]\n", ":4:12: ${many} is a list, which cannot stand in a text")]
    [InlineData("stages:\n  a:\n    cmd: x\n    frozen: perhaps\n", ":4:13: frozen: expected true or false, found 'perhaps'")]
    [InlineData("stages:\n  a: {cmd: x, outs: [o], deps: [o]}\n", "stage a reads o, which it writes itself")]
    [InlineData("stages:\n  a: {cmd: x, outs: [o, ./o]}\n", "stage a writes ./o twice")]
    [InlineData("stages:\n  a/b: {cmd: x}\n", "'a/b' is no name for a stage")]
    [InlineData("stages:\n  a: {cmd: x}\n  a: {cmd: y}\n", ":3:3: the key 'a' is there twice")]
    [InlineData("stages:\n  a: {cmd: x, outs: [s3://b/o]}\n", "s3://b/o is an address")]
    [InlineData("vars: [l: 2]\nstages: {}\n", "vars: 'l' is set by params.yaml already")]
    [InlineData("vars: [none.yaml]\n", "none.yaml does not exist")]
    [InlineData("stages:\n  a:\n   cmd: [\n", "not YAML")]
    [InlineData("stages:\n  a: {do: {cmd: x}}\n", "do without foreach")]
    [InlineData("stages:\n  a: {foreach: 3, do: {cmd: x}}\n", "foreach: expected a list or a mapping, found '3'")]
    public void What_is_wrong_is_said_with_its_line(string text, string message) =>
        Assert.Contains(message, Refusal(text, ("params.yaml", "l: 1\nmany: [1]\n")), StringComparison.Ordinal);

    [Fact]
    public void A_few_hundred_bytes_of_anchors_do_not_become_billions_of_values()
    {
        string bomb = "a0: &a0 [x]\n" + string.Concat(Enumerable.Range(1, 40).Select(i => $"a{i}: &a{i} [{string.Join(',', Enumerable.Repeat($"*a{i - 1}", 9))}]\n"));
        Assert.Contains("values", Refusal("stages: {a: {cmd: x}}\n", ("params.yaml", bomb)), StringComparison.Ordinal);
    }
}
