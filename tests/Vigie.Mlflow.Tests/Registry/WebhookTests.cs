using System.Security.Cryptography;
using System.Text;
using Vigie.Mlflow.Security;

namespace Vigie.Mlflow.Tests.Registry;

public sealed class WebhookTests
{
    public static TheoryData<string> Kinds => TestDatabases.Kinds;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Kinds))]
    public async Task Webhooks_are_added_listed_changed_and_deleted(string kind)
    {
        await using RegistryBench bench = await RegistryBench.OpenAsync(kind);
        Webhooks webhooks = bench.Registry.Webhooks;

        Webhook first = await webhooks.CreateAsync("first", "https://example.org/a", [WebhookEvent.VersionCreated, WebhookEvent.ModelCreated, WebhookEvent.VersionCreated], "d", "s", cancellation: Cancel);
        bench.Clock.Advance(TimeSpan.FromSeconds(1));
        for (int i = 0; i < 4; i++) await webhooks.CreateAsync($"n{i}", "http://example.org/", [WebhookEvent.AliasCreated], cancellation: Cancel);
        Webhook changed = await webhooks.UpdateAsync(first.WebhookId, url: "https://example.org/b", events: [WebhookEvent.AliasDeleted], status: WebhookStatus.Disabled, cancellation: Cancel);

        Assert.Equal([WebhookEvent.VersionCreated, WebhookEvent.ModelCreated], first.Events);
        Assert.Equal(("first", "https://example.org/b", "d", "DISABLED", first.LastUpdatedTimestamp + 1000), (changed.Name, changed.Url, changed.Description, changed.Status, changed.LastUpdatedTimestamp));
        Assert.Equal([WebhookEvent.AliasDeleted], changed.Events);
        var seen = new List<string>();
        string? token = null;
        do
        {
            Page<Webhook> page = await webhooks.ListAsync(2, token, Cancel);
            seen.AddRange(page.Items.Select(webhook => webhook.Name));
            token = page.NextPageToken;
        }
        while (token is not null);
        Assert.Equal("first", seen[0]);
        Assert.Equal(["n0", "n1", "n2", "n3"], seen.Skip(1).Order());
        await webhooks.DeleteAsync(first.WebhookId, Cancel);
        await ModelRegistryTests.FailsAsync(ErrorCode.ResourceDoesNotExist, () => webhooks.GetAsync(first.WebhookId, Cancel));
        await ModelRegistryTests.FailsAsync(ErrorCode.ResourceDoesNotExist, () => webhooks.DeleteAsync(first.WebhookId, Cancel));
        await ModelRegistryTests.FailsAsync(ErrorCode.ResourceDoesNotExist, () => webhooks.UpdateAsync(first.WebhookId, name: "x", cancellation: Cancel));
        foreach (string bad in (string[])["x", "MTIz", "é", new('A', 5000)])
            await ModelRegistryTests.FailsAsync(ErrorCode.InvalidParameterValue, () => webhooks.ListAsync(2, bad, Cancel));
    }

    /// <summary>Whatever .NET takes for an address and cannot connect to: the worker must outlive it, and deliver to the others.</summary>
    [Fact]
    public async Task An_address_that_leads_nowhere_stops_nothing()
    {
        await using RegistryBench bench = await RegistryBench.OpenAsync("sqlite");
        await using Receiver receiver = await Receiver.StartAsync();
        string label = new('a', 60);
        string[] odd =
        [
            $"http://{label}.{label}.{label}.{label}.{label}.invalid/", "http://a..b.invalid/", "http://xn--a.invalid/", "http://[::1]:1/", "http://[::ffff:10.0.0.1]/", "http://[fe80::1%25lo]/", "http://a_b.invalid/",
            "http://-x.invalid/", "http://0x7f.1:1/", "http://2130706433:1/", "http://127.1:0/", "http://0/", "http://\u0130.invalid/", "http://127.0.0.1:1/\u2028?\ud83d\ude00#x", "http:///x",
        ];
        int taken = 0;
        foreach (string url in odd)
        {
            try
            {
                await bench.Registry.Webhooks.CreateAsync($"odd{taken}", url, [WebhookEvent.ModelCreated], cancellation: Cancel);
                taken++;
            }
            catch (MlflowException refused) when (refused.Code == ErrorCode.InvalidParameterValue)
            {
                Assert.NotEmpty(refused.Message);
            }
        }

        await bench.Registry.Webhooks.CreateAsync("good", receiver.Url, [WebhookEvent.ModelCreated], cancellation: Cancel);
        await bench.Registry.CreateAsync("m", cancellation: Cancel);
        using var worker = new WebhookWorker(bench.Registry.Webhooks, GuardedHttp.CreateHandler(allowLoopback: true));

        Assert.InRange(taken, 5, odd.Length);
        Assert.Equal(taken + 1, await worker.DeliverDueAsync(Cancel));
        Assert.Single(receiver.Messages);
        Assert.Equal(taken, await bench.Database.ReadAsync(session => session.ScalarAsync<long>("SELECT COUNT(*) FROM webhook_deliveries WHERE attempts = 1 AND last_error IS NOT NULL"), Cancel));
    }

    [Theory]
    [InlineData("", "https://example.org")]
    [InlineData("-a", "https://example.org")]
    [InlineData("a b", "https://example.org")]
    [InlineData("a\n", "https://example.org")]
    [InlineData("a", "")]
    [InlineData("a", "example.org")]
    [InlineData("a", "/etc/passwd")]
    [InlineData("a", "file:///etc/passwd")]
    [InlineData("a", "gopher://example.org")]
    [InlineData("a", "javascript:alert(1)")]
    [InlineData("a", "https://user:secret@example.org")]
    public async Task A_webhook_that_cannot_be_one_is_refused(string name, string url)
    {
        await using RegistryBench bench = await RegistryBench.OpenAsync("sqlite");
        Webhooks webhooks = bench.Registry.Webhooks;
        await ModelRegistryTests.FailsAsync(ErrorCode.InvalidParameterValue, () => webhooks.CreateAsync(name, url, [WebhookEvent.ModelCreated], cancellation: Cancel));
        await ModelRegistryTests.FailsAsync(ErrorCode.InvalidParameterValue, () => webhooks.CreateAsync("a", "https://example.org", [], cancellation: Cancel));
        await ModelRegistryTests.FailsAsync(ErrorCode.InvalidParameterValue, () => webhooks.CreateAsync("a", "https://example.org", [new("REGISTERED_MODEL", "DELETED")], cancellation: Cancel));
        await ModelRegistryTests.FailsAsync(ErrorCode.InvalidParameterValue, () => webhooks.CreateAsync("a", "https://example.org", [WebhookEvent.ModelCreated], status: "ASLEEP", cancellation: Cancel));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Every_change_is_told_once_in_order_and_signed(string kind)
    {
        await using RegistryBench bench = await RegistryBench.OpenAsync(kind);
        await using Receiver receiver = await Receiver.StartAsync();
        ModelRegistry registry = bench.Registry;
        await registry.Webhooks.CreateAsync("all", receiver.Url, WebhookEvent.All, secret: "pssst", cancellation: Cancel);
        using WebhookWorker worker = WorkerOf(bench);

        await registry.CreateAsync("模型", "d", [new Tag("t", "1")], Cancel);
        ModelVersion version = await registry.CreateVersionAsync("模型", "mlflow-artifacts:/1/r/artifacts/m", tags: [new Tag("k", "é\"<")], cancellation: Cancel);
        await registry.SetVersionTagAsync("模型", "1", new Tag("x", "y"), Cancel);
        await registry.DeleteVersionTagAsync("模型", "1", "x", Cancel);
        await registry.DeleteVersionTagAsync("模型", "1", "x", Cancel);
        await registry.Promotion.PromoteAsync("模型", "1", cancellation: Cancel);
        await registry.Promotion.PromoteAsync("模型", "1", cancellation: Cancel);
        await registry.DeleteAliasAsync("模型", "champion", Cancel);
        await Assert.ThrowsAsync<MlflowException>(() => registry.CreateAsync("模型", cancellation: Cancel));
        await Assert.ThrowsAsync<MlflowException>(() => registry.SetAliasAsync("模型", "a", "9", Cancel));
        await registry.CreateAsync("prompt", tags: [new Tag("mlflow.prompt.is_prompt", "true")], cancellation: Cancel);
        while (await worker.DeliverDueAsync(Cancel) > 0)
        {
        }

        Assert.Equal(
            ["registered_model.created", "model_version.created", "model_version_tag.set", "model_version_tag.deleted", "model_version_alias.created", "model_version_alias.deleted", "prompt.created"],
            receiver.Messages.Select(message => message.Event));
        Received made = receiver.Messages.ElementAt(1);
        Assert.Equal(
            $$$"""{"entity":"model_version","action":"created","timestamp":"2026-03-01T12:00:00.000000+00:00","data":{"name":"模型","version":"1","source":"{{{version.Source}}}","run_id":null,"tags":{"k":"é\"<"},"description":null}}""",
            made.Body);
        string signature = Convert.ToBase64String(HMACSHA256.HashData("pssst"u8, Encoding.UTF8.GetBytes($"{made.DeliveryId}.{made.Timestamp}.{made.Body}")));
        Assert.Equal(("v1," + signature, "1772366400", "application/json"), (made.Signature, made.Timestamp, made.ContentType));
        Assert.Equal(7, receiver.Messages.Select(message => message.DeliveryId).Distinct().Count());
        Assert.Equal(0, await WaitingAsync(bench));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task What_fails_is_tried_again_later_and_later_until_it_arrives_even_by_another_process(string kind)
    {
        await using RegistryBench bench = await RegistryBench.OpenAsync(kind);
        await using Receiver receiver = await Receiver.StartAsync((number, _) => number < 3 ? 503 : 204);
        await bench.Registry.Webhooks.CreateAsync("hook", receiver.Url, [WebhookEvent.ModelCreated], cancellation: Cancel);
        await bench.Registry.CreateAsync("a", cancellation: Cancel);

        var tried = new List<int>();
        foreach (int seconds in (int[])[0, 0, 1, 1, 1, 3, 1])
        {
            bench.Clock.Advance(TimeSpan.FromSeconds(seconds));
            using WebhookWorker worker = WorkerOf(bench); // each a new one: nothing is kept in memory
            await worker.DeliverDueAsync(Cancel);
            tried.Add(receiver.Messages.Count);
        }

        Assert.Equal([1, 1, 2, 2, 3, 3, 4], tried); // after 1, 2 and 4 seconds
        Assert.Single(receiver.Messages.Select(message => message.DeliveryId).Distinct());
        Assert.Equal(0, await WaitingAsync(bench));
        Assert.All(receiver.Messages, message => Assert.Equal("", message.Signature));
    }

    [Fact]
    public async Task A_receiver_that_fails_holds_up_no_other_and_is_given_up_in_the_end()
    {
        await using RegistryBench bench = await RegistryBench.OpenAsync("sqlite");
        await using Receiver broken = await Receiver.StartAsync((_, _) => 500), gone = await Receiver.StartAsync((_, _) => 410), well = await Receiver.StartAsync();
        foreach (Receiver receiver in (Receiver[])[broken, gone, well]) await bench.Registry.Webhooks.CreateAsync("hook", receiver.Url, [WebhookEvent.ModelCreated], cancellation: Cancel);
        await bench.Registry.CreateAsync("a", cancellation: Cancel);
        await bench.Registry.CreateAsync("b", cancellation: Cancel);
        using WebhookWorker worker = WorkerOf(bench);

        await worker.DeliverDueAsync(Cancel);

        Assert.Equal(["a", "b"], well.Messages.Select(message => (string?)message.Json["data"]!["name"]));
        Assert.Single(broken.Messages); // b waits behind a
        Assert.Single(gone.Messages);
        for (int i = 0; i < 100; i++)
        {
            bench.Clock.Advance(TimeSpan.FromHours(1));
            await worker.DeliverDueAsync(Cancel);
        }

        Assert.Equal(0, await WaitingAsync(bench));
        Assert.InRange(broken.Messages.Count, 72, 200);
        int before = broken.Messages.Count;
        bench.Clock.Advance(TimeSpan.FromDays(1));
        await worker.DeliverDueAsync(Cancel);
        Assert.Equal(before, broken.Messages.Count);
    }

    [Fact]
    public async Task A_receivers_wish_to_wait_is_heard_and_a_disabled_webhook_waits()
    {
        await using RegistryBench bench = await RegistryBench.OpenAsync("sqlite");
        await using Receiver receiver = await Receiver.StartAsync((number, context) =>
        {
            context.Response.Headers.RetryAfter = "120";
            return number == 0 ? 429 : 200;
        });
        Webhook webhook = await bench.Registry.Webhooks.CreateAsync("hook", receiver.Url, [WebhookEvent.ModelCreated], cancellation: Cancel);
        await bench.Registry.CreateAsync("a", cancellation: Cancel);
        using WebhookWorker worker = WorkerOf(bench);
        await worker.DeliverDueAsync(Cancel);
        bench.Clock.Advance(TimeSpan.FromSeconds(119));
        await worker.DeliverDueAsync(Cancel);
        Assert.Single(receiver.Messages);
        await bench.Registry.Webhooks.UpdateAsync(webhook.WebhookId, status: WebhookStatus.Disabled, cancellation: Cancel);
        bench.Clock.Advance(TimeSpan.FromSeconds(2));
        await worker.DeliverDueAsync(Cancel);
        Assert.Single(receiver.Messages);
        await bench.Registry.Webhooks.UpdateAsync(webhook.WebhookId, status: WebhookStatus.Active, cancellation: Cancel);
        await worker.DeliverDueAsync(Cancel);
        Assert.Equal(2, receiver.Messages.Count);
    }

    [Fact]
    public async Task No_message_goes_to_a_private_address()
    {
        await using RegistryBench bench = await RegistryBench.OpenAsync("sqlite");
        await using Receiver receiver = await Receiver.StartAsync();
        Webhook webhook = await bench.Registry.Webhooks.CreateAsync("hook", receiver.Url, [WebhookEvent.ModelCreated], cancellation: Cancel);
        await bench.Registry.CreateAsync("a", cancellation: Cancel);
        using var worker = new WebhookWorker(bench.Registry.Webhooks, GuardedHttp.CreateHandler(allowLoopback: false));

        await worker.DeliverDueAsync(Cancel);
        WebhookTestResult result = await worker.TestAsync(webhook.WebhookId, cancellation: Cancel);

        Assert.Empty(receiver.Messages);
        Assert.False(result.Success);
        Assert.Contains("not connected to", result.ErrorMessage, StringComparison.Ordinal);
        Assert.Equal(1, await WaitingAsync(bench));
    }

    [Fact]
    public async Task A_worker_that_runs_delivers_by_itself()
    {
        await using TestDatabase place = await TestDatabases.CreateAsync("sqlite");
        await using Database database = await place.OpenAsync();
        var registry = new ModelRegistry(database, TimeProvider.System);
        await using Receiver receiver = await Receiver.StartAsync();
        await registry.Webhooks.CreateAsync("hook", receiver.Url, [WebhookEvent.ModelCreated], cancellation: Cancel);
        await registry.CreateAsync("before the start", cancellation: Cancel);
        using var worker = new WebhookWorker(registry.Webhooks, GuardedHttp.CreateHandler(allowLoopback: true));
        await worker.StartAsync(Cancel);
        await registry.CreateAsync("after the start", cancellation: Cancel);

        for (int i = 0; i < 200 && receiver.Messages.Count < 2; i++) await Task.Delay(20, Cancel);

        Assert.Equal(["before the start", "after the start"], receiver.Messages.Select(message => (string?)message.Json["data"]!["name"]));
        await worker.StopAsync(Cancel);
    }

    [Fact]
    public async Task A_test_message_says_what_came_back()
    {
        await using RegistryBench bench = await RegistryBench.OpenAsync("sqlite");
        await using Receiver receiver = await Receiver.StartAsync((number, _) => number == WebhookEvent.All.Count ? 500 : 200);
        Webhook webhook = await bench.Registry.Webhooks.CreateAsync("hook", receiver.Url, [WebhookEvent.VersionCreated], secret: "s", cancellation: Cancel);
        using WebhookWorker worker = WorkerOf(bench);

        foreach (WebhookEvent happened in WebhookEvent.All) Assert.Equal(new WebhookTestResult(Success: true, 200, "taken"), await worker.TestAsync(webhook.WebhookId, happened, Cancel));
        WebhookTestResult failed = await worker.TestAsync(webhook.WebhookId, cancellation: Cancel);

        Assert.Equal((false, 500), (failed.Success, failed.ResponseStatus));
        Assert.Equal([.. WebhookEvent.All.Select(happened => happened.ToString()), "model_version.created"], receiver.Messages.Select(message => message.Event));
        Assert.Equal(["name", "version", "source", "run_id", "tags", "description"], receiver.Messages.Last().Json["data"]!.AsObject().Select(field => field.Key));
        await ModelRegistryTests.FailsAsync(ErrorCode.ResourceDoesNotExist, () => worker.TestAsync("0", cancellation: Cancel));
        await ModelRegistryTests.FailsAsync(ErrorCode.InvalidParameterValue, () => worker.TestAsync(webhook.WebhookId, new WebhookEvent("A", "B"), Cancel));
    }

    private static WebhookWorker WorkerOf(RegistryBench bench) => new(bench.Registry.Webhooks, GuardedHttp.CreateHandler(allowLoopback: true));

    private static Task<long> WaitingAsync(RegistryBench bench) => bench.Database.ReadAsync(session => session.ScalarAsync<long>("SELECT COUNT(*) FROM webhook_deliveries WHERE status = 'waiting'"), Cancel);
}
