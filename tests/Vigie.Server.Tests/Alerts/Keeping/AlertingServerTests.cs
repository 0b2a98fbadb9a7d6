using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Vigie.Server.Tests;

/// <summary>From a correction that is sent to a message that arrives, through a real server.</summary>
public sealed class AlertingServerTests : IDisposable
{
    private readonly RecordsFolder folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Three_wrong_reports_are_told_once_and_the_fourth_is_not()
    {
        await using HookReceiver receiver = await HookReceiver.StartAsync();
        await using SmtpProcess mail = await SmtpProcess.StartAsync();
        ServerOptions options = Options(receiver);
        var email = new EmailOptions { Host = "127.0.0.1", Port = mail.Port, Tls = MailTls.None, From = "vigie@example.org", To = ["team@example.org"] };
        await using RunningServer server = await RunningServer.StartAsync(options with { Alerts = options.Alerts with { Email = email } });
        string[] tweets = ["Lovely crew, three hours late", "So happy to be late again", "Great, late for my wedding", "Thanks for the late flight"];
        foreach (string tweet in tweets[..2]) await ReportAsync(server, tweet);
        await SettledAsync(server, 2);
        Assert.Empty((await AlertsAsync(server)).EnumerateArray());

        await ReportAsync(server, tweets[2]);
        await RunningServer.UntilAsync(() => Task.FromResult(receiver.At("/slack").Length == 1 && receiver.At("/hook").Length == 1));
        JsonElement alert = Assert.Single((await AlertsAsync(server)).EnumerateArray());
        Assert.Equal(("wrong-reports", "critical", "open", 3), (alert.GetProperty("rule").GetString(), alert.GetProperty("severity").GetString(), alert.GetProperty("state").GetString(), alert.GetProperty("count").GetInt32()));
        Assert.Equal(tweets[..3].Order(), alert.GetProperty("tweets").EnumerateArray().Select(tweet => tweet.GetProperty("text").GetString()).Order());
        Assert.Contains("late", alert.GetProperty("words").EnumerateArray().Select(word => word.GetString()));
        Assert.Contains(tweets[0], receiver.At("/hook")[0], StringComparison.Ordinal);

        ReceivedMail told = await mail.NextAsync();
        Assert.Contains(tweets[1], told.Message.TextBody, StringComparison.Ordinal);

        await ReportAsync(server, tweets[3]);
        await RunningServer.UntilAsync(async () => (await AlertsAsync(server))[0].GetProperty("count").GetInt32() == 4);
        Assert.Equal((1, 1), (receiver.At("/slack").Length, receiver.At("/hook").Length));
        using (RecordDatabase kept = RecordDatabase.OpenToRead(Path.Combine(folder.Records, "alerts.db"))) Assert.Equal(3, kept.Number("SELECT count(*) FROM alert_notices")); // one for each channel, and none that waits
        Assert.DoesNotContain(server.Log.Lines, line => line.Contains("three hours late", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_restart_neither_forgets_nor_repeats()
    {
        await using HookReceiver receiver = await HookReceiver.StartAsync();
        string id;
        await using (RunningServer server = await RunningServer.StartAsync(Options(receiver)))
        {
            for (int i = 0; i < 2; i++) await ReportAsync(server, $"Lovely delay {i}");
            await SettledAsync(server, 2);
        }

        await using (RunningServer server = await RunningServer.StartAsync(Options(receiver)))
        {
            await ReportAsync(server, "Lovely delay 2");
            // The receiver has it a moment before its acknowledgement is written down; a server that dies in between sends it again, by design.
            await RunningServer.UntilAsync(() => Task.FromResult(server.Get<NoticeSender>().Delivered > 0));
            id = (await AlertsAsync(server))[0].GetProperty("id").GetString()!;
        }

        await using (RunningServer server = await RunningServer.StartAsync(Options(receiver)))
        {
            await ReportAsync(server, "Lovely delay 3");
            await RunningServer.UntilAsync(async () => (await AlertsAsync(server)) is { } alerts && alerts.GetArrayLength() == 1 && alerts[0].GetProperty("count").GetInt32() == 4);
            Assert.Equal(id, (await AlertsAsync(server))[0].GetProperty("id").GetString());
        }

        Assert.Single(receiver.At("/hook"));
    }

    [Fact]
    public async Task What_people_do_with_an_alert_is_kept()
    {
        await using HookReceiver receiver = await HookReceiver.StartAsync();
        await using RunningServer server = await RunningServer.StartAsync(Options(receiver));
        for (int i = 0; i < 3; i++) await ReportAsync(server, $"Lovely delay {i}");
        await RunningServer.UntilAsync(async () => (await AlertsAsync(server)).GetArrayLength() == 1);
        string id = (await AlertsAsync(server))[0].GetProperty("id").GetString()!;

        JsonElement taken = await DoAsync(server, id, "acknowledge", new { by = "anna" });
        Assert.Equal(("acknowledged", "anna"), (taken.GetProperty("state").GetString(), taken.GetProperty("by").GetString()));
        JsonElement silent = await DoAsync(server, id, "silence", new { @for = "2h" });
        Assert.Equal("silenced", silent.GetProperty("state").GetString());
        Assert.Equal("silenced", (await AlertsAsync(server, "?state=silenced"))[0].GetProperty("state").GetString());
        JsonElement over = await DoAsync(server, id, "resolve", null);
        Assert.Equal("resolved", over.GetProperty("state").GetString());

        await DoAsync(server, id, "note", new { note = " they came from one reporter ", by = "ben" });
        JsonElement history = (await server.GetAsync($"/alerts/{id}")).Json.GetProperty("history");
        Assert.Equal(
            ["acknowledge anna", "silence somebody", "resolve somebody", "note ben they came from one reporter"],
            history.EnumerateArray().Select(deed => $"{deed.GetProperty("action").GetString()} {deed.GetProperty("by").GetString()} {(deed.TryGetProperty("note", out JsonElement note) ? note.GetString() : "")}".Trim()));
        Assert.True(history[1].TryGetProperty("until", out _));
        Assert.False((await AlertsAsync(server))[0].TryGetProperty("history", out _));

        using HttpResponseMessage again = await server.Client.PostAsync($"/alerts/{id}/resolve", null, Cancel);
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
        Assert.Equal(4, (await server.GetAsync($"/alerts/{id}")).Json.GetProperty("history").GetArrayLength()); // what was refused is not in it
        using HttpResponseMessage nobody = await server.Client.PostAsync("/alerts/none/resolve", null, Cancel);
        Assert.Equal(HttpStatusCode.NotFound, nobody.StatusCode);
    }

    [Theory]
    [InlineData("""{"for": "2 hours"}""", "for")]
    [InlineData("""{"for": "31d"}""", "for")]
    [InlineData("""{"until": "tomorrow"}""", "until")]
    [InlineData("""{"until": "2020-01-01T00:00:00Z"}""", "until")]
    [InlineData("""{"until": "2099-01-01T00:00:00Z", "for": "1h"}""", "until")]
    [InlineData("""{"by": 7}""", "by")]
    [InlineData("""{"by": "\ud83d"}""", "by")]
    [InlineData("""[]""", "$")]
    public async Task A_wrong_wish_is_refused_with_its_field(string body, string field)
    {
        await using HookReceiver receiver = await HookReceiver.StartAsync();
        await using RunningServer server = await RunningServer.StartAsync(Options(receiver));
        for (int i = 0; i < 3; i++) await ReportAsync(server, $"Lovely delay {i}");
        await RunningServer.UntilAsync(async () => (await AlertsAsync(server)).GetArrayLength() == 1);
        string id = (await AlertsAsync(server))[0].GetProperty("id").GetString()!;
        using HttpResponseMessage answer = await server.Client.PostAsync($"/alerts/{id}/silence", new StringContent(body, null, "application/json"), Cancel);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(field, (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("field").GetString());
        Assert.Equal("open", (await AlertsAsync(server))[0].GetProperty("state").GetString());
    }

    [Fact]
    public async Task A_full_disk_costs_no_alert()
    {
        using var other = new RecordsFolder();
        using var disk = SmallDisk.Mount(other.Path, megabytes: 6);
        await using HookReceiver receiver = await HookReceiver.StartAsync();
        ServerOptions options = Options(receiver);
        await using RunningServer server = await RunningServer.StartAsync(options with { Records = options.Records with { Folder = disk.Path } });
        for (int i = 0; i < 2; i++) await ReportAsync(server, $"Lovely delay {i}");
        await SettledAsync(server, 2);
        string filler = disk.Fill();
        int kept = 2;
        while (await TryReportAsync(server, "Lovely delay")) kept++; // the last page of a file has some room left
        File.Delete(filler);
        while (!await TryReportAsync(server, "Lovely delay")) await Task.Delay(20, Cancel);
        kept++;
        // What was refused is not counted, what was taken is, once; whatever of it could not be kept at first.
        await RunningServer.UntilAsync(async () => (await AlertsAsync(server)) is { } alerts && alerts.GetArrayLength() == 1 && alerts[0].GetProperty("count").GetInt32() == kept);
        await RunningServer.UntilAsync(() => Task.FromResult(receiver.At("/hook").Length > 0));
        Assert.Single(receiver.At("/hook"));
    }

    [Fact]
    public async Task What_was_erased_is_in_no_alert()
    {
        await using HookReceiver receiver = await HookReceiver.StartAsync();
        receiver.IsUp = false;
        await using RunningServer server = await RunningServer.StartAsync(Options(receiver));
        foreach (string tweet in new[] { "Lovely delay one", "Lovely delay two", "Lovely secret three" }) await ReportAsync(server, tweet, tweet[^3..]);
        await RunningServer.UntilAsync(async () => (await AlertsAsync(server)).GetArrayLength() == 1);
        using HttpResponseMessage erased = await server.Client.DeleteAsync("/tweets/ree", Cancel);
        Assert.Equal(HttpStatusCode.OK, erased.StatusCode);
        receiver.IsUp = true;
        await RunningServer.UntilAsync(() => Task.FromResult(receiver.At("/hook").Length > 0));
        Assert.Contains("Lovely delay two", receiver.At("/hook")[0], StringComparison.Ordinal);
        Assert.DoesNotContain("secret", string.Concat(receiver.Posts.Select(post => post.Body)), StringComparison.Ordinal);
        Assert.DoesNotContain("secret", (await AlertsAsync(server)).GetRawText(), StringComparison.Ordinal);
        Assert.Empty(folder.FilesWith("secret three"));
    }

    private ServerOptions Options(HookReceiver receiver) => folder.Options with
    {
        Alerts = new AlertOptions
        {
            AllowAddresses = ["127.0.0.1"],
            Slack = new SlackOptions { Url = receiver.Address + "/slack" },
            Webhook = new WebhookOptions { Url = receiver.Address + "/hook", Secret = "a-secret-of-thirty-two-characters" },
        },
    };

    private static async Task ReportAsync(RunningServer server, string tweet, string? id = null) => Assert.True(await TryReportAsync(server, tweet, id));

    /// <summary>False where the disk took no correction.</summary>
    private static async Task<bool> TryReportAsync(RunningServer server, string tweet, string? id = null)
    {
        using HttpResponseMessage predicted = await server.Client.PostAsJsonAsync("/predict", new { text = tweet, id }, Cancel);
        JsonElement answer = await predicted.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        string wrong = answer.GetProperty("label").GetString() == "positive" ? "negative" : "positive";
        using HttpResponseMessage corrected = await server.Client.PostAsJsonAsync("/feedback", new { prediction_id = answer.GetProperty("prediction_id").GetString(), label = wrong }, Cancel);
        Assert.True(corrected.StatusCode is HttpStatusCode.Created or HttpStatusCode.ServiceUnavailable, $"{corrected.StatusCode}");
        return corrected.StatusCode == HttpStatusCode.Created;
    }

    /// <summary>Waits until the engine has heard of so many corrections.</summary>
    private static Task SettledAsync(RunningServer server, long corrections) => RunningServer.UntilAsync(() => Task.FromResult(server.Get<AlertKeeper>().Store?.Memory().Corrections >= corrections));

    private static async Task<JsonElement> AlertsAsync(RunningServer server, string query = "")
    {
        using HttpResponseMessage answer = await server.Client.GetAsync("/alerts" + query, Cancel);
        if (answer.StatusCode == HttpStatusCode.ServiceUnavailable) return JsonDocument.Parse("[]").RootElement; // just begun
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("alerts");
    }

    private static async Task<JsonElement> DoAsync(RunningServer server, string id, string verb, object? body)
    {
        using HttpResponseMessage answer = body is null ? await server.Client.PostAsync($"/alerts/{id}/{verb}", null, Cancel) : await server.Client.PostAsJsonAsync($"/alerts/{id}/{verb}", body, Cancel);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel);
    }
}
