using System.Globalization;
using System.Net;
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

    /// <summary>What a batch may hold at most, whatever its size: chunks on their way, their answers as objects and as bytes, and what waits in memory.</summary>
    private const long Bound = 12 << 20;

    public static TheoryData<string> Forms => new("application/x-ndjson", "application/json", "text/csv");

    [Theory]
    [MemberData(nameof(Forms))]
    public Task A_hundred_thousand_tweets_stream_in_bounded_memory(string form) => StreamAsync(100_000, form);

    [Fact]
    [Trait("Category", "Slow")]
    public Task A_million_tweets_take_no_more() => StreamAsync(1_000_000, "application/x-ndjson");

    private static async Task StreamAsync(int count, string form)
    {
        await using RunningServer server = await RunningServer.StartAsync(RunningServer.Unlimited with { Batch = new BatchOptions { Memory = 1 << 18 } });
        await server.PostAsync("/predict/batch", JsonSerializer.Serialize(Texts)); // what the classifier keeps between calls
        long before = GC.GetTotalMemory(forceFullCollection: true), peak = 0;
        void Look() => peak = Math.Max(peak, GC.GetTotalMemory(forceFullCollection: true) - before); // what is really held, garbage aside
        SpoolFolder folder = server.Get<SpoolFolder>();

        using var request = new HttpRequestMessage(HttpMethod.Post, "/predict/batch") { Content = new Sent(count, form, Look) };
        request.Headers.Accept.ParseAdd("application/x-ndjson");
        using HttpResponseMessage response = await server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.True(folder.Taken > count * 50L, $"{folder.Taken} bytes wait in a file");
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        int seen = 0;
        while (await reader.ReadLineAsync() is { } line)
        {
            if (seen % (count / 10) == 0)
            {
                Assert.Equal(seen.ToString(CultureInfo.InvariantCulture), JsonDocument.Parse(line).RootElement.GetProperty("id").ToString());
                Look();
            }

            seen++;
        }

        Assert.Equal(count, seen);
        Assert.InRange(peak, 0, Bound);
        await RedisProcess.Until(() => Task.FromResult(folder.Taken), taken => taken == 0, "the room is given back");
    }

    /// <summary>A body that is made while it is sent.</summary>
    private sealed class Sent : HttpContent
    {
        private readonly int count;
        private readonly Action look;

        public Sent(int count, string form, Action look)
        {
            (this.count, this.look) = (count, look);
            Headers.ContentType = new(form);
        }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            bool csv = Headers.ContentType!.MediaType == "text/csv", array = Headers.ContentType.MediaType == "application/json";
            var part = new StringBuilder(array ? "[" : csv ? "id,text\r\n" : "");
            for (int i = 0; i < count; i++)
            {
                string text = Texts[i % Texts.Length];
                if (csv) part.Append(CultureInfo.InvariantCulture, $"{i},\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"\r\n");
                else part.Append(i > 0 && array ? "," : "").Append(JsonSerializer.Serialize(new { id = i, text })).Append('\n');
                if (part.Length < 1 << 16) continue;
                await stream.WriteAsync(Encoding.UTF8.GetBytes(part.ToString()));
                part.Clear();
                if (i % (count / 10) < 1000) look();
            }

            await stream.WriteAsync(Encoding.UTF8.GetBytes(part.Append(array ? "]" : "").ToString()));
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
