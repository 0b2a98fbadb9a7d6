using Vigie.Pipelines;

namespace Vigie.Tests.Pipelines;

public sealed class PipelineTests
{
    private static Pipeline Load(params (string, string)[] files) => Pipeline.Load(FakeTexts.Root, new FakeTexts(files));

    private static string Refusal(params (string, string)[] files) => Assert.Throws<PipelineException>(() => Load(files)).Message;

    [Fact]
    public void Stages_stand_behind_those_they_need_across_files_and_folders()
    {
        Pipeline pipeline = Load(
            ("dvc.yaml", "stages:\n  last: {cmd: x, deps: [sub/made, p.json]}\n  lone: {cmd: x}\n  params: {cmd: x, outs: [p.json]}\n  use: {cmd: x, params: [p.json: [a]]}\n"),
            ("sub/dvc.yaml", "stages:\n  part: {cmd: x, deps: [../data/one], outs: [made/deep/file]}\n"),
            ("data.dvc", "outs:\n- md5: d751713988987e9331980363e24189ce.dir\n  size: 0\n  nfiles: 0\n  hash: md5\n  path: data\n"));
        Assert.Equal(["data.dvc", "part", "params", "last", "lone", "use"], pipeline.Stages.Select(stage => stage.Name));
        Stage last = pipeline.Find("last", "/repo")[0];
        Assert.Equal(["part", "params"], pipeline.Before(last).Select(stage => stage.Name));
        Assert.Equal(["last", "use"], pipeline.After(pipeline.Find("params", "/repo")[0]).Select(stage => stage.Name));
        Assert.Equal(["sub/dvc.yaml:part", "data.dvc"], new[] { pipeline.Before(last)[0], pipeline.Stages[0] }.Select(stage => Pipeline.AddressOf(stage, "/repo")));
        Assert.Equal("part", pipeline.Find("part", "/repo/sub")[0].Name);
        Assert.Equal("part", pipeline.Find("sub/dvc.yaml:part", "/repo")[0].Name);
        Assert.Equal("part", pipeline.Find("made/deep/file", "/repo/sub")[0].Name);
        Assert.Equal("data.dvc", pipeline.Find("data", "/repo")[0].Name);
        Assert.Contains("did you mean 'last'?", Assert.Throws<PipelineException>(() => pipeline.Find("lats", "/repo")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_loop_is_found_by_its_name_alone()
    {
        Pipeline pipeline = Load(("dvc.yaml", "stages:\n  t: {foreach: [a, b], do: {cmd: x}}\n  t2: {cmd: x}\n"));
        Assert.Equal(["t@a", "t@b"], pipeline.Find("t", "/repo").Select(stage => stage.Name));
        Assert.Equal("t@b", Assert.Single(pipeline.Find("t@b", "/repo")).Name);
    }

    [Fact]
    public void Circles_and_outputs_of_two_are_refused()
    {
        Assert.Contains("a needs b needs a", Refusal(("dvc.yaml", "stages:\n  a: {cmd: x, deps: [2], outs: [1]}\n  b: {cmd: x, deps: [1], outs: [2]}\n")), StringComparison.Ordinal);
        Assert.Contains("/repo/dvc.yaml:3: stage b writes o, and so does stage a (/repo/dvc.yaml:2)", Refusal(("dvc.yaml", "stages:\n  a: {cmd: x, outs: [o]}\n  b: {cmd: x, outs: [o]}\n")), StringComparison.Ordinal);
        Assert.Contains("lies within o of stage a", Refusal(("dvc.yaml", "stages:\n  a: {cmd: x, outs: [o]}\n  b: {cmd: x, outs: [o/in]}\n")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_chain_of_ten_thousand_stages_is_sorted()
    {
        string text = "stages:\n" + string.Concat(Enumerable.Range(0, 10_000).Reverse().Select(i => $"  s{i}: {{cmd: x, deps: [o{i}], outs: [o{i + 1}]}}\n"));
        Pipeline pipeline = Load(("dvc.yaml", text));
        Assert.Equal(Enumerable.Range(0, 10_000).Select(i => $"s{i}"), pipeline.Stages.Select(stage => stage.Name));
    }
}
