using Microsoft.Playwright;
using Vigie.Server;
using Vigie.Server.Tests;
using static Microsoft.Playwright.Assertions;

namespace Vigie.Browser;

[Trait("Category", "Slow")]
public sealed class SettingsPageTests(Chromium chromium) : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("vigie-settings-");

    private string KeysFile => Path.Combine(folder.FullName, "keys.json");

    public void Dispose() => folder.Delete(recursive: true);

    [Theory]
    [MemberData(nameof(Look.All), MemberType = typeof(Look))]
    public async Task One_makes_a_key_for_communications_and_revokes_it(Look look)
    {
        await using WatchedServer server = await WatchedServer.StartAsync(folder.FullName, options => options with { Access = new AccessOptions { KeysFile = KeysFile } });
        await using Visit visit = await chromium.VisitAsync(server.At("ui/settings"), look);
        await Expect(visit.Page.GetByText(visit.T("There is no key yet", "Il n’y a pas encore de clé"))).ToBeVisibleAsync();
        await visit.CheckAsync();
        await visit.Field(visit.T("Name", "Nom")).FillAsync("press-office");
        await visit.Button("Communication" + visit.T("s", "")).ClickAsync();
        await visit.Field(visit.T("Good for", "Valable")).SelectOptionAsync("30d");
        await visit.Button(visit.T("Make the key", "Créer la clé")).ClickAsync();
        await Expect(visit.Page.Locator("#secret")).ToHaveTextAsync(new System.Text.RegularExpressions.Regex("^vigie_"));
        string secret = (await visit.Page.Locator("#secret").TextContentAsync())!;
        ApiKey key = Assert.Single(new ApiKeys(KeysFile, TimeProvider.System).List());
        Assert.Equal(("press-office", 30.0), (key.Name, (key.Expires!.Value - key.Created).TotalDays));
        Assert.Equal([Scope.Predict, Scope.Feedback, Scope.Read, Scope.Alerts], key.Scopes);
        Assert.NotNull(new KeyRing(KeysFile, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance).Find(secret));
        await visit.CheckAsync();

        await visit.Button(visit.T("I have it", "Je l’ai")).ClickAsync();
        await Expect(visit.Page.Locator("#secret")).ToHaveCountAsync(0);
        Assert.DoesNotContain(secret, await visit.Page.ContentAsync(), StringComparison.Ordinal);
        await visit.Button(visit.T("Revoke… press-office", "Révoquer… press-office")).ClickAsync();
        await visit.CheckAsync();
        await visit.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = visit.T("Revoke", "Révoquer"), Exact = true }).ClickAsync();
        await Expect(visit.Page.GetByText(visit.T("There is no key yet", "Il n’y a pas encore de clé"))).ToBeVisibleAsync();
        Assert.Empty(new ApiKeys(KeysFile, TimeProvider.System).List());
        await visit.CheckAsync();
    }

    [Fact]
    public async Task A_rotated_key_works_under_both_secrets_for_a_while()
    {
        var keys = new ApiKeys(KeysFile, TimeProvider.System);
        string admin = (await keys.CreateAsync("admin", [Scope.Admin])).Secret, old = (await keys.CreateAsync("collector", [Scope.Read])).Secret;
        await using WatchedServer server = await ClosedAsync();
        await using Visit visit = await SignedInAsync(server, admin, "ui/settings");
        await Expect(visit.Page.GetByText("key:admin").Last).ToBeVisibleAsync();
        await visit.Button("Rotate… collector").ClickAsync();
        await visit.Field("The old secret goes on working for").SelectOptionAsync("1h");
        await visit.Button("Make another secret").ClickAsync();
        await Expect(visit.Page.GetByText("the old secret works until")).ToBeVisibleAsync();
        string secret = (await visit.Page.Locator("#secret").TextContentAsync())!;
        await visit.CheckAsync();

        var ring = new KeyRing(KeysFile, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        Assert.Equal(("key:collector", "key:collector"), (ring.Find(secret)!.Id, ring.Find(old)!.Id));
        await visit.Field("Name").FillAsync("collector");
        await visit.Button("Make the key").ClickAsync();
        await Expect(visit.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("there is a key 'collector' already");
    }

    [Fact]
    public async Task Who_may_only_read_sees_what_they_may_and_nothing_of_others()
    {
        var keys = new ApiKeys(KeysFile, TimeProvider.System);
        string reader = (await keys.CreateAsync("reader", [Scope.Read])).Secret;
        await keys.CreateAsync("secret-project", [Scope.Admin]);
        await using WatchedServer server = await ClosedAsync();
        await using Visit visit = await SignedInAsync(server, reader, "ui/settings?tab=all");
        await Expect(visit.Page.GetByText("not allowed: take on, silence and resolve alerts")).ToHaveCountAsync(1);
        await Expect(visit.Link("Channels")).ToHaveCountAsync(0);
        await Expect(visit.Link("All settings")).ToHaveCountAsync(0);
        await Expect(visit.Button("Make the key")).ToHaveCountAsync(0);
        Assert.DoesNotContain("secret-project", await visit.Page.ContentAsync(), StringComparison.Ordinal);
        await visit.CheckAsync();
        await visit.Link("Retention").ClickAsync();
        await Expect(visit.Page.GetByText("90 days")).ToBeVisibleAsync();
        await Expect(visit.Button("Erase…")).ToHaveCountAsync(0);
        await visit.CheckAsync();
    }

    [Theory]
    [MemberData(nameof(Look.All), MemberType = typeof(Look))]
    public async Task Every_part_can_be_read_and_no_secret_is_in_it(Look look)
    {
        await using WatchedServer server = await WatchedServer.StartAsync(folder.FullName, options => options with
        {
            Access = new AccessOptions { Oidc = new OidcOptions { Authority = "https://login.example.org/realm", Audience = "vigie", Scopes = new Dictionary<string, string> { ["analyst"] = "read,feedback" } } },
            Alerts = new AlertOptions
            {
                Slack = new SlackOptions { Url = "https://hooks.example.org/services/very-secret-path" },
                Pagerduty = new PagerDutyOptions { RoutingKey = "0123456789abcdef0123456789abcdef", Severity = AlertSeverity.Critical },
                Digest = new DigestOptions { Zone = "Europe/Paris", Channels = ["slack"] },
            },
        });
        await using Visit visit = await chromium.VisitAsync(server.At("ui/settings"), look);
        await Expect(visit.Page.GetByText("read,feedback")).ToBeVisibleAsync();
        await visit.Link(visit.T("Channels", "Canaux")).ClickAsync();
        await Expect(visit.Page.GetByText("https://hooks.example.org/***")).ToBeVisibleAsync();
        await Expect(visit.Page.GetByText("08:00 Europe/Paris")).ToBeVisibleAsync();
        await NoSecretAsync();
        await visit.CheckAsync();
        await visit.Link(visit.T("Retention", "Conservation")).ClickAsync();
        await Expect(visit.Page.GetByText(visit.T("90 days, then it is removed", "90 jours, puis"))).ToBeVisibleAsync();
        await Expect(visit.Page.GetByText(visit.T("KiB", "Kio"))).ToBeVisibleAsync();
        await visit.CheckAsync();
        await visit.Link(visit.T("All settings", "Tous les réglages")).ClickAsync();
        await visit.Page.GetByRole(AriaRole.Searchbox).PressSequentiallyAsync("slack");
        await Expect(visit.Page.Locator("tbody tr")).ToHaveCountAsync(3);
        await Expect(visit.Page.Locator("tbody tr").First).ToContainTextAsync("***");
        await NoSecretAsync();
        await visit.CheckAsync();

        async Task NoSecretAsync()
        {
            string content = await visit.Page.ContentAsync();
            Assert.DoesNotContain("very-secret-path", content, StringComparison.Ordinal);
            Assert.DoesNotContain("0123456789abcdef", content, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Without_a_channel_or_keys_the_page_says_what_to_set()
    {
        await using WatchedServer server = await WatchedServer.StartAsync(folder.FullName);
        await using Visit visit = await chromium.VisitAsync(server.At("ui/settings?tab=channels"));
        await Expect(visit.Page.GetByText("Nobody is told of alerts yet")).ToBeVisibleAsync();
        await Expect(visit.Page.Locator("pre")).ToContainTextAsync("smtp.example.org");
        await visit.CheckAsync();
        // The example is one that would be taken.
        string example = Path.Combine(folder.FullName, "example.yaml");
        foreach (string secret in (string[])["smtp", "slack"]) await File.WriteAllTextAsync(Path.Combine(folder.FullName, secret), secret == "slack" ? "https://hooks.example.org/x" : "password", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(example, (await visit.Page.Locator("pre").TextContentAsync())!.Replace("/run/secrets", folder.FullName, StringComparison.Ordinal), TestContext.Current.CancellationToken);
        Vigie.Server.Settings.Read<ServerOptions>(new SettingSources { File = example }).Options.Alerts.Check();
        await visit.GoAsync(server.At("ui/settings"));
        await Expect(visit.Page.GetByText("access.keys_file:")).ToBeVisibleAsync();
        await visit.CheckAsync();
    }

    [Fact]
    public async Task A_test_reaches_the_mail_server_and_what_a_receiver_refuses_is_told()
    {
        await using SmtpProcess mail = await SmtpProcess.StartAsync();
        await using StandIn hook = await StandIn.StartAsync();
        await using WatchedServer server = await WatchedServer.StartAsync(folder.FullName, options => options with
        {
            Alerts = new AlertOptions
            {
                AllowAddresses = ["127.0.0.1"],
                Email = new EmailOptions { Host = "127.0.0.1", Port = mail.Port, Tls = MailTls.None, From = "vigie@example.org", To = ["team@example.org"] },
                Webhook = new WebhookOptions { Url = hook.Url("/very-secret"), Secret = "a-secret-of-thirty-two-characters" },
            },
        });
        await using Visit visit = await chromium.VisitAsync(server.At("ui/settings?tab=channels"));
        await visit.Button("Send a test E-mail").ClickAsync();
        await Expect(visit.Page.GetByText("Taken after")).ToBeVisibleAsync();
        ReceivedMail told = await mail.NextAsync();
        Assert.Equal(["team@example.org"], told.To);
        Assert.Contains("This is a test", told.Message.TextBody, StringComparison.Ordinal);

        await visit.Button("Send a test Webhook").ClickAsync();
        await Expect(visit.Page.GetByText("Taken after")).ToHaveCountAsync(2);
        Assert.Contains("This is a test", Assert.Single(hook.Requests).Text, StringComparison.Ordinal);
        hook.Answer = StandIn.Says(403, "no");
        await visit.Button("Send a test Webhook").ClickAsync();
        await Expect(visit.Page.Locator("[role=status].fault")).ToContainTextAsync("403");
        Assert.DoesNotContain("very-secret", await visit.Page.ContentAsync(), StringComparison.Ordinal);
        await visit.CheckAsync();

        // What was really told shows too.
        hook.Answer = StandIn.Says(200);
        await server.ReportAsync("Lovely delay one", "Lovely delay two", "Lovely delay three");
        string id = (await server.AlertsAsync())[0].GetProperty("id").GetString()!;
        await mail.NextAsync();
        await Expect(visit.Page.GetByText("Well")).ToHaveCountAsync(2, new() { Timeout = 15_000 });
        await visit.GoAsync(server.At("ui/alerts/" + id));
        await Expect(visit.Page.Locator(".history").GetByText("Its beginning was told by email")).ToBeVisibleAsync();
        await visit.CheckAsync();
    }

    [Fact]
    public async Task What_is_erased_is_gone()
    {
        await using WatchedServer server = await WatchedServer.StartAsync(folder.FullName);
        string prediction = await server.PredictAsync("Lovely secret one", "tweet-17", "@anna"), other = await server.PredictAsync("Lovely secret two", null, "@ben");
        await using Visit visit = await chromium.VisitAsync(server.At("ui/settings?tab=retention"));
        await EraseAsync("prediction", other);
        await Expect(visit.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("without a tweet's id");
        await EraseAsync("prediction", "nobody");
        await Expect(visit.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("never gave that prediction_id out");
        await EraseAsync("prediction", prediction);
        await Expect(visit.Page.GetByText("Erased: 1 predictions and 0 corrections.")).ToBeVisibleAsync();
        await EraseAsync("author", "@ben");
        await Expect(visit.Page.GetByText("Erased: 1 predictions and 0 corrections.")).ToBeVisibleAsync();
        await visit.CheckAsync();
        foreach (string file in Directory.EnumerateFiles(Path.Combine(folder.FullName, "records"), "*", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) != "owner"))
        {
            await using var open = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            byte[] bytes = new byte[open.Length];
            await open.ReadExactlyAsync(bytes, TestContext.Current.CancellationToken);
            Assert.Equal(-1, bytes.AsSpan().IndexOf("Lovely secret"u8));
        }

        async Task EraseAsync(string what, string id)
        {
            await visit.Field("Everything about").SelectOptionAsync(what);
            await visit.Field("Which").FillAsync(id);
            await visit.Button("Erase…").ClickAsync();
            await visit.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Erase", Exact = true }).ClickAsync();
            await Expect(visit.Page.Locator("dialog[open]")).ToHaveCountAsync(0);
        }
    }

    private Task<WatchedServer> ClosedAsync() => WatchedServer.StartAsync(folder.FullName, options => options with { Access = new AccessOptions { Required = true, KeysFile = KeysFile } });

    private async Task<Visit> SignedInAsync(WatchedServer server, string key, string path)
    {
        Visit visit = await chromium.VisitAsync(server.At(path));
        await visit.Field("API key").FillAsync(key);
        await visit.Button("Sign in").ClickAsync();
        await Expect(visit.Button("Sign out")).ToBeVisibleAsync();
        await visit.Page.WaitForFunctionAsync("() => document.documentElement.dataset.alive === 'true'");
        return visit;
    }
}
