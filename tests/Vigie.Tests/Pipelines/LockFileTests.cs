using System.Text.RegularExpressions;
using Vigie.Pipelines;

namespace Vigie.Tests.Pipelines;

public sealed class LockFileTests
{
    private static string Golden(string name) => File.ReadAllText(SharedData.Path($"golden/dvc/{name}"));

    [Fact]
    public void What_DVC_wrote_is_written_again_byte_for_byte()
    {
        string text = Golden("dvc.lock");
        Assert.Equal(text, LockFile.Write(LockFile.Read("/repo/dvc.lock", new FakeTexts(("dvc.lock", text)))));
    }

    [Fact]
    public void The_run_cache_has_DVCs_names()
    {
        string text = Golden("dvc_add_and_lock.txt");
        string lockText = text[text.IndexOf("schema:", StringComparison.Ordinal)..text.IndexOf(".dvc/cache/runs", StringComparison.Ordinal)];
        IReadOnlyList<KeyValuePair<string, LockedStage>> stages = LockFile.Read("/repo/dvc.lock", new FakeTexts(("dvc.lock", lockText)));
        Assert.Equal(lockText, LockFile.Write(stages));
        Match name = Regex.Match(text, "runs/../(?<key>[0-9a-f]{64})/(?<value>[0-9a-f]{64})");
        LockedStage stage = Assert.Single(stages).Value;
        Assert.Equal(new RunCacheName(name.Groups["key"].Value, name.Groups["value"].Value), RunCacheName.Of(stage));
        Assert.Equal(name.Groups["key"].Value, RunCacheName.KeyOf(stage with { Outputs = [.. stage.Outputs.Select(output => output with { Content = new ContentId(new string('0', 32), 0) })] }));
        Assert.Equal(LockFile.WriteOne(stage), LockFile.WriteOne(LockFile.ReadOne("a", LockFile.WriteOne(stage))));
    }

    [Fact]
    public void Added_data_are_written_as_DVC_writes_them()
    {
        string text = Golden("dvc_add_and_lock.txt");
        foreach (Match file in Regex.Matches(text, "outs:\n- md5: .*\n(  .*\n)+", RegexOptions.None, TimeSpan.FromSeconds(1)))
        {
            if (file.Index > 0 && text[file.Index - 1] == ' ') continue;
            StageOutput output = Assert.Single(DvcFile.Read("/repo/x.dvc", new FakeTexts(("x.dvc", file.Value))).Outputs);
            Assert.Equal(file.Value, DvcFile.Write([output.Locked!]));
        }
    }

    [Theory]
    [InlineData("schema: '1.0'\nstages: {}\n", "dvc.lock:1:9: expected schema: '2.0'")]
    [InlineData("schema: '2.0'\nstages:\n  a:\n    deps: []\n", "dvc.lock:4:5: a stage without cmd")]
    [InlineData("schema: '2.0'\nstages:\n  a:\n    cmd: x\n    outs:\n    - path: o\n      md5: ../../etc/passwd\n", "dvc.lock:7:12: o: '../../etc/passwd' is not an MD5")]
    [InlineData("schema: '2.0'\n<<<<<<< ours\nstages: {}\n", "conflict marks of git")]
    public void What_is_no_lock_is_refused_with_its_place(string text, string message) =>
        Assert.Contains(message, Assert.Throws<PipelineException>(() => LockFile.Read("/repo/dvc.lock", new FakeTexts(("dvc.lock", text)))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("plain words", "plain words")]
    [InlineData("it's", "it's")]
    [InlineData("'its'", "\"'its'\"")]
    [InlineData("1.5", "'1.5'")]
    [InlineData("true", "'true'")]
    [InlineData("- x", "'- x'")]
    [InlineData("a: b", "'a: b'")]
    [InlineData("a #b", "'a #b'")]
    [InlineData("", "''")]
    [InlineData("two\nlines", "\"two\\nlines\"")]
    [InlineData("tab\there", "\"tab\\there\"")]
    [InlineData("2024-01-02", "'2024-01-02'")]
    [InlineData("=", "'='")]
    [InlineData("é", "é")]
    public void Texts_are_quoted_where_ruamel_quotes_them(string command, string written)
    {
        string text = LockFile.WriteOne(new LockedStage(new StageCommand([command], false), [], [], []));
        Assert.Equal($"cmd: {written}\n", text);
        Assert.Equal(command, LockFile.ReadOne("a", text).Command.Lines[0]);
    }

    [Fact]
    public void Long_commands_are_folded_behind_the_eightieth_column_and_read_back()
    {
        foreach (string line in (string[])[new string('a', 90) + " b c", string.Join(' ', Enumerable.Repeat("word", 60)), "'a  b' \"c\" " + string.Join(' ', Enumerable.Repeat("a  pair", 30)), "first\n" + string.Join(' ', Enumerable.Repeat("second", 40))])
        {
            string text = LockFile.WriteOne(new LockedStage(new StageCommand([line, "x"], true), [], [], []));
            Assert.Equal(line, LockFile.ReadOne("a", text).Command.Lines[0]);
            Assert.True(text.Count(c => c == '\n') > 3, text);
        }
    }

    [Theory]
    [InlineData(0.1, "0.1")]
    [InlineData(1, "1.0")]
    [InlineData(1e-5, "1e-05")]
    [InlineData(0.0001, "0.0001")]
    [InlineData(1e16, "1e+16")]
    [InlineData(123456789012345680, "1.2345678901234568e+17")]
    [InlineData(9007199254740993, "9007199254740992.0")]
    [InlineData(-2.5e-10, "-2.5e-10")]
    [InlineData(5e-324, "5e-324")]
    [InlineData(-0.0, "-0.0")]
    public void Numbers_are_written_as_Python_does(double number, string written) => Assert.Equal(written, PythonText.Repr(number));
}
