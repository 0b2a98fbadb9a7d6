using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;

namespace Vigie.Server.Tests;

/// <summary>What GET /monitoring/summary and /monitoring/series say, of a real server.</summary>
public sealed class MonitoringTests : IDisposable
{
    private readonly RecordsFolder folder = new();
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 11, 23, 12, 0, 10, TimeSpan.Zero));

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task The_summary_says_what_happened_and_is_silent_of_what_did_not()
    {
        await using RunningServer server = await StartAsync();
        JsonElement empty = (await server.GetAsync("/monitoring/summary")).Json.GetProperty("window");
        Assert.Equal("from to requests predictions labels judged", string.Join(' ', empty.EnumerateObject().Select(member => member.Name)));
        Assert.Equal("count per_second succeeded refused failed", string.Join(' ', empty.GetProperty("requests").EnumerateObject().Select(member => member.Name)));

        await server.PostAsync("/predict", "{}");
        string good = await PredictAsync(server, "Lovely crew, thank you"), bad = await PredictAsync(server, "Three hours late, a disgrace");
        await PredictAsync(server, "Three hours late, a disgrace");
        clock.Advance(TimeSpan.FromMinutes(1));
        await CorrectAsync(server, good, "positive");
        await CorrectAsync(server, bad, "positive");
        await server.Get<TrafficCount>().WriteAsync();
        await folder.UntilAsync("SELECT (SELECT count(*) FROM judgements) + (SELECT count(*) FROM traffic)", 4);
        clock.Advance(TimeSpan.FromSeconds(1));
        Answer answer = await server.GetAsync("/v1/monitoring/summary?window=5m");
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        JsonElement window = answer.Json.GetProperty("window"), requests = window.GetProperty("requests");
        Assert.Equal(("2026-11-23T11:56:00+00:00", "2026-11-23T12:01:11+00:00"), (window.GetProperty("from").GetString(), window.GetProperty("to").GetString()));
        Assert.Equal((6, 5, 1, 0), (Long(requests, "count"), Long(requests, "succeeded"), Long(requests, "refused"), Long(requests, "failed")));
        Assert.Equal((6 / 311.0, 1 / 6.0, 0), (Number(requests, "per_second"), Number(requests, "refused_share"), Number(requests, "failed_share")));
        Assert.Equal((3, 2, 1), (Long(window, "predictions"), Long(window.GetProperty("labels"), "negative"), Long(window.GetProperty("labels"), "positive")));
        Assert.Equal(2.0 / 3, Number(window.GetProperty("label_shares"), "negative"));
        Assert.Equal((22 + 28 + 28) / 3.0, Number(window, "mean_length"));
        JsonElement feedback = window.GetProperty("feedback");
        Assert.Equal((2, 1, 0.5), (Long(window, "judged"), Long(feedback, "right"), Number(feedback, "accuracy")));
        Assert.Equal("[[0,0,0],[0,0,0],[1,0,1]]", feedback.GetProperty("confusion_matrix").GetRawText());
        Assert.Equal("mean_confidence", window.GetProperty("estimated_accuracy").GetProperty("method").GetString()); // this model has no validation report
        Assert.Equal(Number(window, "mean_confidence"), Number(window.GetProperty("estimated_accuracy"), "accuracy"), 12);
        Assert.InRange(Number(window.GetProperty("latency_ms"), "p50"), 0, 60_000);

        JsonElement day = answer.Json.GetProperty("last_day");
        Assert.Equal(("2026-11-22T12:01:00+00:00", 3), (day.GetProperty("from").GetString(), Long(day, "predictions")));
        clock.Advance(TimeSpan.FromMinutes(6)); // out of the window, and not out of the day
        JsonElement later = (await server.GetAsync("/monitoring/summary?window=5m")).Json;
        Assert.Equal((0, 3, 0), (Long(later.GetProperty("window"), "predictions"), Long(later.GetProperty("last_day"), "predictions"), Long(later.GetProperty("window"), "judged")));

        string digest = SmallModels.TwoClasses.Digest;
        foreach (string model in (string[])["air-paradis", digest])
        {
            JsonElement own = (await server.GetAsync("/monitoring/summary?model=" + model)).Json;
            Assert.Equal((digest, 3, false), (own.GetProperty("model").GetString(), Long(own.GetProperty("window"), "predictions"), own.GetProperty("window").TryGetProperty("requests", out _)));
        }

        Assert.Equal(0, Long((await server.GetAsync("/monitoring/summary?model=" + new string('a', 64))).Json.GetProperty("last_day"), "predictions"));
    }

    [Fact]
    public async Task The_series_has_every_bucket_in_the_order_of_time()
    {
        await using RunningServer server = await StartAsync();
        await PredictAsync(server, "Lovely crew, thank you");
        clock.Advance(TimeSpan.FromHours(2));
        await PredictAsync(server, "Three hours late, a disgrace");
        await PredictAsync(server, "Three hours late, a disgrace");
        await folder.UntilAsync("SELECT count(*) FROM predictions", 3);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("11:00 12:00=1 13:00 14:00=2", await SeriesAsync(server, "resolution=1h&from=2026-11-23T11:00Z", "HH:mm"));
        Assert.Equal("13:55 14:00=2", await SeriesAsync(server, "resolution=5m&from=2026-11-23T14:55%2B01:00", "HH:mm"));
        Assert.Equal(25, (await server.GetAsync("/monitoring/series")).Json.GetProperty("buckets").GetArrayLength()); // a day that does not begin with an hour
        Assert.Equal("21 22 23=3", await SeriesAsync(server, "resolution=1d&from=2026-11-21&to=2026-11-24", "dd"));
        // Guadalcanal's 24th began at 13:00.
        Assert.Equal("22=1 23=2", await SeriesAsync(server, "resolution=1d&from=2026-11-23T12:00Z&zone=Pacific/Guadalcanal&to=2026-11-23T23:00Z", "dd"));
    }

    [Fact]
    public async Task What_is_older_than_memory_is_read_from_the_database()
    {
        await using (RunningServer before = await StartAsync())
        {
            await PredictAsync(before, "Lovely crew, thank you");
            await folder.UntilAsync("SELECT count(*) FROM predictions", 1);
        }

        clock.Advance(TimeSpan.FromDays(20));
        await using RunningServer server = await StartAsync();
        await PredictAsync(server, "Lovely crew, thank you");
        await folder.UntilAsync("SELECT count(*) FROM predictions", 2);
        clock.Advance(TimeSpan.FromSeconds(1));
        JsonElement buckets = (await server.GetAsync("/monitoring/series?resolution=1d")).Json.GetProperty("buckets");
        Assert.Equal(31, buckets.GetArrayLength());
        Assert.Equal([10, 30], Enumerable.Range(0, 31).Where(day => Long(buckets[day], "predictions") == 1));
    }

    [Theory]
    [InlineData("/summary?window=0m", "window")]
    [InlineData("/summary?window=90s", "window")]
    [InlineData("/summary?window=8d", "window")]
    [InlineData("/summary?window=soon", "window")]
    [InlineData("/series?resolution=2h", "resolution")]
    [InlineData("/series?from=yesterday", "from")]
    [InlineData("/series?from=2026-11-23T10:00:00 01:00", "from")]
    [InlineData("/series?from=2026-11-24&to=2026-11-23", "from")]
    [InlineData("/series?to=0001-01-01", "to")]
    [InlineData("/series?resolution=5m&from=2026-11-01", "from")]
    [InlineData("/series?resolution=1d&zone=Europe/Nowhere", "zone")]
    [InlineData("/series?resolution=1d&zone=../etc/passwd", "zone")]
    public async Task A_wrong_parameter_is_named(string query, string field)
    {
        await using RunningServer server = await StartAsync();
        (await server.GetAsync("/monitoring" + query)).Problem(HttpStatusCode.BadRequest, field);
    }

    [Fact]
    public async Task A_server_that_keeps_nothing_and_a_model_that_is_not_there_are_told()
    {
        await using RunningServer server = await StartAsync();
        (await server.GetAsync("/monitoring/series?model=nobody")).Problem(HttpStatusCode.NotFound, "model");
        await using RunningServer keepsNothing = await RunningServer.StartAsync();
        using HttpResponseMessage none = await keepsNothing.Client.GetAsync("/monitoring/summary", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotImplemented, none.StatusCode);
    }

    [Fact]
    public async Task A_database_that_cannot_be_read_leaves_what_is_known_and_says_so()
    {
        await using RunningServer server = await StartAsync();
        await PredictAsync(server, "Lovely crew, thank you");
        await folder.UntilAsync("SELECT count(*) FROM predictions", 1);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, Long((await server.GetAsync("/monitoring/summary")).Json.GetProperty("window"), "predictions"));
        File.Move(folder.Database, folder.Database + ".away");
        clock.Advance(TimeSpan.FromSeconds(1));
        JsonElement summary = (await server.GetAsync("/monitoring/summary")).Json;
        Assert.Equal(1, Long(summary.GetProperty("window"), "predictions"));
        Assert.Contains("unable to open database", summary.GetProperty("failure").GetString(), StringComparison.Ordinal);
        using HttpResponseMessage old = await server.Client.GetAsync("/monitoring/series?resolution=1d", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, old.StatusCode);
    }

    private async Task<string> SeriesAsync(RunningServer server, string query, string form)
    {
        JsonElement buckets = (await server.GetAsync("/monitoring/series?" + query)).Json.GetProperty("buckets");
        return string.Join(' ', buckets.EnumerateArray().Select(bucket =>
            bucket.GetProperty("from").GetDateTimeOffset().ToString(form, System.Globalization.CultureInfo.InvariantCulture) + (Long(bucket, "predictions") is > 0 and var count ? $"={count}" : "")));
    }

    private Task<RunningServer> StartAsync() => RunningServer.StartAsync(folder.Options with { Clock = clock });

    private static async Task<string> PredictAsync(RunningServer server, string text) => (await server.PostAsync("/predict", JsonSerializer.Serialize(new { text }))).Json.GetProperty("prediction_id").GetString()!;

    private static async Task CorrectAsync(RunningServer server, string id, string label) =>
        Assert.Equal(HttpStatusCode.Created, (await server.PostAsync("/feedback", JsonSerializer.Serialize(new { prediction_id = id, label }))).Status);

    private static long Long(JsonElement of, string name) => of.GetProperty(name).GetInt64();

    private static double Number(JsonElement of, string name) => of.GetProperty(name).GetDouble();
}
