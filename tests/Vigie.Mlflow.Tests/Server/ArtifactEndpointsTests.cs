using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Vigie.Mlflow.Security;

namespace Vigie.Mlflow.Tests.Server;

public sealed class ArtifactEndpointsTests : IAsyncLifetime
{
    private const string Files = "/api/2.0/mlflow-artifacts/artifacts";
    private RunningServer server = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => server = await RunningServer.StartAsync(change: options => options with { MaxBodyBytes = 64 << 10 });

    public async ValueTask DisposeAsync()
    {
        Assert.Empty(server.Faults.Lines);
        await server.DisposeAsync();
    }

    [Fact]
    public async Task A_run_s_files_are_found_by_path_and_by_run()
    {
        (string run, string uri, string path) = await NewRunAsync();

        Assert.Equal("{}", (await PutAsync($"{path}/model/weights.bin", [1, 2, 3])).Text);
        await PutAsync($"{path}/notes.txt", "hello"u8.ToArray());

        JsonNode byPath = (await server.GetAsync($"{Files}?path={path}")).Ok;
        Assert.Equal("""{"files":[{"path":"model","is_dir":true},{"path":"notes.txt","is_dir":false,"file_size":5}]}""", byPath.ToJsonString());
        Assert.Equal("""{"files":[{"path":"weights.bin","is_dir":false,"file_size":3}]}""", (await server.GetAsync($"{Files}?path={path}/model")).Ok.ToJsonString());
        JsonNode byRun = (await server.GetAsync($"artifacts/list?run_id={run}&path=model")).Ok;
        Assert.Equal($$"""{"root_uri":"{{uri}}","files":[{"path":"model/weights.bin","is_dir":false,"file_size":3}]}""", byRun.ToJsonString());
        Assert.Equal(uri, (string?)(await server.GetAsync($"/ajax-api/2.0/mlflow/artifacts/list?run_uuid={run}")).Ok["root_uri"]);
        Assert.Equal("{}", (await server.GetAsync($"{Files}?path={path}/nothing")).Text);

        foreach (string address in (string[])[$"{Files}/{path}/notes.txt", $"/ajax-api/2.0/mlflow-artifacts/artifacts/{path}/notes.txt", $"/get-artifact?run_uuid={run}&path=notes.txt", $"/get-artifact?run_id={run}&path=notes.txt"])
            Assert.Equal("hello", await server.Http.GetStringAsync(address, Cancel));

        Assert.Equal("{}", (await server.SendAsync(HttpMethod.Delete, $"{Files}/{path}/model")).Text);
        Assert.Equal("{}", (await server.SendAsync(HttpMethod.Delete, $"{Files}/{path}/model")).Text);
        (await server.GetAsync($"{Files}/{path}/model/weights.bin")).AssertRefused(HttpStatusCode.NotFound, ErrorCode.ResourceDoesNotExist);
        (await server.GetAsync($"artifacts/list?run_id={new string('0', 32)}")).AssertRefused(HttpStatusCode.NotFound, ErrorCode.ResourceDoesNotExist);
        (await server.GetAsync("artifacts/list")).AssertRefused(HttpStatusCode.BadRequest, ErrorCode.InvalidParameterValue, "run_id");
        (await server.GetAsync($"/get-artifact?run_uuid={run}")).AssertRefused(HttpStatusCode.BadRequest, ErrorCode.InvalidParameterValue, "path");
    }

    [Fact]
    public async Task Names_in_any_alphabet_come_back()
    {
        (_, _, string path) = await NewRunAsync();
        foreach (string name in (string[])["modèle.txt", "模型/重み.bin", "😀 🏴‍☠️", "100% + a&b=c;d,e'f!(g)#h?i.txt", "50%25.txt", "\"q\".csv", "ﷺ", "e\u0301"])
        {
            string address = $"{Files}/{path}/{string.Join('/', name.Split('/').Select(Uri.EscapeDataString))}";
            byte[] bytes = Encoding.UTF8.GetBytes(name);
            await PutAsync(address[(Files.Length + 1)..], bytes);

            using HttpResponseMessage response = await server.Http.GetAsync(address, Cancel);

            Assert.Equal(bytes, await response.Content.ReadAsByteArrayAsync(Cancel));
            ContentDispositionHeaderValue disposition = response.Content.Headers.ContentDisposition!;
            Assert.Equal(("attachment", name.Split('/')[^1]), (disposition.DispositionType, disposition.FileNameStar));
            Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
            string folder = name.Contains('/', StringComparison.Ordinal) ? $"{path}/{name.Split('/')[0]}" : path;
            JsonNode list = (await server.GetAsync($"{Files}?path={Uri.EscapeDataString(folder)}")).Ok;
            Assert.Contains(name.Split('/')[^1], list["files"]!.AsArray().Select(file => (string)file!["path"]!));
        }
    }

    [Theory]
    [InlineData("bytes=2-4", 206, "234", "bytes 2-4/10")]
    [InlineData("bytes=7-", 206, "789", "bytes 7-9/10")]
    [InlineData("bytes=-3", 206, "789", "bytes 7-9/10")]
    [InlineData("bytes=5-99", 206, "56789", "bytes 5-9/10")]
    [InlineData("bytes=10-", 416, null, "bytes */10")]
    [InlineData("bytes=-0", 416, null, "bytes */10")]
    [InlineData("bytes=0-1,3-4", 200, "0123456789", null)]
    [InlineData("lines=1-2", 200, "0123456789", null)]
    [InlineData("bytes=4-2", 200, "0123456789", null)]
    [InlineData("bytes=a-b", 200, "0123456789", null)]
    public async Task A_range_gets_a_part(string range, int status, string? body, string? contentRange)
    {
        await PutAsync("7/digits", "0123456789"u8.ToArray());
        using var request = new HttpRequestMessage(HttpMethod.Get, Files + "/7/digits");
        request.Headers.TryAddWithoutValidation("Range", range);

        using HttpResponseMessage response = await server.Http.SendAsync(request, Cancel);

        Assert.Equal((status, contentRange), ((int)response.StatusCode, response.Content.Headers.ContentRange?.ToString()));
        if (body is not null) Assert.Equal(body, await response.Content.ReadAsStringAsync(Cancel));
    }

    [Fact]
    public async Task A_head_tells_the_length_alone()
    {
        await PutAsync("7/digits", "0123456789"u8.ToArray());
        using var request = new HttpRequestMessage(HttpMethod.Head, Files + "/7/digits");

        using HttpResponseMessage response = await server.Http.SendAsync(request, Cancel);

        Assert.Equal((10L, 0), (response.Content.Headers.ContentLength!.Value, (await response.Content.ReadAsByteArrayAsync(Cancel)).Length));
    }

    [Fact]
    public async Task A_file_may_be_larger_than_any_JSON_with_its_length_said_or_not()
    {
        byte[] bytes = RandomNumberGenerator.GetBytes(3 << 20);
        await PutAsync("7/said", bytes);
        using var chunked = new HttpRequestMessage(HttpMethod.Put, Files + "/7/unsaid") { Content = new StreamContent(new MemoryStream(bytes)) };
        chunked.Headers.TransferEncodingChunked = true;
        using HttpResponseMessage response = await server.Http.SendAsync(chunked, Cancel);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(bytes, await server.Http.GetByteArrayAsync(Files + "/7/said", Cancel));
        Assert.Equal(bytes, await server.Http.GetByteArrayAsync(Files + "/7/unsaid", Cancel));
    }

    [Theory]
    [InlineData("../../../etc/passwd")]
    [InlineData("a/../../b")]
    [InlineData("..%2f..%2fetc/passwd")]
    [InlineData("%2e%2e/%2e%2e/etc/passwd")]
    [InlineData("%2e%2e%2f%2e%2e%2fetc%2fpasswd")]
    [InlineData("%252e%252e%252fetc%252fpasswd")]
    [InlineData("%25252e%25252e%25252fetc")]
    [InlineData("..%5c..%5cwindows")]
    [InlineData("..%255c..%255cwindows")]
    [InlineData("..\\..\\windows")]
    [InlineData("/etc/passwd")]
    [InlineData("%2fetc/passwd")]
    [InlineData("%252fetc/passwd")]
    [InlineData("C:/Windows/win.ini")]
    [InlineData("c%3a%5cWindows")]
    [InlineData("a%00b")]
    [InlineData("a%2500b")]
    [InlineData("a%0d%0aX-Evil:1")]
    [InlineData(".vigie/uploads")]
    [InlineData("%2evigie/uploads")]
    [InlineData("a//b")]
    [InlineData("%c0%ae%c0%ae/%c0%ae%c0%ae/etc/passwd")]
    [InlineData("..;/..;/etc/passwd")]
    public async Task No_path_leads_out(string path)
    {
        (string run, _, _) = await NewRunAsync();
        string query = path.Contains('%', StringComparison.Ordinal) || path.Contains('\\', StringComparison.Ordinal) ? path : Uri.EscapeDataString(path);
        foreach ((string method, string address) in ((string, string)[])
            [("GET", $"{Files}/{path}"), ("PUT", $"{Files}/{path}"), ("DELETE", $"{Files}/{path}"), ("GET", $"{Files}?path={query}"), ("GET", $"/get-artifact?run_uuid={run}&path={query}"),
             ("GET", $"/api/2.0/mlflow/artifacts/list?run_id={run}&path={query}"), ("POST", $"/ajax-api/2.0/mlflow/upload-artifact?run_uuid={run}&path={query}"),
             ("POST", $"/api/2.0/mlflow-artifacts/mpu/create/{path}")])
        {
            (int status, string body) = await RawAsync($"{method} {address} HTTP/1.1", "evil", address.Contains("/mpu/", StringComparison.Ordinal) ? """{"path":"x","num_parts":1}""" : "data");

            // What is a strange name and no way out may be taken, inside; it is then simply not there for a reader.
            bool harmless = path is "%c0%ae%c0%ae/%c0%ae%c0%ae/etc/passwd" or "..;/..;/etc/passwd";
            Assert.True(status is 400 or 404 || (harmless && status == 200), $"{method} {address}: {status} {body}");
            Assert.DoesNotContain("root:", body, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Texts_that_broke_others_are_answered_without_a_fault()
    {
        (string run, _, _) = await NewRunAsync();
        foreach (string text in NaughtyStrings.Texts.Where(text => text.Length < 4000))
        {
            string escaped = Uri.EscapeDataString(text.Any(char.IsSurrogate) ? new UTF8Encoding().GetString(Encoding.UTF8.GetBytes(text)) : text);
            foreach ((HttpMethod method, string address) in ((HttpMethod, string)[])
                [(HttpMethod.Put, $"{Files}/9/{escaped}"), (HttpMethod.Get, $"{Files}/9/{escaped}"), (HttpMethod.Get, $"{Files}?path={escaped}"), (HttpMethod.Get, $"/get-artifact?run_uuid={run}&path={escaped}"),
                 (HttpMethod.Get, $"/get-artifact?run_uuid={escaped}&path=a"), (HttpMethod.Get, $"/model-versions/get-artifact?name={escaped}&version=1&path=a")])
            {
                using var request = new HttpRequestMessage(method, address);
                if (method == HttpMethod.Put) request.Content = new ByteArrayContent([1]);
                using HttpResponseMessage response = await server.Http.SendAsync(request, Cancel);
                Assert.True((int)response.StatusCode < 500, $"{method} {address}: {response.StatusCode}");
            }
        }
    }

    [Fact]
    public async Task An_upload_that_breaks_off_leaves_nothing()
    {
        await PutAsync("7/file", [1, 2, 3]);
        using (var client = new TcpClient())
        {
            await client.ConnectAsync(server.Http.BaseAddress!.Host, server.Http.BaseAddress.Port, Cancel);
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"PUT {Files}/7/file HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\nhalf"), Cancel);
        }

        string incoming = Path.Combine(server.ArtifactsFolder, ".vigie", "incoming");
        for (int i = 0; i < 100 && Directory.GetFiles(incoming).Length > 0; i++) await Task.Delay(20, Cancel);
        Assert.Empty(Directory.GetFiles(incoming));
        Assert.Equal([1, 2, 3], await server.Http.GetByteArrayAsync(Files + "/7/file", Cancel));
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task A_body_that_trickles_is_given_up()
    {
        using var client = new TcpClient();
        await client.ConnectAsync(server.Http.BaseAddress!.Host, server.Http.BaseAddress.Port, Cancel);
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"PUT {Files}/7/slow HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n"), Cancel);
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        Task<int> answer = stream.ReadAsync(new byte[64], deadline.Token).AsTask();
        while (!answer.IsCompleted)
        {
            await stream.WriteAsync("1\r\nx\r\n"u8.ToArray(), deadline.Token);
            await Task.WhenAny(answer, Task.Delay(200, deadline.Token));
        }

        Assert.True(answer.IsCompletedSuccessfully, "the connection was not answered within 30 s");
        (await server.GetAsync(Files + "/7/slow")).AssertRefused(HttpStatusCode.NotFound, ErrorCode.ResourceDoesNotExist);
    }

    [Fact]
    public async Task A_file_in_parts_becomes_one_as_MLflow_s_client_sends_it()
    {
        JsonNode created = (await server.PostAsync("/api/2.0/mlflow-artifacts/mpu/create/5/run/artifacts/sub", new JsonObject { ["path"] = "/home/me/big file.bin", ["num_parts"] = 3 })).Ok;
        var parts = new JsonArray();
        foreach (JsonNode? credential in created["credentials"]!.AsArray())
        {
            using HttpResponseMessage put = await server.Http.PutAsync(new Uri((string)credential!["url"]!), new ByteArrayContent(Enumerable.Repeat((byte)(int)credential["part_number"]!, 100_000).ToArray()), Cancel);
            parts.Add(new JsonObject { ["part_number"] = (int)credential["part_number"]!, ["etag"] = put.Headers.ETag!.Tag, ["url"] = (string)credential["url"]! });
        }

        var end = new JsonObject { ["path"] = "/home/me/big file.bin", ["upload_id"] = (string)created["upload_id"]!, ["parts"] = parts };
        (await server.PostAsync("/api/2.0/mlflow-artifacts/mpu/complete/5/run/artifacts/other", end.DeepClone())).AssertRefused(HttpStatusCode.BadRequest, ErrorCode.InvalidParameterValue);
        Assert.Equal("{}", (await server.PostAsync("/api/2.0/mlflow-artifacts/mpu/complete/5/run/artifacts/sub", end.DeepClone())).Text);

        byte[] whole = await server.Http.GetByteArrayAsync(Files + "/5/run/artifacts/sub/big%20file.bin", Cancel);
        Assert.Equal(Enumerable.Range(1, 3).SelectMany(i => Enumerable.Repeat((byte)i, 100_000)), whole);
        (await server.PostAsync("/api/2.0/mlflow-artifacts/mpu/complete/5/run/artifacts/sub", end)).AssertRefused(HttpStatusCode.NotFound, ErrorCode.ResourceDoesNotExist);
        (await server.PostAsync("/api/2.0/mlflow-artifacts/mpu/create/5", new JsonObject { ["path"] = "a", ["num_parts"] = 10_001 })).AssertRefused(HttpStatusCode.BadRequest, ErrorCode.InvalidParameterValue, "num_parts");
        (await server.PostAsync("/api/2.0/mlflow-artifacts/mpu/create/5", new JsonObject { ["num_parts"] = 1 })).AssertRefused(HttpStatusCode.BadRequest, ErrorCode.InvalidParameterValue, "path");
    }

    [Fact]
    public async Task An_upload_in_parts_can_be_ended()
    {
        JsonNode created = (await server.PostAsync("/api/2.0/mlflow-artifacts/mpu/create/5", new JsonObject { ["path"] = "C:\\me\\a.bin", ["num_parts"] = 1 })).Ok;
        string url = (string)created["credentials"]![0]!["url"]!;
        using (HttpResponseMessage put = await server.Http.PutAsync(new Uri(url), new ByteArrayContent([1]), Cancel)) Assert.Equal(HttpStatusCode.OK, put.StatusCode);

        Assert.Equal("{}", (await server.PostAsync("/api/2.0/mlflow-artifacts/mpu/abort/5", new JsonObject { ["path"] = "C:\\me\\a.bin", ["upload_id"] = (string)created["upload_id"]! })).Text);

        using HttpResponseMessage late = await server.Http.PutAsync(new Uri(url), new ByteArrayContent([1]), Cancel);
        Assert.Equal(HttpStatusCode.NotFound, late.StatusCode);
        using HttpResponseMessage guess = await server.Http.PutAsync("/api/2.0/mlflow-artifacts/mpu/parts/..%2f..%2fx/1", new ByteArrayContent([1]), Cancel);
        Assert.Equal(HttpStatusCode.NotFound, guess.StatusCode);
        Assert.Empty(Directory.GetDirectories(Path.Combine(server.ArtifactsFolder, ".vigie", "uploads")));
        Assert.Equal("{}", (await server.GetAsync(Files)).Text);
    }

    [Fact]
    public async Task Files_of_logged_models_and_versions_are_found_by_them()
    {
        JsonNode model = (await server.PostAsync("logged-models", new JsonObject { ["experiment_id"] = "0", ["name"] = "m" })).Ok["model"]!["info"]!;
        string id = (string)model["model_id"]!, uri = (string)model["artifact_uri"]!;
        await PutAsync($"{PathOf(uri)}/MLmodel", "flavors: {}"u8.ToArray());

        JsonNode list = (await server.GetAsync($"logged-models/{id}/artifacts/directories")).Ok;
        Assert.Equal($$"""{"root_uri":"{{uri}}","files":[{"path":"MLmodel","is_dir":false,"file_size":11}]}""", list.ToJsonString());
        Assert.Equal("flavors: {}", await server.Http.GetStringAsync($"/ajax-api/2.0/mlflow/logged-models/{id}/artifacts/files?artifact_file_path=MLmodel", Cancel));
        (await server.GetAsync("logged-models/m-nothing/artifacts/directories")).AssertRefused(HttpStatusCode.NotFound, ErrorCode.ResourceDoesNotExist);

        await server.PostAsync("registered-models/create", new JsonObject { ["name"] = "sentiment" });
        await server.PostAsync("model-versions/create", new JsonObject { ["name"] = "sentiment", ["source"] = "models:/" + id });
        Assert.Equal("flavors: {}", await server.Http.GetStringAsync("/model-versions/get-artifact?name=sentiment&version=1&path=MLmodel", Cancel));
        await server.PostAsync("model-versions/create", new JsonObject { ["name"] = "sentiment", ["source"] = "s3://elsewhere/m" });
        (await server.GetAsync("/model-versions/get-artifact?name=sentiment&version=2&path=MLmodel")).AssertRefused(HttpStatusCode.BadRequest, ErrorCode.InvalidParameterValue, "s3://elsewhere/m");
    }

    [Fact]
    public async Task Who_may_not_see_an_experiment_sees_none_of_its_files_whichever_way_he_asks()
    {
        await using RunningServer closed = await RunningServer.StartAsync(change: options => options with { Security = new SecurityOptions { Authentication = true } });
        foreach ((string name, Role role) in ((string, Role)[])[("admin", Role.Admin), ("ann", Role.None), ("rob", Role.None)]) await closed.Store.Users.CreateAsync(name, "a long password", role, Cancel);
        string own = await closed.Store.Experiments.CreateAsync("ann's", cancellation: Cancel), other = await closed.Store.Experiments.CreateAsync("other", cancellation: Cancel);
        await closed.Store.ExperimentPermissions.CreateAsync(own, "ann", Role.Write, Cancel);
        await closed.Store.ExperimentPermissions.CreateAsync(own, "rob", Role.Read, Cancel);
        string run = (await closed.Store.Runs.CreateAsync(own, cancellation: Cancel)).Info.RunId, otherRun = (await closed.Store.Runs.CreateAsync(other, cancellation: Cancel)).Info.RunId;
        // A version of Ann's own that points to what is not hers.
        await closed.Store.Registry.CreateAsync("stolen", cancellation: Cancel);
        await closed.Store.Registry.CreateVersionAsync("stolen", $"mlflow-artifacts:/{other}/{otherRun}/artifacts", cancellation: Cancel);
        await closed.Store.RegisteredModelPermissions.CreateAsync("stolen", "ann", Role.Admin, Cancel);

        async Task<int> Ask(string user, string method, string address)
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), address);
            request.Headers.Authorization = user.Length == 0 ? null : new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(user + ":a long password")));
            if (method is "PUT") request.Content = new ByteArrayContent([1]);
            if (method is "POST") request.Content = new StringContent("""{"path":"p.bin","num_parts":1}""", Encoding.UTF8, "application/json");
            using HttpResponseMessage response = await closed.Http.SendAsync(request, Cancel);
            return (int)response.StatusCode;
        }

        string file = $"{Files}/{own}/{run}/artifacts/a", otherFile = $"{Files}/{other}/{otherRun}/artifacts/a";
        foreach ((int status, string user, string method, string address) in ((int, string, string, string)[])
        [
            (401, "", "PUT", file),
            (200, "ann", "PUT", file),
            (200, "admin", "PUT", otherFile),
            (200, "ann", "GET", file),
            (403, "ann", "GET", otherFile),
            (200, "rob", "GET", file),
            (403, "rob", "PUT", file),
            (403, "rob", "DELETE", file),
            (403, "ann", "PUT", otherFile),
            (403, "ann", "DELETE", otherFile),
            (200, "ann", "GET", $"/get-artifact?run_uuid={run}&path=a"),
            (403, "ann", "GET", $"/get-artifact?run_uuid={otherRun}&path=a"),
            (200, "ann", "GET", $"/api/2.0/mlflow/artifacts/list?run_id={run}"),
            (403, "ann", "GET", $"/api/2.0/mlflow/artifacts/list?run_id={otherRun}"),
            (200, "ann", "GET", $"{Files}?path={own}"),
            (403, "ann", "GET", $"{Files}?path={other}"),
            (403, "ann", "GET", Files),
            (200, "admin", "GET", Files),
            (200, "ann", "POST", $"/ajax-api/2.0/mlflow/upload-artifact?run_uuid={run}&path=b"),
            (403, "ann", "POST", $"/ajax-api/2.0/mlflow/upload-artifact?run_uuid={otherRun}&path=b"),
            (200, "ann", "POST", $"/api/2.0/mlflow-artifacts/mpu/create/{own}"),
            (403, "ann", "POST", $"/api/2.0/mlflow-artifacts/mpu/create/{other}"),
            (403, "ann", "GET", "/model-versions/get-artifact?name=stolen&version=1&path=a"),
            (200, "admin", "GET", "/model-versions/get-artifact?name=stolen&version=1&path=a"),
            (404, "", "PUT", "/api/2.0/mlflow-artifacts/mpu/parts/" + new string('0', 64) + "/1"),
            (200, "admin", "DELETE", otherFile),
        ])
        {
            Assert.Equal((status, user, method, address), (await Ask(user, method, address), user, method, address));
        }
    }

    [Fact]
    public async Task The_page_s_upload_goes_to_the_run()
    {
        (string run, _, string path) = await NewRunAsync();
        using var content = new ByteArrayContent("x,y\n"u8.ToArray());
        using HttpResponseMessage response = await server.Http.PostAsync($"/ajax-api/2.0/mlflow/upload-artifact?run_uuid={run}&path=tables/a.csv", content, Cancel);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        using HttpResponseMessage got = await server.Http.GetAsync($"{Files}/{path}/tables/a.csv", Cancel);
        Assert.Equal(("x,y\n", "text/csv"), (await got.Content.ReadAsStringAsync(Cancel), got.Content.Headers.ContentType!.MediaType));
    }

    private async Task<(string Run, string Uri, string Path)> NewRunAsync()
    {
        JsonNode info = (await server.PostAsync("runs/create", new JsonObject { ["experiment_id"] = "0" })).Ok["run"]!["info"]!;
        string uri = (string)info["artifact_uri"]!;
        return ((string)info["run_id"]!, uri, PathOf(uri));
    }

    private static string PathOf(string uri)
    {
        Assert.StartsWith("mlflow-artifacts:/", uri, StringComparison.Ordinal);
        return uri["mlflow-artifacts:/".Length..];
    }

    private async Task<(HttpStatusCode Status, string Text)> PutAsync(string path, byte[] bytes)
    {
        using HttpResponseMessage response = await server.Http.PutAsync($"{Files}/{path}", new ByteArrayContent(bytes), Cancel);
        string text = await response.Content.ReadAsStringAsync(Cancel);
        Assert.True(response.IsSuccessStatusCode, $"{path}: {text}");
        return (response.StatusCode, text);
    }

    /// <summary>HttpClient resolves <c>..</c> itself; attackers do not.</summary>
    private async Task<(int Status, string Body)> RawAsync(string line, string agent, string body)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(server.Http.BaseAddress!.Host, server.Http.BaseAddress.Port, Cancel);
        NetworkStream stream = client.GetStream();
        bool hasBody = !line.StartsWith("GET", StringComparison.Ordinal) && !line.StartsWith("DELETE", StringComparison.Ordinal);
        string rest = hasBody ? $"Content-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}" : "\r\n";
        await stream.WriteAsync(Encoding.UTF8.GetBytes($"{line}\r\nHost: 127.0.0.1\r\nUser-Agent: {agent}\r\nConnection: close\r\n{rest}"), Cancel);
        using var reader = new StreamReader(stream);
        string text = await reader.ReadToEndAsync(Cancel);
        return (int.Parse(text.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture), text[(text.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..]);
    }
}
