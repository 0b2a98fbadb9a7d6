using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Vigie.Mlflow.Tests;

namespace Vigie.Server.Tests;

/// <summary>Alerts of servers that share a PostgreSQL.</summary>
public sealed class SharedAlertsTests : IDisposable
{
    private readonly RecordsFolder one = new(), other = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        one.Dispose();
        other.Dispose();
    }

    [Fact]
    public async Task Two_servers_raise_one_alert_and_the_one_that_is_left_goes_on()
    {
        string database = await PostgresDatabases.CreateAsync();
        await using HookReceiver receiver = await HookReceiver.StartAsync();
        await using RunningServer first = await RunningServer.StartAsync(Options(one, database, receiver));
        await using RunningServer second = await RunningServer.StartAsync(Options(other, database, receiver));
        await ReportAsync(first, "Lovely delay one");
        await ReportAsync(second, "Lovely delay two");
        await ReportAsync(first, "Lovely delay three");
        await RunningServer.UntilAsync(() => Task.FromResult(receiver.Posts.Count == 1));
        await RunningServer.UntilAsync(() => Task.FromResult(first.Get<AlertKeeper>().Store is not null && second.Get<AlertKeeper>().Store is not null)); // the one that watches may be ahead of the other
        foreach (RunningServer server in (RunningServer[])[first, second])
        {
            JsonElement alert = Assert.Single((await AlertsAsync(server)).EnumerateArray());
            Assert.Equal((3, 3), (alert.GetProperty("count").GetInt32(), alert.GetProperty("tweets").EnumerateArray().Count(tweet => tweet.GetProperty("text").GetString()!.StartsWith("Lovely delay", StringComparison.Ordinal))));
        }

        // Whichever has the watch, both take wishes.
        string id = (await AlertsAsync(first))[0].GetProperty("id").GetString()!;
        foreach ((RunningServer server, string name) in new[] { (first, "anna"), (second, "ben") })
        {
            using HttpResponseMessage taken = await server.Client.PostAsJsonAsync($"/alerts/{id}/acknowledge", new { by = name }, Cancel);
            Assert.True(taken.IsSuccessStatusCode);
            await RunningServer.UntilAsync(async () => (await AlertsAsync(second))[0].TryGetProperty("by", out JsonElement by) && by.GetString() == name);
        }

        using HttpResponseMessage noted = await second.Client.PostAsJsonAsync($"/alerts/{id}/note", new { note = "a delay", by = "ben" }, Cancel);
        Assert.True(noted.IsSuccessStatusCode);
        Assert.Equal(["anna acknowledge", "ben acknowledge", "ben note"], (await first.GetAsync($"/alerts/{id}")).Json.GetProperty("history").EnumerateArray().Select(deed => $"{deed.GetProperty("by").GetString()} {deed.GetProperty("action").GetString()}"));

        await first.DisposeAsync();
        await ReportAsync(second, "Lovely delay four");
        await RunningServer.UntilAsync(async () => (await AlertsAsync(second))[0].GetProperty("count").GetInt32() == 4);
        Assert.Single(receiver.Posts);
    }

    [Fact]
    public async Task A_database_that_is_stopped_and_started_again_loses_no_alert_and_doubles_none()
    {
        await using PostgresProcess postgres = await PostgresProcess.StartNewAsync();
        await postgres.ExecuteAsync("CREATE DATABASE alerting");
        await using HookReceiver receiver = await HookReceiver.StartAsync();
        await using RunningServer server = await RunningServer.StartAsync(Options(one, postgres.AddressOf("alerting"), receiver));
        await ReportAsync(server, "Lovely delay one");
        await RunningServer.UntilAsync(() => Task.FromResult(server.Get<AlertKeeper>().Store?.Memory().Corrections == 1));

        await postgres.StopAsync(atOnce: true);
        await ReportAsync(server, "Lovely delay two");
        await ReportAsync(server, "Lovely delay three");
        await RunningServer.UntilAsync(() => Task.FromResult(server.Get<AlertKeeper>().Failure is not null));
        using (HttpResponseMessage away = await server.Client.GetAsync("/alerts", Cancel)) Assert.Equal(HttpStatusCode.ServiceUnavailable, away.StatusCode);

        await postgres.StartAsync();
        await RunningServer.UntilAsync(() => Task.FromResult(receiver.Posts.Count == 1));
        await ReportAsync(server, "Lovely delay four");
        await RunningServer.UntilAsync(async () => (await AlertsAsync(server)) is { } alerts && alerts.GetArrayLength() == 1 && alerts[0].GetProperty("count").GetInt32() == 4);
        Assert.Single(receiver.Posts);
    }

    private static ServerOptions Options(RecordsFolder folder, string database, HookReceiver receiver) => folder.Options with
    {
        Records = folder.Options.Records with { Database = database },
        Alerts = new AlertOptions { AllowAddresses = ["127.0.0.1"], Webhook = new WebhookOptions { Url = receiver.Address + "/hook", Secret = "a-secret-of-thirty-two-characters" } },
    };

    private static async Task ReportAsync(RunningServer server, string tweet)
    {
        using HttpResponseMessage predicted = await server.Client.PostAsJsonAsync("/predict", new { text = tweet }, Cancel);
        JsonElement answer = await predicted.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        string wrong = answer.GetProperty("label").GetString() == "positive" ? "negative" : "positive";
        using HttpResponseMessage corrected = await server.Client.PostAsJsonAsync("/feedback", new { prediction_id = answer.GetProperty("prediction_id").GetString(), label = wrong }, Cancel);
        Assert.Equal(HttpStatusCode.Created, corrected.StatusCode);
    }

    private static async Task<JsonElement> AlertsAsync(RunningServer server)
    {
        using HttpResponseMessage answer = await server.Client.GetAsync("/alerts", Cancel);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("alerts");
    }
}
