using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Vigie.Corpus;
using Vigie.Tests.Tweets;
using Vigie.Tweets;

namespace Vigie.Cli.Tests.Tracking;

/// <summary>Training and loading with a tracking server in between, each side in a working folder of its own.</summary>
public sealed class TrackingServerTests : IDisposable
{
    private readonly TempFolder here = new(), there = new(), data = new();

    public TrackingServerTests() =>
        TrainedFolder.Write(here["tweets.csv"], CorpusGenerator.Generate(new CorpusOptions { Rows = 800, Seed = 4, FrenchShare = 0 }), TweetColumns.Label);

    public void Dispose()
    {
        foreach (TempFolder folder in new[] { here, there, data }) folder.Dispose();
    }

    [Fact]
    public async Task A_model_is_trained_here_and_loaded_there_once_its_key_is_trusted()
    {
        RunningVerb server = await ServeAsync();
        await using (server)
        {
            JsonElement trained = await JsonAsync(Session(here, server.Url), "train", "tfidf-lr", "--data", "tweets.csv", "--output", "model", "--register", "net");
            JsonElement run = trained.GetProperty("run");
            Assert.Equal((server.Url.ToString().TrimEnd('/'), "1"), (run.GetProperty("tracking_uri").GetString()!.TrimEnd('/'), run.GetProperty("version").GetProperty("version").GetString()));
            Assert.False(File.Exists(here[".vigie/vigie.db"]));
            JsonElement shown = await JsonAsync(Session(there, server.Url), "runs", "show", TrackedFolder.IdOf(trained)[..8]);
            Assert.Equal(("FINISHED", "sentiment"), (shown.GetProperty("status").GetString(), shown.GetProperty("experiment").GetString()));
            Assert.Equal(trained.GetProperty("test").GetProperty("f1").GetDouble(), shown.GetProperty("metrics").GetProperty("f1").GetDouble());
            Assert.Equal("1", (await JsonAsync(Session(there, server.Url), "models", "promote", "net", "1")).GetProperty("champion").GetString());

            CliRun untrusted = await Session(there, server.Url).RunAsync("predict", "--model", "models:/net@champion", "lost my bag");
            Assert.Equal((ExitCode.WrongUsage, ""), (untrusted.ExitCode, untrusted.Out));
            Assert.Contains("which is not trusted", untrusted.Error, StringComparison.Ordinal);
            Assert.Contains(there[".vigie/trusted"], untrusted.Error, StringComparison.Ordinal);

            Directory.CreateDirectory(there[".vigie/trusted"]);
            File.Copy(here[".vigie/signing.key.pub"], there[".vigie/trusted/here.pub"]);
            CliRun predicted = await Session(there, server.Url).RunAsync("predict", "--model", "models:/net@champion", "lost my bag");
            Assert.Equal((await Session(here).RunAsync("predict", "--model", "model", "lost my bag")).Out, predicted.Out);
            Assert.Equal(trained.GetProperty("bundle").GetProperty("digest").GetString(), (await JsonAsync(Session(there, server.Url), "models", "verify", "models:/net/1")).GetProperty("digest").GetString());

            // A copy that is damaged is fetched anew, and what comes damaged from the server is refused.
            string copy = Directory.GetFiles(there[".vigie/models"], "weights.safetensors", SearchOption.AllDirectories).Single();
            byte[] sound = File.ReadAllBytes(copy);
            File.WriteAllBytes(copy, [.. sound[..^1], 0x55]);
            Assert.Equal(predicted.Out, (await Session(there, server.Url).RunAsync("predict", "--model", "models:/net/1", "lost my bag")).Out);
            Assert.Equal(sound, File.ReadAllBytes(copy));

            File.WriteAllBytes(copy, [.. sound[..^1], 0x55]);
            File.WriteAllBytes(Directory.GetFiles(data.Path, "weights.safetensors", SearchOption.AllDirectories).Single(), [.. sound[..^1], 0x55]);
            CliRun tampered = await Session(there, server.Url).RunAsync("predict", "--model", "models:/net/1", "lost my bag");
            Assert.Equal((ExitCode.WrongUsage, ""), (tampered.ExitCode, tampered.Out));
            Assert.Contains("weights.safetensors has other content", tampered.Error, StringComparison.Ordinal);

            foreach (string[] verb in new[] { new[] { "models", "rollback", "net" }, ["models", "gate", "net"] })
            {
                CliRun refused = await Session(there, server.Url).RunAsync(verb);
                Assert.Equal(ExitCode.WrongUsage, refused.ExitCode);
                Assert.Contains("works on the store itself", refused.Error, StringComparison.Ordinal);
            }
        }

        // What was logged is in the server's folder, and whoever works there needs no server.
        CliSession own = Session(there) with { Variables = new Dictionary<string, string> { ["VIGIE_HOME"] = data.Path } };
        Assert.Single((await JsonAsync(own, "runs", "list")).GetProperty("runs").EnumerateArray());
        Assert.Equal("champion", (await JsonAsync(own, "models", "list", "net")).GetProperty("models")[0].GetProperty("versions")[0].GetProperty("aliases")[0].GetString());
    }

    [Theory]
    [InlineData("train", "tfidf-nb", "--data", "tweets.csv", "--output", "model")]
    [InlineData("runs", "list")]
    [InlineData("predict", "--model", "models:/net@champion", "hello")]
    public async Task A_server_that_is_away_is_a_failure_before_any_work(params string[] verb)
    {
        int port;
        using (var free = new TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            port = ((IPEndPoint)free.LocalEndpoint).Port;
        }

        CliRun run = await (Session(here) with
        {
            Variables = new Dictionary<string, string> { ["MLFLOW_TRACKING_URI"] = $"http://ann:hush@127.0.0.1:{port}", ["MLFLOW_HTTP_REQUEST_MAX_RETRIES"] = "0" },
        }).RunAsync(verb);

        Assert.Equal((ExitCode.Failed, ""), (run.ExitCode, run.Out));
        Assert.Contains($"http://127.0.0.1:{port}/ cannot be reached", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("fitting", run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(here["model"]));
    }

    [Fact]
    public async Task A_server_that_goes_away_meanwhile_is_a_failure_that_leaves_the_trained_model()
    {
        RunningVerb server = await ServeAsync();
        await using (server)
        {
            using var output = new StringWriter();
            using var error = new EndAt("fitting", server);
            int code = await Shell.RunAsync(
                Program.Verbs, ["train", "linear-best", "--data", "tweets.csv", "--output", "model"], Session(here, server.Url, ("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")).TerminalOver(output, error), TestContext.Current.CancellationToken);

            Assert.Equal((ExitCode.Failed, ""), (code, output.ToString()));
            Assert.Contains("cannot be reached", error.ToString(), StringComparison.Ordinal);
            Assert.Contains("the run could not be ended as failed", error.ToString(), StringComparison.Ordinal);
            Assert.Equal(ExitCode.Success, (await Session(here).RunAsync("predict", "--model", "model", "hello")).ExitCode);
        }
    }

    [Fact]
    public async Task A_closed_server_lets_in_whoever_has_a_token()
    {
        Assert.Equal("admin", (await JsonAsync(Session(there) with { Variables = new Dictionary<string, string> { ["VIGIE_PASSWORD"] = "correct horse" } }, "tracking", "user", "ada", "--role", "admin", "--data", data.Path)).GetProperty("role").GetString());
        await JsonAsync(Session(there), "tracking", "user", "bot", "--role", "write", "--data", data.Path);
        string token = (await JsonAsync(Session(there), "tracking", "token", "bot", "--name", "ci", "--days", "1", "--data", data.Path)).GetProperty("token").GetString()!;
        string reading = (await JsonAsync(Session(there), "tracking", "token", "bot", "--role", "read", "--data", data.Path)).GetProperty("token").GetString()!;

        await using RunningVerb server = await ServeAsync("--authentication");
        Assert.StartsWith("closed", server.Said.GetProperty("notice").GetString(), StringComparison.Ordinal);
        string[] train = ["train", "tfidf-nb", "--data", "tweets.csv", "--output", "model", "--json"];
        CliRun nobody = await Session(here, server.Url).RunAsync(train), wrong = await Session(here, server.Url, ("MLFLOW_TRACKING_TOKEN", "vgt_wrong-secret")).RunAsync(train);
        CliRun reader = await Session(here, server.Url, ("MLFLOW_TRACKING_TOKEN", reading)).RunAsync(train), right = await Session(here, server.Url, ("MLFLOW_TRACKING_TOKEN", token)).RunAsync(train);

        Assert.Equal([ExitCode.Failed, ExitCode.Failed, ExitCode.Failed, ExitCode.Success], new[] { nobody, wrong, reader, right }.Select(run => run.ExitCode));
        Assert.DoesNotContain("wrong-secret", wrong.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(reading, reader.Error, StringComparison.Ordinal);
        CliRun byPassword = await Session(there, server.Url, ("MLFLOW_TRACKING_USERNAME", "ada"), ("MLFLOW_TRACKING_PASSWORD", "correct horse")).RunAsync("runs", "list", "--json");
        Assert.Equal(TrackedFolder.IdOf(right.Json), Assert.Single(byPassword.Json.GetProperty("runs").EnumerateArray()).GetProperty("run_id").GetString());
        Assert.DoesNotContain(token, string.Concat(Directory.EnumerateFiles(data.Path, "*", SearchOption.AllDirectories).Where(file => !file.EndsWith("-shm", StringComparison.Ordinal)).Select(ReadShared)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_authentication_and_no_admin_it_says_how_to_make_one()
    {
        CliRun run = await Session(there).RunAsync("tracking", "serve", "--authentication", "--urls", "http://127.0.0.1:0", "--data", data.Path);

        Assert.Equal((ExitCode.WrongUsage, ""), (run.ExitCode, run.Out));
        Assert.Contains($"vigie tracking user NAME --role admin --data {data.Path}, with a password in VIGIE_PASSWORD", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serves_where_it_says_until_it_is_stopped()
    {
        await using RunningVerb server = await ServeAsync();
        Assert.StartsWith("open: every user and program of this machine may", server.Said.GetProperty("notice").GetString(), StringComparison.Ordinal);
        using var client = new HttpClient { BaseAddress = server.Url };
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/health", TestContext.Current.CancellationToken)).StatusCode);

        long began = TimeProvider.System.GetTimestamp();
        Assert.Equal(ExitCode.Interrupted, await server.StopAsync());
        Assert.True(TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(1.5), $"stopping took {TimeProvider.System.GetElapsedTime(began)}"); // the slack is for a busy machine
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync("/health", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_port_that_is_taken_is_a_failure()
    {
        await using RunningVerb server = await ServeAsync();
        CliRun second = await Session(there).RunAsync("tracking", "serve", "--urls", server.Url.ToString(), "--data", there["other"]);

        Assert.Equal((ExitCode.Failed, ""), (second.ExitCode, second.Out));
        Assert.Contains("is taken by another program", second.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_server_is_taken_over()
    {
        await using RunningVerb server = await ServeAsync();
        JsonElement trained = await JsonAsync(Session(here, server.Url), "train", "tfidf-nb", "--data", "tweets.csv", "--output", "model", "--register", "moved");
        string[] import = ["tracking", "import", server.Url.ToString()];

        JsonElement first = await JsonAsync(Session(there), import), second = await JsonAsync(Session(there), import);
        Assert.Equal((1, 0, 1), (first.GetProperty("runs").GetInt32(), second.GetProperty("runs").GetInt32(), second.GetProperty("runs_there_already").GetInt32()));
        Assert.Equal(1, first.GetProperty("model_versions").GetInt32());
        JsonElement run = await JsonAsync(Session(there), "runs", "show", TrackedFolder.IdOf(trained));
        Assert.Equal(trained.GetProperty("test").GetProperty("f1").GetDouble(), run.GetProperty("metrics").GetProperty("f1").GetDouble());
        Assert.Single((await JsonAsync(Session(there), "models", "list", "moved")).GetProperty("models").EnumerateArray());
    }

    private static CliSession Session(TempFolder folder, Uri? server = null, params (string Name, string Value)[] more)
    {
        Dictionary<string, string> variables = more.ToDictionary(pair => pair.Name, pair => pair.Value);
        if (server is not null) variables["MLFLOW_TRACKING_URI"] = server.ToString();
        return new CliSession { WorkingFolder = folder.Path, Variables = variables };
    }

    private static async Task<JsonElement> JsonAsync(CliSession session, params string[] args)
    {
        CliRun run = await session.RunAsync([.. args, "--json"]);
        Assert.True(run.ExitCode == ExitCode.Success, $"{string.Join(' ', args)}: {run.Error}");
        return run.Json;
    }

    private static string ReadShared(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(file, System.Text.Encoding.Latin1);
        return reader.ReadToEnd();
    }

    /// <summary>Ends a server when a word comes by.</summary>
    private sealed class EndAt(string word, RunningVerb server) : StringWriter
    {
        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            if (value is not null && value.Contains(word, StringComparison.Ordinal)) server.StopAsync().GetAwaiter().GetResult();
        }
    }

    private Task<RunningVerb> ServeAsync(params string[] more) => RunningVerb.StartAsync(Session(there), ["tracking", "serve", "--urls", "http://127.0.0.1:0", "--data", data.Path, .. more]);
}
