using System.Net;
using System.Text;
using System.Text.Json;
using CsCheck;

namespace Vigie.Server.Tests;

/// <summary>However a body is cut into packets, it is the same batch, and the same fault at the same place.</summary>
public sealed class ArrivingBatchTests
{
    private static readonly string[] Texts = ["lovely crew", "", "\"never\", again; he said\r\n\r\nit's \U0001F600 café", "a\tb|c", new('x', 700)];

    private static readonly BatchOptions Small = new() { Memory = 1 << 16 };

    private static string Json => JsonSerializer.Serialize(new { more = new { deep = new[] { Texts } }, tweets = Tweets, explain = true, threshold = 0.25 });

    private static object[] Tweets => [.. Enumerable.Range(0, 40).Select<int, object>(i => i % 3 == 0 ? Texts[i % 5] : new { id = i, other = new[] { i }, text = Texts[i % 5], author = "@a", language = "fr-CA", threshold = 0.5 })];

    public static TheoryData<string, string> Bodies => new()
    {
        { nameof(BatchForm.Json), Json },
        { nameof(BatchForm.Json), JsonSerializer.Serialize(Tweets) },
        { nameof(BatchForm.Lines), string.Join("\r\n\n", Tweets.Select(tweet => JsonSerializer.Serialize(tweet))) },
        { nameof(BatchForm.Csv), "author,Tweet_ID,more,text,lang\r\n" + string.Concat(Enumerable.Range(0, 40).Select(i => $"@a,{i},{(i % 2 == 0 ? "\"\"" : "a \"b\"")},\"{Texts[i % 5].Replace("\"", "\"\"", StringComparison.Ordinal)}\",fr-CA\r\n\n")) },
    };

    [Theory]
    [MemberData(nameof(Bodies), DisableDiscoveryEnumeration = true)]
    public void Cuts_change_nothing(string form, string body)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(body);
        (string whole, bool? explain, double? threshold) = Read(form, bytes, []);
        Assert.Equal(40, whole.Split('\u0001').Length - 1);
        Gen.Int[1, 400].Array[0, 200].Sample(cuts => Read(form, bytes, cuts) == (whole, explain, threshold), iter: 200);
    }

    [Theory]
    [MemberData(nameof(Bodies), DisableDiscoveryEnumeration = true)]
    public void A_fault_is_told_alike_wherever_the_cuts_are(string form, string body) =>
        Gen.Select(Gen.Int[0, 20_000], Gen.Byte, Gen.Int[1, 400].Array[0, 100]).Sample((at, wrong, cuts) =>
        {
            byte[] bytes = Encoding.UTF8.GetBytes(body);
            bytes[at % bytes.Length] = wrong;
            Assert.Equal(Outcome(form, bytes, []), Outcome(form, bytes, cuts));
        }, iter: 500);

    [Theory]
    [InlineData("text\na\nb,c\n", "line 3", "(tweet 2): expected 1 columns, found 2")]
    [InlineData("id,text\n1,a\n2,\"b\nc\n3,d\n", "line 3", "(tweet 2): expected a closing quote")]
    [InlineData("id,text\n1,\"a\"b\n", "line 2", "(tweet 1): expected a delimiter or the end of the line")]
    [InlineData("id,words\n1,a\n", "text", "no text column found; there are 'id', 'words'")]
    [InlineData("text,text\na,b\n", "text", "column 'text' is there twice")]
    [InlineData("", "text", "the body is empty")]
    [InlineData("text,lang\n\"a\n\nb\",en\nc,e n\n", "line 5.language", "letters, digits and hyphens")]
    public void What_is_wrong_with_a_table_is_told_with_its_place(string body, string field, string detail)
    {
        Problem problem = Assert.Throws<RequestException>(() => Read(nameof(BatchForm.Csv), Encoding.UTF8.GetBytes(body), [])).Problem;
        Assert.Equal((400, field), (problem.Status, problem.Field));
        Assert.Contains(detail, problem.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cell_that_is_not_UTF_8_is_refused_and_named()
    {
        Problem problem = Assert.Throws<RequestException>(() => Read(nameof(BatchForm.Csv), [.. "text\na\ncaf"u8, 0xE9, (byte)'\n'], [])).Problem;
        Assert.Equal(("line 3.text", "line 3.text is not valid UTF-8"), (problem.Field, problem.Detail));
    }

    [Fact]
    public async Task Answers_come_as_a_table_too()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        Answer answer = await server.PostAsync("/predict/batch", "id,text\n\"a,b\",lovely crew\n,rude\n", "text/csv");
        Assert.Equal("text/csv", answer.MediaType);
        string[] rows = answer.Text.Split('\n');
        Assert.Equal("prediction_id,id,label,probability_negative,probability_positive,confidence,unknown,unknown_share", rows[0]);
        Assert.Matches("^[0-9a-f]{32},\"a,b\",positive,0\\.[0-9E-]+,0\\.[0-9]+,0\\.[0-9]+,false,0$", rows[1]);
        Assert.Matches("^[0-9a-f]{32},,negative,0\\.[0-9]+,0\\.[0-9E-]+,0\\.[0-9]+,false,0$", rows[2]);
        Assert.Equal("", Assert.Single(rows[3..]));

        Answer explained = await server.PostAsync("/predict/batch?explain=true", "[\"rude\"]", accept: "text/csv");
        Assert.EndsWith(",explain", explained.Text.Split('\n')[0], StringComparison.Ordinal);
        Assert.Contains("\"{\"\"class\"\":\"\"positive\"\",", explained.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_batch_without_room_on_the_disk_is_refused_and_others_go_on()
    {
        await using RunningServer server = await RunningServer.StartAsync(RunningServer.Unlimited with { Batch = new BatchOptions { Memory = 1 << 16, Disk = 1 << 20 } });
        string large = JsonSerializer.Serialize(Enumerable.Repeat(new string('x', 1000), 4000));
        using var content = new StringContent(large, Encoding.UTF8, "application/json");
        using HttpResponseMessage refused = await server.Client.PostAsync("/predict/batch", content);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(5), refused.Headers.RetryAfter!.Delta);
        Assert.Contains("batch.disk", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(0, server.Get<SpoolFolder>().Taken);
        Assert.Equal(HttpStatusCode.OK, (await server.PostAsync("/predict/batch", "[\"a\"]")).Status);
    }

    [Fact]
    public async Task A_tweet_that_never_ends_is_refused_before_it_fills_the_memory()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        foreach (string start in (string[])["[{\"text\":\"", "[{\"more\":\"", "{\"more\":\""])
            (await server.PostAsync("/predict/batch", start + new string('x', 4 << 20))).Problem(HttpStatusCode.RequestEntityTooLarge, null);
        (await server.PostAsync("/predict/batch", "text\n\"" + new string('x', 4 << 20), "text/csv")).Problem(HttpStatusCode.RequestEntityTooLarge, null);
        (await server.PostAsync("/predict/batch", "\"" + new string('x', 4 << 20), "application/x-ndjson")).Problem(HttpStatusCode.RequestEntityTooLarge, null);
        Assert.Equal(HttpStatusCode.OK, (await server.PostAsync("/predict/batch", "{\"more\":[" + new string(' ', 4 << 20) + "],\"texts\":[]}")).Status);
    }

    private static string Outcome(string form, byte[] bytes, int[] cuts)
    {
        try
        {
            return Read(form, bytes, cuts).ToString();
        }
        catch (RequestException fault)
        {
            return $"{fault.Problem.Field}: {fault.Problem.Detail}";
        }
    }

    // The parser sees what is left and what has arrived, as from a connection.
    private static (string Tweets, bool? Explain, double? Threshold) Read(string form, byte[] bytes, int[] cuts)
    {
        using var spool = new TweetSpool(new SpoolFolder(Small), Small, 1000);
        BatchParser parser = BatchParser.Of(Enum.Parse<BatchForm>(form), new TweetParser(1000, takesThreshold: true), spool);
        int start = 0, end = 0;
        foreach (int cut in cuts)
        {
            end = Math.Min(bytes.Length, end + cut);
            start += parser.Take(new ArraySegment<byte>(bytes[..end], start, end - start), last: false);
        }

        parser.Take(new ArraySegment<byte>(bytes, start, bytes.Length - start), last: true);
        var read = new StringBuilder();
        while (spool.Next() is { } chunk)
        {
            using (chunk)
            {
                foreach (PredictionRequest tweet in chunk.Read(null, null)) read.Append(tweet).Append('\u0001');
            }
        }

        return (read.ToString(), parser.Explain, parser.Threshold);
    }
}
