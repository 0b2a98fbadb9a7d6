using System.Text.Json;
using Microsoft.Playwright;
using Vigie.Server;
using static Microsoft.Playwright.Assertions;

namespace Vigie.Browser;

[Trait("Category", "Slow")]
public sealed class AlertsPageTests(Chromium chromium) : IDisposable
{
    private static readonly string[] Tweets = ["Lovely crew, three hours late", "So happy to be late again", "Great, late for my wedding"];

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("vigie-alerts-");

    public void Dispose() => folder.Delete(recursive: true);

    [Theory]
    [MemberData(nameof(Look.All), MemberType = typeof(Look))]
    public async Task One_sees_what_is_wrong_takes_it_on_and_notes_what_was_found(Look look)
    {
        await using WatchedServer server = await WatchedServer.StartAsync(folder.FullName);
        await server.ReportAsync(Tweets);
        await server.AlertsAsync();
        await using Visit visit = await chromium.VisitAsync(server.At("ui/alerts"), look);
        await Expect(visit.Page.GetByRole(AriaRole.Link, new() { Name = visit.T("Open 1", "Ouvertes 1") })).ToBeVisibleAsync();
        await visit.CheckAsync();

        await visit.Page.GetByRole(AriaRole.Link, new() { Name = visit.T("3 tweets were reported wrong", "3 tweets ont été signalés") }).ClickAsync();
        await Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Name = visit.T("Tweets reported wrong", "Tweets signalés comme erronés"), Level = 1 })).ToBeVisibleAsync();
        foreach (string tweet in Tweets) await Expect(visit.Page.GetByText(tweet, new() { Exact = true })).ToBeVisibleAsync();
        await Expect(visit.Page.Locator(".chip", new() { HasText = "late" })).ToBeVisibleAsync();
        await Expect(visit.Page.GetByText("Do the tweets share a word or a subject?")).ToBeVisibleAsync(); // its runbook
        await Expect(visit.Page.Locator(".chart[data-drawn=true]")).ToBeVisibleAsync();
        await visit.Button(visit.T("Acknowledge", "Prendre en charge")).ClickAsync();
        await Expect(visit.Page.Locator(".alert-head").GetByText(visit.T("Acknowledged", "Prise en charge"))).ToBeVisibleAsync();
        await Expect(visit.Button(visit.T("Acknowledge", "Prendre en charge"))).ToHaveCountAsync(0);
        await visit.Field("Note").FillAsync("A strike at the hub");
        await visit.Button(visit.T("Add the note", "Ajouter la note")).ClickAsync();
        await Expect(visit.Page.Locator(".history").GetByText("A strike at the hub")).ToBeVisibleAsync();
        await Expect(visit.Page.Locator(".history").GetByText(visit.T("took it on", "l’a prise en charge"))).ToBeVisibleAsync();
        await Expect(visit.Field("Note")).ToHaveValueAsync("");
        await visit.CheckAsync();

        await visit.Link(visit.T("← All alerts", "← Toutes les alertes")).ClickAsync();
        await Expect(visit.Page.GetByText(visit.T("Nothing is open", "Rien n’est ouvert"))).ToBeVisibleAsync();
        await visit.CheckAsync();
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = visit.T("Acknowledged 1", "Prises en charge 1") }).ClickAsync();
        await Expect(visit.Page.Locator("li.alert")).ToHaveCountAsync(1);
        Assert.EndsWith("ui/alerts?show=acknowledged", visit.Page.Url, StringComparison.Ordinal);
        JsonElement alert = (await server.AlertsAsync())[0];
        Assert.Equal(("acknowledged", Environment.UserName), (alert.GetProperty("state").GetString(), alert.GetProperty("by").GetString()));
        await visit.CheckAsync();
    }

    [Fact]
    public async Task Alerts_appear_by_themselves_and_are_taken_on_in_the_list()
    {
        await using WatchedServer server = await WatchedServer.StartAsync(folder.FullName);
        await using Visit visit = await chromium.VisitAsync(server.At("ui/alerts"));
        await Expect(visit.Page.GetByText("Nothing is open")).ToBeVisibleAsync();
        await server.ReportAsync(Tweets);
        await Expect(visit.Page.Locator("li.alert.critical")).ToHaveCountAsync(1, new() { Timeout = 10_000 });
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Take on" }).ClickAsync();

        await Expect(visit.Page.GetByRole(AriaRole.Link, new() { Name = "Acknowledged 1" })).ToBeVisibleAsync();
        Assert.Equal("acknowledged", (await server.AlertsAsync())[0].GetProperty("state").GetString());
    }

    [Fact]
    public async Task One_silences_until_the_morning_and_resolves_what_is_over()
    {
        await using WatchedServer server = await WatchedServer.StartAsync(folder.FullName);
        await server.ReportAsync(Tweets);
        string id = (await server.AlertsAsync())[0].GetProperty("id").GetString()!;
        await using Visit visit = await chromium.VisitAsync(server.At("ui/alerts/" + id));
        await visit.Button("Silence…").ClickAsync();
        await visit.Field("Until").FillAsync("2020-01-01T10:00");
        await visit.Button("Silence until then").ClickAsync();
        await Expect(visit.Page.Locator("#silence-problem")).ToContainTextAsync("Choose a time after now");
        await visit.CheckAsync();
        await visit.Button("Until tomorrow, 8:00").ClickAsync();
        await Expect(visit.Page.Locator(".alert-head").GetByText("Silenced")).ToBeVisibleAsync();
        DateTimeOffset until = (await server.AlertsAsync())[0].GetProperty("silenced_until").GetDateTimeOffset();
        TimeZoneInfo paris = TimeZoneInfo.FindSystemTimeZoneById("Europe/Paris");
        Assert.Equal(new TimeSpan(8, 0, 0), TimeZoneInfo.ConvertTime(until, paris).TimeOfDay);
        Assert.InRange(until - TimeProvider.System.GetUtcNow(), TimeSpan.FromHours(7), TimeSpan.FromHours(33));

        await visit.Button("Resolve…").ClickAsync();
        await visit.Button("Cancel").ClickAsync();
        Assert.Equal("silenced", (await server.AlertsAsync())[0].GetProperty("state").GetString());
        await visit.Button("Resolve…").ClickAsync();
        await visit.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Resolve", Exact = true }).ClickAsync();
        await Expect(visit.Page.Locator(".alert-head").GetByText("Resolved")).ToBeVisibleAsync();
        await Expect(visit.Button("Resolve…")).ToHaveCountAsync(0);
        await visit.GoAsync(server.At("ui/alerts?show=history"));
        await Expect(visit.Page.Locator("li.alert")).ToHaveCountAsync(1);
        await visit.CheckAsync();
    }

    [Fact]
    public async Task What_somebody_wrote_runs_nowhere()
    {
        string[] naughty = [.. NaughtyStrings.Texts.Where(text => text.Contains('<', StringComparison.Ordinal) && text.Length < 2_000 && !text.Any(char.IsSurrogate)).Where((_, i) => i % 9 == 0).Take(9), "<script>alert(1)</script> \u202Elate\u202C"];
        await using WatchedServer server = await WatchedServer.StartAsync(folder.FullName);
        await server.ReportAsync(naughty);
        JsonElement alert = (await server.AlertsAsync())[0];
        await using Visit visit = await chromium.VisitAsync(server.At("ui/alerts/" + alert.GetProperty("id").GetString()));
        await Expect(visit.Page.Locator(".list .tweet")).ToHaveCountAsync(10, new() { Timeout = 10_000 });
        string note = string.Join('\n', NaughtyStrings.Texts.Where(text => text.Contains('<', StringComparison.Ordinal) && text.Length < 400 && !text.Any(char.IsSurrogate) && !text.Any(char.IsControl)).Take(8));
        await visit.Field("Note").FillAsync(note);
        await visit.Button("Add the note").ClickAsync();
        await Expect(visit.Page.Locator(".history .note")).ToHaveCountAsync(1);

        Assert.Equal(note.Trim(), (await visit.Page.Locator(".history .note").TextContentAsync())!.ReplaceLineEndings("\n"));
        Assert.Contains("<script>alert(1)</script> \u202Elate\u202C", await visit.Page.Locator(".list .tweet").AllTextContentsAsync());
        await visit.CheckAsync();
    }

    [Fact]
    public async Task Who_may_only_read_sees_no_buttons_and_a_key_that_is_gone_does_nothing()
    {
        var keys = new ApiKeys(Path.Combine(folder.FullName, "keys.json"), TimeProvider.System);
        string reader = (await keys.CreateAsync("reader", [Scope.Read])).Secret, watcher = (await keys.CreateAsync("watcher", [Scope.Read, Scope.Alerts])).Secret;
        string sender = (await keys.CreateAsync("sender", [Scope.Predict, Scope.Feedback, Scope.Read])).Secret;
        await using WatchedServer server = await WatchedServer.StartAsync(folder.FullName, options => options with { Access = new AccessOptions { Required = true, KeysFile = Path.Combine(folder.FullName, "keys.json") } });
        server.Use(sender);
        await server.ReportAsync(Tweets);
        string path = "ui/alerts/" + (await server.AlertsAsync())[0].GetProperty("id").GetString();

        await using (Visit reading = await SignedInAsync(server, reader, path))
        {
            await Expect(reading.Page.GetByText(Tweets[0])).ToBeVisibleAsync();
            foreach (string button in (string[])["Acknowledge", "Silence…", "Resolve…", "Add the note"]) await Expect(reading.Button(button)).ToHaveCountAsync(0);
            await reading.GoAsync(server.At("ui/alerts/rules"));
            await Expect(reading.Page.GetByText("3 tweets are reported wrong within 5 minutes")).ToBeVisibleAsync();
            await Expect(reading.Page.GetByRole(AriaRole.Button, new() { Name = "Edit" })).ToHaveCountAsync(0);
            await Expect(reading.Page.Locator("textarea")).ToHaveCountAsync(0);
            await reading.CheckAsync();
        }

        await using Visit visit = await SignedInAsync(server, watcher, path);
        await Expect(visit.Button("Acknowledge")).ToBeVisibleAsync();
        await keys.RevokeAsync("watcher");
        await Expect(visit.Button("Acknowledge")).ToHaveCountAsync(0, new() { Timeout = 15_000 }); // as soon as the page looks again
        Assert.Equal("open", (await server.AlertsAsync())[0].GetProperty("state").GetString());
    }

    [Theory]
    [MemberData(nameof(Look.All), MemberType = typeof(Look))]
    public async Task One_tries_a_rule_on_the_past_month_and_saves_it(Look look)
    {
        await LiveAsync(TimeSpan.FromDays(20), Tweets);
        await LiveAsync(TimeSpan.FromDays(10), Tweets[..2]);
        File.Delete(Path.Combine(folder.FullName, "records", "alerts.db"));
        await using WatchedServer server = await WatchedServer.StartAsync(folder.FullName);
        await using Visit visit = await chromium.VisitAsync(server.At("ui/alerts/rules"), look);
        await visit.CheckAsync();
        await visit.Button(visit.T("Edit Tweets reported wrong", "Modifier Tweets signalés comme erronés")).ClickAsync();
        await visit.Field(visit.T("Wrong reports that raise it", "Signalements qui la lèvent")).FillAsync("2");
        await visit.Button(visit.T("Take over", "Reprendre")).ClickAsync();
        await Expect(visit.Page.GetByText(visit.T("There are changes that do not hold yet.", "Il y a des changements qui ne valent pas encore."))).ToBeVisibleAsync();
        await visit.Button(visit.T("Try them on the past month", "Les essayer sur le mois passé")).ClickAsync();
        await Expect(visit.Page.Locator(".preview-sum")).ToHaveTextAsync(visit.T("2 alerts instead of 1 in 30 days: 1 new, 1 earlier.", "2 alertes au lieu de 1 en 30 jours : 1 nouvelles, 1 plus tôt."), new() { Timeout = 20_000 });
        await Expect(visit.Page.Locator(".timeline .span")).ToHaveCountAsync(3);
        await Expect(visit.Page.Locator("tbody tr")).ToHaveCountAsync(2);
        await visit.CheckAsync();

        await visit.Button(visit.T("Save…", "Enregistrer…")).ClickAsync();
        await visit.CheckAsync();
        await visit.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = visit.T("Save", "Enregistrer"), Exact = true }).ClickAsync();
        await Expect(visit.Page.GetByText(visit.T("Saved. The rules hold within seconds.", "Enregistré. Les règles valent dans quelques secondes."))).ToBeVisibleAsync();
        string saved = await File.ReadAllTextAsync(Path.Combine(folder.FullName, "records", "alerts.yaml"), TestContext.Current.CancellationToken);
        Assert.Equal(AlertRules.DefaultText.Replace("    count: 3\n", "    count: 2\n", StringComparison.Ordinal), saved);
        await Expect(visit.Page.GetByText(visit.T("2 tweets are reported wrong within 5 minutes", "2 tweets sont signalés comme erronés en 5 minutes"))).ToBeVisibleAsync();
        await visit.CheckAsync();
    }

    [Fact]
    public async Task What_is_saved_holds_at_once_and_what_is_wrong_says_where()
    {
        await using WatchedServer server = await WatchedServer.StartAsync(folder.FullName);
        await using Visit visit = await chromium.VisitAsync(server.At("ui/alerts/rules")), other = await chromium.VisitAsync(server.At("ui/alerts/rules"));
        ILocator editor = visit.Field("Rules as YAML");
        await editor.FillAsync("rules:\n  - name: two\n    severity: loud\n    signal: wrong_reports\n");
        await visit.Button("Check").ClickAsync();
        await Expect(visit.Page.Locator("#yaml-problem")).ToContainTextAsync("alerts.yaml:3: rule two: severity is 'loud'");
        await Expect(visit.Button("Save…")).ToBeDisabledAsync();
        await visit.CheckAsync();
        string rules = "# ours\nrules:\n  - name: two\n    severity: info\n    signal: wrong_reports\n    count: 2\n" + string.Concat(Enumerable.Repeat("# " + new string('x', 100) + "\n", 600)); // more than a message of the circuit
        await other.Field("Rules as YAML").FillAsync("rules: [{ name: mine, severity: info, signal: drift }]");
        await other.Button("Check").ClickAsync();
        await Expect(other.Button("Save…")).ToBeEnabledAsync();
        await editor.FillAsync(rules);
        await visit.Button("Check").ClickAsync();
        await visit.Button("Save…").ClickAsync();
        await visit.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).ClickAsync();
        await Expect(visit.Page.GetByText("Saved. The rules hold within seconds.")).ToBeVisibleAsync();

        await other.Button("Save…").ClickAsync();
        await other.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).ClickAsync();
        await Expect(other.Page.GetByRole(AriaRole.Alert).First).ToContainTextAsync("Nothing was saved");
        await Expect(other.Field("Rules as YAML")).ToHaveValueAsync("rules: [{ name: mine, severity: info, signal: drift }]");
        Assert.Equal(rules, await File.ReadAllTextAsync(Path.Combine(folder.FullName, "records", "alerts.yaml"), TestContext.Current.CancellationToken));
        await other.Button("Load again").ClickAsync();
        await Expect(other.Page.GetByText("2 tweets are reported wrong within 5 minutes")).ToBeVisibleAsync();

        // The keeper looks at the file every two seconds, with each report or step.
        for (int i = 0; i < 100; i++)
        {
            await server.ReportAsync($"Lovely delay {i}");
            using HttpResponseMessage list = await server.GetAsync("/alerts");
            if (JsonDocument.Parse(await list.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement.GetProperty("alerts").EnumerateArray().Any(alert => alert.GetProperty("rule").GetString() == "two")) break;
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }

        Assert.Contains((await server.AlertsAsync()).EnumerateArray(), alert => alert.GetProperty("rule").GetString() == "two");
    }

    [Fact]
    public async Task A_preview_without_records_says_so()
    {
        await using WatchedServer server = await WatchedServer.StartAsync(folder.FullName);
        await using Visit visit = await chromium.VisitAsync(server.At("ui/alerts/rules?edit=errors"));
        await visit.Field("This rule is on").UncheckAsync();
        await visit.Button("Take over").ClickAsync();
        await Expect(visit.Page.Locator("li.off")).ToHaveCountAsync(1);
        await visit.Button("Try them on the past month").ClickAsync();
        await Expect(visit.Page.GetByText("so there is nothing to replay")).ToBeVisibleAsync();
        await visit.Button("Discard").ClickAsync();
        await Expect(visit.Page.Locator("li.off")).ToHaveCountAsync(0);
        await visit.GoAsync(server.At("ui/alerts/runbooks/latency"));
        await Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Name = "Look first" })).ToBeVisibleAsync();
        await visit.CheckAsync();
    }

    private async Task LiveAsync(TimeSpan ago, string[] reports)
    {
        await using WatchedServer server = await WatchedServer.StartAsync(folder.FullName, options => options with { Clock = new LateClock(ago) });
        await server.ReportAsync(reports);
    }

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
