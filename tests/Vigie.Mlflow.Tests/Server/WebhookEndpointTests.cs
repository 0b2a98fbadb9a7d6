using System.Net;
using System.Text.Json.Nodes;
using Vigie.Mlflow.Tests.Registry;

namespace Vigie.Mlflow.Tests.Server;

public sealed class WebhookEndpointTests
{
    [Fact]
    public async Task Webhooks_over_http_from_creation_to_delivery()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        await using Receiver receiver = await Receiver.StartAsync();

        JsonNode made = (await server.PostAsync("webhooks", new JsonObject
        {
            ["name"] = "hook",
            ["url"] = receiver.Url,
            ["secret"] = "s",
            ["description"] = "d",
            ["events"] = new JsonArray(new JsonObject { ["entity"] = "REGISTERED_MODEL", ["action"] = "CREATED" }, new JsonObject { ["entity"] = 2, ["action"] = 1 }),
        })).Ok["webhook"]!;
        string id = (string)made["webhook_id"]!;
        JsonNode changed = (await server.SendAsync(HttpMethod.Patch, $"webhooks/{id}", new JsonObject { ["name"] = "renamed", ["status"] = "ACTIVE", ["events"] = new JsonArray() })).Ok["webhook"]!;
        JsonNode tested = (await server.PostAsync($"webhooks/{id}/test", new JsonObject { ["event"] = new JsonObject { ["entity"] = "MODEL_VERSION", ["action"] = "CREATED" } })).Ok["result"]!;
        JsonNode byDefault = (await server.PostAsync($"webhooks/{id}/test", new JsonObject())).Ok["result"]!;
        await server.PostAsync("registered-models/create", new JsonObject { ["name"] = "m" });
        for (int i = 0; i < 200 && receiver.Messages.Count < 3; i++) await Task.Delay(20, TestContext.Current.CancellationToken);

        Assert.Equal("""[{"entity":"REGISTERED_MODEL","action":"CREATED"},{"entity":"MODEL_VERSION","action":"CREATED"}]""", made["events"]!.ToJsonString());
        Assert.Equal(("hook", "ACTIVE", "d"), ((string?)made["name"], (string?)made["status"], (string?)made["description"]));
        Assert.Null(made["secret"]);
        Assert.Equal(("renamed", 2), ((string?)changed["name"], changed["events"]!.AsArray().Count));
        Assert.Equal("""{"success":true,"response_status":200,"response_body":"taken"}""", tested.ToJsonString());
        Assert.True((bool)byDefault["success"]!);
        Assert.Equal(["model_version.created", "registered_model.created", "registered_model.created"], receiver.Messages.Select(message => message.Event));
        Assert.Equal(id, (string?)(await server.GetAsync("webhooks?max_results=1")).Ok["webhooks"]![0]!["webhook_id"]);
        Assert.Equal(id, (string?)(await server.GetAsync($"webhooks/{id}")).Ok["webhook"]!["webhook_id"]);
        Assert.Equal("{}", (await server.SendAsync(HttpMethod.Delete, $"webhooks/{id}")).Text);
        (await server.GetAsync($"webhooks/{id}")).AssertRefused(HttpStatusCode.NotFound, ErrorCode.ResourceDoesNotExist, id);
        Assert.Empty(server.Faults.Lines);
    }

    [Theory]
    [InlineData("""{}""", "name")]
    [InlineData("""{"name":"a","url":"https://example.org"}""", "events")]
    [InlineData("""{"name":"a","url":"https://example.org","events":[]}""", "events")]
    [InlineData("""{"name":"a","url":"https://example.org","events":[{"entity":"X","action":"CREATED"}]}""", "events[0].entity")]
    [InlineData("""{"name":"a","url":"https://example.org","events":[{"entity":"MODEL_VERSION"}]}""", "action")]
    [InlineData("""{"name":"a","url":"https://example.org","events":[{"entity":"MODEL_VERSION","action":"DELETED"}]}""", "model_version.created")]
    [InlineData("""{"name":"a","url":"ftp://example.org","events":[{"entity":"MODEL_VERSION","action":"CREATED"}]}""", "http")]
    [InlineData("""{"name":"a","url":"https://example.org","events":[{"entity":"MODEL_VERSION","action":"CREATED"}],"status":"GONE"}""", "status")]
    [InlineData("[]", "object")]
    public async Task What_cannot_be_a_webhook_is_refused_by_name(string body, string named)
    {
        await using RunningServer server = await RunningServer.StartAsync();
        (await server.SendTextAsync(HttpMethod.Post, "webhooks", body)).AssertRefused(HttpStatusCode.BadRequest, ErrorCode.InvalidParameterValue, named);
        Assert.Empty(server.Faults.Lines);
    }
}
