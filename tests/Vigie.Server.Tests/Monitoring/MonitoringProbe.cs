using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Vigie.Server.Tests;

/// <summary>
/// Measures what figures cost, and runs only when asked for: <c>Vigie.Server.Tests --explicit only --filter-class "*MonitoringProbe" --show-live-output on</c>. Prints the time of counting one
/// request, and of loading, summary, series and what alerts ask, over ten days of two models with 10 million predictions a day.
/// </summary>
public sealed class MonitoringProbe(ITestOutputHelper output)
{
    private const int Days = 10, PerMinute = 7_000;

    [Fact(Explicit = true)]
    public async Task Measure()
    {
        using var folder = new RecordsFolder();
        ServerOptions options = folder.Options.WithSecret();
        Count(options);
        Fill(folder);
        await using RunningServer server = await RunningServer.StartAsync(folder.Options);
        FigureHistory history = server.Get<FigureHistory>();
        long start = Stopwatch.GetTimestamp();
        var anew = new FigureHistory(() => RecordDatabase.Connect(folder.Database), TimeProvider.System, TimeSpan.FromDays(90));
        anew.Refresh();
        Print($"loading 8 days: {Stopwatch.GetElapsedTime(start).TotalMilliseconds:0} ms");
        await RunningServer.UntilAsync(() => Task.FromResult(history.ReadAt is not null));
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        foreach (string path in (string[])["/monitoring/summary?window=5m", "/monitoring/summary?window=24h", "/monitoring/series?resolution=5m", "/monitoring/series?resolution=1h", "/monitoring/series?resolution=1d", "/metrics"])
            await TimeAsync(path, async () => await server.GetAsync(path), 20);
        Reporting reporting = server.Get<Reporting>();
        DateTimeOffset[] bounds = [.. Calendar.Bounds(now.AddDays(-1), now, Resolution.FiveMinutes, TimeZoneInfo.Utc)];
        PeriodReport[] buckets = reporting.Buckets(bounds, null);
        await TimeAsync("buckets of 5 minutes over 24 hours, put together", () => Task.FromResult(reporting.Buckets(bounds, null)), 20);
        await TimeAsync("and as JSON", () => Task.FromResult(System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(new MonitoringSeries { Buckets = buckets }, ServerJson.Readable.MonitoringSeries)), 20);
        await TimeAsync("Over 5 minutes", () => Task.FromResult(history.Over(now.AddMinutes(-5), now)), 500);
        await TimeAsync("Over 24 hours of one model", () => Task.FromResult(history.Over(now.AddDays(-1), now, "one")), 100);
        await TimeAsync("a refresh without changes", () => Task.Run(history.Refresh), 200);
        Assert.True(history.Over(now.AddDays(-1), now).Predictions > 9_000_000);
    }

    private void Count(ServerOptions options)
    {
        using var keeper = new RecordKeeper(options, NullLogger<RecordKeeper>.Instance);
        var count = new TrafficCount(new Recorder(SomeRecords.Ids(TimeProvider.System)), keeper, TimeProvider.System);
        var context = new DefaultHttpContext { Request = { Method = "POST", Path = "/v1/predict" } };
        for (int round = 0; round < 4; round++)
        {
            long start = Stopwatch.GetTimestamp();
            const int Calls = 2_000_000;
            for (int i = 0; i < Calls; i++)
            {
                if (Traffic.IsCounted(context.Request.Method, context.Request.Path.Value)) count.Add(200);
            }

            Print($"counting a request: {Stopwatch.GetElapsedTime(start).TotalNanoseconds / Calls:0.0} ns");
        }
    }

    private static void Fill(RecordsFolder folder)
    {
        SomeRecords.Open(folder).Dispose();
        using RecordDatabase database = RecordDatabase.OpenToWrite(folder.Database);
        var random = new Xoshiro256(1);
        database.Run("BEGIN; INSERT INTO models (id, digest, name) VALUES (1, 'one', 'one'), (2, 'two', 'two'); UPDATE changes SET last = 2");
        RecordStatement insert = database.Prepare("INSERT INTO figures (minute, model, part, negative, neutral, positive, confidence, unknown_share, length, latencies, newest, change) VALUES (?1, ?2, 0, ?3, 0, ?4, ?5, ?6, ?7, ?8, ?9, 2)");
        long now = FigureHistory.MinuteOf(TimeProvider.System.GetUtcNow());
        for (long minute = now - Days * 1440; minute <= now; minute++)
        {
            for (int model = 1; model <= 2; model++)
            {
                var histogram = new LatencyHistogram();
                for (int i = 0; i < PerMinute / 2; i++) histogram.Add((long)(60 * Math.Exp(random.NextDouble() * random.NextDouble() * 8)));
                insert.Bind(1, minute).Bind(2, model).Bind(3, PerMinute / 5).Bind(4, PerMinute / 2 - PerMinute / 5).Bind(5, 0.85 * PerMinute / 2).Bind(6, 0.05 * PerMinute / 2).Bind(7, 80L * PerMinute / 2)
                    .BindBlob(8, histogram.ToBytes()).Bind(9, minute * 60_000).Run();
            }
        }

        database.Run("COMMIT");
    }

    private async Task TimeAsync(string what, Func<Task> work, int times)
    {
        var took = new List<double>();
        for (int i = 0; i < times; i++)
        {
            long start = Stopwatch.GetTimestamp();
            await work();
            took.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        took.Sort();
        Print($"{what}: P50 {took[times / 2]:0.00} ms, most {took[^1]:0.00} ms");
    }

    private void Print(FormattableString line) => output.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
