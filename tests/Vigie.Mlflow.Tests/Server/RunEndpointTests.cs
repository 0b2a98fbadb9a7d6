using System.Net;
using System.Text.Json.Nodes;

namespace Vigie.Mlflow.Tests.Server;

public sealed class RunEndpointTests
{
    public static TheoryData<string> Kinds => TestDatabases.Kinds;

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_run_from_creation_to_restoration(string kind)
    {
        await using RunningServer server = await RunningServer.StartAsync(kind);
        JsonNode run = (await server.PostAsync("runs/create", new JsonObject
        {
            ["experiment_id"] = "0",
            ["user_id"] = "ada",
            ["run_name"] = "first",
            ["start_time"] = "1700000000000",
            ["tags"] = new JsonArray(Json.Tag("t", "v")),
        })).Ok["run"]!;
        string id = (string)run["info"]!["run_id"]!;
        Assert.Matches("^[0-9a-f]{32}$", id);
        Assert.Equal(id, (string?)run["info"]!["run_uuid"]);
        Assert.Equal("RUNNING", (string?)run["info"]!["status"]);
        Assert.Equal("active", (string?)run["info"]!["lifecycle_stage"]);
        Assert.Equal(1_700_000_000_000, (long)run["info"]!["start_time"]!);
        Assert.Equal($"mlflow-artifacts:/0/{id}/artifacts", (string?)run["info"]!["artifact_uri"]);
        Assert.Null(run["info"]!["end_time"]);

        var end = new JsonObject { ["run_id"] = id, ["status"] = 3, ["end_time"] = 1_700_000_000_500, ["run_name"] = "renamed" };
        JsonNode info = (await server.PostAsync("runs/update", end)).Ok["run_info"]!;
        Assert.Equal(("FINISHED", 1_700_000_000_500, "renamed"), ((string)info["status"]!, (long)info["end_time"]!, (string)info["run_name"]!));
        JsonNode tags = (await server.GetAsync($"runs/get?run_id={id}")).Ok["run"]!["data"]!["tags"]!;
        Assert.Contains(tags.AsArray(), tag => (string?)tag!["key"] == "mlflow.runName" && (string?)tag["value"] == "renamed");
        Assert.Equal(id, (string?)(await server.GetAsync($"runs/get?run_uuid={id}")).Ok["run"]!["info"]!["run_id"]);

        Assert.Equal("{}", (await server.PostAsync("runs/delete", new JsonObject { ["run_id"] = id })).Text);
        Assert.Null((await server.PostAsync("runs/search", new JsonObject { ["experiment_ids"] = new JsonArray("0") })).Ok["runs"]);
        Assert.Single((await server.PostAsync("runs/search", new JsonObject { ["experiment_ids"] = new JsonArray("0"), ["run_view_type"] = "DELETED_ONLY" })).Ok["runs"]!.AsArray());
        Assert.Equal("{}", (await server.PostAsync("runs/restore", new JsonObject { ["run_id"] = id })).Text);
        Assert.Equal("active", (string?)(await server.GetAsync($"runs/get?run_id={id}")).Ok["run"]!["info"]!["lifecycle_stage"]);
        Assert.Empty(server.Faults.Lines);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Everything_logged_comes_back(string kind)
    {
        await using RunningServer server = await RunningServer.StartAsync(kind);
        string run = await NewRunAsync(server);
        foreach ((string path, JsonObject body) in new (string, JsonObject)[]
        {
            ("runs/log-metric", new JsonObject { ["key"] = "loss", ["value"] = 0.5, ["timestamp"] = 10, ["step"] = "1" }),
            ("runs/log-metric", new JsonObject { ["key"] = "loss", ["value"] = 0.25, ["timestamp"] = 20, ["step"] = 2.0 }),
            ("runs/log-metric", new JsonObject { ["key"] = "nan", ["value"] = "NaN", ["timestamp"] = 20 }),
            ("runs/log-parameter", new JsonObject { ["key"] = "C", ["value"] = "1.0" }),
            ("runs/log-parameter", new JsonObject { ["key"] = "empty", ["value"] = "" }),
            ("runs/set-tag", new JsonObject { ["key"] = "t", ["value"] = "v" }),
            ("runs/log-batch", new JsonObject
            {
                ["metrics"] = new JsonArray(Json.Metric("inf", "Infinity"), Json.Metric("-inf", "-Infinity"), Json.Metric("text", "1e3")),
                ["params"] = new JsonArray(Json.Tag("C", "1.0"), Json.Tag("d", "é")),
                ["tags"] = new JsonArray(Json.Tag("t", "w"), Json.Tag("gone", "x")),
            }),
            ("runs/delete-tag", new JsonObject { ["key"] = "gone" }),
        })
        {
            body["run_id"] = run;
            Answer answer = await server.PostAsync(path, body);
            Assert.Equal((HttpStatusCode.OK, "{}"), (answer.Status, answer.Text));
        }

        JsonNode data = (await server.GetAsync($"runs/get?run_id={run}")).Ok["run"]!["data"]!;
        Dictionary<string, JsonNode> metrics = data["metrics"]!.AsArray().ToDictionary(metric => (string)metric!["key"]!, metric => metric!["value"]!);
        Assert.Equal(0.25, (double)metrics["loss"]);
        Assert.Equal("NaN", (string?)metrics["nan"]);
        Assert.Equal(double.MaxValue, (double)metrics["inf"]);
        Assert.Equal(-double.MaxValue, (double)metrics["-inf"]);
        Assert.Equal(1000, (double)metrics["text"]);
        Assert.Equal("C=1.0 d=é empty=", string.Join(' ', data["params"]!.AsArray().Select(param => $"{param!["key"]}={param["value"]}")));
        Assert.Contains(data["tags"]!.AsArray(), tag => (string?)tag!["key"] == "t" && (string?)tag["value"] == "w");
        Assert.DoesNotContain(data["tags"]!.AsArray(), tag => (string?)tag!["key"] == "gone");
        (await server.PostAsync("runs/log-parameter", new JsonObject { ["run_id"] = run, ["key"] = "C", ["value"] = "2" })).AssertRefused(HttpStatusCode.BadRequest, "INVALID_PARAMETER_VALUE", "C");
        (await server.PostAsync("runs/delete-tag", new JsonObject { ["run_id"] = run, ["key"] = "gone" })).AssertRefused(HttpStatusCode.NotFound, "RESOURCE_DOES_NOT_EXIST");

        JsonNode history = (await server.GetAsync($"metrics/get-history?run_id={run}&metric_key=loss")).Ok;
        Assert.Equal("""[{"key":"loss","value":0.5,"timestamp":10,"step":1},{"key":"loss","value":0.25,"timestamp":20,"step":2}]""", Without(history["metrics"]!, "run_id"));
        JsonNode first = (await server.GetAsync($"metrics/get-history?run_id={run}&metric_key=loss&max_results=1")).Ok;
        JsonNode second = (await server.GetAsync($"metrics/get-history?run_id={run}&metric_key=loss&max_results=1&page_token={Uri.EscapeDataString((string)first["next_page_token"]!)}")).Ok;
        Assert.Equal((0.5, 0.25), ((double)first["metrics"]![0]!["value"]!, (double)second["metrics"]![0]!["value"]!));
        Assert.Null(second["next_page_token"]);

        string other = await NewRunAsync(server);
        await server.PostAsync("runs/log-metric", new JsonObject { ["run_id"] = other, ["key"] = "loss", ["value"] = 1, ["timestamp"] = 1 });
        JsonNode bulk = (await server.GetAsync($"/ajax-api/2.0/mlflow/metrics/get-history-bulk?run_id={run}&run_id={other}&metric_key=loss")).Ok;
        Assert.Equal(new[] { (run, 0.5), (run, 0.25), (other, 1.0) }.ToHashSet(), bulk["metrics"]!.AsArray().Select(metric => ((string)metric!["run_id"]!, (double)metric["value"]!)).ToHashSet());
        JsonNode curve = (await server.GetAsync($"/ajax-api/2.0/mlflow/metrics/get-history-bulk-interval?run_ids={run}&run_ids={other}&metric_key=loss&max_results=10&start_step=2&end_step=9")).Ok;
        Assert.Equal([(run, 2L)], curve["metrics"]!.AsArray().Select(metric => ((string)metric!["run_id"]!, (long)metric["step"]!)));
        (await server.GetAsync($"metrics/get-history-bulk-interval?run_ids={run}&metric_key=loss&start_step=2")).AssertRefused(HttpStatusCode.BadRequest, "INVALID_PARAMETER_VALUE", "end_step");
        (await server.GetAsync("metrics/get-history-bulk?metric_key=loss")).AssertRefused(HttpStatusCode.BadRequest, "INVALID_PARAMETER_VALUE", "run_id");
        Assert.Empty(server.Faults.Lines);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Inputs_and_outputs_stand_beside_the_data(string kind)
    {
        await using RunningServer server = await RunningServer.StartAsync(kind);
        string run = await NewRunAsync(server);
        string model = (string)(await server.PostAsync("logged-models", new JsonObject { ["experiment_id"] = "0", ["name"] = "m" })).Ok["model"]!["info"]!["model_id"]!;
        var dataset = new JsonObject { ["name"] = "tweets", ["digest"] = "abc", ["source_type"] = "local", ["source"] = "{}" };
        Assert.Equal("{}", (await server.PostAsync("runs/log-inputs", new JsonObject
        {
            ["run_id"] = run,
            ["datasets"] = new JsonArray(new JsonObject { ["tags"] = new JsonArray(Json.Tag("mlflow.data.context", "train")), ["dataset"] = dataset }),
            ["models"] = new JsonArray(new JsonObject { ["model_id"] = model }),
        })).Text);
        Assert.Equal("{}", (await server.PostAsync("runs/outputs", new JsonObject { ["run_id"] = run, ["models"] = new JsonArray(new JsonObject { ["model_id"] = model, ["step"] = 3 }) })).Text);

        JsonNode read = (await server.GetAsync($"runs/get?run_id={run}")).Ok["run"]!;

        Assert.Equal(dataset.ToJsonString(), read["inputs"]!["dataset_inputs"]![0]!["dataset"]!.ToJsonString());
        Assert.Equal("""[{"key":"mlflow.data.context","value":"train"}]""", read["inputs"]!["dataset_inputs"]![0]!["tags"]!.ToJsonString());
        Assert.Equal(model, (string?)read["inputs"]!["model_inputs"]![0]!["model_id"]);
        Assert.Equal($$"""{"model_outputs":[{"model_id":"{{model}}","step":3}]}""", read["outputs"]!.ToJsonString());
        (await server.PostAsync("runs/log-inputs", new JsonObject { ["run_id"] = run, ["datasets"] = new JsonArray(new JsonObject { ["dataset"] = new JsonObject { ["name"] = "x" } }) }))
            .AssertRefused(HttpStatusCode.BadRequest, "INVALID_PARAMETER_VALUE", "datasets[0].dataset.digest");
        (await server.PostAsync("runs/log-inputs", new JsonObject { ["run_id"] = run, ["datasets"] = new JsonArray(new JsonObject()) }))
            .AssertRefused(HttpStatusCode.BadRequest, "INVALID_PARAMETER_VALUE", "datasets[0].dataset");
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Runs_are_searched_by_what_they_logged(string kind)
    {
        await using RunningServer server = await RunningServer.StartAsync(kind);
        for (int i = 0; i < 4; i++)
        {
            string run = await NewRunAsync(server, $"r{i}");
            await server.PostAsync("runs/log-metric", new JsonObject { ["run_id"] = run, ["key"] = "f 1", ["value"] = i == 3 ? "NaN" : i, ["timestamp"] = 1 });
        }

        JsonNode page = (await server.PostAsync("runs/search", new JsonObject
        {
            ["experiment_ids"] = new JsonArray("0"),
            ["order_by"] = new JsonArray("metrics.`f 1` DESC"),
            ["max_results"] = 3,
            ["run_view_type"] = "ALL",
        })).Ok;
        Assert.Equal(["r2", "r1", "r0"], page["runs"]!.AsArray().Select(run => (string)run!["info"]!["run_name"]!));
        Assert.NotNull(page["next_page_token"]);
        page = (await server.PostAsync("runs/search", new JsonObject { ["experiment_ids"] = new JsonArray("0"), ["filter"] = "metrics.\"f 1\" > 0 AND attributes.run_name != 'r1'" })).Ok;
        Assert.Equal(["r2"], page["runs"]!.AsArray().Select(run => (string)run!["info"]!["run_name"]!));
        (await server.PostAsync("runs/search", new JsonObject { ["experiment_ids"] = new JsonArray("0"), ["filter"] = "metrics.f = 'x" })).AssertRefused(HttpStatusCode.BadRequest, "INVALID_PARAMETER_VALUE");
    }

    [Fact]
    public async Task Models_of_older_clients_are_kept_in_a_tag()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        string run = await NewRunAsync(server);
        string model = new JsonObject { ["run_id"] = run, ["artifact_path"] = "model", ["utc_time_created"] = "2026-01-01 00:00:00", ["flavors"] = new JsonObject { ["onnx"] = new JsonObject() } }.ToJsonString();
        Assert.Equal("{}", (await server.PostAsync("runs/log-model", new JsonObject { ["run_id"] = run, ["model_json"] = model })).Text);
        JsonNode tags = (await server.GetAsync($"runs/get?run_id={run}")).Ok["run"]!["data"]!["tags"]!;
        Assert.Contains("\"artifact_path\":\"model\"", (string?)tags.AsArray().Single(tag => (string?)tag!["key"] == "mlflow.log-model.history")!["value"], StringComparison.Ordinal);
        (await server.PostAsync("runs/log-model", new JsonObject { ["run_id"] = run, ["model_json"] = "[" })).AssertRefused(HttpStatusCode.BadRequest, "INVALID_PARAMETER_VALUE", "model_json");
    }

    [Fact]
    public async Task A_batch_over_the_limits_is_refused_whole()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        string run = await NewRunAsync(server);
        var metrics = new JsonArray([.. Enumerable.Range(0, 1001).Select(i => Json.Metric($"m{i}", i))]);
        (await server.PostAsync("runs/log-batch", new JsonObject { ["run_id"] = run, ["metrics"] = metrics })).AssertRefused(HttpStatusCode.BadRequest, "INVALID_PARAMETER_VALUE", "1000");
        var parameters = new JsonArray([.. Enumerable.Range(0, 101).Select(i => Json.Tag($"p{i}", "v"))]);
        (await server.PostAsync("runs/log-batch", new JsonObject { ["run_id"] = run, ["params"] = parameters })).AssertRefused(HttpStatusCode.BadRequest, "INVALID_PARAMETER_VALUE", "100");
        var full = new JsonObject
        {
            ["run_id"] = run,
            ["metrics"] = new JsonArray([.. Enumerable.Range(0, 800).Select(i => Json.Metric($"{i:D250}", double.MinValue, long.MaxValue, long.MinValue))]),
            ["params"] = new JsonArray([.. Enumerable.Range(0, 100).Select(i => Json.Tag($"{i:D250}", new string('é', 6000)))]),
            ["tags"] = new JsonArray([.. Enumerable.Range(0, 100).Select(i => Json.Tag($"{i:D250}", new string('é', 8000)))]),
        };
        Assert.Equal("{}", (await server.PostAsync("runs/log-batch", full)).Text);
        JsonNode data = (await server.GetAsync($"runs/get?run_id={run}")).Ok["run"]!["data"]!;
        Assert.Equal((800, 100), (data["metrics"]!.AsArray().Count, data["params"]!.AsArray().Count));
        Assert.Equal((long.MaxValue, long.MinValue), ((long)data["metrics"]![0]!["timestamp"]!, (long)data["metrics"]![0]!["step"]!));
    }

    internal static async Task<string> NewRunAsync(RunningServer server, string? name = null) =>
        (string)(await server.PostAsync("runs/create", new JsonObject { ["experiment_id"] = "0", ["run_name"] = name })).Ok["run"]!["info"]!["run_id"]!;

    private static string Without(JsonNode list, string field)
    {
        foreach (JsonNode? item in list.AsArray()) item!.AsObject().Remove(field);
        return list.ToJsonString();
    }
}
