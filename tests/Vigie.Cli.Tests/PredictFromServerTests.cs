namespace Vigie.Cli.Tests;

/// <summary><c>vigie predict --url</c>: a server answers as the model itself would.</summary>
public sealed class PredictFromServerTests(TrainedFolder folder) : IClassFixture<TrainedFolder>
{
    [Fact]
    public async Task The_lines_are_those_of_the_model()
    {
        await using RunningVerb serving = await ServeAsync(new CliSession(), "--also", $"second={folder.Fast}");
        string url = serving.Url.ToString();
        string lines = folder.Write("remote.txt", "lovely crew, thank you", "", "lost my bag\tagain 😀", "qwzx vbnk");
        var typed = new CliSession { Input = await File.ReadAllTextAsync(lines) };
        string[][] asked =
        [
            ["lovely crew, thank you"],
            [""],
            ["--", "--url \"\\ 😡\u0001"],
            ["--input", folder.Data],
            ["--input", lines, "--lines"],
            ["--input", folder.Write("remote.jsonl", """{"text":"lovely crew"}""", $$"""{"text":"zzz qqq","id":"{{new string('b', 300)}}"}""")], // longer than the server takes
            ["--input", folder.Write("malformed-remote.csv", "id,text", "a,lovely crew", "b,too,many,columns", "c,lost bag"), "--on-error", "skip"],
            ["--input", "-"],
            ["-"],
        ];
        foreach (string[] words in asked)
        {
            CliRun local = await typed.RunAsync(["predict", "--model", folder.Model, .. words]), remote = await typed.RunAsync(["predict", "--url", url, .. words]);
            Assert.Equal((ExitCode.Success, local.Out, local.Error), (remote.ExitCode, remote.Out, remote.Error));
            Assert.NotEmpty(remote.Out);
        }

        CliRun second = await typed.RunAsync("predict", "--url", url, "--model", "second", "--input", folder.Data);
        Assert.Equal((await typed.RunAsync("predict", "--model", folder.Fast, "--input", folder.Data)).Out, second.Out);
        CliRun nobody = await typed.RunAsync("predict", "--url", url, "--model", "third", "hello");
        Assert.Equal((ExitCode.WrongUsage, ""), (nobody.ExitCode, nobody.Out));
        Assert.Contains("'third' is not served", nobody.Error, StringComparison.Ordinal);
        CliRun tooLong = await typed.RunAsync("predict", "--url", url, new string('a', 10_001));
        Assert.Equal((ExitCode.WrongUsage, ""), (tooLong.ExitCode, tooLong.Out));
        Assert.Contains("10001", tooLong.Error.Replace(",", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task More_rows_than_a_request_holds_are_several_requests()
    {
        await using RunningVerb serving = await ServeAsync(new CliSession());
        string many = folder.Write("many.txt", Enumerable.Range(0, 10_000).Select(i => $"flight {i} was {(i % 3 == 0 ? "late" : "lovely")}"));

        CliRun run = await new CliSession().RunAsync("predict", "--url", serving.Url.ToString(), "--input", many, "--lines");

        Assert.Equal((await new CliSession().RunAsync("predict", "--model", folder.Model, "--input", many, "--lines")).Out, run.Out);
        Assert.Equal(10_000, run.Out.Count(c => c == '\n'));
        using var client = new HttpClient { BaseAddress = serving.Url };
        using HttpResponseMessage answer = await client.GetAsync("/model/info");
        int requests = 100 - int.Parse(answer.Headers.GetValues("X-RateLimit-Remaining").Single(), System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(requests - 1, 3, 99); // 4,096 rows at most in each
    }

    [Fact]
    public async Task A_key_comes_from_the_environment()
    {
        string home = Directory.CreateDirectory(folder.At("keys")).FullName;
        var there = new CliSession { WorkingFolder = home };
        await File.WriteAllTextAsync(Path.Combine(home, "vigie.yaml"), "access:\n  required: true\n");
        string secret = (await there.RunAsync("keys", "create", "ada", "--scope", "predict", "--json")).Json.GetProperty("key").GetString()!;
        await using RunningVerb serving = await ServeAsync(there);
        Task<CliRun> AskAsync(string? key) =>
            new CliSession { Variables = key is null ? new Dictionary<string, string>() : new() { ["VIGIE_API_KEY"] = key } }.RunAsync("predict", "--url", serving.Url.ToString(), "lovely crew");

        CliRun opened = await AskAsync(secret);
        Assert.True(opened.ExitCode == ExitCode.Success, opened.Error);
        Assert.Equal("positive", opened.Json.GetProperty("label").GetString());
        foreach (string? key in (string?[])[null, "", "vigie_" + new string('A', 43)])
        {
            CliRun refused = await AskAsync(key);
            Assert.Equal((ExitCode.WrongUsage, ""), (refused.ExitCode, refused.Out));
            Assert.Contains("put a key into VIGIE_API_KEY", refused.Error, StringComparison.Ordinal);
            Assert.Contains(serving.Url.Authority, refused.Error, StringComparison.Ordinal);
            if (key is { Length: > 0 }) Assert.DoesNotContain(key[6..], refused.Error, StringComparison.Ordinal);
        }

        CliRun cut = await AskAsync("two words");
        Assert.Equal(ExitCode.WrongUsage, cut.ExitCode);
        Assert.Contains("VIGIE_API_KEY", cut.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("two words", cut.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_that_is_away_is_a_failure_that_says_what_to_do()
    {
        CliRun run = CliRun.Run("predict", "--url", "http://127.0.0.1:1", "hello");

        Assert.Equal((ExitCode.Failed, ""), (run.ExitCode, run.Out));
        Assert.Contains("http://127.0.0.1:1: cannot be reached: ", run.Error, StringComparison.Ordinal);
        Assert.Contains("'vigie serve' starts one", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--url", "127.0.0.1:5199", "--url 127.0.0.1:5199: expected http://HOST:PORT")]
    [InlineData("--url", "localhost:5199", "expected http://HOST:PORT")]
    [InlineData("--url", "http://127.0.0.1/?model=a", "expected a host, and at most a path")]
    [InlineData("--quiet", "--verbose", "who predicts? Give a model with --model MODEL, or a server with --url URL")]
    public void Who_predicts_has_to_be_said(string option, string value, string reason)
    {
        CliRun run = CliRun.Run("predict", option, value, "hello");

        Assert.Equal((ExitCode.WrongUsage, ""), (run.ExitCode, run.Out));
        Assert.Contains(reason, run.Error, StringComparison.Ordinal);
    }

    private Task<RunningVerb> ServeAsync(CliSession session, params string[] more) => RunningVerb.StartAsync(session, ["serve", "--model", folder.Model, "--urls", "http://127.0.0.1:0", .. more]);
}
