using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging.Abstractions;

namespace Vigie.Server.Tests;

/// <summary>
/// Measures what records cost, and runs only when asked for: <c>Vigie.Server.Tests --explicit only --filter-class "*RecordsProbe" --show-live-output on</c>. Prints the
/// time of a Record call, records moved into the database a second, and durable corrections a second from 32 connections.
/// </summary>
public sealed class RecordsProbe(ITestOutputHelper output)
{
    private const int Calls = 300_000, Part = 100;

    [Fact(Explicit = true)]
    public async Task Measure()
    {
        using var folder = new RecordsFolder();
        ServedModel model = SmallModels.Train(300);
        ServerOptions options = folder.Options with { Url = "http://127.0.0.1:0", Records = folder.Options.Records with { MemoryBytes = 1L << 30 } };
        Recording(options, model);
        await CorrectingAsync(options, model);
        Assert.NotEmpty(Directory.EnumerateFiles(folder.Records));
    }

    private void Recording(ServerOptions options, ServedModel model)
    {
        options = options.WithSecret();
        using var keeper = new RecordKeeper(options, NullLogger<RecordKeeper>.Instance);
        keeper.StartAsync(CancellationToken.None).Wait();
        var ids = new PredictionIds(TimeProvider.System, options.Secret, 1);
        PredictionRecord[] records = [.. Enumerable.Range(0, 1000).Select(i => SomeRecords.Prediction(
            ids.Next(), "Three hours late and not one word from the crew, never again with this airline " + i.ToString(CultureInfo.InvariantCulture), new TweetId("14678106" + i, false), "@anna" + i, model))];
        foreach (bool names in (bool[])[false, true])
        {
            for (int warm = 0; warm < 20_000; warm++) keeper.Add(records[warm % 1000]);
            var each = new PredictionRecord[Calls];
            for (int i = 0; i < Calls; i++) each[i] = records[i % 1000] with { Id = ids.Next(), Author = names ? records[i % 1000].Author : null, TweetId = names ? records[i % 1000].TweetId : null };
            TimeSpan processor = Process.GetCurrentProcess().TotalProcessorTime;
            var watch = Stopwatch.StartNew();
            var parts = new List<double>();
            for (int part = 0; part < Calls; part += Part)
            {
                long start = Stopwatch.GetTimestamp();
                for (int i = part; i < part + Part; i++) keeper.Add(each[i]);
                parts.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds / Part);
            }

            parts.Sort();
            double call = parts[parts.Count / 2]; // of the middle part: others are interrupted by the writer, the mover and whatever else runs here
            while (keeper.State is var state && (state.BytesBehind > 0 || state.BytesInMemory > 0 || state.Moved < state.Written)) Task.Delay(1).Wait();
            double processed = (Process.GetCurrentProcess().TotalProcessorTime - processor).TotalMicroseconds / Calls;
            Print($"{(names ? "with tweet id and author" : "text only")}: {call:0.00} us a Record call; {Calls / watch.Elapsed.TotalSeconds:0} records/s into the database; {processed:0.00} us of processor a record in all; dropped {keeper.State.Dropped}");
        }
    }

    private async Task CorrectingAsync(ServerOptions options, ServedModel model)
    {
        await using WebApplication app = VigieServer.Create(options, model);
        using var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 32 }) { BaseAddress = await app.ListenAsync() };
        var times = new List<double>();
        foreach (int seconds in (int[])[2, 8])
        {
            times.Clear();
            long end = Stopwatch.GetTimestamp() + seconds * Stopwatch.Frequency;
            await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => Task.Run(async () =>
            {
                while (Stopwatch.GetTimestamp() < end)
                {
                    long start = Stopwatch.GetTimestamp();
                    using var body = new ByteArrayContent("""{"text":"Three hours late and not one word","predicted":"positive","label":"negative","reporter":"anna"}"""u8.ToArray()) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
                    using HttpResponseMessage answer = await http.PostAsync("/feedback", body);
                    answer.EnsureSuccessStatusCode();
                    lock (times) times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                }
            })));
            times.Sort();
            Print($"corrections: {times.Count / seconds}/s durable from 32 connections (client in the same process), P50 {times[times.Count / 2]:0.0} ms, P95 {times[times.Count * 95 / 100]:0.0} ms, P99 {times[times.Count * 99 / 100]:0.0} ms");
        }
    }

    private void Print(FormattableString line) => output.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
