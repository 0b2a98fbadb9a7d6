using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;

namespace Vigie.Server.Tests;

public sealed class ErasureTests : IAsyncLifetime
{
    private readonly RecordsFolder folder = new();
    private RunningServer server = null!;

    public async ValueTask InitializeAsync() => server = await StartAsync();

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task Nothing_of_a_tweet_is_left_in_any_file()
    {
        foreach (string id in (string[])["\"17\"", "17"]) await PredictAsync("open sesame today", id, "@anna");
        string prediction = await PredictAsync("open sesame tomorrow", "17", null);
        await PredictAsync("stays for ever", "18", "@anna");
        await PostAsync("/feedback", new { prediction_id = prediction, label = "negative", comment = "says sesame", reporter = "@ben" });
        await PostAsync("/feedback", new { text = "open sesame today", predicted = "positive", label = "negative" });
        await PostAsync("/feedback", new { text = "stays for ever", predicted = "positive", label = "negative" });
        Assert.NotEmpty(folder.FilesWith("sesame"));

        JsonElement answer = (await EraseAsync("/v1/tweets/17")).Json;
        Assert.Equal(("done", 3, 2), (answer.GetProperty("state").GetString(), answer.GetProperty("predictions").GetInt32(), answer.GetProperty("corrections").GetInt32()));
        Assert.Empty(folder.FilesWith("sesame"));
        Assert.NotEmpty(folder.FilesWith("stays for ever"));
        // What stays counts, and leads to nobody.
        Assert.Equal(3, folder.Ask("SELECT count(*) FROM predictions WHERE blank = 1 AND trim(text) = '' AND trim(tweet_id) = '' AND (author IS NULL OR hex(author) = '0000000000000000')"));
        Assert.Equal(0, folder.Ask($"SELECT count(*) FROM predictions WHERE hex(id) = '{prediction.ToUpperInvariant()}'"));
        Assert.Equal(1, folder.Ask("SELECT count(*) FROM feedback AS f JOIN predictions AS p ON p.id = f.prediction"));
        Assert.Equal(1, folder.Ask("SELECT count(*) FROM feedback WHERE text = 'stays for ever'"));
        Assert.Equal(1, folder.Ask("SELECT count(*) FROM erasures WHERE predictions = 3 AND corrections = 2"));
        Assert.Equal(0, (await EraseAsync("/tweets/17")).Json.GetProperty("predictions").GetInt32());
    }

    [Fact]
    public async Task Nothing_of_an_author_is_left_not_even_as_a_reporter()
    {
        await PredictAsync("by anna one", "1", "@anna");
        await PredictAsync("by anna two", null, "@anna");
        string other = await PredictAsync("by ben", "2", "@ben");
        await PostAsync("/feedback", new { prediction_id = other, label = "negative", comment = "anna was here", reporter = "@anna" });

        JsonElement answer = (await EraseAsync("/authors/%40anna")).Json;
        Assert.Equal((2, 1), (answer.GetProperty("predictions").GetInt32(), answer.GetProperty("corrections").GetInt32()));
        Assert.Empty(folder.FilesWith("by anna"));
        Assert.Empty(folder.FilesWith("anna was here"));
        Assert.NotEmpty(folder.FilesWith("by ben"));
        Assert.Equal(1, folder.Ask("SELECT count(*) FROM feedback AS f JOIN predictions AS p ON p.id = f.prediction WHERE p.text = 'by ben' AND f.label = 0"));
    }

    [Theory]
    [InlineData("a/b", "a%2Fb")]
    [InlineData("a%2Fb", "a%252Fb")]
    [InlineData("été 😀", "%C3%A9t%C3%A9%20%F0%9F%98%80")]
    [InlineData("a+b?c#d", "a+b%3Fc%23d")]
    [InlineData("/tweets/", "%2Ftweets%2F")]
    [InlineData("-0", "-0")]
    [InlineData("'); DELETE FROM predictions; --", "%27%29%3B%20DELETE%20FROM%20predictions%3B%20--")]
    public async Task An_id_is_found_however_a_path_must_write_it(string id, string path)
    {
        await PredictAsync("open sesame", JsonSerializer.Serialize(id), null);
        await PredictAsync("stays", "\"another\"", null);
        Assert.Equal(1, (await EraseAsync("/tweets/" + path)).Json.GetProperty("predictions").GetInt32());
        Assert.Empty(folder.FilesWith("open sesame"));
        Assert.NotEmpty(folder.FilesWith("stays"));
    }

    // Written so by no client library, and taken to the endpoint by routing all the same.
    [Theory]
    [InlineData("/tweets/17/")]
    [InlineData("/%74weets/17")]
    [InlineData("/v1/tweets/17/?x=/18")]
    [InlineData("/tweets/18/../17")]
    [InlineData("/tweets/../tweets/17")]
    [InlineData("/tweets/%31%37")]
    public async Task A_path_that_routing_reads_as_an_id_is_read_so_here(string target)
    {
        await PredictAsync("open sesame", "17", null);
        await PredictAsync("stays", "18", null);
        string answer = await RawConnection.AskAsync(server.Address, $"DELETE {target} HTTP/1.1\r\nHost: {server.Address.Authority}\r\nConnection: close\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
        Assert.Contains("\"predictions\":1", answer, StringComparison.Ordinal);
        Assert.Empty(folder.FilesWith("open sesame"));
        Assert.NotEmpty(folder.FilesWith("stays"));
    }

    [Theory]
    [InlineData("/tweets/17/.")]
    [InlineData("/tweets/17/18/..")]
    public async Task A_path_that_names_one_thing_to_routing_and_another_here_is_refused(string target)
    {
        string answer = await RawConnection.AskAsync(server.Address, $"DELETE {target} HTTP/1.1\r\nHost: {server.Address.Authority}\r\nConnection: close\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        Assert.Contains("percent-encoded once", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_id_that_nobody_can_have_is_refused() => (await EraseAsync("/tweets/" + new string('1', 201), HttpStatusCode.BadRequest)).Problem(HttpStatusCode.BadRequest, "id");

    [Fact]
    public async Task Caches_are_told_of_the_texts_before_they_go()
    {
        var told = new List<Erased>();
        server.Recorder.OnErase(erased =>
        {
            Assert.Equal(2, folder.Ask("SELECT count(*) FROM predictions WHERE tweet_id = '5' AND blank = 0"));
            told.Add(erased);
        });
        await PredictAsync("open sesame", "5", null);
        await PredictAsync("open sesame", "5", null);
        await folder.UntilAsync("SELECT count(*) FROM predictions", 2);
        await EraseAsync("/tweets/5");
        await EraseAsync("/tweets/6"); // nothing, and nobody need know
        Erased erased = Assert.Single(told);
        Assert.Equal(["open sesame"], erased.Texts);
        Assert.False(erased.AnyText);
    }

    [Fact]
    public async Task Erasures_that_were_noted_before_the_end_are_carried_out_at_the_next_start()
    {
        await server.DisposeAsync();
        server = await StartAsync(wait: 0);
        await PredictAsync("open sesame", "5", null);
        await folder.UntilAsync("SELECT count(*) FROM predictions", 1);
        using (RecordDatabase other = RecordDatabase.OpenToWrite(folder.Database))
        {
            other.Run("BEGIN IMMEDIATE");
            Answer answer = await EraseAsync("/tweets/5", HttpStatusCode.Accepted);
            Assert.Equal("waiting", answer.Json.GetProperty("state").GetString());
            await server.DisposeAsync();
            Assert.NotEmpty(folder.FilesWith("open sesame"));
        }

        server = await StartAsync();
        await folder.UntilAsync("SELECT count(*) FROM erasures WHERE predictions = 1", 1);
        await EraseAsync("/tweets/5"); // waits for everything before it
        Assert.Empty(folder.FilesWith("open sesame"));
    }

    [Fact]
    public async Task What_is_older_than_the_retention_goes_day_by_day()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.Zero));
        using var other = new RecordsFolder();
        await using RunningServer kept = await RunningServer.StartAsync(other.Options with { Clock = clock, Records = other.Options.Records with { RetentionDays = 2 } });
        foreach (string day in (string[])["monday", "tuesday", "wednesday"])
        {
            Answer predicted = await kept.PostAsync("/predict", JsonSerializer.Serialize(new { text = $"sent on {day}", id = day }));
            await kept.PostAsync("/feedback", JsonSerializer.Serialize(new { prediction_id = predicted.Json.GetProperty("prediction_id").GetString(), label = "negative", comment = $"about {day}" }));
            await other.UntilAsync($"SELECT count(*) FROM feedback WHERE comment = 'about {day}'", 1);
            clock.Advance(TimeSpan.FromDays(1));
        }

        await other.UntilAsync("SELECT count(*) FROM predictions WHERE blank = 0", 2); // of Tuesday on, at noon on Thursday
        await other.UntilAsync("SELECT count(*) FROM feedback WHERE blank = 0", 2);
        long start = TimeProvider.System.GetTimestamp();
        while (other.FilesWith("monday").Length > 0)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(30), $"{string.Join(", ", other.FilesWith("monday"))} still hold it");
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        Assert.NotEmpty(other.FilesWith("sent on tuesday"));
    }

    private Task<RunningServer> StartAsync(int wait = 60) => RunningServer.StartAsync(folder.Options with { Records = folder.Options.Records with { ErasureWaitSeconds = wait } });

    private async Task<string> PredictAsync(string text, string? id, string? author)
    {
        string body = $$"""{"text":{{JsonSerializer.Serialize(text)}},"id":{{id ?? "null"}},"author":{{JsonSerializer.Serialize(author)}}}""";
        return (await server.PostAsync("/predict", body)).Json.GetProperty("prediction_id").GetString()!;
    }

    private async Task PostAsync(string path, object body) => Assert.Equal(HttpStatusCode.Created, (await server.PostAsync(path, JsonSerializer.Serialize(body))).Status);

    private async Task<Answer> EraseAsync(string path, HttpStatusCode expected = HttpStatusCode.OK)
    {
        Answer answer = await server.SendAsync(new HttpRequestMessage(HttpMethod.Delete, path));
        Assert.True(answer.Status == expected, $"{answer.Status}: {answer.Text}");
        return answer;
    }
}
