using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using Vigie.Bundles;
using Vigie.Models;
using Vigie.Recipes;
using Vigie.Tweets;

namespace Vigie.Cli.Tests;

public sealed class ServeVerbTests : IDisposable
{
    private readonly string model = Path.Combine(Directory.CreateTempSubdirectory("vigie-serve-").FullName, "m");

    public ServeVerbTests()
    {
        Sentiment[] classes = [Sentiment.Negative, Sentiment.Positive];
        var tweets = new TweetSet(["rude crew", "lost bag", "lovely crew", "smooth flight"], [Sentiment.Negative, Sentiment.Negative, Sentiment.Positive, Sentiment.Positive]);
        TextClassifier classifier = new TextTrainer(RecipeCatalog.Find("tfidf-lr")).Train(tweets, new TweetSet([], []), classes).Classifier;
        Bundle.Save(model, classifier, new BundleInfo { Name = "small", Recipe = "tfidf-lr", Seed = 1, Data = new TrainingData("four.csv", new string('0', 64), []) });
    }

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(model)!, recursive: true);

    [Fact]
    public async Task Serves_at_the_address_it_prints_until_it_is_stopped()
    {
        await using RunningVerb serving = await RunningVerb.StartAsync(new CliSession(), "serve", "--model", model, "--urls", "http://127.0.0.1:0");
        using var client = new HttpClient { BaseAddress = serving.Url };
        HttpResponseMessage answer = await client.PostAsJsonAsync("/predict", new { text = "a lovely crew" });
        Assert.Equal("positive", (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("label").GetString());
        Assert.Equal("small", (await client.GetFromJsonAsync<JsonElement>("/model/info")).GetProperty("name").GetString());

        var watch = Stopwatch.StartNew();
        Assert.Equal(ExitCode.Interrupted, await serving.StopAsync());
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(1), $"stopping took {watch.Elapsed}");
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync("/health"));
    }

    [Fact]
    public void A_port_that_is_taken_is_said_and_another_proposed()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        int port = ((IPEndPoint)other.LocalEndpoint).Port;

        CliRun run = CliRun.Run("serve", "--model", model, "--urls", $"http://127.0.0.1:{port}");

        Assert.Equal(ExitCode.Failed, run.ExitCode);
        Assert.Contains($"http://127.0.0.1:{port} is taken by another program; choose another port, such as --urls http://127.0.0.1:{port + 1}", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://0.0.0.0:5199", "vigie keys create")]
    [InlineData("http://*:5199", "vigie keys create")]
    [InlineData("http://127.0.0.1:5199,http://192.0.2.1:5199", "vigie keys create")]
    [InlineData("https://127.0.0.1:5199", "tls.certificate is missing")]
    [InlineData("127.0.0.1:5199", "http://HOST:PORT")]
    [InlineData("http://127.0.0.1:5199/path", "host and a port only")]
    public void An_address_that_may_not_be_served_is_refused(string url, string reason)
    {
        CliRun run = CliRun.Run("serve", "--model", model, "--urls", url);

        Assert.Equal(ExitCode.WrongUsage, run.ExitCode);
        Assert.Contains(reason, run.Error, StringComparison.Ordinal);
        Assert.Contains("--urls", run.Error, StringComparison.Ordinal); // who said it
    }

    [Fact]
    public async Task Settings_and_keys_are_those_of_the_working_folder()
    {
        string folder = Path.GetDirectoryName(model)!;
        var session = new CliSession { WorkingFolder = folder };
        await File.WriteAllTextAsync(Path.Combine(folder, "vigie.yaml"), "urls: [\"http://127.0.0.1:0\"]\naccess:\n  required: true\n");
        CliRun nobody = await session.RunAsync("serve", "--model", "m");
        Assert.Equal(ExitCode.WrongUsage, nobody.ExitCode);
        Assert.Contains("access.required is true, and there is no key", nobody.Error, StringComparison.Ordinal);
        Assert.Contains("(from vigie.yaml:3)", nobody.Error, StringComparison.Ordinal);

        string secret = (await session.RunAsync("keys", "create", "ada", "--scope", "predict", "--json")).Json.GetProperty("key").GetString()!;
        await using RunningVerb serving = await RunningVerb.StartAsync(session, "serve", "--model", "m");
        Assert.Equal("closed: callers send an API key", serving.Said.GetProperty("notice").GetString());
        using var client = new HttpClient { BaseAddress = serving.Url };
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.PostAsJsonAsync("/predict", new { text = "a lovely crew" })).StatusCode);
        client.DefaultRequestHeaders.Add("X-API-Key", secret);
        Assert.Equal(HttpStatusCode.OK, (await client.PostAsJsonAsync("/predict", new { text = "a lovely crew" })).StatusCode);

        Assert.Equal(ExitCode.Success, (await session.RunAsync("keys", "revoke", "ada")).ExitCode);
        HttpStatusCode status = HttpStatusCode.OK;
        for (int i = 0; i < 200 && status == HttpStatusCode.OK; i++)
        {
            await Task.Delay(25);
            status = (await client.PostAsJsonAsync("/predict", new { text = "a lovely crew" })).StatusCode;
        }

        Assert.Equal(HttpStatusCode.Unauthorized, status);
    }

    [Fact]
    public async Task Another_model_beside_it_is_asked_for_by_its_name()
    {
        await using RunningVerb serving = await RunningVerb.StartAsync(new CliSession(), "serve", "--model", model, "--also", $"second={model}", "--urls", "http://127.0.0.1:0");
        using var client = new HttpClient { BaseAddress = serving.Url };
        Assert.Equal("positive", (await (await client.PostAsJsonAsync("/predict?model=second", new { text = "a lovely crew" })).Content.ReadFromJsonAsync<JsonElement>()).GetProperty("label").GetString());
        Assert.Equal(HttpStatusCode.NotFound, (await client.PostAsJsonAsync("/predict?model=third", new { text = "a lovely crew" })).StatusCode);
        Assert.Equal("small", serving.Said.GetProperty("model").GetString());
    }

    [Theory]
    [InlineData("--also", "second", "expected NAME=MODEL")]
    [InlineData("--also", "a b=out/m", "models.others has the name 'a b'")]
    [InlineData("--challenger-share", "0.5", "models.challenger is not")]
    [InlineData("--also", "second=no/such/folder", "no such folder")]
    public void Models_that_cannot_be_served_beside_it_are_refused(string option, string value, string reason)
    {
        CliRun run = CliRun.Run("serve", "--model", model, "--urls", "http://127.0.0.1:0", option, value);

        Assert.Equal((ExitCode.WrongUsage, ""), (run.ExitCode, run.Out));
        Assert.Contains(reason, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_registered_model_that_is_not_there_is_refused()
    {
        CliRun run = CliRun.Run("serve", "--model", "models:/nobody@champion", "--urls", "http://127.0.0.1:0");

        Assert.Equal((ExitCode.WrongUsage, ""), (run.ExitCode, run.Out));
        Assert.Contains("models:/nobody@champion", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tracking_server_that_is_away_is_waited_for()
    {
        var session = new CliSession { Variables = new Dictionary<string, string> { ["MLFLOW_TRACKING_URI"] = "http://127.0.0.1:9" } };
        await using RunningVerb serving = await RunningVerb.StartAsync(session, "serve", "--model", "models:/sentiment@champion", "--urls", "http://127.0.0.1:0");
        Assert.Contains("127.0.0.1:9", serving.Said.GetProperty("waiting").GetString(), StringComparison.Ordinal);
        using var client = new HttpClient { BaseAddress = serving.Url };
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/health/live")).StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await client.GetAsync("/health/ready")).StatusCode);
    }

    [Fact]
    public void A_folder_that_is_no_model_is_refused()
    {
        CliRun run = CliRun.Run("serve", "--model", Path.GetDirectoryName(model)!);

        Assert.Equal(ExitCode.WrongUsage, run.ExitCode);
        Assert.Empty(run.Out);
    }
}
