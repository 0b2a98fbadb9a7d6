using System.Net;
using System.Text.Json.Nodes;

namespace Vigie.Mlflow.Tests.Server;

public sealed class ExperimentEndpointTests
{
    public static TheoryData<string> Kinds => TestDatabases.Kinds;

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task An_experiment_from_creation_to_restoration(string kind)
    {
        await using RunningServer server = await RunningServer.StartAsync(kind);
        JsonNode created = (await server.PostAsync("experiments/create", new JsonObject { ["name"] = "naïve 🙂", ["tags"] = new JsonArray(Json.Tag("a", "1")), ["unknown"] = 7 })).Ok;
        string id = (string)created["experiment_id"]!;

        JsonNode experiment = (await server.GetAsync($"experiments/get?experiment_id={id}")).Ok["experiment"]!;
        Assert.Equal("naïve 🙂", (string?)experiment["name"]);
        Assert.Equal(id, (string?)experiment["experiment_id"]);
        Assert.Equal("active", (string?)experiment["lifecycle_stage"]);
        Assert.Equal($"mlflow-artifacts:/{id}", (string?)experiment["artifact_location"]);
        Assert.True((long)experiment["creation_time"]! > 1_700_000_000_000);
        Assert.Equal("[{\"key\":\"a\",\"value\":\"1\"}]", experiment["tags"]!.ToJsonString());

        (await server.PostAsync("experiments/create", new JsonObject { ["name"] = "naïve 🙂" })).AssertRefused(HttpStatusCode.BadRequest, "RESOURCE_ALREADY_EXISTS");
        Assert.Equal("{}", (await server.PostAsync("experiments/update", new JsonObject { ["experiment_id"] = id, ["new_name"] = "plain" })).Text);
        Assert.Equal("{}", (await server.PostAsync("experiments/set-experiment-tag", new JsonObject { ["experiment_id"] = id, ["key"] = "b", ["value"] = "" })).Text);
        Assert.Equal("{}", (await server.PostAsync("experiments/delete-experiment-tag", new JsonObject { ["experiment_id"] = id, ["key"] = "a" })).Text);
        experiment = (await server.GetAsync("experiments/get-by-name?experiment_name=plain")).Ok["experiment"]!;
        Assert.Equal("[{\"key\":\"b\",\"value\":\"\"}]", experiment["tags"]!.ToJsonString());

        Assert.Equal("{}", (await server.PostAsync("experiments/delete", new JsonObject { ["experiment_id"] = id })).Text);
        Assert.Equal("deleted", (string?)(await server.GetAsync($"experiments/get?experiment_id={id}")).Ok["experiment"]!["lifecycle_stage"]);
        Assert.Equal("{}", (await server.PostAsync("experiments/restore", new JsonObject { ["experiment_id"] = id })).Text);
        Assert.Equal("active", (string?)(await server.GetAsync($"experiments/get?experiment_id={id}")).Ok["experiment"]!["lifecycle_stage"]);
        Assert.Empty(server.Faults.Lines);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Searches_page_by_get_and_post_alike(string kind)
    {
        await using RunningServer server = await RunningServer.StartAsync(kind);
        for (int i = 0; i < 5; i++) (await server.PostAsync("experiments/create", new JsonObject { ["name"] = $"e{i}" })).Ok.ToString();

        var question = new JsonObject { ["filter"] = "name LIKE 'e%'", ["order_by"] = new JsonArray("name DESC"), ["max_results"] = "2", ["view_type"] = 1 };
        var names = new List<string>();
        JsonNode page = (await server.PostAsync("experiments/search", question)).Ok;
        while (true)
        {
            names.AddRange(page["experiments"]!.AsArray().Select(experiment => (string)experiment!["name"]!));
            if (page["next_page_token"] is not { } token) break;
            page = (await server.GetAsync(
                $"/ajax-api/2.0/mlflow/experiments/search?filter=name+LIKE+%27e%25%27&order_by=name+DESC&max_results=2&view_type=ACTIVE_ONLY&page_token={Uri.EscapeDataString((string)token!)}")).Ok;
        }

        Assert.Equal(["e4", "e3", "e2", "e1", "e0"], names);
        (await server.PostAsync("experiments/search", new JsonObject { ["page_token"] = "made up" })).AssertRefused(HttpStatusCode.BadRequest, "INVALID_PARAMETER_VALUE");
        (await server.PostAsync("experiments/search", new JsonObject { ["max_results"] = 50_001 })).AssertRefused(HttpStatusCode.BadRequest, "INVALID_PARAMETER_VALUE", "max_results");
        (await server.PostAsync("experiments/search", new JsonObject { ["max_results"] = long.MaxValue })).AssertRefused(HttpStatusCode.BadRequest, "INVALID_PARAMETER_VALUE", "max_results");
        Assert.Equal("{}", (await server.PostAsync("experiments/search", new JsonObject { ["filter"] = "name = 'nobody'" })).Text);
        JsonNode all = (await server.GetAsync("experiments/search")).Ok;
        Assert.Equal("Default", (string?)all["experiments"]!.AsArray().Single(experiment => (string?)experiment!["experiment_id"] == "0")!["name"]);
    }

    [Theory]
    [InlineData("file:///etc")]
    [InlineData("/etc")]
    [InlineData("http://169.254.169.254/latest")]
    [InlineData("s3://somebody-elses/bucket")]
    [InlineData("mlflow-artifacts:/../up")]
    public async Task A_location_elsewhere_is_refused(string location)
    {
        await using RunningServer server = await RunningServer.StartAsync();
        (await server.PostAsync("experiments/create", new JsonObject { ["name"] = "a", ["artifact_location"] = location })).AssertRefused(HttpStatusCode.BadRequest, "INVALID_PARAMETER_VALUE");
    }

    [Fact]
    public async Task What_is_missing_is_404()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        (await server.GetAsync("experiments/get?experiment_id=77")).AssertRefused(HttpStatusCode.NotFound, "RESOURCE_DOES_NOT_EXIST", "77");
        (await server.GetAsync("experiments/get-by-name?experiment_name=none")).AssertRefused(HttpStatusCode.NotFound, "RESOURCE_DOES_NOT_EXIST", "none");
        (await server.PostAsync("experiments/delete", new JsonObject { ["experiment_id"] = "77" })).AssertRefused(HttpStatusCode.NotFound, "RESOURCE_DOES_NOT_EXIST");
        (await server.PostAsync("experiments/update", new JsonObject { ["experiment_id"] = "77" })).AssertRefused(HttpStatusCode.NotFound, "RESOURCE_DOES_NOT_EXIST");
    }
}

/// <summary>Pieces of requests.</summary>
internal static class Json
{
    public static JsonObject Tag(string key, string value) => new() { ["key"] = key, ["value"] = value };

    public static JsonObject Metric(string key, JsonNode value, long timestamp = 1, long step = 0) =>
        new() { ["key"] = key, ["value"] = value, ["timestamp"] = timestamp, ["step"] = step };
}
