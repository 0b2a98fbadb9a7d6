using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Vigie.Mlflow.Security;
using Vigie.Mlflow.Tests.Server;

namespace Vigie.Mlflow.Tests.Security;

public sealed class AuthenticationTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_is_unknown_is_told_how_to_sign_in()
    {
        string?[] unknown =
        [
            null, "", "Basic", "Basic ", "Basic !!!", Basic("admin"), Basic("admin:"), Basic(":"), Basic("a\0b:c"), "Basic /////w==" /* no UTF-8 */, "Bearer", "Bearer x",
            "Bearer vigie_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "Digest username=\"admin\"", "Negotiate AAAA",
        ];
        await using ClosedServer server = await ClosedServer.StartAsync();
        foreach (string? header in unknown)
        {
            (string, string)[] headers = header is null ? [] : [("Authorization", header)];
            (Answer answer, HttpResponseHeaders answered) = await server.SendAsync(null, HttpMethod.Get, "experiments/get?experiment_id=0", null, headers);
            Assert.Equal((header, HttpStatusCode.Unauthorized, ErrorCode.Unauthenticated), (header, answer.Status, answer.Code));
            Assert.Contains("Basic realm=\"mlflow\"", answered.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        }

        Assert.Empty(server.Server.Faults.Lines);

        static string Basic(string text) => $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(text))}";
    }

    [Fact]
    public async Task Passwords_and_tokens_open_and_health_is_open_to_all()
    {
        await using ClosedServer server = await ClosedServer.StartAsync();
        await server.Store.Users.CreateAsync("Zoë", "päss:wörd 1", Role.Read, Cancel);
        AuthenticationHeaderValue zoe = ClosedServer.Basic("Zoë", "päss:wörd 1");

        Assert.Equal(HttpStatusCode.OK, await server.StatusAsync(zoe, HttpMethod.Get, "experiments/get?experiment_id=0"));
        Assert.Equal(HttpStatusCode.OK, await server.StatusAsync(server.Admin, HttpMethod.Get, "experiments/get?experiment_id=0"));
        Assert.Equal(HttpStatusCode.OK, await server.StatusAsync(null, HttpMethod.Get, "/health"));
        Assert.Equal(HttpStatusCode.Unauthorized, await server.StatusAsync(null, HttpMethod.Get, "/version"));
        Assert.Equal(HttpStatusCode.Unauthorized, await server.StatusAsync(null, HttpMethod.Get, "/api/2.0/mlflow/no-such-thing"));

        // A new password shuts the old one out at once, although it was known to be right a moment ago.
        await server.Store.Users.SetPasswordAsync("Zoë", "another password", Cancel);
        Assert.Equal(HttpStatusCode.Unauthorized, await server.StatusAsync(zoe, HttpMethod.Get, "experiments/get?experiment_id=0"));
        Assert.Equal(HttpStatusCode.OK, await server.StatusAsync(ClosedServer.Basic("Zoë", "another password"), HttpMethod.Get, "experiments/get?experiment_id=0"));
        await server.Store.Users.DeleteAsync("Zoë", Cancel);
        Assert.Equal(HttpStatusCode.Unauthorized, await server.StatusAsync(ClosedServer.Basic("Zoë", "another password"), HttpMethod.Get, "experiments/get?experiment_id=0"));
    }

    [Fact]
    public async Task Who_guesses_waits_even_with_the_right_password()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(50));
        await using ClosedServer server = await ClosedServer.StartAsync(clock: clock);
        await server.Store.Users.CreateAsync("ann", "a long password", Role.Read, Cancel);
        for (int i = 0; i < 5; i++) Assert.Equal(HttpStatusCode.Unauthorized, await server.StatusAsync(ClosedServer.Basic("ann", $"guess {i}"), HttpMethod.Get, "/version"));

        Answer waiting = await server.GetAsync(ClosedServer.Basic("ann", "a long password"), "/version");
        waiting.AssertRefused(HttpStatusCode.TooManyRequests, ErrorCode.RequestLimitExceeded);
        Assert.Equal("1", waiting.RetryAfter);
        Assert.Equal(HttpStatusCode.OK, await server.StatusAsync(server.Admin, HttpMethod.Get, "/version"));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.OK, await server.StatusAsync(ClosedServer.Basic("ann", "a long password"), HttpMethod.Get, "/version"));
    }

    [Fact]
    public async Task A_burst_of_guesses_is_not_let_through_before_the_first_is_counted()
    {
        await using ClosedServer server = await ClosedServer.StartAsync();
        await server.Store.Users.CreateAsync("ann", "a long password", Role.Read, Cancel);

        HttpStatusCode[] answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => server.StatusAsync(ClosedServer.Basic("ann", $"guess {i}"), HttpMethod.Get, "/version")));

        Assert.InRange(answers.Count(answer => answer == HttpStatusCode.Unauthorized), 1, 5 + Environment.ProcessorCount);
        Assert.All(answers, answer => Assert.True(answer is HttpStatusCode.Unauthorized or HttpStatusCode.TooManyRequests));
    }

    [Fact]
    public async Task Users_are_managed_as_MLflows_client_does_it()
    {
        await using ClosedServer server = await ClosedServer.StartAsync();
        JsonNode made = (await server.PostAsync(server.Admin, "users/create", new JsonObject { ["username"] = "ann", ["password"] = "first password" })).Ok;
        long id = (long)made["user"]!["id"]!;
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse($$$"""
            {"user":{"id":{{{id}}},"username":"ann","is_admin":false,"permission":"READ","experiment_permissions":[],"registered_model_permissions":[],"scorer_permissions":[]}}
            """), made), made.ToJsonString());
        (await server.PostAsync(server.Admin, "users/create", new JsonObject { ["username"] = "ann", ["password"] = "first password" })).AssertRefused(HttpStatusCode.BadRequest, ErrorCode.ResourceAlreadyExists);
        (await server.PostAsync(server.Admin, "users/create", new JsonObject { ["username"] = "bob", ["password"] = "" })).AssertRefused(HttpStatusCode.BadRequest, ErrorCode.InvalidParameterValue);
        (await server.PostAsync(server.Admin, "users/create", new JsonObject { ["username"] = "bob" })).AssertRefused(HttpStatusCode.BadRequest, ErrorCode.InvalidParameterValue, "password");

        AuthenticationHeaderValue ann = ClosedServer.Basic("ann", "first password");
        Assert.Equal("ann", (string?)(await server.GetAsync(ann, "users/get?username=ann")).Ok["user"]!["username"]);
        Assert.Equal(HttpStatusCode.Forbidden, await server.StatusAsync(ann, HttpMethod.Get, "users/get?username=admin"));
        Assert.Equal(HttpStatusCode.Forbidden, await server.StatusAsync(ann, HttpMethod.Get, "users/get?username=nobody"));
        Assert.Equal(HttpStatusCode.NotFound, await server.StatusAsync(server.Admin, HttpMethod.Get, "users/get?username=nobody"));
        Assert.Equal(HttpStatusCode.Forbidden, await server.StatusAsync(ann, HttpMethod.Get, "users/list"));
        Assert.Equal(HttpStatusCode.Forbidden, await server.StatusAsync(ann, HttpMethod.Post, "users/create", new JsonObject { ["username"] = "eve", ["password"] = "long enough" }));
        Assert.Equal(HttpStatusCode.Forbidden, await server.StatusAsync(ann, HttpMethod.Patch, "users/update-admin", new JsonObject { ["username"] = "ann", ["is_admin"] = true }));
        Assert.Equal(HttpStatusCode.Forbidden, await server.StatusAsync(ann, HttpMethod.Patch, "users/update-password", new JsonObject { ["username"] = "admin", ["password"] = "long enough" }));
        Assert.Equal(HttpStatusCode.Forbidden, await server.StatusAsync(ann, HttpMethod.Delete, "users/delete", new JsonObject { ["username"] = "admin" }));

        Assert.Equal(HttpStatusCode.OK, await server.StatusAsync(ann, HttpMethod.Patch, "users/update-password", new JsonObject { ["username"] = "ann", ["password"] = "second password" }));
        ann = ClosedServer.Basic("ann", "second password");
        Assert.Equal(HttpStatusCode.OK, await server.StatusAsync(server.Admin, HttpMethod.Patch, "users/update-admin", new JsonObject { ["username"] = "ann", ["is_admin"] = true }));
        Assert.Equal(["admin", "ann"], (await server.GetAsync(ann, "users/list")).Ok["users"]!.AsArray().Select(user => (string?)user!["username"]));
        Assert.Equal(HttpStatusCode.OK, await server.StatusAsync(ann, HttpMethod.Delete, "users/delete", new JsonObject { ["username"] = "admin" }));
        Assert.Equal(HttpStatusCode.Unauthorized, await server.StatusAsync(server.Admin, HttpMethod.Get, "/version"));
        (await server.SendAsync(ann, HttpMethod.Delete, "users/delete", new JsonObject { ["username"] = "ann" })).Answer.AssertRefused(HttpStatusCode.BadRequest, ErrorCode.InvalidState, "last admin");
    }

    [Fact]
    public async Task Tokens_are_told_once_and_never_allow_more_than_who_makes_them()
    {
        await using ClosedServer server = await ClosedServer.StartAsync();
        AuthenticationHeaderValue ann = await server.UserAsync("ann", Role.Write);
        JsonNode made = (await server.PostAsync(ann, "users/tokens/create", new JsonObject { ["name"] = "ci", ["permission"] = "READ", ["expires_in_seconds"] = 3600 })).Ok;
        var reading = new AuthenticationHeaderValue("Bearer", (string)made["token"]!);

        JsonNode list = (await server.GetAsync(ann, "users/tokens/list")).Ok;
        Assert.Equal(2, list["tokens"]!.AsArray().Count);
        Assert.DoesNotContain("vigie_", list.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await server.StatusAsync(reading, HttpMethod.Get, "experiments/get?experiment_id=0"));
        Assert.Equal(HttpStatusCode.Forbidden, await server.StatusAsync(reading, HttpMethod.Post, "runs/create", new JsonObject { ["experiment_id"] = "0" }));
        Assert.Equal(HttpStatusCode.Forbidden, await server.StatusAsync(reading, HttpMethod.Post, "users/tokens/create", new JsonObject()));
        Assert.Equal(HttpStatusCode.Forbidden, await server.StatusAsync(ann, HttpMethod.Post, "users/tokens/create", new JsonObject { ["username"] = "admin" }));
        Assert.Equal(HttpStatusCode.BadRequest, await server.StatusAsync(ann, HttpMethod.Post, "users/tokens/create", new JsonObject { ["expires_in_seconds"] = -1 }));
        Assert.Equal(HttpStatusCode.BadRequest, await server.StatusAsync(ann, HttpMethod.Post, "users/tokens/create", new JsonObject { ["expires_in_seconds"] = long.MaxValue }));

        long admins = (await server.Store.Tokens.ListAsync("admin", Cancel))[0].TokenId;
        Assert.Equal(HttpStatusCode.NotFound, await server.StatusAsync(ann, HttpMethod.Delete, "users/tokens/delete", new JsonObject { ["token_id"] = admins }));
        Assert.Equal(HttpStatusCode.OK, await server.StatusAsync(ann, HttpMethod.Delete, "users/tokens/delete", new JsonObject { ["token_id"] = made["info"]!["token_id"]!.DeepClone() }));
        Assert.Equal(HttpStatusCode.Unauthorized, await server.StatusAsync(reading, HttpMethod.Get, "/version"));
    }

    [Fact]
    public async Task An_open_server_has_no_users_to_manage()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        (await server.PostAsync("users/create", new JsonObject { ["username"] = "eve", ["password"] = "long enough" })).AssertRefused(HttpStatusCode.NotFound, ErrorCode.EndpointNotFound);
        (await server.PostAsync("experiments/permissions/create", new JsonObject { ["experiment_id"] = "0", ["username"] = "eve", ["permission"] = "MANAGE" }))
            .AssertRefused(HttpStatusCode.NotFound, ErrorCode.EndpointNotFound);
        Assert.Empty(await server.Store.Users.ListAsync(Cancel));
    }
}
