using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;

namespace Vigie.Mlflow.Tests.Server;

/// <summary>Texts that have broken programs before, in every field of every endpoint: some are taken, most are refused, and none is a fault of the server.</summary>
public sealed class NaughtyRequestTests
{
    /// <summary>Every text goes to one in so many endpoints.</summary>
    private const int Share = 10;

    private static readonly string[] Fields =
    [
        "name", "new_name", "experiment_id", "experiment_name", "artifact_location", "run_id", "run_uuid", "run_name", "user_id", "key", "value", "filter", "page_token", "status", "view_type",
        "run_view_type", "max_results", "metric_key", "model_id", "dataset_name", "dataset_digest", "model_type", "source_run_id", "description", "source", "run_link", "version", "stage",
        "stages", "alias", "timestamp", "step", "start_time", "end_time", "start_step", "model_json", "path", "username", "password", "permission", "url", "secret",
    ];

    private static readonly string[] Lists = ["experiment_ids", "run_ids", "order_by", "stages", "events"];

    public static TheoryData<string> Kinds => TestDatabases.Kinds;

    [Theory]
    [InlineData("""{"run_id":"RUN","key":"\ud800","value":1,"timestamp":1}""")]
    [InlineData("""{"run_id":"RUN","key":"\u0000","value":1,"timestamp":1}""")]
    [InlineData("""{"run_id":"RUN","key":"k","value":"\udfff","timestamp":1}""")]
    [InlineData("""{"run_id":"RUN","key":"k","value":1,"timestamp":1e999}""")]
    [InlineData("""{"run_id":"RUN","key":"k","value":1,"timestamp":9223372036854775808}""")]
    [InlineData("""{"run_id":"RUN","key":"k","value":1,"timestamp":-1}""")]
    [InlineData("""{"run_id":"RUN","key":"k","value":1,"timestamp":1,"step":0.5}""")]
    [InlineData("""{"run_id":"RUN","key":"k","value":{},"timestamp":1}""")]
    [InlineData("""{"run_id":"RUN","key":"k","value":NaN,"timestamp":1}""")]
    [InlineData("""{"run_id":["RUN"],"key":"k","value":1,"timestamp":1}""")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{\"run_id\":\"RUN\"")]
    [InlineData("\u0001")]
    public async Task JSON_that_means_nothing_is_the_client_s_fault(string body)
    {
        await using RunningServer server = await RunningServer.StartAsync();
        string run = (await server.Store.Runs.CreateAsync("0", cancellation: TestContext.Current.CancellationToken)).Info.RunId;
        Answer answer = await server.SendTextAsync(HttpMethod.Post, "runs/log-metric", body.Replace("RUN", run, StringComparison.Ordinal));
        answer.AssertRefused(HttpStatusCode.BadRequest, ErrorCode.InvalidParameterValue);
        Assert.Empty(server.Faults.Lines);
    }

    [Fact]
    public async Task Lists_without_end_and_depths_without_bottom_are_refused()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        string deep = "{\"tags\":" + new string('[', 100_000) + new string(']', 100_000) + "}";
        (await server.SendTextAsync(HttpMethod.Post, "experiments/create", deep)).AssertRefused(HttpStatusCode.BadRequest, ErrorCode.InvalidParameterValue);
        string filter = string.Join(" AND ", Enumerable.Repeat("metrics.a > 1", 10_000));
        Answer answer = await server.PostAsync("runs/search", new JsonObject { ["experiment_ids"] = new JsonArray("0"), ["filter"] = filter });
        answer.AssertRefused(HttpStatusCode.BadRequest, ErrorCode.InvalidParameterValue, "at most");
        var many = new JsonArray([.. Enumerable.Range(0, 200_000).Select(i => JsonValue.Create(i.ToString(System.Globalization.CultureInfo.InvariantCulture)))]);
        Assert.Equal(HttpStatusCode.OK, (await server.PostAsync("runs/search", new JsonObject { ["experiment_ids"] = many })).Status);
        Assert.Empty(server.Faults.Lines);
    }

    [Fact]
    public async Task A_client_that_breaks_off_is_no_fault_of_the_server()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        foreach (string target in (string[])["POST /api/2.0/mlflow/experiments/create", "PUT /api/2.0/mlflow-artifacts/artifacts/0/f"])
        {
            foreach (bool reset in (bool[])[true, false])
            {
                using var client = new System.Net.Sockets.TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, server.Http.BaseAddress!.Port, TestContext.Current.CancellationToken);
                string head = $"{target} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{{";
                await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head), TestContext.Current.CancellationToken);
                await Task.Delay(100, TestContext.Current.CancellationToken); // until the server reads the body
                if (reset) client.LingerState = new System.Net.Sockets.LingerOption(true, 0);
            }
        }

        await Task.Delay(300, TestContext.Current.CancellationToken);
        Assert.Empty(server.Faults.Lines);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task No_text_is_a_fault_of_the_server(string kind)
    {
        await using RunningServer server = await RunningServer.StartAsync(kind);
        Dictionary<string, string> known = await KnownAsync(server);
        (RouteEndpoint Endpoint, string Method)[] endpoints =
        [
            .. server.Endpoints.Where(endpoint => !endpoint.RoutePattern.RawText!.StartsWith("/ajax-api", StringComparison.Ordinal))
                .SelectMany(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Select(method => (endpoint, method)) ?? []),
        ];
        Assert.True(endpoints.Length > 60, $"{endpoints.Length} endpoints");
        var requests = new List<(RouteEndpoint Endpoint, string Method, string Text, bool Deep)>();
        for (int e = 0; e < endpoints.Length; e++)
        {
            for (int i = e % Share; i < NaughtyStrings.Texts.Count; i += Share)
            {
                requests.Add((endpoints[e].Endpoint, endpoints[e].Method, NaughtyStrings.Texts[i], false));
                // What is named is there, so that the text gets further; nothing that would take it away.
                if (!endpoints[e].Endpoint.RoutePattern.RawText!.Contains("delete", StringComparison.Ordinal) && !endpoints[e].Endpoint.RoutePattern.RawText!.Contains("rename", StringComparison.Ordinal)
                    && endpoints[e].Method != "DELETE") requests.Add((endpoints[e].Endpoint, endpoints[e].Method, NaughtyStrings.Texts[i], true));
            }
        }

        int taken = 0;
        var wrong = new List<string>();
        await Parallel.ForEachAsync(requests, new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = TestContext.Current.CancellationToken }, async (one, cancellation) =>
        {
            using HttpRequestMessage request = Request(one.Endpoint, one.Method, one.Text, one.Deep ? known : []);
            string what = $"{request.Method} {request.RequestUri}";
            using HttpResponseMessage answer = await server.Http.SendAsync(request, cancellation);
            string text = await answer.Content.ReadAsStringAsync(cancellation);
            if (answer.IsSuccessStatusCode) Interlocked.Increment(ref taken);
            // A HEAD has no body, and Kestrel itself refuses U+0000 in a path, without one.
            bool isBare = one.Method == "HEAD" || (answer.StatusCode == HttpStatusCode.BadRequest && request.RequestUri!.OriginalString.Split('?')[0].Contains("%00", StringComparison.Ordinal));
            bool isRead = answer.IsSuccessStatusCode || isBare || (int)answer.StatusCode is 414 or 431 || (text.Length > 0 && JsonNode.Parse(text)?["error_code"] is not null);
            if ((int)answer.StatusCode >= 500 || !isRead) lock (wrong) wrong.Add($"{what[..Math.Min(what.Length, 200)]} with {one.Text[..Math.Min(one.Text.Length, 40)]}: {(int)answer.StatusCode} {text}");
        });

        Assert.True(wrong.Count == 0, $"{wrong.Count} of {requests.Count}: {string.Join('\n', wrong.Take(10))}\n{string.Join('\n', server.Faults.Lines.Take(3))}");
        Assert.Empty(server.Faults.Lines);
        Assert.True(taken > requests.Count / 20, $"{taken} of {requests.Count} were taken: the requests do not get far enough to prove anything");
    }

    private static HttpRequestMessage Request(RouteEndpoint endpoint, string method, string text, Dictionary<string, string> known)
    {
        string ValueOf(string field) => known.GetValueOrDefault(field) ?? text;
        var path = new StringBuilder();
        foreach (RoutePatternPathSegment segment in endpoint.RoutePattern.PathSegments)
        {
            path.Append('/');
            foreach (RoutePatternPart part in segment.Parts)
                path.Append(part is RoutePatternParameterPart parameter ? Escaped(ValueOf(parameter.Name)) : ((RoutePatternLiteralPart)part).Content);
        }

        if (method is "GET" or "HEAD")
        {
            path.Append('?').AppendJoin('&', Fields.Concat(Lists).Distinct().Select(field => $"{field}={Escaped(ValueOf(field))}").Where(pair => pair.Length < 1000));
            return new HttpRequestMessage(new HttpMethod(method), path.ToString());
        }

        var body = new JsonObject();
        foreach (string field in Fields) body[field] = ValueOf(field);
        foreach (string field in Lists) body[field] = new JsonArray(ValueOf(field));
        body["tags"] = new JsonArray(Json.Tag(text, text));
        body["params"] = new JsonArray(Json.Tag(text, text));
        if (known.Count > 0) body["metrics"] = new JsonArray(Json.Metric(text, 1));
        return new HttpRequestMessage(new HttpMethod(method), path.ToString()) { Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json") };
    }

    // Addresses have their own, smaller limits.
    private static string Escaped(string text) => Uri.EscapeDataString(text[..Math.Min(text.Length, 300)]);

    private static async Task<Dictionary<string, string>> KnownAsync(RunningServer server)
    {
        string run = await RunEndpointTests.NewRunAsync(server);
        await server.PostAsync("registered-models/create", new JsonObject { ["name"] = "known" });
        await server.PostAsync("model-versions/create", new JsonObject { ["name"] = "known", ["source"] = $"mlflow-artifacts:/0/{run}/artifacts" });
        JsonNode model = (await server.PostAsync("logged-models", new JsonObject { ["experiment_id"] = "0" })).Ok;
        return new Dictionary<string, string>
        {
            ["experiment_id"] = "0",
            ["experiment_ids"] = "0",
            ["run_id"] = run,
            ["run_ids"] = run,
            ["name"] = "known",
            ["version"] = "1",
            ["model_id"] = (string)model["model"]!["info"]!["model_id"]!,
            ["status"] = "2",
            ["view_type"] = "3",
            ["run_view_type"] = "ALL",
            ["max_results"] = "5",
            ["timestamp"] = "1",
            ["step"] = "2",
            ["value"] = "3",
            ["start_time"] = "4",
            ["end_time"] = "5",
            ["stage"] = "Staging",
            ["start_step"] = "1",
            ["end_step"] = "2",
        };
    }
}
