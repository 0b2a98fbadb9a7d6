using System.Net;
using System.Text.Json;

namespace Vigie.Server.Tests;

public sealed class FeedbackTests : IAsyncLifetime
{
    private readonly RecordsFolder folder = new();
    private RunningServer server = null!;

    public async ValueTask InitializeAsync() => server = await RunningServer.StartAsync(folder.Options);

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task A_correction_of_a_prediction_is_joined_to_it()
    {
        string id = (await server.PostAsync("/predict", """{"text":"lovely crew"}""")).Json.GetProperty("prediction_id").GetString()!;
        Answer answer = await server.PostAsync("/v1/feedback", JsonSerializer.Serialize(new { prediction_id = id, label = "negative", comment = "no 😀", more = 1 }));
        Assert.Equal(HttpStatusCode.Created, answer.Status);
        Assert.Equal(id, answer.Json.GetProperty("prediction_id").GetString());
        string feedback = answer.Json.GetProperty("feedback_id").GetString()!;
        await folder.UntilAsync(
            $"SELECT count(*) FROM feedback AS f JOIN predictions AS p ON p.id = f.prediction WHERE hex(f.id) = '{feedback.ToUpperInvariant()}' AND hex(p.id) = '{id.ToUpperInvariant()}' AND f.label = 0 AND f.comment = 'no 😀' AND p.text = 'lovely crew'", 1);
    }

    [Fact]
    public async Task A_correction_of_a_text_is_kept_with_both_classes()
    {
        Answer answer = await server.PostAsync("/feedback", """{"text":"half \ud83d","predicted":"positive","label":"negative","reporter":"@anna","comment":null}""");
        Assert.Equal(HttpStatusCode.Created, answer.Status);
        Assert.False(answer.Json.TryGetProperty("prediction_id", out _));
        await folder.UntilAsync("SELECT count(*) FROM feedback WHERE text = 'half \uFFFD' AND predicted = 2 AND label = 0 AND reporter IS NOT NULL AND comment IS NULL AND prediction IS NULL", 1);
        Assert.Empty(folder.FilesWith("@anna"));
    }

    [Theory]
    [InlineData("""{}""", "label", "missing")]
    [InlineData("""{"label":null,"text":"a","predicted":"positive"}""", "label", "null")]
    [InlineData("""{"label":"neutral","text":"a","predicted":"positive"}""", "label", "negative or positive")]
    [InlineData("""{"label":"Positive","text":"a","predicted":"positive"}""", "label", "negative or positive")]
    [InlineData("""{"label":1,"text":"a","predicted":"positive"}""", "label", "a number")]
    [InlineData("""{"label":"positive"}""", "prediction_id", "missing")]
    [InlineData("""{"label":"positive","text":"a"}""", "predicted", "missing")]
    [InlineData("""{"label":"positive","predicted":"positive"}""", "prediction_id", "missing")]
    [InlineData("""{"label":"positive","text":"a","predicted":"neutral"}""", "predicted", "negative or positive")]
    [InlineData("""{"label":"positive","prediction_id":"x","text":"a"}""", "prediction_id", "beside text")]
    [InlineData("""{"label":"positive","prediction_id":"x","predicted":"positive"}""", "prediction_id", "beside predicted")]
    [InlineData("""{"label":"positive","prediction_id":7}""", "prediction_id", "a number")]
    [InlineData("""{"label":"positive","label":"positive","prediction_id":"x"}""", "label", "twice")]
    [InlineData("""{"label":"positive","text":"a","predicted":"positive","comment":["b"]}""", "comment", "an array")]
    [InlineData("""{"label":"positive","text":"a","predicted":"positive","reporter":true}""", "reporter", "true or false")]
    [InlineData("""["a"]""", "$", "an array")]
    public async Task A_wrong_field_is_named(string body, string field, string reason)
    {
        JsonElement problem = (await server.PostAsync("/feedback", body)).Problem(HttpStatusCode.BadRequest, field);
        Assert.Contains(reason, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text", 10_000)]
    [InlineData("reporter", 200)]
    [InlineData("comment", 1_000)]
    public async Task Lengths_are_limited(string field, int most)
    {
        string Body(int length) => JsonSerializer.Serialize(new Dictionary<string, string> { ["text"] = "a", ["predicted"] = "positive", ["label"] = "positive", [field] = new('a', length) });
        Assert.Equal(HttpStatusCode.Created, (await server.PostAsync("/feedback", Body(most))).Status);
        (await server.PostAsync("/feedback", Body(most + 1))).Problem(HttpStatusCode.BadRequest, field);
    }

    [Theory]
    [InlineData("00000000000000000000000000000000")]
    [InlineData("019aad3e7a4c5b21d90003e8a1b2c3d4")]
    [InlineData("")]
    [InlineData("é")]
    [InlineData("'; DROP TABLE predictions; --")]
    public async Task An_id_that_was_never_given_out_is_not_found(string id)
    {
        JsonElement problem = (await server.PostAsync("/feedback", JsonSerializer.Serialize(new { prediction_id = id, label = "positive" }))).Problem(HttpStatusCode.NotFound, "prediction_id");
        Assert.Equal("urn:vigie:problem:no-such-prediction", problem.GetProperty("type").GetString());
    }

    [Fact]
    public async Task Ids_outlive_a_restart_and_their_server()
    {
        string id = (await server.PostAsync("/predict", """{"text":"lovely crew"}""")).Json.GetProperty("prediction_id").GetString()!;
        await server.DisposeAsync();
        server = await RunningServer.StartAsync(folder.Options);
        Assert.Equal(HttpStatusCode.Created, (await server.PostAsync("/feedback", JsonSerializer.Serialize(new { prediction_id = id, label = "positive" }))).Status);
        await folder.UntilAsync("SELECT count(*) FROM feedback AS f JOIN predictions AS p ON p.id = f.prediction", 1);
    }

    [Fact]
    public async Task A_model_with_three_classes_takes_neutral()
    {
        using var other = new RecordsFolder();
        await using RunningServer three = await RunningServer.StartAsync(other.Options, SmallModels.ThreeClasses);
        Assert.Equal(HttpStatusCode.Created, (await three.PostAsync("/feedback", """{"text":"a","predicted":"positive","label":"neutral"}""")).Status);
    }

    [Fact]
    public async Task A_prediction_of_a_model_that_is_served_no_longer_takes_every_class()
    {
        string id = (await server.PostAsync("/predict", """{"text":"lovely crew"}""")).Json.GetProperty("prediction_id").GetString()!;
        Assert.Equal(HttpStatusCode.Created, (await server.PostAsync("/feedback", JsonSerializer.Serialize(new { label = "neutral", prediction_id = id }))).Status);
        (await server.PostAsync("/feedback", """{"label":"neutral","text":"a","predicted":"positive"}""")).Problem(HttpStatusCode.BadRequest, "label");
    }

    [Fact]
    public async Task Corrections_are_taken_while_no_model_is_loaded()
    {
        using var other = new RecordsFolder();
        var away = new ScriptedSource("away") { Failing = new IOException("the tracking server is away") };
        await using RunningServer waiting = await RunningServer.StartAsync(new ModelSources(away), other.Options);
        Assert.Equal(HttpStatusCode.Created, (await waiting.PostAsync("/feedback", """{"text":"a","predicted":"positive","label":"neutral"}""")).Status);
    }

    [Fact]
    public async Task Texts_are_not_kept_where_the_settings_say_so()
    {
        using var other = new RecordsFolder();
        await using (RunningServer silent = await RunningServer.StartAsync(other.Options with { Records = other.Options.Records with { KeepText = false } }))
        {
            await silent.PostAsync("/predict", """{"text":"sesame-open-17","id":"1"}""");
            await silent.PostAsync("/feedback", """{"text":"sesame-open-17","predicted":"positive","label":"negative"}""");
            await other.UntilAsync("SELECT count(*) FROM predictions WHERE text IS NULL AND length = 14", 1);
            await other.UntilAsync("SELECT count(*) FROM feedback WHERE text IS NULL", 1);
        }

        Assert.Empty(other.FilesWith("sesame-open"));
    }

    [Fact]
    public async Task A_server_without_records_says_so()
    {
        await using RunningServer without = await RunningServer.StartAsync();
        using HttpResponseMessage answer = await without.Client.PostAsync("/feedback", new StringContent("""{"text":"a","predicted":"positive","label":"negative"}""", System.Text.Encoding.UTF8, "application/json"));
        Assert.Equal(HttpStatusCode.NotImplemented, answer.StatusCode);
        Assert.Contains("records.enabled", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_full_disk_refuses_corrections_and_no_prediction()
    {
        using var other = new RecordsFolder();
        using var disk = SmallDisk.Mount(other.Path, megabytes: 4);
        var options = other.Options with { Records = other.Options.Records with { Folder = disk.Path } };
        await using RunningServer full = await RunningServer.StartAsync(options);
        string id = (await full.PostAsync("/predict", """{"text":"lovely crew"}""")).Json.GetProperty("prediction_id").GetString()!;
        string filler = disk.Fill();
        string body = JsonSerializer.Serialize(new { prediction_id = id, label = "positive" });
        HttpResponseMessage refused = await PostAsync();
        int kept = 0;
        for (; refused.StatusCode == HttpStatusCode.Created; kept++) refused = await PostAsync(); // the last page of a file has some room left
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal("5", refused.Headers.RetryAfter?.ToString());
        for (int i = 0; i < 20; i++) Assert.Equal(HttpStatusCode.OK, (await full.PostAsync("/predict", """{"text":"lovely crew"}""")).Status);

        File.Delete(filler);
        HttpResponseMessage taken = await PostAsync();
        while (taken.StatusCode == HttpStatusCode.ServiceUnavailable) taken = await PostAsync();
        Assert.Equal(HttpStatusCode.Created, taken.StatusCode);
        string database = Path.Combine(disk.Path, "records.db");
        while (Count("predictions") != 21 || Count("feedback") != kept + 1) await Task.Delay(5, TestContext.Current.CancellationToken); // nothing was lost, and what was refused was not kept

        async Task<HttpResponseMessage> PostAsync()
        {
            var answer = await full.Client.PostAsync("/feedback", new StringContent(body, System.Text.Encoding.UTF8, "application/json"));
            await Task.Delay(20);
            return answer;
        }

        long Count(string table)
        {
            using RecordDatabase open = RecordDatabase.OpenToRead(database);
            return open.Number($"SELECT count(*) FROM {table}");
        }
    }
}
