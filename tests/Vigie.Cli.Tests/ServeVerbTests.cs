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
    [InlineData("http://0.0.0.0:5199", "--allow-remote")]
    [InlineData("http://*:5199", "--allow-remote")]
    [InlineData("http://192.0.2.1:5199", "--allow-remote")]
    [InlineData("https://127.0.0.1:5199", "only http")]
    [InlineData("127.0.0.1:5199", "http://HOST:PORT")]
    [InlineData("http://127.0.0.1:5199/path", "host and a port only")]
    public void An_address_that_may_not_be_served_is_refused(string url, string reason)
    {
        CliRun run = CliRun.Run("serve", "--model", model, "--urls", url);

        Assert.Equal(ExitCode.WrongUsage, run.ExitCode);
        Assert.Contains(reason, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_is_no_model_is_refused()
    {
        CliRun run = CliRun.Run("serve", "--model", Path.GetDirectoryName(model)!);

        Assert.Equal(ExitCode.WrongUsage, run.ExitCode);
        Assert.Empty(run.Out);
    }
}
