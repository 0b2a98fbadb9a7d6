using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;

namespace Vigie.Server.Tests;

/// <summary>A server is killed again and again under load. Corrections that it acknowledged must be there when it is back, each of them once.</summary>
public sealed class KilledServerTests : IDisposable
{
    private readonly RecordsFolder folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public Task No_acknowledged_correction_is_lost_or_doubled() => KillAsync(rounds: 3);

    [Fact]
    [Trait("Category", "Slow")]
    public Task No_acknowledged_correction_is_lost_or_doubled_in_fifty_kills() => KillAsync(rounds: 50);

    [Fact]
    public async Task A_database_that_another_process_locks_disturbs_nobody()
    {
        using ServerToKill server = await ServerToKill.StartAsync(folder.Path);
        await PredictAsync(server.Http, 0);
        await folder.UntilAsync("SELECT count(*) FROM predictions", 1);
        using (RecordDatabase other = RecordDatabase.OpenToWrite(folder.Database))
        {
            other.Run("BEGIN IMMEDIATE");
            string id = await PredictAsync(server.Http, 1);
            await CorrectAsync(server.Http, id);
            using HttpResponseMessage erasure = await server.Http.DeleteAsync("/tweets/1", Cancel);
            Assert.Equal(HttpStatusCode.Accepted, erasure.StatusCode);
            JsonElement answer = await erasure.Content.ReadFromJsonAsync<JsonElement>(Cancel);
            Assert.Equal("waiting", answer.GetProperty("state").GetString());
            Assert.Contains("locked", answer.GetProperty("detail").GetString(), StringComparison.Ordinal);
            Assert.NotEmpty(folder.FilesWith("tweet number 1"));
            other.Run("ROLLBACK");
        }

        await folder.UntilAsync("SELECT count(*) FROM erasures", 1);
        await EraseAsync(server.Http, 1);
        Assert.Empty(folder.FilesWith("tweet number 1"));
        Assert.Equal((2, 1), (folder.Ask("SELECT count(*) FROM predictions"), folder.Ask("SELECT count(*) FROM feedback")));
    }

    private async Task KillAsync(int rounds)
    {
        var acknowledged = new ConcurrentBag<string>();
        var erased = new ConcurrentBag<int>();
        int tweet = 0;
        for (int round = 0; round < rounds; round++)
        {
            using ServerToKill server = await ServerToKill.StartAsync(folder.Path);
            int before = acknowledged.Count, erasedBefore = erased.Count;
            Task[] clients = [.. Enumerable.Range(0, 8).Select(client => UntilCutAsync(async () =>
            {
                int number = Interlocked.Increment(ref tweet);
                string id = await PredictAsync(server.Http, number);
                acknowledged.Add(await CorrectAsync(server.Http, id));
                if (number % 25 != 0) return;
                using HttpResponseMessage erasure = await server.Http.DeleteAsync($"/tweets/{number}", Cancel);
                Assert.True(erasure.IsSuccessStatusCode, $"{erasure.StatusCode}");
                erased.Add(number);
            }))];
            Task all = Task.WhenAll(clients);
            while (!all.IsCompleted && (acknowledged.Count < before + 60 || erased.Count == erasedBefore)) await Task.Delay(1, Cancel);
            await Task.Delay(round * 7 % 45, Cancel); // not always at the same place of the same work
            await server.KillAsync();
            await all;
        }

        using ServerToKill last = await ServerToKill.StartAsync(folder.Path);
        string id = await PredictAsync(last.Http, ++tweet);
        string end = await CorrectAsync(last.Http, id);
        await folder.UntilAsync($"SELECT count(*) FROM feedback WHERE hex(id) = '{end.ToUpperInvariant()}'", 1);
        string[] kept = Kept();
        Assert.Equal(kept.Length, kept.Distinct().Count());
        Assert.Empty(acknowledged.Except(kept));
        Assert.True(acknowledged.Count >= 60 * rounds, $"only {acknowledged.Count} in {rounds} rounds");
        Assert.True(erased.Count >= rounds, $"only {erased.Count} erasures in {rounds} rounds");
        // A correction that was kept is about a prediction that was kept before it, unless both have become nameless.
        Assert.Equal(0, folder.Ask("SELECT count(*) FROM feedback WHERE prediction NOT IN (SELECT id FROM predictions)"));
        await EraseAsync(last.Http, tweet); // and with it whatever was left to erase
        foreach (int number in erased) Assert.Empty(folder.FilesWith($"tweet number {number} "));
        using (System.Data.Common.DbConnection figures = RecordDatabase.Connect(folder.Database)) Assert.True(Recount.Check(figures).Judgements >= acknowledged.Count - erased.Count);
        Assert.Equal(1, folder.Ask("SELECT count(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'"));
    }

    private string[] Kept()
    {
        using RecordDatabase open = RecordDatabase.OpenToRead(folder.Database);
        RecordStatement ids = open.Prepare("SELECT id FROM feedback");
        var kept = new List<string>();
        while (ids.Step()) kept.Add(Convert.ToHexStringLower(ids.Blob(0)));
        return [.. kept];
    }

    /// <summary>Erases, and asks again while it is answered 202: a busy machine may take longer than the server waits.</summary>
    private static async Task EraseAsync(HttpClient http, int tweet)
    {
        for (int attempt = 0; attempt < 30; attempt++)
        {
            using HttpResponseMessage answer = await http.DeleteAsync($"/tweets/{tweet}", Cancel);
            if (answer.StatusCode == HttpStatusCode.OK) return;
            Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        }

        Assert.Fail($"tweet {tweet} is still not erased");
    }

    private static async Task<string> PredictAsync(HttpClient http, int number)
    {
        using HttpResponseMessage answer = await http.PostAsJsonAsync("/predict", new { text = $"lovely tweet number {number} of many", id = number }, Cancel);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("prediction_id").GetString()!;
    }

    private static async Task<string> CorrectAsync(HttpClient http, string id)
    {
        using HttpResponseMessage answer = await http.PostAsJsonAsync("/feedback", new { prediction_id = id, label = "negative" }, Cancel);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("feedback_id").GetString()!;
    }

    /// <summary>Works on until the connection is cut; any answer but success fails the test.</summary>
    private static async Task UntilCutAsync(Func<Task> work)
    {
        try
        {
            while (true) await work();
        }
        catch (Exception cut) when (cut is HttpRequestException or IOException or SocketException)
        {
            return; // before an answer, in the middle of one, or just as the connection was made: what was under way was not acknowledged
        }
    }
}
