using System.Collections.Concurrent;
using System.Data.Common;
using System.Net;
using System.Text.Json;
using Vigie.Mlflow.Tests;

namespace Vigie.Server.Tests;

/// <summary>Servers whose records go to a real PostgreSQL.</summary>
public sealed class PostgresServerTests : IDisposable
{
    private readonly RecordsFolder one = new(), two = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        one.Dispose();
        two.Dispose();
    }

    [Fact]
    public async Task Two_servers_on_one_database_have_the_same_figures_corrections_and_erasures()
    {
        string address = await PostgresDatabases.CreateAsync();
        await using RunningServer first = await RunningServer.StartAsync(Options(one, address)), second = await RunningServer.StartAsync(Options(two, address) with { SecretFile = one.Secret });
        string here = await PredictAsync(first, "open sesame today", 1), there = await PredictAsync(second, "open sesame tomorrow", 1);
        await PredictAsync(second, "stays for ever", 2);
        await CorrectAsync(second, here, "negative"); // of a prediction that the other one made, and may move later
        await CorrectAsync(first, there, "positive");
        await PostgresDatabases.UntilAsync(address, "SELECT count(*) + 100 * (SELECT coalesce(sum(count), 0) FROM judgements) FROM predictions", 203);

        foreach (RunningServer server in (RunningServer[])[first, second])
        {
            await RunningServer.UntilAsync(async () => (await SummaryAsync(server)).GetProperty("predictions").GetInt64() == 3 && (await SummaryAsync(server)).GetProperty("judged").GetInt64() == 2);
            await server.Get<TrafficCount>().WriteAsync();
        }

        await PostgresDatabases.UntilAsync(address, "SELECT coalesce(sum(succeeded), 0) FROM traffic", 5);
        foreach (RunningServer server in (RunningServer[])[first, second]) await RunningServer.UntilAsync(async () => (await SummaryAsync(server)).GetProperty("requests").GetProperty("count").GetInt64() == 5);

        JsonElement erased = (await first.SendAsync(new HttpRequestMessage(HttpMethod.Delete, "/tweets/1"))).Json;
        Assert.Equal(("done", 2, 2), (erased.GetProperty("state").GetString(), erased.GetProperty("predictions").GetInt32(), erased.GetProperty("corrections").GetInt32()));
        Assert.Equal((0, 1), (PostgresDatabases.Ask(address, "SELECT count(*) FROM predictions WHERE text LIKE '%sesame%'"), PostgresDatabases.Ask(address, "SELECT count(*) FROM predictions WHERE text = 'stays for ever'")));
        Assert.Equal(0, (await second.SendAsync(new HttpRequestMessage(HttpMethod.Delete, "/tweets/1"))).Json.GetProperty("predictions").GetInt32());
        Assert.Empty(one.FilesWith("sesame"));
        Assert.Empty(two.FilesWith("sesame"));
        Assert.False(File.Exists(one.Database));
        using DbConnection connection = PostgresDatabases.Connect(address);
        Assert.Equal((3, 2), Recount.Check(connection));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_database_that_stops_under_load_and_comes_back_costs_nothing(bool atOnce)
    {
        await using PostgresProcess postgres = await PostgresProcess.StartNewAsync();
        await postgres.ExecuteAsync("CREATE DATABASE records");
        string address = postgres.AddressOf("records");
        var predicted = new ConcurrentBag<string>();
        var corrected = new ConcurrentBag<string>();
        await using RunningServer server = await RunningServer.StartAsync(Options(one, address));
        using var over = new CancellationTokenSource();
        Task load = Task.WhenAll(Enumerable.Range(0, 4).Select(client => Task.Run(async () =>
        {
            while (!over.IsCancellationRequested)
            {
                string id = await PredictAsync(server, "open sesame", predicted.Count);
                predicted.Add(id);
                corrected.Add(await CorrectAsync(server, id, "negative"));
            }
        })));
        await PostgresDatabases.UntilAsync(address, "SELECT least(count(*), 50) FROM feedback", 50);
        await postgres.StopAsync(atOnce);
        await RunningServer.UntilAsync(async () => (await server.GetAsync("/health")).Json.GetProperty("status").GetString() == "degraded");
        int before = predicted.Count;
        await RunningServer.UntilAsync(() => Task.FromResult(predicted.Count > before + 200)); // predictions and corrections go on
        await postgres.StartAsync();
        await PostgresDatabases.UntilAsync(address, $"SELECT least(count(*), {before + 200}) FROM feedback", before + 200);
        over.Cancel();
        await load;
        await PostgresDatabases.UntilAsync(address, "SELECT count(*) FROM feedback", corrected.Count);
        await PostgresDatabases.UntilAsync(address, "SELECT count(*) FROM predictions", predicted.Count);
        Assert.Equal(predicted.Count, PostgresDatabases.Ask(address, "SELECT count(DISTINCT f.prediction) FROM feedback AS f JOIN predictions AS p ON p.id = f.prediction"));
        using (DbConnection connection = PostgresDatabases.Connect(address)) Assert.Equal((predicted.Count, corrected.Count), Recount.Check(connection));
        await RunningServer.UntilAsync(async () => (await server.GetAsync("/health")).Json.GetProperty("status").GetString() == "ok");
        await RunningServer.UntilAsync(async () => (await SummaryAsync(server)).GetProperty("judged").GetInt64() == corrected.Count);
        Assert.DoesNotContain(server.Log.Lines, line => line.Contains("vigie@", StringComparison.Ordinal)); // the address stays out of the log
    }

    [Fact]
    public async Task A_database_that_is_not_there_yet_is_waited_for()
    {
        await using PostgresProcess postgres = await PostgresProcess.StartNewAsync();
        await postgres.ExecuteAsync("CREATE DATABASE records");
        string address = postgres.AddressOf("records");
        await postgres.StopAsync();
        await using RunningServer server = await RunningServer.StartAsync(Options(one, address, erasureWait: 0));
        await CorrectAsync(server, await PredictAsync(server, "open sesame", 1), "negative");
        using HttpResponseMessage summary = await server.Client.GetAsync("/monitoring/summary", Cancel);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, summary.StatusCode);
        using HttpResponseMessage erasure = await server.Client.DeleteAsync("/tweets/1", Cancel);
        Assert.Equal(HttpStatusCode.Accepted, erasure.StatusCode);
        await postgres.StartAsync();
        await PostgresDatabases.UntilAsync(address, "SELECT count(*) FROM erasures WHERE predictions = 1", 1);
        await RunningServer.UntilAsync(async () => (await SummaryAsync(server)).GetProperty("judged").GetInt64() == 1);
        await RunningServer.UntilAsync(() => Task.FromResult(one.FilesWith("open sesame").Length == 0));
    }

    private static ServerOptions Options(RecordsFolder folder, string address, int erasureWait = 20) => folder.Options with { Records = folder.Options.Records with { Database = address, ErasureWaitSeconds = erasureWait } };

    private static async Task<JsonElement> SummaryAsync(RunningServer server) => (await server.GetAsync("/monitoring/summary?window=1h")).Json.GetProperty("window");

    private static async Task<string> PredictAsync(RunningServer server, string text, int id) => (await server.PostAsync("/predict", JsonSerializer.Serialize(new { text, id }))).Json.GetProperty("prediction_id").GetString()!;

    private static async Task<string> CorrectAsync(RunningServer server, string id, string label)
    {
        Answer answer = await server.PostAsync("/feedback", JsonSerializer.Serialize(new { prediction_id = id, label }));
        Assert.Equal(HttpStatusCode.Created, answer.Status);
        return answer.Json.GetProperty("feedback_id").GetString()!;
    }
}
