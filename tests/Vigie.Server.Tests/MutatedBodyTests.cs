using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Vigie.Server.Tests;

/// <summary>Ten thousand bodies that nobody would write: none is the server's fault, and each answer is whole.</summary>
public sealed class MutatedBodyTests
{
    private const int Bodies = 10_000;

    private static readonly byte[][] Seeds =
    [
        .. new[]
        {
            """{"text":"Three hours late 😡 never again @AirParadis","id":17,"author":"ada","language":"en","explain":true,"threshold":0.5}""",
            """{"text":"caf\u00e9 \ud83d\ude00 \"quoted\" \\ \n","id":"a-1","explain":false}""",
            """["lovely crew",{"text":"lost bag","id":"9007199254740993"},{"text":""}]""",
            """{"tweets":[{"text":"a"},{"text":"b","threshold":0.9}],"explain":true,"threshold":0.1}""",
            "\"lovely crew\"\n{\"text\":\"lost bag\"}\n\n{\"text\":\"c\",\"id\":3}\n",
        }.Select(Encoding.UTF8.GetBytes),
    ];

    private static readonly byte[][] Pieces =
    [
        .. new[] { "{", "}", "[", "]", "\"", ":", ",", "null", "true", "1e999", "-0", "\\u", "\\ud800", "\"text\":", "\"id\":", "\0", "\uFEFF", "9999999999999999999999", "\n", "\r\n", "//", "😀", "{\"text\":" }.Select(Encoding.UTF8.GetBytes),
        [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0x80],
    ];

    [Fact]
    public async Task No_body_is_the_servers_fault()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        var statuses = new int[600];
        await Task.WhenAll(Enumerable.Range(0, 4).Select(part => Task.Run(async () =>
        {
            for (int i = part; i < Bodies; i += 4)
            {
                (byte[] body, string path, string type) = Mutated((ulong)i);
                using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue(type) } } };
                using HttpResponseMessage answer = await server.Client.SendAsync(request);
                await answer.Content.ReadAsByteArrayAsync(); // to its end: an answer that has begun is complete
                Assert.True((int)answer.StatusCode < 500, $"body {i} of seed {i}: {(int)answer.StatusCode} to {path}: {Convert.ToHexString(body)}");
                Interlocked.Increment(ref statuses[(int)answer.StatusCode]);
            }
        })));

        Assert.Equal(Bodies, statuses.Sum());
        Assert.True(statuses[(int)HttpStatusCode.BadRequest] > Bodies / 2, $"only {statuses[400]} bodies were wrong");
        Assert.True(statuses[(int)HttpStatusCode.OK] > Bodies / 100, $"only {statuses[200]} bodies were right");
        Assert.DoesNotContain(server.Log.Lines, line => line.StartsWith("Error", StringComparison.Ordinal) || line.StartsWith("Critical", StringComparison.Ordinal));
    }

    // The same for each seed, so that a failure can be looked at again.
    private static (byte[] Body, string Path, string Type) Mutated(ulong seed)
    {
        var random = new Xoshiro256(seed);
        int which = random.Next(Seeds.Length);
        List<byte> body = [.. Seeds[which]];
        for (int edits = 1 + random.Next(4); edits > 0; edits--)
        {
            int at = body.Count == 0 ? 0 : random.Next(body.Count);
            switch (random.Next(6))
            {
                case 0 when body.Count > 0:
                    body[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1 when body.Count > 0:
                    body.RemoveRange(at, Math.Min(body.Count - at, 1 + random.Next(8)));
                    break;
                case 2 when body.Count > 0:
                    body.InsertRange(at, body.GetRange(at, Math.Min(body.Count - at, 1 + random.Next(40))));
                    break;
                case 3:
                    body.RemoveRange(at, body.Count - at);
                    break;
                case 4:
                    body.InsertRange(at, Enumerable.Repeat(Pieces[random.Next(Pieces.Length)], 1 + random.Next(100)).SelectMany(piece => piece));
                    break;
                default:
                    body.InsertRange(at, Pieces[random.Next(Pieces.Length)]);
                    break;
            }
        }

        bool lines = which == 4, batch = lines || which >= 2 || random.Next(10) == 0;
        return ([.. body], batch ? "/predict/batch" : "/predict", lines ? "application/x-ndjson" : "application/json");
    }
}
