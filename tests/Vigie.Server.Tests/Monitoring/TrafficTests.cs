using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Vigie.Server.Tests;

public sealed class TrafficTests : IDisposable
{
    private readonly RecordsFolder folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("POST", "/predict", true)]
    [InlineData("POST", "/v1/predict", true)]
    [InlineData("POST", "/V1/Predict/", true)]
    [InlineData("POST", "/predict/batch", true)]
    [InlineData("POST", "/v1/predict/batch", true)]
    [InlineData("POST", "/feedback", true)]
    [InlineData("POST", "/v1/feedback", true)]
    [InlineData("GET", "/predict", false)]
    [InlineData("POST", "/predicts", false)]
    [InlineData("POST", "/v1", false)]
    [InlineData("POST", "/v1/metrics", false)]
    [InlineData("POST", "/", false)]
    [InlineData("POST", null, false)]
    public void Requests_to_the_prediction_API_are_counted_and_no_others(string method, string? path, bool counted) => Assert.Equal(counted, Traffic.IsCounted(method, path));

    [Fact]
    public async Task Every_request_is_counted_by_what_came_of_it_and_after_a_restart_too()
    {
        await using (RunningServer server = await RunningServer.StartAsync(folder.Options with { RateLimit = new RateLimitOptions { Requests = 5, Window = TimeSpan.FromMinutes(5) } }))
        {
            await server.PostAsync("/predict", """{"text":"Lovely crew"}""");
            await server.PostAsync("/v1/feedback", """{"text":"Lovely crew","predicted":"positive","label":"negative"}""");
            await server.PostAsync("/predict", "{}"); // 400
            await server.PostAsync("/predict", "x", "text/plain"); // 415
            using (HttpResponseMessage foreign = await server.Client.SendAsync(new HttpRequestMessage(HttpMethod.Post, "/predict") { Headers = { Host = "elsewhere.example" } }, Cancel)) // refused before it has an endpoint
                Assert.InRange((int)foreign.StatusCode, 400, 499);
            await AbortAsync(server.Address);
            Assert.Equal(HttpStatusCode.TooManyRequests, (await server.PostAsync("/predict", """{"text":"Lovely crew"}""")).Status);
            await server.GetAsync("/predict"); // is none
            await RunningServer.UntilAsync(() => Task.FromResult(server.Get<TrafficCount>().Running == new TrafficCounts(2, 5, 0)));
            await server.PostAsync("/predict", "{}"); // and one more than is there when the server ends
        }

        await using RunningServer again = await RunningServer.StartAsync(folder.Options);
        await folder.UntilAsync("SELECT ifnull(sum(succeeded), 0) + 100 * ifnull(sum(refused), 0) FROM traffic", 602);
        Assert.Equal(0, folder.Ask("SELECT sum(failed) FROM traffic"));
    }

    [Fact]
    public async Task Counts_wait_for_a_disk_that_takes_nothing_and_each_minute_has_its_own()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 11, 23, 12, 0, 58, TimeSpan.Zero));
        ServerOptions options = folder.Options.WithSecret() with { Clock = clock };
        var recorder = new Recorder(SomeRecords.Ids(clock));
        using (var closed = new RecordKeeper(options, NullLogger<RecordKeeper>.Instance))
        {
            await using var count = new TrafficCount(recorder, closed, clock);
            count.Add(200);
            await count.WriteAsync(); // the keeper is not open: as good as a full disk
            count.Add(204);
            clock.Advance(TimeSpan.FromSeconds(2));
            count.Add(429);
            count.Add(503);
            await closed.StartAsync(Cancel);
            await count.WriteAsync();
            await count.WriteAsync(); // nothing has grown
            clock.AdjustTime(clock.GetUtcNow().AddSeconds(-1.5)); // set back into the minute before
            count.Add(200);
            await count.WriteAsync();
            await folder.UntilAsync("SELECT ifnull(sum(succeeded + refused + failed), 0) FROM traffic", 5);
        }

        long noon = FigureHistory.MinuteOf(new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.Zero));
        Assert.Equal((3, 0, 0), (Sum("succeeded", noon), Sum("refused", noon), Sum("failed", noon)));
        Assert.Equal((0, 1, 1), (Sum("succeeded", noon + 1), Sum("refused", noon + 1), Sum("failed", noon + 1)));

        long Sum(string column, long minute) => folder.Ask($"SELECT sum({column}) FROM traffic WHERE minute = {minute}");
    }

    [Fact]
    public async Task The_time_that_counts_are_written_comes_by_itself()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.Zero));
        using var keeper = new RecordKeeper(folder.Options.WithSecret() with { Clock = clock }, NullLogger<RecordKeeper>.Instance);
        await keeper.StartAsync(Cancel);
        await using var count = new TrafficCount(new Recorder(SomeRecords.Ids(clock)), keeper, clock);
        await count.StartAsync(Cancel);
        count.Add(200);
        clock.Advance(TrafficCount.Interval);
        await folder.UntilAsync("SELECT ifnull(sum(succeeded), 0) FROM traffic", 1);
        count.Add(200);
        await count.StopAsync(Cancel);
        await folder.UntilAsync("SELECT sum(succeeded) FROM traffic", 2);
        Assert.Equal(0, keeper.State.Written); // they are no records of anybody
    }

    // A caller that leaves in the middle of its body.
    private static async Task AbortAsync(Uri address)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port, Cancel);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"POST /predict HTTP/1.1\r\nHost: {address.Authority}\r\nContent-Type: application/json\r\nContent-Length: 100\r\nExpect: 100-continue\r\n\r\n"), Cancel);
        Assert.True(await client.GetStream().ReadAsync(new byte[100], Cancel) > 0); // its body is waited for
        client.Client.LingerState = new LingerOption(true, 0); // reset
    }
}
