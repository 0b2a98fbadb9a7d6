using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Vigie.Server.Tests;

public sealed class RequestLogTests
{
    private const string Tweet = "Never again with this company, what a disgrace";

    [Fact]
    public async Task A_prediction_is_logged_with_its_id_and_without_its_text_and_author()
    {
        await using RunningServer server = await RunningServer.StartAsync(logged: LogLevel.Information);
        Answer answer = await server.PostAsync("/v1/predict", JsonSerializer.Serialize(new { text = Tweet, author = "@anna" }));

        IReadOnlyDictionary<string, object?> entry = await EntryAsync(server);
        Assert.Equal("POST", entry["method"]);
        Assert.Equal("/predict", entry["route"]);
        Assert.Equal(200, entry["status"]);
        Assert.Equal(answer.Json.GetProperty("prediction_id").GetString(), entry["prediction_id"]);
        Assert.Equal(answer.Headers.GetValues("X-Request-Id").Single(), entry["request_id"]);
        Assert.Equal("air-paradis", entry["model"]);
        Assert.Equal("3", entry["model_version"]);
        Assert.Equal("negative", entry["label"]);
        Assert.DoesNotContain(server.Log.Lines, line => line.Contains("disgrace", StringComparison.Ordinal) || line.Contains("anna", StringComparison.Ordinal));
        Assert.DoesNotContain(entry.Values, value => value is string text && (text.Contains("disgrace", StringComparison.Ordinal) || text.Contains("anna", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Texts_are_logged_where_the_settings_say_so()
    {
        await using RunningServer server = await RunningServer.StartAsync(new ServerOptions { Logging = new LoggingOptions { Texts = true } }, logged: LogLevel.Information);
        await server.PostAsync("/predict", JsonSerializer.Serialize(new { text = Tweet }));
        Assert.Equal(Tweet, (await EntryAsync(server))["text"]);
    }

    [Fact]
    public async Task Requests_are_not_logged_where_the_settings_say_so()
    {
        await using RunningServer server = await RunningServer.StartAsync(new ServerOptions { Logging = new LoggingOptions { Requests = false } }, logged: LogLevel.Information);
        await server.GetAsync("/health");
        await server.GetAsync("/health");
        Assert.DoesNotContain(server.Log.Entries, entry => entry.ContainsKey("route"));
    }

    [Fact]
    public async Task A_refusal_and_a_path_that_is_not_there_are_logged_too()
    {
        await using RunningServer server = await RunningServer.StartAsync(logged: LogLevel.Information);
        await server.PostAsync("/predict", """{"text":7}""");
        Assert.Equal(400, (await EntryAsync(server))["status"]);
        await server.GetAsync("/people/anna");
        IReadOnlyDictionary<string, object?> last = await EntryAsync(server, 2);
        Assert.Equal((404, "-"), (last["status"], last["route"]));
    }

    [Theory]
    [InlineData("order-17.a_b:c", true)]
    [InlineData("has space", false)]
    [InlineData("<script>", false)]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123", true)]
    [InlineData("01234567890123456789012345678901234567890123456789012345678901234", false)]
    public async Task The_callers_request_id_is_kept_where_it_is_a_plain_word(string sent, bool kept)
    {
        await using RunningServer server = await RunningServer.StartAsync();
        var request = new HttpRequestMessage(HttpMethod.Post, "/predict") { Content = new StringContent("{}") };
        request.Content.Headers.ContentType = new("application/json");
        request.Headers.TryAddWithoutValidation("X-Request-Id", sent);
        Answer answer = await server.SendAsync(request);
        string id = answer.Headers.GetValues("X-Request-Id").Single();
        Assert.Equal(kept, id == sent);
        Assert.Equal(id, answer.Problem(HttpStatusCode.BadRequest, "text").GetProperty("request_id").GetString());
        Assert.NotEmpty(id);
    }

    /// <summary>The entry of the request so many in; it is written after the answer was sent.</summary>
    private static async Task<IReadOnlyDictionary<string, object?>> EntryAsync(RunningServer server, int number = 1)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            IReadOnlyDictionary<string, object?>[] entries = [.. server.Log.Entries.Where(entry => entry.ContainsKey("route"))];
            if (entries.Length >= number) return entries[number - 1];
            await Task.Delay(10, patience.Token);
        }
    }
}
