using System.Net;
using System.Text;
using System.Text.Json;

namespace Vigie.Server.Tests;

/// <summary>The description says what the server does, and the server does what the description says.</summary>
public sealed class OpenApiTests : IAsyncLifetime
{
    private readonly RecordsFolder folder = new();
    private RunningServer server = null!;
    private JsonElement api;

    public async ValueTask InitializeAsync()
    {
        server = await RunningServer.StartAsync(folder.Options);
        api = (await server.GetAsync("/openapi/v1.json")).Json;
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public void Every_route_is_described_and_the_other_way_round()
    {
        Assert.StartsWith("3.1", api.GetProperty("openapi").GetString(), StringComparison.Ordinal);
        string[] pages = ["/", "/docs", "/docs.js", "/favicon.ico", "/icon.svg", "/vigie.css", "/openapi/{documentName}.json"];
        string[] described = [.. api.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject().Select(method => $"{method.Name.ToUpperInvariant()} {path.Name}"))];

        Assert.Equal(server.Routes.Where(route => !pages.Contains(route.Split(' ')[1])).Order(StringComparer.Ordinal), described.Order(StringComparer.Ordinal));
        Assert.All(pages, page => Assert.Contains($"GET {page}", server.Routes));
    }

    [Fact]
    public void Every_field_and_operation_is_explained()
    {
        foreach (JsonProperty schema in api.GetProperty("components").GetProperty("schemas").EnumerateObject())
        {
            if (!schema.Value.TryGetProperty("properties", out JsonElement properties)) continue;
            Assert.All(properties.EnumerateObject(), property =>
                Assert.True(property.Value.TryGetProperty("description", out _) || property.Value.TryGetProperty("$ref", out _) || property.Value.TryGetProperty("oneOf", out _), $"{schema.Name}.{property.Name} has no description"));
        }

        Assert.All(Operations, operation => Assert.False(string.IsNullOrEmpty(operation.Described.GetProperty("summary").GetString())));
    }

    [Fact]
    public async Task Every_example_is_taken_and_every_answer_fits_its_schema()
    {
        var schemas = new JsonSchema(api);
        foreach ((string method, string path, JsonElement described) in Operations.Where(operation => !operation.Path.StartsWith("/alerts/", StringComparison.Ordinal) && !operation.Path.StartsWith("/runbooks/", StringComparison.Ordinal))) // which have tests of their own
        {
            if (method == "GET")
            {
                Answer got = await server.GetAsync(path);
                JsonElement forms = described.GetProperty("responses").GetProperty("200").GetProperty("content");
                Assert.True(forms.TryGetProperty(got.MediaType!, out _), $"{path} answers {got.MediaType}");
                if (got.MediaType == "application/json") Check(schemas, got.Json, described.GetProperty("responses").GetProperty("200").GetProperty("content").GetProperty("application/json"), path);
                continue;
            }

            if (method == "DELETE")
            {
                Answer gone = await server.SendAsync(new HttpRequestMessage(HttpMethod.Delete, path.Replace("{id}", "17", StringComparison.Ordinal)));
                Check(schemas, gone.Json, described.GetProperty("responses").GetProperty("200").GetProperty("content").GetProperty("application/json"), path);
                continue;
            }

            if (path == "/feedback")
            {
                JsonElement correction = described.GetProperty("requestBody").GetProperty("content").GetProperty("application/json");
                Assert.Empty(schemas.Faults(correction.GetProperty("example"), correction.GetProperty("schema")));
                Answer kept = await server.PostAsync(path, correction.GetProperty("example").GetRawText());
                Assert.Equal(HttpStatusCode.Created, kept.Status);
                Check(schemas, kept.Json, described.GetProperty("responses").GetProperty("201").GetProperty("content").GetProperty("application/json"), path);
                continue;
            }

            foreach (JsonProperty sent in described.GetProperty("requestBody").GetProperty("content").EnumerateObject())
            {
                bool lines = sent.Name != "application/json";
                JsonElement example = sent.Value.GetProperty("example"), request = sent.Value.GetProperty("schema");
                string body = lines ? example.GetString()! : example.GetRawText();
                bool table = sent.Name == "text/csv";
                Assert.Empty(lines && !table ? Lines(body).SelectMany(line => schemas.Faults(line, request)) : schemas.Faults(example, request));
                foreach (JsonProperty form in described.GetProperty("responses").GetProperty("200").GetProperty("content").EnumerateObject())
                {
                    // With explain, so that no part of the answer is left out.
                    string target = path == "/predict" ? path : path + "?explain=true";
                    Answer answer = await server.PostAsync(target, path == "/predict" ? body.Replace("false", "true", StringComparison.Ordinal) : body, sent.Name, form.Name);
                    Assert.Equal((HttpStatusCode.OK, form.Name), (answer.Status, answer.MediaType));
                    if (form.Name == "application/json") Check(schemas, answer.Json, form.Value, path);
                    else if (form.Name == "text/csv") Assert.Equal(3, answer.Text.Count(c => c == '\n'));
                    else Assert.Empty(Lines(answer.Text).SelectMany(line => schemas.Faults(line, form.Value.GetProperty("schema"))));
                }
            }
        }
    }

    [Fact]
    public async Task Every_refusal_that_is_described_happens_and_fits_its_schema()
    {
        byte[] large = Encoding.UTF8.GetBytes(new string(' ', 2 << 20));
        await using RunningServer small = await RunningServer.StartAsync(RunningServer.Unlimited with { MaxBodyBytes = 1 << 20 }), limited = await RunningServer.StartAsync(new ServerOptions { RateLimit = new RateLimitOptions { Requests = 1 } });
        await limited.PostAsync("/predict", "{}");
        await using RunningServer waiting = await RunningServer.StartAsync(new ModelSources(new ScriptedSource("away") { Failing = new IOException("the tracking server is away") }));
        using var gone = new RecordsFolder();
        await using RunningServer keepsNothing = await RunningServer.StartAsync(gone.Options);
        keepsNothing.Get<RecordKeeper>().Dispose();
        foreach ((string method, string path, JsonElement described) in Operations.Where(operation => operation.Method == "POST" && !operation.Path.StartsWith("/alerts/", StringComparison.Ordinal)))
        {
            // A correction needs no model, but somewhere to be kept.
            (RunningServer unable, string body) = path == "/feedback" ? (keepsNothing, """{"text":"a","predicted":"positive","label":"negative"}""") : (waiting, "{}");
            var refusals = new Dictionary<string, Answer>
            {
                ["400"] = await server.PostAsync(path, "{}"),
                ["404"] = await server.PostAsync(path + "?model=nobody", "{}"),
                ["413"] = await small.PostAsync(path, large),
                ["429"] = await limited.PostAsync(path, "{}"),
                ["415"] = await server.PostAsync(path, "a", "text/plain"),
            };
            using HttpResponseMessage unready = await unable.Client.PostAsync(path, new StringContent(body, Encoding.UTF8, "application/json"));
            refusals["503"] = new Answer(unready, await unready.Content.ReadAsByteArrayAsync());
            if (path == "/predict/batch") refusals["406"] = await server.PostAsync(path, "[]", accept: "image/png");
            if (path == "/feedback") refusals["404"] = await server.PostAsync(path, """{"prediction_id":"0","label":"positive"}""");

            Assert.Equal(
                described.GetProperty("responses").EnumerateObject().Select(response => response.Name).Where(status => status[0] is '4' || status == "503").Order(StringComparer.Ordinal),
                refusals.Keys.Order(StringComparer.Ordinal));
            foreach ((string status, Answer answer) in refusals)
            {
                Assert.Equal(status, ((int)answer.Status).ToString(System.Globalization.CultureInfo.InvariantCulture));
                JsonElement content = described.GetProperty("responses").GetProperty(status).GetProperty("content").GetProperty(answer.MediaType!);
                Assert.Empty(new JsonSchema(api).Faults(answer.Json, content.GetProperty("schema")));
            }
        }
    }

    private IEnumerable<(string Method, string Path, JsonElement Described)> Operations =>
        api.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject().Select(method => (method.Name.ToUpperInvariant(), path.Name, method.Value)));

    private static void Check(JsonSchema schemas, JsonElement answer, JsonElement content, string path)
    {
        Assert.True(schemas.Faults(answer, content.GetProperty("schema"), path).FirstOrDefault() is null, $"{path} answers what it does not describe: {schemas.Faults(answer, content.GetProperty("schema"), path).FirstOrDefault()}");
        if (content.TryGetProperty("example", out JsonElement example)) Assert.True(schemas.Faults(example, content.GetProperty("schema"), $"example of {path}").FirstOrDefault() is null, $"the example of {path} is not what it describes: {schemas.Faults(example, content.GetProperty("schema")).FirstOrDefault()}");
    }

    private static IEnumerable<JsonElement> Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement);
}
