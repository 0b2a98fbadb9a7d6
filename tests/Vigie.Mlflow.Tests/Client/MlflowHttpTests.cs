using System.Text.Json.Serialization;

using Microsoft.AspNetCore.Http;

using Vigie.Mlflow.Client;

namespace Vigie.Mlflow.Tests.Client;

public sealed class MlflowHttpTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static MlflowHttp Client(Uri server, int retries = 3) => new(new MlflowClientOptions
    {
        Server = server,
        Retries = retries,
        RetryDelay = TimeSpan.FromMilliseconds(1),
        LongestRetryDelay = TimeSpan.FromSeconds(2),
        Timeout = TimeSpan.FromSeconds(5),
        Token = "s3cret-token",
    });

    private static async Task<int> AttemptsAsync(HttpMethod method, bool always, Func<HttpContext, Task> fault, bool succeeds)
    {
        await using StubServer server = await StubServer.StartAsync(async (context, attempt) =>
        {
            if (attempt == 1) await fault(context);
            else await context.Response.WriteAsync("{}");
        });
        using MlflowHttp http = Client(server.Address);
        async Task Send()
        {
            using HttpResponseMessage _ = await http.SendAsync(() => new HttpRequestMessage(method, "x"), always ? Repeat.Always : Repeat.OnlyWhenRefused, HttpCompletionOption.ResponseContentRead, Cancel);
        }

        if (succeeds) await Send();
        else await Assert.ThrowsAsync<MlflowException>(Send);
        return server.Requests.Count;
    }

    [Theory]
    [InlineData(429, true, true)]
    [InlineData(502, true, true)]
    [InlineData(503, true, true)]
    [InlineData(504, true, true)]
    [InlineData(500, true, false)]
    [InlineData(400, true, false)]
    [InlineData(429, false, true)]
    [InlineData(502, false, false)]
    [InlineData(503, false, false)]
    [InlineData(504, false, false)]
    public async Task What_is_sent_again_depends_on_the_status_and_on_whether_twice_is_once(int status, bool always, bool again)
    {
        int attempts = await AttemptsAsync(HttpMethod.Post, always, context => { context.Response.StatusCode = status; return Task.CompletedTask; }, again);

        Assert.Equal(again ? 2 : 1, attempts);
    }

    [Fact]
    public async Task A_server_that_says_when_to_come_back_did_nothing()
    {
        int attempts = await AttemptsAsync(HttpMethod.Post, always: false, context =>
        {
            context.Response.StatusCode = 503;
            context.Response.Headers.RetryAfter = "0";
            return Task.CompletedTask;
        }, succeeds: true);

        Assert.Equal(2, attempts);
    }

    [Fact]
    public async Task A_server_that_asks_for_too_long_a_wait_is_not_asked_again()
    {
        int attempts = await AttemptsAsync(HttpMethod.Get, always: true, context =>
        {
            context.Response.StatusCode = 503;
            context.Response.Headers.RetryAfter = "3600";
            return Task.CompletedTask;
        }, succeeds: false);

        Assert.Equal(1, attempts);
    }

    [Theory]
    [InlineData(true, 2)]
    [InlineData(false, 1)]
    public async Task A_connection_lost_half_way_is_tried_again_only_where_twice_is_once(bool always, int attempts) =>
        Assert.Equal(attempts, await AttemptsAsync(HttpMethod.Post, always, context => { context.Abort(); return Task.CompletedTask; }, succeeds: always));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_delete_whose_answer_was_lost_finds_nothing_the_second_time_and_is_done(bool lost)
    {
        await using StubServer server = await StubServer.StartAsync(async (context, attempt) =>
        {
            if (lost && attempt == 1)
            {
                context.Abort();
                return;
            }

            context.Response.StatusCode = 404;
            await context.Response.WriteAsync("""{"error_code":"RESOURCE_DOES_NOT_EXIST","message":"no"}""");
        });
        using var client = new MlflowClient(new MlflowClientOptions { Server = server.Address, RetryDelay = TimeSpan.FromMilliseconds(1) });

        Task delete = client.Registry.DeleteAsync("m", Cancel);

        if (lost) await delete;
        else Assert.Equal(ErrorCode.ResourceDoesNotExist, (await Assert.ThrowsAsync<MlflowException>(() => delete)).Code);
    }

    [Fact]
    public async Task A_server_that_is_away_is_named_with_the_number_of_attempts()
    {
        Uri address;
        await using (StubServer server = await StubServer.StartAsync((_, _) => Task.CompletedTask)) address = server.Address;
        using MlflowHttp http = Client(address);

        MlflowException away = await Assert.ThrowsAsync<MlflowException>(() =>
            http.SendAsync(() => new HttpRequestMessage(HttpMethod.Post, "api/x"), Repeat.OnlyWhenRefused, HttpCompletionOption.ResponseContentRead, Cancel));

        Assert.Equal(ErrorCode.TemporarilyUnavailable, away.Code);
        Assert.Contains("POST /api/x", away.Message, StringComparison.Ordinal);
        Assert.Contains("4 times", away.Message, StringComparison.Ordinal);
        Assert.Contains($":{address.Port}", away.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_error_of_the_server_keeps_its_code_and_no_secret()
    {
        await using StubServer server = await StubServer.StartAsync(async (context, _) =>
        {
            context.Response.StatusCode = 404;
            await context.Response.WriteAsync($$"""{"error_code":"RESOURCE_DOES_NOT_EXIST","message":"no run for {{context.Request.Headers.Authorization}}"}""");
        });
        using MlflowHttp http = Client(server.Address);

        MlflowException missing = await Assert.ThrowsAsync<MlflowException>(() =>
            http.SendAsync(() => new HttpRequestMessage(HttpMethod.Get, "x"), Repeat.Always, HttpCompletionOption.ResponseContentRead, Cancel));

        Assert.Equal(ErrorCode.ResourceDoesNotExist, missing.Code);
        Assert.Equal("no run for Bearer ***", missing.Message);
    }

    [Theory]
    [InlineData("<html>Sign in</html>", "text/html")]
    [InlineData("[]", "application/json")]
    [InlineData("null", "application/json")]
    public async Task What_is_no_answer_of_the_protocol_is_told(string body, string type)
    {
        await using StubServer server = await StubServer.StartAsync(async (context, _) =>
        {
            context.Response.ContentType = type;
            await context.Response.WriteAsync(body);
        });
        using MlflowHttp http = Client(server.Address);

        MlflowException refused = await Assert.ThrowsAsync<MlflowException>(() => http.GetAsync("x", StubJson.Default.DictionaryStringString, Cancel));

        Assert.Contains("is it an MLflow server?", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        await using StubServer server = await StubServer.StartAsync((context, _) =>
        {
            context.Response.Redirect("https://user:pass@elsewhere.example/x");
            return Task.CompletedTask;
        });
        using MlflowHttp http = Client(server.Address);

        MlflowException refused = await Assert.ThrowsAsync<MlflowException>(() =>
            http.SendAsync(() => new HttpRequestMessage(HttpMethod.Post, "x"), Repeat.Always, HttpCompletionOption.ResponseContentRead, Cancel));

        Assert.Contains("https://elsewhere.example/x", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("pass", refused.Message, StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_server_that_never_answers_is_given_up_after_the_time_limit()
    {
        await using StubServer server = await StubServer.StartAsync((context, _) => Task.Delay(TimeSpan.FromMinutes(1), context.RequestAborted));
        using var http = new MlflowHttp(new MlflowClientOptions { Server = server.Address, Retries = 0, Timeout = TimeSpan.FromMilliseconds(100) });

        MlflowException away = await Assert.ThrowsAsync<MlflowException>(() => http.GetAsync("x", StubJson.Default.DictionaryStringString, Cancel));

        Assert.Contains("no answer within 0.1 s", away.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancelling_ends_a_wait_at_once()
    {
        await using StubServer server = await StubServer.StartAsync((context, _) => { context.Response.StatusCode = 503; return Task.CompletedTask; });
        using var http = new MlflowHttp(new MlflowClientOptions { Server = server.Address, RetryDelay = TimeSpan.FromMinutes(5), LongestRetryDelay = TimeSpan.FromMinutes(5) });
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => http.GetAsync("x", StubJson.Default.DictionaryStringString, cancel.Token));
    }

    [Fact]
    public async Task Name_and_password_of_the_address_are_sent_and_never_shown()
    {
        await using StubServer server = await StubServer.StartAsync((context, _) => context.Response.WriteAsync("{}"));
        var options = new MlflowClientOptions { Server = new UriBuilder(server.Address) { UserName = "ann", Password = "p%40ss" }.Uri };
        using var http = new MlflowHttp(options);

        await http.GetAsync("x", StubJson.Default.DictionaryStringString, Cancel);

        Assert.Equal("Basic " + Convert.ToBase64String("ann:p@ss"u8), server.Requests.Single().Authorization);
        Assert.DoesNotContain("p@ss", http.Options.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("p%40ss", options.ToString(), StringComparison.Ordinal);
    }
}

[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class StubJson : JsonSerializerContext;
