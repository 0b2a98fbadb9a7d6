using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;

namespace Vigie.Server.Tests;

/// <summary>A server is killed again and again while wrong predictions are reported. There is one alert, told once, and it has counted every report once.</summary>
public sealed class KilledAlertsTests : IDisposable
{
    private readonly RecordsFolder folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public Task No_alert_is_missed_or_doubled() => KillAsync(rounds: 3);

    [Fact]
    [Trait("Category", "Slow")]
    public Task No_alert_is_missed_or_doubled_in_fifty_kills() => KillAsync(rounds: 50);

    private async Task KillAsync(int rounds)
    {
        await using HookReceiver receiver = await HookReceiver.StartAsync();
        int acknowledged = 0;
        for (int round = 0; round < rounds; round++)
        {
            using ServerToKill server = await ServerToKill.StartAsync(folder.Path, receiver.Address + "/hook");
            int before = acknowledged;
            Task[] clients = [.. Enumerable.Range(0, 4).Select(_ => UntilCutAsync(async () =>
            {
                await ReportAsync(server.Http);
                Interlocked.Increment(ref acknowledged);
            }))];
            Task all = Task.WhenAll(clients);
            while (!all.IsCompleted && acknowledged < before + 3) await Task.Delay(1, Cancel);
            await Task.Delay(round * 7 % 60, Cancel); // before the alert, while it is written, while it is sent, and after
            await server.KillAsync();
            await all;
        }

        using ServerToKill last = await ServerToKill.StartAsync(folder.Path, receiver.Address + "/hook");
        await ReportAsync(last.Http);
        acknowledged++;
        JsonElement[] alerts = [];
        await RunningServer.UntilAsync(async () =>
        {
            using HttpResponseMessage answer = await last.Http.GetAsync("/alerts", Cancel);
            if (answer.StatusCode != HttpStatusCode.OK) return false;
            alerts = [.. (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("alerts").EnumerateArray()];
            return alerts.Length > 0 && alerts[0].GetProperty("count").GetInt64() >= acknowledged && alerts[0].GetProperty("count").GetInt64() >= folder.Ask("SELECT count(*) FROM feedback");
        });
        // One that was kept may not have been acknowledged before the kill; it counts all the same.
        Assert.Equal(folder.Ask("SELECT count(*) FROM feedback"), Assert.Single(alerts).GetProperty("count").GetInt64());
        await RunningServer.UntilAsync(() => Task.FromResult(!receiver.Posts.IsEmpty));
        Assert.Single(receiver.Posts.Select(post => post.Key).Distinct()); // what is delivered twice says so
    }

    private static async Task ReportAsync(HttpClient http)
    {
        using HttpResponseMessage predicted = await http.PostAsJsonAsync("/predict", new { text = "lovely tweet of many" }, Cancel);
        JsonElement answer = await predicted.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        string wrong = answer.GetProperty("label").GetString() == "positive" ? "negative" : "positive";
        using HttpResponseMessage corrected = await http.PostAsJsonAsync("/feedback", new { prediction_id = answer.GetProperty("prediction_id").GetString(), label = wrong }, Cancel);
        Assert.Equal(HttpStatusCode.Created, corrected.StatusCode);
    }

    private static async Task UntilCutAsync(Func<Task> work)
    {
        try
        {
            while (true) await work();
        }
        catch (Exception cut) when (cut is HttpRequestException or IOException or SocketException)
        {
            return; // what was under way was not acknowledged
        }
    }
}
