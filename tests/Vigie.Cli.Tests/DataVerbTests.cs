using System.CommandLine;
using System.Security.Cryptography;
using System.Text.Json;
using Vigie.Tests.Tweets;
using Vigie.Tweets;

namespace Vigie.Cli.Tests;

public sealed class DataVerbTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Tweets(string content = "") => _folder.Write(
        "tweets.csv", "label,text\n" + string.Concat(Enumerable.Range(0, 400).Select(i => $"{i % 2},{(i % 2 == 1 ? "thanks for" : "late again")} flight {i}\n")) + content);

    [Fact]
    public void Describe_prints_one_json_object()
    {
        CliRun run = CliRun.Run("data", "describe", Tweets("1,thanks for flight 1\n0,thanks for flight 1\n"), "--json");
        Assert.Equal(ExitCode.Success, run.ExitCode);
        Assert.Equal((402, 2, 1), (Number(run.Json, "reading", "rows"), Number(run.Json, "duplicates"), Number(run.Json, "conflicting_texts")));
        Assert.Equal("delimited", run.Json.GetProperty("shape").GetProperty("format").GetString());
        Assert.Equal(201, Number(run.Json, "classes", "positive", "rows"));
        JsonElement top = run.Json.GetProperty("classes").GetProperty("negative").GetProperty("top_words")[0];
        Assert.Contains(top.GetProperty("text").GetString(), new[] { "late", "again" });
    }

    [Fact]
    public void Describe_draws_tables_for_people()
    {
        CliRun run = CliRun.Run("data", "describe", Tweets());
        Assert.Equal(ExitCode.Success, run.ExitCode);
        Assert.Matches(@"rows\s+400", run.Out);
        Assert.Matches(@"positive\s+200\s+50\.0\s?%\s+(thanks for|for thanks)", run.Out);
    }

    [Fact]
    public void A_malformed_row_stops_or_is_listed()
    {
        string path = Tweets("1\n");
        CliRun stopped = CliRun.Run("data", "describe", path, "--quiet");
        Assert.Equal(new CliRun(ExitCode.WrongUsage, "", $"vigie: {path}: row 401 (line 402): expected 2 columns, found 1: '1'\n"), stopped);
        CliRun skipped = CliRun.Run("data", "describe", path, "--on-error", "skip", "--json");
        Assert.Equal((ExitCode.Success, 1), (skipped.ExitCode, Number(skipped.Json, "reading", "skipped")));
        Assert.Contains("row 401 (line 402): expected 2 columns, found 1", skipped.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Clean_writes_the_words_that_a_recipe_reads()
    {
        string path = _folder.Write("raw.csv", "split,label,text\ntrain,1,\"Sooooo GOOD, @anna! http://t.co/x\"\ntest,0,Late &amp; lost :(\n");
        CliRun run = CliRun.Run("data", "clean", "word2vec-lstm", "--data", path, "--output", _folder["clean.csv"], "--json");

        Assert.Equal((ExitCode.Success, 2, 0, 10), (run.ExitCode, Number(run.Json, "rows"), Number(run.Json, "emptied"), Number(run.Json, "tokens")));
        Assert.Equal("split,label,text\ntrain,positive,\"soo good , <user> ! <url>\"\ntest,negative,late & lost :(\n", File.ReadAllText(_folder["clean.csv"]).Replace("\r", "", StringComparison.Ordinal));
    }

    [Fact]
    public void Clean_takes_what_the_recipe_takes_and_refuses_the_rest()
    {
        string path = _folder.Write("raw.csv", "label,text\n1,The flights were great\n0,!! ?\n");
        CliRun stems = CliRun.Run("data", "clean", "tfidf-lr", "--data", path, "--output", _folder["stems.csv"], "--set", "form=stem", "--set", "stop_words=english", "--json");
        Assert.Equal((ExitCode.Success, 1), (stems.ExitCode, Number(stems.Json, "emptied")));
        Assert.Equal("label,text\npositive,flight great\n", File.ReadAllText(_folder["stems.csv"]));
        CliRun wrong = CliRun.Run("data", "clean", "tfidf-lr", "--data", path, "--output", _folder["x.csv"], "--set", "stopwords=english");
        Assert.Equal(ExitCode.WrongUsage, wrong.ExitCode);
        Assert.Contains("did you mean 'stop_words'?", wrong.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder["x.csv"]));
    }

    [Theory]
    [InlineData("--labels", "0/1", "--label-column", "mood", "--text-column", "said", "--encoding", "latin-1")]
    [InlineData("--labels", "-1/0/1", "--label-column", "mood", "--text-column", "said", "--encoding", "windows-1252")]
    public void What_is_not_recognised_can_be_named(params string[] options)
    {
        string path = _folder.Write("t.csv", [.. "mood;said\n1;caf"u8, 0xe9, .. "\n0;x\n"u8]);
        CliRun run = CliRun.Run(["data", "import", path, "--output", _folder["out.csv"], "--json", .. options]);
        Assert.Equal((ExitCode.Success, 2), (run.ExitCode, Number(run.Json, "rows")));
        Assert.Equal($"label,text\npositive,café\n{(options[1] == "0/1" ? "negative" : "neutral")},x\n", File.ReadAllText(_folder["out.csv"]));
    }

    [Fact]
    public void An_unknown_encoding_is_wrong_usage()
    {
        CliRun run = CliRun.Run("data", "describe", Tweets(), "--encoding", "klingon");
        Assert.Equal(ExitCode.WrongUsage, run.ExitCode);
        Assert.Contains("'klingon'", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Split_writes_three_files_and_counts_them()
    {
        CliRun run = CliRun.Run("data", "split", Tweets(), "--output", _folder["split"], "--by", "hash", "--sample", "300", "--json");
        Assert.Equal((ExitCode.Success, 300), (run.ExitCode, Number(run.Json, "train", "rows") + Number(run.Json, "validation", "rows") + Number(run.Json, "test", "rows")));
        Assert.Equal(100, Number(run.Json, "outside_sample"));
        Assert.Equal(["test.csv", "train.csv", "validation.csv"], Directory.GetFiles(_folder["split"]).Select(Path.GetFileName).Order());
        Assert.Equal(Number(run.Json, "train", "rows") + 1, File.ReadAllLines(Path.Combine(_folder["split"], "train.csv")).Length);
    }

    [Theory]
    [InlineData("label,text\n")]
    [InlineData("")]
    [InlineData("text\na\n")]
    [InlineData("label,text\n1,a\n1,b\n")]
    public void A_file_that_cannot_be_split_is_exit_code_2_and_nothing_is_written(string content)
    {
        string path = _folder.Write("t.csv", content);
        CliRun run = CliRun.Run("data", "split", path, "--output", _folder["split"], "--quiet");
        Assert.Equal((ExitCode.WrongUsage, ""), (run.ExitCode, run.Out));
        Assert.StartsWith($"vigie: {path}: ", run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["split"]));
    }

    [Fact]
    public async Task Get_downloads_and_verifies()
    {
        byte[] content = new byte[50_000];
        await using var server = new ScriptedServer(_ => ScriptedServer.Answer("200 OK", $"Content-Length: {content.Length}", content));
        PublishedFile[] files = [new("set", server.Address("set.zip"), content.Length, Convert.ToHexStringLower(SHA256.HashData(content)), "A set")];
        var session = new CliSession { Verbs = terminal => [new Command("data") { DataGetVerb.Create(terminal, files) }] };

        CliRun run = await session.RunAsync("data", "get", "set", "--output", _folder.Path, "--json");
        Assert.Equal((ExitCode.Success, 50_000, true), (run.ExitCode, Number(run.Json, "bytes"), run.Json.GetProperty("verified").GetBoolean()));
        Assert.Equal(content, File.ReadAllBytes(_folder["set.zip"]));
        CliRun unknown = await session.RunAsync("data", "get", "sett");
        Assert.Equal(new CliRun(ExitCode.WrongUsage, "", "vigie: no published file 'sett'; there are set\n"), unknown);
        CliRun list = await session.RunAsync("data", "get", "--json");
        Assert.Equal("set", list.Json.GetProperty("files")[0].GetProperty("name").GetString());
    }

    [Fact]
    public async Task A_file_that_is_not_the_published_one_is_exit_code_1()
    {
        await using var server = new ScriptedServer(_ => ScriptedServer.Answer("200 OK", "Content-Length: 3", "abc"u8));
        PublishedFile[] files = [new("set", server.Address("set.zip"), null, new string('0', 64), "A set")];
        var session = new CliSession { Verbs = terminal => [new Command("data") { DataGetVerb.Create(terminal, files) }] };
        CliRun run = await session.RunAsync("data", "get", "set", "--output", _folder.Path, "--quiet");
        Assert.Equal((ExitCode.Failed, ""), (run.ExitCode, run.Out));
        Assert.Contains("SHA-256", run.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    private static int Number(JsonElement json, params string[] path) => path.Aggregate(json, (at, name) => at.GetProperty(name)).GetInt32();
}
