using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Vigie.Mlflow.Artifacts;
using Vigie.Mlflow.Server;

namespace Vigie.Mlflow.Tests.Server;

/// <summary>What clients hear when something fails that is not theirs, and how the host ends.</summary>
public sealed class OutageTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_database_that_is_away_is_503_with_a_hint_and_comes_back_by_itself()
    {
        await using PostgresProcess postgres = await PostgresProcess.StartNewAsync();
        await postgres.ExecuteAsync("CREATE DATABASE away");
        await using TestDatabase place = await TestDatabases.CreateAsync("sqlite");
        await using MlflowStore store = await MlflowStore.OpenAsync(postgres.AddressOf("away"), new FolderArtifactStore(place.Folder), TimeProvider.System, Cancel);
        await using WebApplication app = MlflowServer.Create(store, new MlflowServerOptions { Url = "http://127.0.0.1:0" });
        using var http = new HttpClient { BaseAddress = await app.ListenAsync(Cancel) };
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/health", Cancel)).StatusCode);

        await postgres.StopAsync();
        foreach (string path in (string[])["/health", "/api/2.0/mlflow/experiments/get?experiment_id=0"])
        {
            using HttpResponseMessage away = await http.GetAsync(path, Cancel);
            Assert.Equal((HttpStatusCode.ServiceUnavailable, "1"), (away.StatusCode, away.Headers.RetryAfter?.ToString()));
            Assert.Equal("TEMPORARILY_UNAVAILABLE", (string?)JsonNode.Parse(await away.Content.ReadAsStringAsync(Cancel))!["error_code"]);
        }

        await postgres.StartAsync();
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/api/2.0/mlflow/experiments/get?experiment_id=0", Cancel)).StatusCode);
    }

    [Fact]
    public async Task While_PostgreSQL_stops_and_starts_clients_hear_503_alone_and_nothing_acknowledged_is_lost()
    {
        await using PostgresProcess postgres = await PostgresProcess.StartNewAsync();
        await postgres.ExecuteAsync("CREATE DATABASE away");
        await using TestDatabase place = await TestDatabases.CreateAsync("sqlite");
        await using MlflowStore store = await MlflowStore.OpenAsync(postgres.AddressOf("away"), new FolderArtifactStore(place.Folder), TimeProvider.System, Cancel);
        await store.Registry.CreateAsync("m", cancellation: Cancel);
        string run = (await store.Runs.CreateAsync("0", cancellation: Cancel)).Info.RunId;
        await using WebApplication app = MlflowServer.Create(store, new MlflowServerOptions { Url = "http://127.0.0.1:0" });
        using var http = new HttpClient { BaseAddress = await app.ListenAsync(Cancel) };
        using var over = new CancellationTokenSource();
        var kept = new System.Collections.Concurrent.ConcurrentQueue<long>();
        var other = new System.Collections.Concurrent.ConcurrentQueue<string>();
        long next = 0, away = 0;

        Task[] clients = [.. Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            while (!over.IsCancellationRequested)
            {
                long step = Interlocked.Increment(ref next);
                var metric = new JsonObject { ["run_id"] = run, ["key"] = "m", ["value"] = step, ["timestamp"] = step, ["step"] = step };
                using HttpResponseMessage logged = await http.PostAsync("/api/2.0/mlflow/runs/log-metric", new StringContent(metric.ToJsonString(), Encoding.UTF8, "application/json"), Cancel);
                if (logged.StatusCode == HttpStatusCode.OK) kept.Enqueue(step);
                using HttpResponseMessage read = await http.GetAsync("/api/2.0/mlflow/registered-models/get?name=m", Cancel);
                foreach (HttpResponseMessage answer in (HttpResponseMessage[])[logged, read])
                {
                    if (answer.StatusCode == HttpStatusCode.ServiceUnavailable && answer.Headers.RetryAfter?.ToString() == "1") Interlocked.Increment(ref away);
                    else if (answer.StatusCode != HttpStatusCode.OK) other.Enqueue($"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(Cancel)}");
                }
            }
        }, Cancel))];
        foreach (bool atOnce in (bool[])[false, true, false])
        {
            await MoreAsync(() => kept.Count, 20);
            await postgres.StopAsync(atOnce);
            await MoreAsync(() => Interlocked.Read(ref away), 8);
            await postgres.StartAsync();
        }

        await MoreAsync(() => kept.Count, 20); // service came back by itself
        await over.CancelAsync();
        await Task.WhenAll(clients);

        Assert.Empty(other);
        HashSet<long> found = [.. (await store.Runs.MetricHistoryAsync(run, "m", cancellation: Cancel)).Items.Select(metric => metric.Step)];
        Assert.Empty(kept.Except(found));

        static async Task MoreAsync(Func<long> count, int more)
        {
            long enough = count() + more, start = TimeProvider.System.GetTimestamp();
            while (count() < enough)
            {
                Assert.True(TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(30), "nothing came for 30 s");
                await Task.Delay(5, Cancel);
            }
        }
    }

    [Fact]
    public async Task A_fault_of_the_server_says_nothing_of_the_inside_and_is_logged()
    {
        using var log = new Faults();
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.Logging.AddProvider(log);
        await using WebApplication app = builder.Build();
        var context = new DefaultHttpContext { RequestServices = app.Services };
        context.Response.Body = new MemoryStream();

        await MlflowErrors.GuardAsync(context, _ => throw new InvalidDataException("the password is 1234"));

        string text = Encoding.UTF8.GetString(((MemoryStream)context.Response.Body).ToArray());
        Assert.Equal((500, "INTERNAL_ERROR"), (context.Response.StatusCode, (string?)JsonNode.Parse(text)!["error_code"]));
        Assert.DoesNotContain("1234", text, StringComparison.Ordinal);
        Assert.DoesNotContain(" at ", text, StringComparison.Ordinal);
        Assert.Contains("1234", Assert.Single(log.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_said_to_be()
    {
        await using RunningServer first = await RunningServer.StartAsync();
        await using WebApplication second = MlflowServer.Create(first.Store, new MlflowServerOptions { Url = first.Http.BaseAddress!.ToString() });

        IOException refused = await Assert.ThrowsAsync<IOException>(() => second.ListenAsync(Cancel));

        Assert.Contains("taken by another program", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://127.0.0.1:5000")]
    [InlineData("http://mlflow.example.org:5000")]
    [InlineData("http://127.0.0.1:5000/path")]
    [InlineData("127.0.0.1")]
    [InlineData("http://0.0.0.0:5000")]
    [InlineData("http://*:5000")]
    public async Task An_address_that_may_not_be_served_is_named(string url)
    {
        await using RunningServer running = await RunningServer.StartAsync();
        ArgumentException refused = Assert.Throws<ArgumentException>(() => MlflowServer.Create(running.Store, new MlflowServerOptions { Url = url }));
        Assert.StartsWith("url '", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_ends_though_clients_hang_on()
    {
        await using TestDatabase database = await TestDatabases.CreateAsync("sqlite");
        await using MlflowStore store = await database.OpenStoreAsync();
        await using WebApplication app = MlflowServer.Create(store, new MlflowServerOptions { Url = "http://127.0.0.1:0" });
        Uri url = await app.ListenAsync(Cancel);
        using var slow = new TcpClient();
        await slow.ConnectAsync(IPAddress.Loopback, url.Port, Cancel);
        await slow.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"POST /api/2.0/mlflow/runs/create HTTP/1.1\r\nHost: 127.0.0.1:{url.Port}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{{"), Cancel);
        await Task.Delay(50, Cancel);

        TimeSpan grace = app.Services.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout;
        Assert.True(grace < TimeSpan.FromSeconds(1), $"Ctrl-C would take {grace}");
        await app.StopAsync(Cancel).WaitAsync(TimeSpan.FromSeconds(20), Cancel); // the client never ends; left to itself the host would give it 30 s
    }

    [Fact]
    public async Task Bodies_come_in_pieces_and_with_a_charset()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/2.0/mlflow/experiments/create")
        {
            Content = new StreamContent(new MemoryStream(Encoding.UTF8.GetBytes("{\"name\":\"" + new string('é', 200) + "\"}"))),
        };
        request.Headers.TransferEncodingChunked = true;
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse("application/json; charset=utf-8");
        using HttpResponseMessage answer = await server.Http.SendAsync(request, Cancel);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }
}
