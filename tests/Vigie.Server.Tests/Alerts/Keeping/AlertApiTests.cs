using System.Net;
using System.Text.Json;

namespace Vigie.Server.Tests;

/// <summary>What the API's description says of alerts is what happens.</summary>
public sealed class AlertApiTests : IDisposable
{
    private readonly RecordsFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Answers_and_refusals_are_as_described()
    {
        await using RunningServer server = await RunningServer.StartAsync(folder.Options);
        JsonElement api = (await server.GetAsync("/openapi/v1.json")).Json;
        var schemas = new JsonSchema(api);
        for (int i = 0; i < 3; i++)
        {
            Answer predicted = await server.PostAsync("/predict", JsonSerializer.Serialize(new { text = $"Lovely delay {i}" }));
            string wrong = predicted.Json.GetProperty("label").GetString() == "positive" ? "negative" : "positive";
            await server.PostAsync("/feedback", JsonSerializer.Serialize(new { prediction_id = predicted.Json.GetProperty("prediction_id").GetString(), label = wrong }));
        }

        string? id = null;
        await RunningServer.UntilAsync(async () =>
        {
            Answer list = await GetAsync(server, "/alerts");
            if (list.Status != HttpStatusCode.OK || list.Json.GetProperty("alerts").GetArrayLength() == 0) return false;
            id = list.Json.GetProperty("alerts")[0].GetProperty("id").GetString();
            Fits(list, "get", "/alerts", "200");
            return true;
        });
        Fits(await server.GetAsync($"/alerts/{id}"), "get", "/alerts/{id}", "200");
        Fits(await GetAsync(server, "/alerts/nobody"), "get", "/alerts/{id}", "404");
        Fits(await GetAsync(server, "/alerts?state=loud"), "get", "/alerts", "400");
        Fits(await GetAsync(server, "/alerts?limit=0"), "get", "/alerts", "400");
        foreach (string verb in (string[])["silence", "acknowledge", "resolve"])
        {
            string path = $"/alerts/{{id}}/{verb}";
            Fits(await server.PostAsync($"/alerts/{id}/{verb}", "7"), "post", path, "400");
            Fits(await server.PostAsync($"/alerts/{id}/{verb}", "{}", "text/plain"), "post", path, "415");
            Fits(await server.PostAsync($"/alerts/{id}/{verb}", new string(' ', 20 << 10)), "post", path, "413");
            Fits(await server.PostAsync($"/alerts/nobody/{verb}", "{}"), "post", path, "404");
            Fits(await server.PostAsync($"/alerts/{id}/{verb}", "{}"), "post", path, "200");
        }

        Fits(await server.PostAsync($"/alerts/{id}/resolve", "{}"), "post", "/alerts/{id}/resolve", "409");
        const string note = "/alerts/{id}/note";
        Fits(await server.PostAsync($"/alerts/{id}/note", """{"note": "a <b>strike</b>", "by": "anna"}"""), "post", note, "200"); // also where it is over
        Fits(await server.PostAsync($"/alerts/{id}/note", "{}"), "post", note, "400");
        Fits(await server.PostAsync($"/alerts/{id}/note", JsonSerializer.Serialize(new { note = new string('x', 2_001) })), "post", note, "400");
        Fits(await server.PostAsync("/alerts/nobody/note", """{"note": "x"}"""), "post", note, "404");
        Fits(await server.PostAsync($"/alerts/{id}/note", "{}", "text/plain"), "post", note, "415");
        Fits(await server.PostAsync($"/alerts/{id}/note", new string(' ', 20 << 10)), "post", note, "413");

        server.Get<AlertKeeper>().Dispose();
        Fits(await GetAsync(server, "/alerts"), "get", "/alerts", "503");
        await using RunningServer without = await RunningServer.StartAsync();
        Fits(await GetAsync(without, "/alerts"), "get", "/alerts", "501");

        void Fits(Answer answer, string method, string path, string status)
        {
            Assert.Equal(status, ((int)answer.Status).ToString(System.Globalization.CultureInfo.InvariantCulture));
            JsonElement content = api.GetProperty("paths").GetProperty(path).GetProperty(method).GetProperty("responses").GetProperty(status).GetProperty("content").GetProperty(answer.MediaType!);
            Assert.Empty(schemas.Faults(answer.Json, content.GetProperty("schema")));
        }
    }

    [Fact]
    public async Task Alerts_come_in_pages()
    {
        using var store = AlertStore.Open(AlertDatabase.InFile(Path.Combine(Directory.CreateDirectory(folder.Records).FullName, "alerts.db")));
        Alert[] alerts = [.. Enumerable.Range(0, 25).Select(i => new Alert
        {
            Id = $"{i:00}", Rule = "r", Severity = AlertSeverity.Info, State = i % 2 == 0 ? AlertState.Open : AlertState.Resolved, Summary = "s", Figure = 1, Limit = 1,
            Since = DateTimeOffset.UnixEpoch.AddDays(i), LastSeen = DateTimeOffset.UnixEpoch.AddDays(i), ResolvedAt = i % 2 == 0 ? null : DateTimeOffset.UnixEpoch.AddDays(i), Count = 1, Runbook = "r",
        })];
        store.Commit(new AlertMemory(), alerts, [], [], new Dictionary<string, byte[]>(), DateTimeOffset.UnixEpoch);
        store.Dispose();
        await using RunningServer server = await RunningServer.StartAsync(folder.Options with { Alerts = new AlertOptions() });
        await RunningServer.UntilAsync(async () => (await GetAsync(server, "/alerts")).Status == HttpStatusCode.OK);
        var seen = new List<string>();
        string? next = "";
        while (next is not null)
        {
            JsonElement page = (await GetAsync(server, "/alerts?state=open&limit=5" + (next.Length > 0 ? "&before=" + next : ""))).Json;
            seen.AddRange(page.GetProperty("alerts").EnumerateArray().Select(alert => alert.GetProperty("id").GetString()!));
            next = page.TryGetProperty("next", out JsonElement more) ? more.GetString() : null;
        }

        Assert.Equal([.. alerts.Where(alert => alert.State is AlertState.Open).Select(alert => alert.Id).Reverse()], seen);
    }

    // One that may be answered 503.
    private static async Task<Answer> GetAsync(RunningServer server, string path)
    {
        using HttpResponseMessage answer = await server.Client.GetAsync(path, TestContext.Current.CancellationToken);
        return new Answer(answer, await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }
}
