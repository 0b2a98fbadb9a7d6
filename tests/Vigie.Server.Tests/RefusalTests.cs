using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Vigie.Server.Tests;

/// <summary>Wrong requests are refused with a problem that names the field; nothing that a stranger sends is a 5xx.</summary>
public sealed class RefusalTests : IAsyncLifetime
{
    private RunningServer server = null!;

    public async ValueTask InitializeAsync() => server = await RunningServer.StartAsync();

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Theory]
    [InlineData("""{}""", "text", "missing")]
    [InlineData("""{"text":null}""", "text", "null")]
    [InlineData("""{"text":1}""", "text", "a number")]
    [InlineData("""{"text":["a"]}""", "text", "an array")]
    [InlineData("""{"text":"a","text":"b"}""", "text", "twice")]
    [InlineData("""{"text":"a","id":true}""", "id", "true or false")]
    [InlineData("""{"text":"a","id":1.5}""", "id", "a number")]
    [InlineData("""{"text":"a","id":1e3}""", "id", "a number")]
    [InlineData("""{"text":"a","id":"\ud800"}""", "id", "surrogate")]
    [InlineData("""{"text":"a","explain":"yes"}""", "explain", "a string")]
    [InlineData("""{"text":"a","threshold":"0.5"}""", "threshold", "a string")]
    [InlineData("""{"text":"a","threshold":0}""", "threshold", "above 0")]
    [InlineData("""{"text":"a","threshold":1}""", "threshold", "below 1")]
    [InlineData("""{"text":"a","threshold":1e999}""", "threshold", "below 1")]
    [InlineData("""["a"]""", "$", "an array")]
    [InlineData("\"a\"", "$", "a string")]
    [InlineData("null", "$", "null")]
    public async Task A_wrong_field_is_named(string body, string field, string reason)
    {
        JsonElement problem = (await server.PostAsync("/predict", body)).Problem(HttpStatusCode.BadRequest, field);
        Assert.Contains(reason, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "line 1")]
    [InlineData("{", "line 1")]
    [InlineData("{\n\"text\": \"a\",}", "line 2, byte 13")]
    [InlineData("{\"text\":\"a\",\"tweets\":[]} x", "line 1")]
    [InlineData("{'text':'a'}", "line 1")]
    [InlineData("{\"text\":\"a\u0001\"}", "line 1")]
    [InlineData("text=a", "line 1")]
    public async Task What_is_not_JSON_is_refused_with_the_place(string body, string place)
    {
        foreach (string path in (string[])["/predict", "/predict/batch"])
        {
            JsonElement problem = (await server.PostAsync(path, body)).Problem(HttpStatusCode.BadRequest, null);
            Assert.StartsWith(place, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("[\"a\",7]", "[1]")]
    [InlineData("[\"a\",{\"text\":\"b\"},{}]", "[2].text")]
    [InlineData("{\"texts\":[\"a\",null]}", "texts[1]")]
    [InlineData("{\"tweets\":[{\"text\":\"a\",\"id\":[]}]}", "tweets[0].id")]
    [InlineData("{\"tweets\":\"a\"}", "tweets")]
    [InlineData("{\"tweets\":[],\"texts\":[]}", "texts")]
    [InlineData("{\"tweet\":[]}", "tweets")]
    [InlineData("{\"texts\":[\"a\"],\"explain\":1}", "explain")]
    [InlineData("{\"texts\":[\"a\"],\"threshold\":2}", "threshold")]
    [InlineData("7", "$")]
    public async Task A_wrong_field_in_a_batch_is_named(string body, string field) =>
        (await server.PostAsync("/predict/batch", body)).Problem(HttpStatusCode.BadRequest, field);

    [Fact]
    public async Task A_wrong_line_is_named()
    {
        (await server.PostAsync("/predict/batch", "\"a\"\n\n{\"text\":3}\n", "application/x-ndjson")).Problem(HttpStatusCode.BadRequest, "line 3.text");
        JsonElement problem = (await server.PostAsync("/predict/batch", "\"a\"\n{\"text\":\n\"b\"}", "application/jsonl")).Problem(HttpStatusCode.BadRequest, null);
        Assert.StartsWith("line 2,", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("?explain=perhaps", "explain")]
    [InlineData("?threshold=1.5", "threshold")]
    [InlineData("?threshold=NaN", "threshold")]
    public async Task A_wrong_query_is_named(string query, string field) =>
        (await server.PostAsync("/predict/batch" + query, "[]")).Problem(HttpStatusCode.BadRequest, field);

    [Fact]
    public async Task Too_long_too_many_and_too_large_are_told_apart()
    {
        await using RunningServer small = await RunningServer.StartAsync(RunningServer.Unlimited with { MaxTextLength = 10, MaxBatch = 2, MaxBodyBytes = 2048 });

        Assert.Equal(HttpStatusCode.OK, (await small.PostAsync("/predict", """{"text":"0123456789"}""")).Status);
        Assert.Equal(HttpStatusCode.OK, (await small.PostAsync("/predict", """{"text":"\u0030\u0031\u0032\u0033\u0034\u0035\u0036\u0037\u0038\u0039"}""")).Status);
        (await small.PostAsync("/predict", """{"text":"0123456789a"}""")).Problem(HttpStatusCode.BadRequest, "text");
        (await small.PostAsync("/predict/batch", """["a","0123456789a"]""")).Problem(HttpStatusCode.BadRequest, "[1]");
        Assert.Equal(HttpStatusCode.OK, (await small.PostAsync("/predict/batch", """["a","b"]""")).Status);
        (await small.PostAsync("/predict/batch", """["a","b","c"]""")).Problem(HttpStatusCode.RequestEntityTooLarge, null);
        (await small.PostAsync("/predict/batch", "[" + new string(' ', 2048) + "]")).Problem(HttpStatusCode.RequestEntityTooLarge, null);
    }

    [Fact]
    public async Task Ten_megabytes_are_refused_with_and_without_their_length_told()
    {
        byte[] body = Encoding.UTF8.GetBytes($$"""{"text":"{{new string('a', 10 << 20)}}"}""");
        (await server.PostAsync("/predict", body)).Problem(HttpStatusCode.RequestEntityTooLarge, null);

        using var chunked = new HttpRequestMessage(HttpMethod.Post, "/predict") { Content = new StreamContent(new MemoryStream(body)) };
        chunked.Content.Headers.ContentType = new("application/json");
        chunked.Headers.TransferEncodingChunked = true;
        (await server.SendAsync(chunked)).Problem(HttpStatusCode.RequestEntityTooLarge, null);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/json; charset=latin1")]
    [InlineData(null)]
    public async Task Another_kind_of_body_is_refused(string? type)
    {
        (await server.PostAsync("/predict", "{\"text\":\"a\"}"u8.ToArray(), type)).Problem(HttpStatusCode.UnsupportedMediaType, "Content-Type");
        (await server.PostAsync("/predict/batch", "[]"u8.ToArray(), type)).Problem(HttpStatusCode.UnsupportedMediaType, "Content-Type");
    }

    [Fact]
    public async Task Wrong_paths_and_methods_are_problems_too()
    {
        (await server.GetAsync("/nothing/here")).Problem(HttpStatusCode.NotFound, null);
        Answer wrongMethod = await server.GetAsync("/predict");
        wrongMethod.Problem(HttpStatusCode.MethodNotAllowed, null);
        Assert.Equal(["POST"], wrongMethod.Allow);
        (await server.PostAsync("/predict/batch", "[]", accept: "text/html")).Problem(HttpStatusCode.NotAcceptable, "Accept");
    }

    [Fact]
    public async Task Deep_nesting_is_refused()
    {
        string deep = new('[', 100_000);
        (await server.PostAsync("/predict", $$"""{"text":"a","more":{{deep}}""")).Problem(HttpStatusCode.BadRequest, null);
        (await server.PostAsync("/predict/batch", deep)).Problem(HttpStatusCode.BadRequest, "[0]");
    }

    [Fact]
    public async Task Bytes_that_are_not_UTF_8_are_refused_and_named()
    {
        byte[] body = [.. "{\"text\":\"caf"u8, 0xE9, .. "\"}"u8];
        (await server.PostAsync("/predict", body)).Problem(HttpStatusCode.BadRequest, "text");
        (await server.PostAsync("/predict/batch", (byte[])[(byte)'[', .. body, (byte)']'])).Problem(HttpStatusCode.BadRequest, "[0].text");
    }

    [Theory]
    [InlineData("""ab\ud83dcd""", "ab\uFFFDcd")]
    [InlineData("""\ude00\ud83d""", "\uFFFD\uFFFD")]
    [InlineData("""\uD83D\uDE00\t\"\\\/\b\f\n\r\u00e9é""", "😀\t\"\\/\b\f\n\r\u00e9é")]
    public async Task Half_an_emoji_is_read_as_a_replacement(string escaped, string read)
    {
        Answer answer = await server.PostAsync("/predict", $$"""{"text":"great crew {{escaped}} rude","explain":true}""");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        JsonElement rude = answer.Json.GetProperty("explain").GetProperty("words").EnumerateArray().Last();
        Assert.Equal("great crew ".Length + read.Length + 1, rude.GetProperty("start").GetInt32());
        Assert.Equal(
            SmallModels.TwoClasses.Classifier.Predict($"great crew {read} rude").ProbabilityPositive, answer.Json.GetProperty("probability_positive").GetDouble());
    }

    [Fact]
    public async Task Naughty_strings_are_answered_by_every_endpoint()
    {
        foreach (string naughty in NaughtyStrings.Texts)
        {
            string text = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(naughty)); // halves of pairs have their own test
            string id = text.Length > 200 ? "long" : text;
            bool tooLong = text.Length > 10_000;

            Answer one = await server.PostAsync("/predict", JsonSerializer.Serialize(new { text, id, explain = true }));
            Answer many = await server.PostAsync("/predict/batch", JsonSerializer.Serialize(new[] { new { text, id } }));
            Answer asBody = await server.PostAsync("/predict", text);
            Answer asLines = await server.PostAsync("/predict/batch", text, "application/x-ndjson");
            Answer asPath = await server.GetAsync("/" + Uri.EscapeDataString(text.Length > 1000 ? text[..1000] : text));
            Answer asQuery = await server.PostAsync("/predict/batch?threshold=" + Uri.EscapeDataString(text.Length > 1000 ? text[..1000] : text), "[]");

            Assert.Equal(tooLong ? HttpStatusCode.BadRequest : HttpStatusCode.OK, one.Status);
            Assert.Equal(tooLong ? HttpStatusCode.BadRequest : HttpStatusCode.OK, many.Status);
            Assert.All([asBody, asLines, asPath, asQuery], answer => Assert.InRange((int)answer.Status, 200, 499));
            if (tooLong) continue;
            Assert.Equal(id, one.Json.GetProperty("id").GetString());
            Assert.Equal(id, many.Json[0].GetProperty("id").GetString());
            Assert.All(one.Json.GetProperty("explain").GetProperty("words").EnumerateArray(), word =>
                Assert.InRange(word.GetProperty("end").GetInt32(), word.GetProperty("start").GetInt32(), text.Length));
        }

        Assert.DoesNotContain(server.Log.Lines, line => line.StartsWith("Error", StringComparison.Ordinal) || line.StartsWith("Critical", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n", "400")]
    [InlineData("GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n", "421")]
    [InlineData("GET / HTTP/9.9\r\nHost: localhost\r\n\r\n", "505")]
    [InlineData("\0\0\0\0\r\n\r\n", "400")]
    [InlineData("POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: -1\r\n\r\n", "400")]
    [InlineData("POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n", "400")]
    public async Task Broken_HTTP_is_refused(string request, string status)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(server.Address.Host, server.Address.Port);
        await socket.GetStream().WriteAsync(Encoding.Latin1.GetBytes(request));
        using var reader = new StreamReader(socket.GetStream());
        Assert.StartsWith($"HTTP/1.1 {status}", await reader.ReadLineAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Headers_that_go_on_and_on_are_refused()
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/health");
        request.Headers.Add("X-Long", new string('a', 20_000));
        Assert.Equal(HttpStatusCode.RequestHeaderFieldsTooLarge, (await server.SendAsync(request)).Status);
    }

    [Fact]
    public async Task No_text_reaches_the_log()
    {
        await server.PostAsync("/predict", """{"text":"sesame-open-17"}""");
        await server.PostAsync("/predict", """{"text":"sesame-open-17""");
        await server.PostAsync("/predict", """{"text":["sesame-open-17"]}""");
        await server.PostAsync("/predict/batch?threshold=sesame-open-17", """["sesame-open-17"]""");

        Assert.DoesNotContain(server.Log.Lines, line => line.Contains("sesame", StringComparison.Ordinal));
    }
}
