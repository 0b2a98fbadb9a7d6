using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Vigie.Server.Tests;

/// <summary>The programs of samples/AskServer do what they are there to show.</summary>
public sealed class SampleTests
{
    /// <summary>How each is started, and how it writes shares of a hundred.</summary>
    public static TheoryData<string> Samples => ["bash ask.sh", "/usr/bin/python3 ask.py", "node ask.mjs", "dotnet AskServer.dll"];

    [Theory]
    [MemberData(nameof(Samples))]
    public async Task Asks_and_corrects_with_a_key_and_without(string sample)
    {
        using TestKeys keys = await TestKeys.WithAsync("ada", Scope.Predict, Scope.Feedback);
        foreach (string? key in (string?[])[null, keys.Secret])
        {
            using var folder = new RecordsFolder();
            ServerOptions options = key is null ? folder.Options : folder.Options with { Access = keys.Access };
            await using RunningServer server = await RunningServer.StartAsync(options);

            (int code, string output, string error) = await RunAsync(sample, server.Address, key);

            Assert.True(code == 0, error);
            Assert.Equal("", error);
            string[] lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            Models.Prediction[] expected = [.. new[] { "Three hours late and nobody tells us anything", "Lovely crew, thank you", "Lost my bag again" }.Select(text => SmallModels.TwoClasses.Classifier.Predict(text))];
            Assert.Equal(4, lines.Length);
            if (sample.StartsWith("bash", StringComparison.Ordinal))
            {
                JsonElement[] answers = [.. lines.Select(line => JsonDocument.Parse(line).RootElement)];
                Assert.Equal(expected.Select(one => one.ProbabilityPositive), answers[..3].Select(answer => answer.GetProperty("probability_positive").GetDouble()));
                Assert.Equal(answers[0].GetProperty("prediction_id").GetString(), answers[3].GetProperty("prediction_id").GetString());
            }
            else
            {
                Assert.Matches($"(?i)^{expected[0].Label} with {Percent(1 - expected[0].ProbabilityPositive)} ?%, says air-paradis$", lines[0]);
                for (int i = 1; i < 3; i++) Assert.Equal(string.Create(CultureInfo.InvariantCulture, $"{expected[i].Label} {expected[i].ProbabilityPositive:0.00}"), lines[i], ignoreCase: true);
                Assert.Matches("^corrected: [0-9a-f]{32}$", lines[3]);
            }

            await folder.UntilAsync("SELECT count(*) FROM feedback AS f JOIN predictions AS p ON p.id = f.prediction WHERE p.text = 'Three hours late and nobody tells us anything' AND f.label = 0 AND f.comment = 'a sample'", 1);
        }
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public async Task Ends_with_1_and_the_servers_words_where_it_is_refused_and_says_who_is_away(string sample)
    {
        using TestKeys keys = await TestKeys.WithAsync("ada", Scope.Predict);
        await using RunningServer server = await RunningServer.StartAsync(keys.Options);
        string wrongKey = "vigie_" + new string('A', 43);
        foreach ((string? key, string said) in new[] { (null, "a key or a token is missing"), (wrongKey, "key"), (keys.Secret, "the scope feedback") })
        {
            (int code, string output, string error) = await RunAsync(sample, server.Address, key);
            Assert.True(code == 1, $"{code}: {output}{error}");
            Assert.Contains(said, error, StringComparison.Ordinal);
            Assert.Contains(server.Address.Authority, error, StringComparison.Ordinal);
            Assert.DoesNotContain(key ?? "Traceback", output + error, StringComparison.Ordinal);
        }

        (int away, string nothing, string reason) = await RunAsync(sample, new Uri("http://127.0.0.1:1"), null);
        Assert.Equal((1, ""), (away, nothing));
        Assert.Contains("http://127.0.0.1:1", reason, StringComparison.Ordinal);
        Assert.DoesNotContain("Traceback", reason, StringComparison.Ordinal);
    }

    private static int Percent(double share) => (int)Math.Round(100 * share);

    private static async Task<(int Code, string Out, string Error)> RunAsync(string sample, Uri address, string? key)
    {
        string[] words = sample.Split(' ');
        string folder = Path.Combine(SharedData.Repository, "samples", "AskServer");
        // Built with this project, and so in the same configuration.
        string[] built = AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar).Split(Path.DirectorySeparatorChar)[^3..];
        string file = words[1].EndsWith(".dll", StringComparison.Ordinal) ? Path.Combine([folder, "csharp", .. built, words[1]]) : Path.Combine(folder, words[1]);
        var utf8 = new UTF8Encoding(false);
        var start = new ProcessStartInfo(words[0], [file]) { RedirectStandardOutput = true, RedirectStandardError = true, StandardOutputEncoding = utf8, StandardErrorEncoding = utf8 };
        start.Environment["VIGIE_URL"] = address.ToString();
        start.Environment["LC_ALL"] = "C.UTF-8"; // numbers with a point
        if (key is null) start.Environment.Remove("VIGIE_API_KEY");
        else start.Environment["VIGIE_API_KEY"] = key;
        using Process process = Process.Start(start)!;
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
            return (process.ExitCode, await output, await error);
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }
}
