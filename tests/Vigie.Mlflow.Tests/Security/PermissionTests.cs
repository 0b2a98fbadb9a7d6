using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Vigie.Mlflow.Security;

namespace Vigie.Mlflow.Tests.Security;

public sealed class PermissionTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string> Kinds => TestDatabases.Kinds;

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_permission_comes_before_the_users_own_role(string kind)
    {
        await using ClosedServer server = await ClosedServer.StartAsync(kind);
        string experiment = await server.Store.Experiments.CreateAsync("e", cancellation: Cancel);
        string run = (await server.Store.Runs.CreateAsync(experiment, cancellation: Cancel)).Info.RunId;
        foreach (Role own in Enum.GetValues<Role>())
        {
            AuthenticationHeaderValue user = await server.UserAsync($"own-{own}", own);
            await CheckAsync(user, own);
            foreach (Role granted in Enum.GetValues<Role>())
            {
                user = await server.UserAsync($"own-{own}-granted-{granted}", own);
                await server.Store.ExperimentPermissions.CreateAsync(experiment, $"own-{own}-granted-{granted}", granted, Cancel);
                await CheckAsync(user, own == Role.Admin ? Role.Admin : granted);
            }
        }

        async Task CheckAsync(AuthenticationHeaderValue user, Role role)
        {
            var id = new JsonObject { ["run_id"] = run };
            await ExpectAsync(role >= Role.Read, user, HttpMethod.Get, $"runs/get?run_id={run}");
            await ExpectAsync(role >= Role.Read, user, HttpMethod.Get, $"experiments/get?experiment_id={experiment}");
            await ExpectAsync(role >= Role.Read, user, HttpMethod.Get, "experiments/get-by-name?experiment_name=e");
            await ExpectAsync(role >= Role.Read, user, HttpMethod.Post, "runs/search", new JsonObject { ["experiment_ids"] = new JsonArray(experiment) });
            await ExpectAsync(role >= Role.Write, user, HttpMethod.Post, "runs/log-metric", new JsonObject { ["run_id"] = run, ["key"] = "f1", ["value"] = 0.8, ["timestamp"] = 1, ["step"] = 0 });
            await ExpectAsync(role >= Role.Write, user, HttpMethod.Post, "runs/create", new JsonObject { ["experiment_id"] = experiment });
            await ExpectAsync(role >= Role.Admin, user, HttpMethod.Post, "runs/delete", id);
            await ExpectAsync(role >= Role.Admin, user, HttpMethod.Post, "runs/restore", id.DeepClone());
            await ExpectAsync(role >= Role.Admin, user, HttpMethod.Get, $"experiments/permissions/get?experiment_id={experiment}&username=admin", allowed: HttpStatusCode.NotFound);
        }

        async Task ExpectAsync(bool allowed_, AuthenticationHeaderValue user, HttpMethod method, string path, JsonNode? body = null, HttpStatusCode allowed = HttpStatusCode.OK) =>
            Assert.Equal((path, allowed_ ? allowed : HttpStatusCode.Forbidden), (path, await server.StatusAsync(user, method, path, body?.DeepClone())));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Who_creates_an_experiment_or_model_manages_it(string kind)
    {
        await using ClosedServer server = await ClosedServer.StartAsync(kind);
        AuthenticationHeaderValue ann = await server.UserAsync("ann", Role.Read), bob = await server.UserAsync("bob", Role.None);
        string experiment = (string)(await server.PostAsync(ann, "experiments/create", new JsonObject { ["name"] = "anns" })).Ok["experiment_id"]!;
        Assert.NotNull((await server.PostAsync(ann, "runs/create", new JsonObject { ["experiment_id"] = experiment })).Ok["run"]);
        Assert.NotNull((await server.PostAsync(ann, "registered-models/create", new JsonObject { ["name"] = "m" })).Ok);
        Assert.Equal(HttpStatusCode.Forbidden, await server.StatusAsync(bob, HttpMethod.Get, $"experiments/get?experiment_id={experiment}"));
        Assert.Equal(HttpStatusCode.Forbidden, await server.StatusAsync(bob, HttpMethod.Get, "registered-models/get?name=m"));

        JsonNode granted = (await server.PostAsync(ann, "experiments/permissions/create", new JsonObject { ["experiment_id"] = experiment, ["username"] = "bob", ["permission"] = "READ" })).Ok;
        long id = (await server.Store.Users.GetAsync("bob", Cancel)).Id;
        Assert.Equal($$$"""{"experiment_permission":{"experiment_id":"{{{experiment}}}","user_id":{{{id}}},"permission":"READ"}}""", granted.ToJsonString());
        granted = (await server.PostAsync(ann, "registered-models/permissions/create", new JsonObject { ["name"] = "m", ["username"] = "bob", ["permission"] = "EDIT" })).Ok;
        Assert.Equal($$$"""{"registered_model_permission":{"name":"m","user_id":{{{id}}},"permission":"EDIT"}}""", granted.ToJsonString());
        Assert.Equal(HttpStatusCode.OK, await server.StatusAsync(bob, HttpMethod.Get, $"experiments/get?experiment_id={experiment}"));
        Assert.Equal(HttpStatusCode.OK, await server.StatusAsync(bob, HttpMethod.Patch, "registered-models/update", new JsonObject { ["name"] = "m", ["description"] = "x" }));
        Assert.Equal(HttpStatusCode.Forbidden, await server.StatusAsync(bob, HttpMethod.Delete, "registered-models/delete", new JsonObject { ["name"] = "m" }));
        Assert.Equal(HttpStatusCode.Forbidden, await server.StatusAsync(bob, HttpMethod.Patch, "experiments/permissions/update", new JsonObject { ["experiment_id"] = experiment, ["username"] = "bob", ["permission"] = "MANAGE" }));

        JsonNode user = (await server.GetAsync(bob, "users/get?username=bob")).Ok["user"]!;
        Assert.Equal((experiment, "READ"), ((string?)user["experiment_permissions"]![0]!["experiment_id"], (string?)user["experiment_permissions"]![0]!["permission"]));
        Assert.Equal(HttpStatusCode.OK, await server.StatusAsync(ann, HttpMethod.Patch, "experiments/permissions/update", new JsonObject { ["experiment_id"] = experiment, ["username"] = "bob", ["permission"] = "EDIT" }));
        Assert.Equal("EDIT", (string?)(await server.GetAsync(ann, $"experiments/permissions/get?experiment_id={experiment}&username=bob")).Ok["experiment_permission"]!["permission"]);
        Assert.Equal(HttpStatusCode.OK, await server.StatusAsync(ann, HttpMethod.Delete, "experiments/permissions/delete", new JsonObject { ["experiment_id"] = experiment, ["username"] = "bob" }));
        Assert.Equal(HttpStatusCode.Forbidden, await server.StatusAsync(bob, HttpMethod.Get, $"experiments/get?experiment_id={experiment}"));
        Assert.Equal(
            HttpStatusCode.BadRequest,
            await server.StatusAsync(ann, HttpMethod.Post, "experiments/permissions/create", new JsonObject { ["experiment_id"] = experiment, ["username"] = "bob", ["permission"] = "OWN" }));
    }

    [Fact]
    public async Task Lists_leave_out_what_may_not_be_seen()
    {
        await using ClosedServer server = await ClosedServer.StartAsync();
        string shown = await server.Store.Experiments.CreateAsync("shown", cancellation: Cancel), hidden = await server.Store.Experiments.CreateAsync("hidden", cancellation: Cancel);
        foreach (string name in (string[])["shown", "hidden"])
        {
            await server.Store.Registry.CreateAsync(name, cancellation: Cancel);
            await server.Store.Registry.CreateVersionAsync(name, "s3://x/y", cancellation: Cancel);
        }

        AuthenticationHeaderValue ann = await server.UserAsync("ann", Role.Read);
        await server.Store.ExperimentPermissions.CreateAsync(hidden, "ann", Role.None, Cancel);
        await server.Store.RegisteredModelPermissions.CreateAsync("hidden", "ann", Role.None, Cancel);

        Assert.Equal(["shown", "Default"], (await server.PostAsync(ann, "experiments/search", new JsonObject { ["max_results"] = 10 })).Ok["experiments"]!.AsArray().Select(found => (string?)found!["name"]));
        Assert.Equal(["shown"], (await server.GetAsync(ann, "registered-models/search")).Ok["registered_models"]!.AsArray().Select(found => (string?)found!["name"]));
        Assert.Equal(["shown"], (await server.GetAsync(ann, "model-versions/search")).Ok["model_versions"]!.AsArray().Select(found => (string?)found!["name"]));
        Assert.Equal(HttpStatusCode.Forbidden, await server.StatusAsync(ann, HttpMethod.Post, "runs/search", new JsonObject { ["experiment_ids"] = new JsonArray(shown, hidden) }));
        Assert.Equal(3, (await server.PostAsync(server.Admin, "experiments/search", new JsonObject { ["max_results"] = 10 })).Ok["experiments"]!.AsArray().Count);
    }

    /// <summary>A page that ends where something hidden would follow says that it is there; with a filter, what it holds.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Searches_tell_nothing_of_what_may_not_be_seen(string kind)
    {
        await using ClosedServer server = await ClosedServer.StartAsync(kind);
        var secret = new Tag("key", "swordfish");
        string hidden = await server.Store.Experiments.CreateAsync("hidden", tags: [secret], cancellation: Cancel);
        string own = await server.Store.Experiments.CreateAsync("own", tags: [secret], cancellation: Cancel);
        foreach (string name in (string[])["hidden", "own"])
        {
            await server.Store.Registry.CreateAsync(name, tags: [secret], cancellation: Cancel);
            await server.Store.Registry.CreateVersionAsync(name, "s3://x/y", tags: [secret], cancellation: Cancel);
        }

        AuthenticationHeaderValue none = await server.UserAsync("none", Role.None), most = await server.UserAsync("most", Role.Read);
        await server.Store.ExperimentPermissions.CreateAsync(own, "none", Role.Read, Cancel);
        await server.Store.RegisteredModelPermissions.CreateAsync("own", "none", Role.Read, Cancel);
        await server.Store.ExperimentPermissions.CreateAsync(hidden, "most", Role.None, Cancel);
        await server.Store.RegisteredModelPermissions.CreateAsync("hidden", "most", Role.None, Cancel);

        foreach (AuthenticationHeaderValue user in (AuthenticationHeaderValue[])[none, most])
        {
            foreach ((string path, string list) in ((string, string)[])[("experiments/search", "experiments"), ("registered-models/search", "registered_models"), ("model-versions/search", "model_versions")])
            {
                foreach (string order in (string[])["name ASC", "name DESC"])
                {
                    JsonNode found = (await server.PostAsync(user, path, new JsonObject { ["filter"] = "tags.key LIKE 's%'", ["max_results"] = 1, ["order_by"] = new JsonArray(order) })).Ok;
                    Assert.Equal("own", (string?)Assert.Single(found[list]!.AsArray())!["name"]);
                    Assert.Null(found["next_page_token"]);
                }
            }
        }

        AuthenticationHeaderValue nobody = await server.UserAsync("nobody", Role.None);
        Assert.Equal("{}", (await server.PostAsync(nobody, "experiments/search", new JsonObject { ["max_results"] = 1 })).Text);
    }

    [Fact]
    public async Task Nobody_reads_files_through_a_location_or_version_of_his_own()
    {
        await using ClosedServer server = await ClosedServer.StartAsync();
        string secret = await server.Store.Experiments.CreateAsync("secret", cancellation: Cancel);
        string elsewhere = await server.Store.Experiments.CreateAsync("elsewhere", "mlflow-artifacts:/team", cancellation: Cancel);
        string run = (await server.Store.Runs.CreateAsync(secret, cancellation: Cancel)).Info.RunId;
        string model = (await server.Store.LoggedModels.CreateAsync(secret, "m", cancellation: Cancel)).Info.ModelId;
        await server.Store.Registry.CreateAsync("secret", cancellation: Cancel);
        AuthenticationHeaderValue eve = await server.UserAsync("eve", Role.Read);
        foreach (string id in (string[])[secret, elsewhere]) await server.Store.ExperimentPermissions.CreateAsync(id, "eve", Role.None, Cancel);
        await server.Store.RegisteredModelPermissions.CreateAsync("secret", "eve", Role.None, Cancel);

        string[] locations = ["mlflow-artifacts:/", $"mlflow-artifacts:/{secret}", $"mlflow-artifacts:/{secret}/{run}", "mlflow-artifacts:/999", "mlflow-artifacts:/team", "mlflow-artifacts:///team/", "mlflow-artifacts:/team/sub"];
        foreach (string location in locations)
            Assert.Equal((location, HttpStatusCode.Forbidden), (location, await server.StatusAsync(eve, HttpMethod.Post, "experiments/create", new JsonObject { ["name"] = location, ["artifact_location"] = location })));
        Assert.Equal(HttpStatusCode.OK, await server.StatusAsync(eve, HttpMethod.Post, "experiments/create", new JsonObject { ["name"] = "own", ["artifact_location"] = "mlflow-artifacts:/evesplace" }));

        Assert.Equal(HttpStatusCode.OK, await server.StatusAsync(eve, HttpMethod.Post, "registered-models/create", new JsonObject { ["name"] = "eves" }));
        string[] sources =
        [
            $"mlflow-artifacts:/{secret}/{run}/artifacts/model", $"mlflow-artifacts:///{secret}/x", "mlflow-artifacts:/team/x", $"runs:/{run}/model", $"models:/{model}", "models:/secret/1", "models:/secret@champion",
        ];
        foreach (string source in sources)
            Assert.Equal((source, HttpStatusCode.Forbidden), (source, await server.StatusAsync(eve, HttpMethod.Post, "model-versions/create", new JsonObject { ["name"] = "eves", ["source"] = source })));
        Assert.Equal(HttpStatusCode.Forbidden, await server.StatusAsync(eve, HttpMethod.Post, "model-versions/create", new JsonObject { ["name"] = "eves", ["source"] = "s3://x/y", ["run_id"] = run }));

        foreach (string path in (string[])[secret, $"{secret}/{run}", "team", "team/sub"])
        {
            Assert.Equal(HttpStatusCode.Forbidden, await server.StatusAsync(eve, HttpMethod.Get, $"/api/2.0/mlflow-artifacts/artifacts?path={path}"));
            Assert.Equal(HttpStatusCode.Forbidden, await server.StatusAsync(eve, HttpMethod.Get, $"/api/2.0/mlflow-artifacts/artifacts/{path}/f"));
            Assert.Equal(HttpStatusCode.Forbidden, await server.StatusAsync(eve, HttpMethod.Put, $"/api/2.0/mlflow-artifacts/artifacts/{path}/f"));
            Assert.Equal(HttpStatusCode.Forbidden, await server.StatusAsync(eve, HttpMethod.Delete, $"/api/2.0/mlflow-artifacts/artifacts/{path}/f"));
        }

        Assert.Equal(HttpStatusCode.Forbidden, await server.StatusAsync(eve, HttpMethod.Get, $"artifacts/list?run_id={run}"));
        Assert.Equal(HttpStatusCode.Forbidden, await server.StatusAsync(eve, HttpMethod.Get, $"/get-artifact?run_id={run}&path=f"));
        Assert.Equal(HttpStatusCode.Forbidden, await server.StatusAsync(eve, HttpMethod.Post, "runs/log-metric",
            new JsonObject { ["run_id"] = run, ["key"] = "f1", ["value"] = 0.8, ["timestamp"] = 1 }));
    }

    /// <summary>Whatever is added later is closed until somebody decides otherwise here.</summary>
    [Fact]
    public async Task Every_endpoint_refuses_who_has_no_permission_and_every_change_a_token_that_reads()
    {
        await using ClosedServer server = await ClosedServer.StartAsync();
        string experiment = await server.Store.Experiments.CreateAsync("e", cancellation: Cancel);
        string run = (await server.Store.Runs.CreateAsync(experiment, cancellation: Cancel)).Info.RunId;
        string model = (await server.Store.LoggedModels.CreateAsync(experiment, "m", cancellation: Cancel)).Info.ModelId;
        await server.Store.Registry.CreateAsync("m", cancellation: Cancel);
        await server.Store.Registry.CreateVersionAsync("m", $"mlflow-artifacts:/{experiment}/x", cancellation: Cancel);
        AuthenticationHeaderValue nobody = await server.UserAsync("nobody", Role.None), reader = await server.UserAsync("reader", Role.Admin, limit: Role.Read);

        string[] forAnyUser = // asks nothing of others' things
        [
            "GET version", "GET health", "POST experiments/create", "POST registered-models/create", "POST users/tokens/create", "GET users/tokens/list", "DELETE users/tokens/delete",
            "GET experiments/search", "POST experiments/search", "GET registered-models/search", "POST registered-models/search", "GET model-versions/search", "POST model-versions/search",
        ];
        string[] reading = ["search", "get-latest-versions", "users/tokens/list"];
        var open = new List<string>();
        var changing = new List<string>();
        foreach (RouteEndpoint endpoint in server.Server.Endpoints)
        {
            IReadOnlyList<string> methods = endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET", "POST"];
            string path = string.Concat(endpoint.RoutePattern.PathSegments.Select(segment => "/" + string.Concat(segment.Parts.Select(part => part switch
            {
                RoutePatternLiteralPart literal => literal.Content,
                RoutePatternParameterPart { Name: "model_id" } => model,
                _ => endpoint.RoutePattern.RawText!.Contains("mlflow-artifacts", StringComparison.Ordinal) ? $"{experiment}/x" : "key",
            }))));
            if (endpoint.RoutePattern.RawText!.Contains("traces", StringComparison.Ordinal) || endpoint.RoutePattern.RawText is "/api/{**path}" or "/ajax-api/{**path}") continue; // nothing behind them
            if (endpoint.RoutePattern.RawText!.Contains("mpu/parts/", StringComparison.Ordinal)) continue; // the address is the permission
            foreach (string method in methods)
            {
                var fields = new Dictionary<string, JsonNode>
                {
                    ["experiment_id"] = experiment,
                    ["experiment_ids"] = new JsonArray(experiment),
                    ["experiment_name"] = "e",
                    ["new_name"] = "n",
                    ["run_id"] = run,
                    ["run_uuid"] = run,
                    ["name"] = "m",
                    ["version"] = "1",
                    ["alias"] = "a",
                    ["key"] = "k",
                    ["metric_key"] = "k",
                    ["run_ids"] = new JsonArray(run),
                    ["path"] = $"{experiment}/x",
                    ["artifact_file_path"] = "f",
                    ["artifact_directory_path"] = "d",
                    ["stage"] = "Staging",
                    ["source"] = "s3://x/y",
                    ["username"] = "admin",
                    ["token_id"] = 1,
                    ["value"] = "1",
                    ["timestamp"] = 1,
                    ["status"] = 2,
                    ["max_results"] = 5,
                };
                if (path.Contains("get-history-bulk", StringComparison.Ordinal) && !path.EndsWith("interval", StringComparison.Ordinal)) fields["run_id"] = new JsonArray(run);
                string query = string.Join('&', fields.Select(field => $"{field.Key}={(field.Value is JsonArray list ? list[0] : field.Value)}"));
                bool hasBody = method is not ("GET" or "HEAD");
                string address = hasBody && !path.Contains("artifact", StringComparison.Ordinal) ? path : $"{path}?{query}";
                string name = $"{method} {path.Replace("/ajax-api/2.0/mlflow/", "", StringComparison.Ordinal).Replace("/api/2.0/mlflow/", "", StringComparison.Ordinal).TrimStart('/')}";
                foreach (AuthenticationHeaderValue who in (AuthenticationHeaderValue[])[nobody, reader])
                {
                    JsonNode? body = hasBody ? new JsonObject(fields.Select(field => KeyValuePair.Create<string, JsonNode?>(field.Key, field.Value.DeepClone()))) : null;
                    HttpStatusCode status = await server.StatusAsync(who, new HttpMethod(method), address, body);
                    Assert.NotEqual(HttpStatusCode.Unauthorized, status);
                    Assert.True((int)status < 500, $"{name}: {status}");
                    if (status == HttpStatusCode.Forbidden) continue;
                    if (who == nobody) open.Add(name);
                    else if (hasBody && !reading.Any(verb => name.EndsWith(verb, StringComparison.Ordinal))) changing.Add($"{name} {status}");
                }
            }
        }

        Assert.Empty(server.Server.Faults.Lines);
        Assert.Empty(open.Distinct().Except(forAnyUser));
        Assert.Empty(changing);
    }
}
