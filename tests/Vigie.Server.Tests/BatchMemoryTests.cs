using System.Text;
using System.Text.Json;
using Vigie.Corpus;

namespace Vigie.Server.Tests;

/// <summary>Alone, because it reads what the whole process holds.</summary>
[CollectionDefinition(DisableParallelization = true)]
public sealed class Alone;

[Collection(typeof(Alone))]
public sealed class BatchMemoryTests
{
    private static readonly string[] Texts = [.. CorpusGenerator.Generate(new CorpusOptions { Rows = 1_300, Seed = 5 }).Select(tweet => tweet.Text)];

    [Fact]
    public async Task A_hundred_thousand_tweets_stream_in_bounded_memory()
    {
        const int count = 100_000;
        var body = new StringBuilder();
        for (int i = 0; i < count; i++) body.Append(JsonSerializer.Serialize(new { id = i, text = Texts[i % Texts.Length] })).Append('\n');
        byte[] bytes = Encoding.UTF8.GetBytes(body.ToString());
        body.Clear();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/predict/batch") { Content = new ByteArrayContent(bytes) };
        request.Content.Headers.ContentType = new("application/x-ndjson");
        await using RunningServer server = await RunningServer.StartAsync();
        await server.PostAsync("/predict/batch", JsonSerializer.Serialize(Texts)); // what the classifier keeps between calls
        GC.Collect();
        long before = GC.GetTotalMemory(forceFullCollection: true), peak = 0;

        using HttpResponseMessage response = await server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        int seen = 0;
        while (await reader.ReadLineAsync() is { } line)
        {
            if (seen % 10_000 == 0)
            {
                Assert.Equal(seen, JsonDocument.Parse(line).RootElement.GetProperty("id").GetInt32());
                peak = Math.Max(peak, GC.GetTotalMemory(forceFullCollection: true) - before); // what is really held, garbage aside
            }

            seen++;
        }

        Assert.Equal(count, seen);
        // The body once, the places of its tweets and a chunk; neither all tweets (25 MB) nor all answers (17 MB, 60 MB as objects).
        Assert.InRange(peak, 0, bytes.Length + (6 << 20));
    }
}
