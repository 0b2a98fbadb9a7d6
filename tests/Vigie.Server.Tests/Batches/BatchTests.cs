using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json;
using Vigie.Corpus;

namespace Vigie.Server.Tests;

public sealed class BatchTests : IAsyncLifetime
{
    private static readonly string[] Texts = [.. CorpusGenerator.Generate(new CorpusOptions { Rows = 1_300, Seed = 5 }).Select(tweet => tweet.Text)];

    private RunningServer server = null!;

    public async ValueTask InitializeAsync() => server = await RunningServer.StartAsync();

    public ValueTask DisposeAsync() => server.DisposeAsync();

    public static TheoryData<string, string> Forms => new()
    {
        { "application/json", JsonSerializer.Serialize(Texts) },
        { "application/json", JsonSerializer.Serialize(Texts.Select(text => new { text })) },
        { "application/json", JsonSerializer.Serialize(new { texts = Texts }) },
        { "application/json", JsonSerializer.Serialize(new { more = new[] { 1 }, tweets = Texts.Select(text => new { lang = "en", text }), explain = false }) },
        { "application/x-ndjson", string.Join('\n', Texts.Select(text => JsonSerializer.Serialize(text))) },
        { "text/csv", "text\n" + string.Join('\n', Texts.Select(Quoted)) },
        { "text/csv", "\uFEFFID;Full_Text;user;lang\r\n" + string.Concat(Texts.Select((text, i) => $"{i};{Quoted(text)};@anna;en\r\n")) },
        { "application/jsonl", string.Concat(Texts.Select(text => JsonSerializer.Serialize(new { text }) + "\r\n\r\n")) },
    };

    [Theory]
    [MemberData(nameof(Forms), DisableDiscoveryEnumeration = true)]
    public async Task Every_form_of_a_batch_gets_the_same_answers_in_order(string type, string body)
    {
        double[] expected = [.. Texts.Select(text => SmallModels.TwoClasses.Classifier.Predict(text).ProbabilityPositive)];

        Answer array = await server.PostAsync("/predict/batch", body, type, "application/json");
        Answer lines = await server.PostAsync("/v1/predict/batch", body, type, "application/x-ndjson");

        Assert.Equal(("application/json", "application/x-ndjson"), (array.MediaType, lines.MediaType));
        Assert.Equal(expected, array.Json.EnumerateArray().Select(item => item.GetProperty("probability_positive").GetDouble()));
        Assert.Equal(expected, Lines(lines).Select(item => item.GetProperty("probability_positive").GetDouble()));
        Assert.Equal(SmallModels.TwoClasses.Digest, Assert.Single(array.Headers.GetValues("Vigie-Model-Digest")));
    }

    [Fact]
    public async Task Nothing_gets_nothing()
    {
        Assert.Equal("[]\n", (await server.PostAsync("/predict/batch", "[]")).Text);
        Assert.Equal("[]\n", (await server.PostAsync("/predict/batch", """{"texts":[]}""")).Text);
        Answer lines = await server.PostAsync("/predict/batch", "\n\n", "application/x-ndjson");
        Assert.Equal((HttpStatusCode.OK, "application/x-ndjson", ""), (lines.Status, lines.MediaType, lines.Text));
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("*/*", false)]
    [InlineData("application/json, application/x-ndjson;q=0.5", false)]
    [InlineData("application/json;q=0.1, application/jsonl", true)]
    [InlineData("text/html, application/*;q=0.1", false)]
    public async Task Accept_chooses_the_form_of_the_answer(string? accept, bool lines)
    {
        Answer answer = await server.PostAsync("/predict/batch", """["a"]""", accept: accept);
        Assert.Equal(lines ? "application/x-ndjson" : "application/json", answer.MediaType);
    }

    [Fact]
    public async Task Explain_and_threshold_hold_for_all_that_do_not_say_otherwise()
    {
        const string tweets = """[{"text":"lovely crew","id":1},{"text":"lovely crew","explain":false,"threshold":0.001}]""";
        foreach (Answer answer in (Answer[])[
            await server.PostAsync("/predict/batch?explain=true&threshold=0.999", tweets),
            await server.PostAsync("/predict/batch", $$"""{"tweets":{{tweets}},"explain":true,"threshold":0.999}""")])
        {
            JsonElement[] items = [.. answer.Json.EnumerateArray()];
            Assert.Equal(["negative", "positive"], items.Select(item => item.GetProperty("label").GetString()));
            Assert.Equal([true, false], items.Select(item => item.TryGetProperty("explain", out _)));
            Assert.Equal(1, items[0].GetProperty("id").GetInt32());
        }
    }

    [Fact]
    public async Task A_caller_who_hangs_up_ends_the_work()
    {
        string body = JsonSerializer.Serialize(Enumerable.Range(0, 60_000).Select(i => Texts[i % Texts.Length]));
        using (var request = new HttpRequestMessage(HttpMethod.Post, "/predict/batch?explain=true") { Content = new StringContent(body, Encoding.UTF8, "application/json") })
        using (HttpResponseMessage response = await server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead))
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);

        var watch = Stopwatch.StartNew();
        await server.DisposeAsync(); // waits for requests in flight, at most its grace
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(2), $"stopping took {watch.Elapsed}");
        Assert.DoesNotContain(server.Log.Lines, line => line.StartsWith("Error", StringComparison.Ordinal));
    }

    private static string Quoted(string text) => $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static IEnumerable<JsonElement> Lines(Answer answer) =>
        answer.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement);
}
