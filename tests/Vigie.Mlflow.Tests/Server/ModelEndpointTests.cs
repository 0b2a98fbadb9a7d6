using System.Net;
using System.Text.Json.Nodes;

namespace Vigie.Mlflow.Tests.Server;

/// <summary>Logged models, registered models and their versions.</summary>
public sealed class ModelEndpointTests
{
    public static TheoryData<string> Kinds => TestDatabases.Kinds;

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_logged_model_from_creation_to_deletion(string kind)
    {
        await using RunningServer server = await RunningServer.StartAsync(kind);
        string run = await RunEndpointTests.NewRunAsync(server);
        JsonNode model = (await server.PostAsync("logged-models", new JsonObject
        {
            ["experiment_id"] = "0",
            ["name"] = "modèle",
            ["model_type"] = "Classifier",
            ["source_run_id"] = run,
            ["params"] = new JsonArray(Json.Tag("C", "1")),
            ["tags"] = new JsonArray(Json.Tag("a", "1")),
        })).Ok["model"]!;
        string id = (string)model["info"]!["model_id"]!;
        Assert.Matches("^m-[0-9a-f]{32}$", id);
        Assert.Equal("LOGGED_MODEL_PENDING", (string?)model["info"]!["status"]);
        Assert.Equal($"mlflow-artifacts:/0/models/{id}/artifacts", (string?)model["info"]!["artifact_uri"]);
        Assert.Equal("""[{"key":"C","value":"1"}]""", model["data"]!["params"]!.ToJsonString());

        model = (await server.SendAsync(HttpMethod.Patch, $"logged-models/{id}", new JsonObject { ["model_id"] = id, ["status"] = 2 })).Ok["model"]!;
        Assert.Equal("LOGGED_MODEL_READY", (string?)model["info"]!["status"]);
        Assert.Equal("{}", (await server.PostAsync($"logged-models/{id}/params", new JsonObject { ["params"] = new JsonArray(Json.Tag("d", "2")) })).Text);
        (await server.SendAsync(HttpMethod.Patch, $"logged-models/{id}/tags", new JsonObject { ["tags"] = new JsonArray(Json.Tag("a/b c", "2"), Json.Tag("b", "3")) })).Ok.ToString();
        Assert.Equal("{}", (await server.SendAsync(HttpMethod.Delete, $"logged-models/{id}/tags/a%2Fb%20c")).Text);
        (await server.SendAsync(HttpMethod.Delete, $"logged-models/{id}/tags/a%2Fb%20c")).AssertRefused(HttpStatusCode.NotFound, "RESOURCE_DOES_NOT_EXIST");
        await server.PostAsync("runs/log-metric", new JsonObject
        {
            ["run_id"] = run,
            ["key"] = "f1",
            ["value"] = 0.8,
            ["timestamp"] = 5,
            ["model_id"] = id,
            ["dataset_name"] = "tweets",
            ["dataset_digest"] = "abc",
        });

        model = (await server.GetAsync($"logged-models/{id}")).Ok["model"]!;
        Assert.Equal("""[{"key":"a","value":"1"},{"key":"b","value":"3"}]""", model["info"]!["tags"]!.ToJsonString());
        Assert.Equal("C d", string.Join(' ', model["data"]!["params"]!.AsArray().Select(param => (string)param!["key"]!)));
        JsonNode metric = model["data"]!["metrics"]![0]!;
        Assert.Equal(("f1", 0.8, id, "tweets", "abc", run), ((string)metric["key"]!, (double)metric["value"]!, (string)metric["model_id"]!, (string)metric["dataset_name"]!, (string)metric["dataset_digest"]!, (string)metric["run_id"]!));

        JsonNode found = (await server.PostAsync("logged-models/search", new JsonObject
        {
            ["experiment_ids"] = new JsonArray("0"),
            ["filter"] = "name = 'modèle'",
            ["datasets"] = new JsonArray(new JsonObject { ["dataset_name"] = "tweets" }),
            ["order_by"] = new JsonArray(new JsonObject { ["field_name"] = "metrics.f1", ["ascending"] = false }),
        })).Ok;
        Assert.Equal([id], found["models"]!.AsArray().Select(one => (string)one!["info"]!["model_id"]!));

        Assert.Equal("{}", (await server.SendAsync(HttpMethod.Delete, $"logged-models/{id}")).Text);
        (await server.GetAsync($"logged-models/{id}")).AssertRefused(HttpStatusCode.NotFound, "RESOURCE_DOES_NOT_EXIST", id);
        Assert.Equal(id, (string?)(await server.GetAsync($"logged-models/{id}?allow_deleted=true")).Ok["model"]!["info"]!["model_id"]);
        Assert.Equal("{}", (await server.PostAsync("logged-models/search", new JsonObject { ["experiment_ids"] = new JsonArray("0") })).Text);
        Assert.Empty(server.Faults.Lines);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_registered_model_from_creation_to_deletion(string kind)
    {
        await using RunningServer server = await RunningServer.StartAsync(kind);
        JsonNode model = (await server.PostAsync("registered-models/create", new JsonObject { ["name"] = "sentiment", ["description"] = "d", ["tags"] = new JsonArray(Json.Tag("a", "1")) })).Ok["registered_model"]!;
        Assert.Equal(("sentiment", "d"), ((string)model["name"]!, (string)model["description"]!));
        Assert.Null(model["latest_versions"]);
        (await server.PostAsync("registered-models/create", new JsonObject { ["name"] = "sentiment" })).AssertRefused(HttpStatusCode.BadRequest, "RESOURCE_ALREADY_EXISTS");

        string run = await RunEndpointTests.NewRunAsync(server);
        for (int i = 1; i <= 2; i++)
        {
            JsonNode version = (await server.PostAsync("model-versions/create", new JsonObject { ["name"] = "sentiment", ["source"] = $"mlflow-artifacts:/0/{run}/artifacts/model", ["run_id"] = run })).Ok["model_version"]!;
            Assert.Equal(($"{i}", "None", "READY", run), ((string)version["version"]!, (string)version["current_stage"]!, (string)version["status"]!, (string)version["run_id"]!));
        }

        Assert.Equal("{}", (await server.PostAsync("registered-models/alias", new JsonObject { ["name"] = "sentiment", ["alias"] = "best", ["version"] = "1" })).Text);
        Assert.Equal("1", (string?)(await server.GetAsync("registered-models/alias?name=sentiment&alias=best")).Ok["model_version"]!["version"]);
        Assert.Equal($"mlflow-artifacts:/0/{run}/artifacts/model", (string?)(await server.GetAsync("model-versions/get-download-uri?name=sentiment&version=1")).Ok["artifact_uri"]);
        JsonNode staged = (await server.PostAsync("model-versions/transition-stage", new JsonObject { ["name"] = "sentiment", ["version"] = "2", ["stage"] = "staging", ["archive_existing_versions"] = true })).Ok["model_version"]!;
        Assert.Equal("Staging", (string?)staged["current_stage"]);
        Assert.Equal("{}", (await server.PostAsync("model-versions/set-tag", new JsonObject { ["name"] = "sentiment", ["version"] = "2", ["key"] = "k", ["value"] = "v" })).Text);
        Assert.Equal("{}", (await server.PostAsync("registered-models/set-tag", new JsonObject { ["name"] = "sentiment", ["key"] = "k", ["value"] = "v" })).Text);
        Assert.Equal("new", (string?)(await server.SendAsync(HttpMethod.Patch, "model-versions/update", new JsonObject { ["name"] = "sentiment", ["version"] = "2", ["description"] = "new" })).Ok["model_version"]!["description"]);
        Assert.Equal("all", (string?)(await server.SendAsync(HttpMethod.Patch, "registered-models/update", new JsonObject { ["name"] = "sentiment", ["description"] = "all" })).Ok["registered_model"]!["description"]);
        JsonNode latest = (await server.PostAsync("registered-models/get-latest-versions", new JsonObject { ["name"] = "sentiment", ["stages"] = new JsonArray("None") })).Ok;
        Assert.Equal(["1"], latest["model_versions"]!.AsArray().Select(version => (string)version!["version"]!));
        latest = (await server.GetAsync("registered-models/get-latest-versions?name=sentiment&stages=Staging")).Ok;
        Assert.Equal(["2"], latest["model_versions"]!.AsArray().Select(version => (string)version!["version"]!));

        JsonNode found = (await server.GetAsync("registered-models/search?filter=name+ILIKE+%27SENT%25%27&max_results=10&order_by=name+ASC")).Ok["registered_models"]![0]!;
        Assert.Equal("""[{"key":"a","value":"1"},{"key":"k","value":"v"}]""", found["tags"]!.ToJsonString());
        Assert.Equal("""[{"alias":"best","version":"1"}]""", found["aliases"]!.ToJsonString());
        JsonNode versions = (await server.GetAsync("model-versions/search?filter=name%3D%27sentiment%27&order_by=version_number+DESC")).Ok["model_versions"]!;
        Assert.Equal(["2", "1"], versions.AsArray().Select(version => (string)version!["version"]!));
        Assert.Equal("""["best"]""", versions[1]!["aliases"]!.ToJsonString());

        Assert.Equal("tone", (string?)(await server.PostAsync("registered-models/rename", new JsonObject { ["name"] = "sentiment", ["new_name"] = "tone" })).Ok["registered_model"]!["name"]);
        Assert.Equal("{}", (await server.SendAsync(HttpMethod.Delete, "model-versions/delete-tag", new JsonObject { ["name"] = "tone", ["version"] = "2", ["key"] = "k" })).Text);
        Assert.Equal("{}", (await server.SendAsync(HttpMethod.Delete, "registered-models/delete-tag", new JsonObject { ["name"] = "tone", ["key"] = "k" })).Text);
        Assert.Null((await server.GetAsync("model-versions/get?name=tone&version=2")).Ok["model_version"]!["tags"]);
        Assert.Equal("{}", (await server.SendAsync(HttpMethod.Delete, "model-versions/delete", new JsonObject { ["name"] = "tone", ["version"] = "1" })).Text);
        (await server.GetAsync("registered-models/alias?name=tone&alias=best")).AssertRefused(HttpStatusCode.BadRequest, "INVALID_PARAMETER_VALUE", "best");
        (await server.GetAsync("model-versions/get?name=tone&version=1")).AssertRefused(HttpStatusCode.NotFound, "RESOURCE_DOES_NOT_EXIST");
        Assert.Equal("{}", (await server.SendAsync(HttpMethod.Delete, "registered-models/alias?name=tone&alias=none")).Text);
        Assert.Equal("{}", (await server.SendAsync(HttpMethod.Delete, "registered-models/delete", new JsonObject { ["name"] = "tone" })).Text);
        (await server.GetAsync("registered-models/get?name=tone")).AssertRefused(HttpStatusCode.NotFound, "RESOURCE_DOES_NOT_EXIST", "tone");
        Assert.Empty(server.Faults.Lines);
    }

    // What the Python client's register_prompt sends: a prompt is a version without files, whose source is the word "dummy-source".
    [Fact]
    public async Task A_prompt_is_registered_and_found_apart_from_the_models()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        var isPrompt = new JsonArray(Json.Tag("mlflow.prompt.is_prompt", "true"));
        (await server.PostAsync("registered-models/create", new JsonObject { ["name"] = "greeting", ["tags"] = isPrompt.DeepClone() })).Ok.ToString();
        (await server.PostAsync("registered-models/create", new JsonObject { ["name"] = "model" })).Ok.ToString();
        var tags = new JsonArray(Json.Tag("mlflow.prompt.is_prompt", "true"), Json.Tag("mlflow.prompt.text", "Hello {{name}}"));
        JsonNode version = (await server.PostAsync("model-versions/create", new JsonObject { ["name"] = "greeting", ["source"] = "dummy-source", ["tags"] = tags })).Ok["model_version"]!;
        Assert.Equal(("1", "dummy-source"), ((string)version["version"]!, (string)version["source"]!));
        (await server.PostAsync("model-versions/create", new JsonObject { ["name"] = "model", ["source"] = "dummy-source" })).AssertRefused(HttpStatusCode.BadRequest, "INVALID_PARAMETER_VALUE", "dummy-source");

        // The client adds one of these filters to every search of its own.
        foreach ((string comparison, string found) in ((string, string)[])[("=", "greeting"), ("!=", "model")])
        {
            string filter = Uri.EscapeDataString($"tag.`mlflow.prompt.is_prompt` {comparison} 'true'");
            Assert.Equal([found], (await server.GetAsync($"registered-models/search?filter={filter}&max_results=100")).Ok["registered_models"]!.AsArray().Select(one => (string)one!["name"]!));
        }
    }

    // R's client turns every value into a string before it sends it.
    [Theory]
    [InlineData("TRUE", "Archived")]
    [InlineData("FALSE", "Production")]
    public async Task A_boolean_may_come_as_text(string archive, string stageOfTheOther)
    {
        await using RunningServer server = await RunningServer.StartAsync();
        (await server.PostAsync("registered-models/create", new JsonObject { ["name"] = "m" })).Ok.ToString();
        foreach (string version in (string[])["1", "2"])
        {
            (await server.PostAsync("model-versions/create", new JsonObject { ["name"] = "m", ["source"] = "s3://bucket/m" })).Ok.ToString();
            (await server.PostAsync("model-versions/transition-stage", new JsonObject { ["name"] = "m", ["version"] = version, ["stage"] = "Production", ["archive_existing_versions"] = archive })).Ok.ToString();
        }

        Assert.Equal(stageOfTheOther, (string?)(await server.GetAsync("model-versions/get?name=m&version=1")).Ok["model_version"]!["current_stage"]);
        (await server.PostAsync("model-versions/transition-stage", new JsonObject { ["name"] = "m", ["version"] = "1", ["stage"] = "None", ["archive_existing_versions"] = "perhaps" }))
            .AssertRefused(HttpStatusCode.BadRequest, "INVALID_PARAMETER_VALUE", "archive_existing_versions");
    }

    [Fact]
    public async Task A_version_of_a_logged_model_is_downloaded_from_the_models_files()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        JsonNode info = (await server.PostAsync("logged-models", new JsonObject { ["experiment_id"] = "0", ["name"] = "m" })).Ok["model"]!["info"]!;
        await server.PostAsync("registered-models/create", new JsonObject { ["name"] = "a" });
        await server.PostAsync("registered-models/create", new JsonObject { ["name"] = "b" });
        (await server.PostAsync("model-versions/create", new JsonObject { ["name"] = "a", ["source"] = $"models:/{info["model_id"]}" })).Ok.ToString();
        (await server.PostAsync("model-versions/create", new JsonObject { ["name"] = "b", ["source"] = "models:/a/1" })).Ok.ToString();

        Assert.Equal((string?)info["artifact_uri"], (string?)(await server.GetAsync("model-versions/get-download-uri?name=b&version=1")).Ok["artifact_uri"]);
        (await server.PostAsync("model-versions/create", new JsonObject { ["name"] = "a", ["source"] = "file:///etc" })).AssertRefused(HttpStatusCode.BadRequest, "INVALID_PARAMETER_VALUE", "file:///etc");
    }
}
