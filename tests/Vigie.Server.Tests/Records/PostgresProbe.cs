using System.Diagnostics;
using System.Globalization;

namespace Vigie.Server.Tests;

/// <summary>Measures how fast records go into PostgreSQL, and runs only when asked for: <c>Vigie.Server.Tests --explicit only --filter-class "*PostgresProbe" --show-live-output on</c>.</summary>
public sealed class PostgresProbe(ITestOutputHelper output)
{
    private const int Batches = 40;

    [Fact(Explicit = true)]
    public async Task Measure()
    {
        using var folder = new RecordsFolder();
        string address = await PostgresDatabases.CreateAsync();
        using PostgresSource source = PostgresSource.Of(address, Directory.CreateDirectory(folder.Journal).FullName);
        using IRecordStore store = source.Open(TimeProvider.System, _ => false, default);
        PredictionIds ids = SomeRecords.Ids(TimeProvider.System);
        foreach (int size in (int[])[20, 300, 3000, 3000])
        {
            byte[][][] batches = [.. Enumerable.Range(0, Batches).Select(_ => Enumerable.Range(0, size).Select(i => SomeRecords.Payload(SomeRecords.Prediction(
                ids.Next(), "Three hours late and not one word from the crew, never again with this airline " + i.ToString(CultureInfo.InvariantCulture), new TweetId("14678106" + i, false), "@anna" + i))).ToArray())];
            long start = Stopwatch.GetTimestamp();
            foreach (byte[][] batch in batches) store.Take(batch);
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"batches of {size}: {size * Batches / seconds:0} records/s, {seconds * 1000 / Batches:0.0} ms each"));
        }

        Assert.Equal(Batches * 6320, PostgresDatabases.Ask(address, "SELECT count(*) FROM predictions"));
    }
}
