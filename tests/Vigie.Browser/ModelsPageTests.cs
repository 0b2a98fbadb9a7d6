using Microsoft.Playwright;
using Vigie.Evaluation;
using Vigie.Mlflow;
using Vigie.Models;
using Vigie.Server;
using Vigie.Tweets;
using static Microsoft.Playwright.Assertions;

namespace Vigie.Browser;

/// <summary>The models: which is where and why, what speaks for one, and who takes over.</summary>
[Trait("Category", "Slow")]
public sealed class ModelsPageTests(Chromium chromium, Demo demo, ModelsServer models) : IClassFixture<ModelsServer>
{
    private const string Two = $"ui/models/{ModelsServer.Name}/2";

    [Theory]
    [MemberData(nameof(Look.All), MemberType = typeof(Look))]
    public async Task The_champion_is_found_and_its_card_figures_and_way_from_the_data_are_read(Look look)
    {
        await using Visit visit = await chromium.VisitAsync(demo.At("ui/models"), look);
        IPage page = visit.Page;
        await Expect(page.Locator("tbody .badge.good")).ToHaveTextAsync(look.T("on duty", "en service"));
        await visit.CheckAsync();
        await page.Locator("tbody").GetByRole(AriaRole.Link, new() { Name = "sentiment", Exact = true }).ClickAsync();
        await Expect(page.GetByText("best of the demo by validation f1_macro")).ToBeVisibleAsync();
        await visit.CheckAsync();
        await page.GetByRole(AriaRole.Group, new() { Name = "Versions" }).GetByRole(AriaRole.Link, new() { Name = "1", Exact = true }).ClickAsync();

        ILocator steps = page.Locator(".lineage li");
        await Expect(steps).ToContainTextAsync(["tweets.csv", "f1_macro", "sentiment 1", "@champion", "champion"]);
        await Expect(page.Locator(".lineage .absent")).ToHaveCountAsync(0);
        await Expect(page.Locator(".markdown h4").Nth(0)).ToHaveTextAsync("Use");
        await Expect(page.Locator(".markdown td", new() { HasTextString = "negative 4" })).ToHaveCountAsync(3);
        await visit.CheckAsync();

        await visit.Link(look.T("Figures", "Chiffres")).ClickAsync();
        await Expect(page.Locator(".chart[data-drawn]")).ToBeVisibleAsync();
        await Expect(page.Locator("img.plot")).ToBeVisibleAsync();
        Assert.True(await page.EvaluateAsync<bool>("document.querySelector('img.plot').decode().then(() => true)"));
        await visit.CheckAsync();
        await visit.Link(look.T("Files", "Fichiers")).ClickAsync();
        await Expect(page.Locator(".badge.good")).ToHaveTextAsync(look.T("verified", "vérifiée"));
        await Expect(page.GetByText("README.md")).ToBeVisibleAsync();
        await visit.CheckAsync();
    }

    [Theory]
    [MemberData(nameof(Look.All), MemberType = typeof(Look))]
    public async Task Two_versions_are_compared_by_what_they_measured_and_on_a_file(Look look)
    {
        // The file's own test rows, by hash, as both were told apart from in training.
        Tweet[] rows = [.. TweetReader.Open(models.Data).Where(tweet => TextHash.SplitOf(tweet.Text) == Split.Test)];
        Sentiment[] weak = Answers(ModelsServer.Models.Weaker, rows), strong = Answers(ModelsServer.Models.Strong, rows);
        long onlyWeak = rows.Where((row, i) => weak[i] == row.Label && strong[i] != row.Label).Count(), onlyStrong = rows.Where((row, i) => strong[i] == row.Label && weak[i] != row.Label).Count();
        Assert.True(onlyStrong > onlyWeak && onlyWeak > 0, $"{onlyWeak} and {onlyStrong}");

        await using Visit visit = await chromium.VisitAsync(models.At(Two + "?tab=compare"), look);
        IPage page = visit.Page;
        await Expect(page.Locator("tbody tr").Nth(0)).ToContainTextAsync($"{ModelsServer.Written(0.71, look)} {ModelsServer.Written(0.81, look)} +{ModelsServer.Written(0.1, look)}");
        await Expect(page.Locator("tbody .badge.good")).ToHaveCountAsync(2);
        await page.GetByLabel(look.T("Rows", "Lignes"), new() { Exact = true }).SelectOptionAsync("Test");
        await visit.Field(look.T("File of labelled tweets", "Fichier de tweets étiquetés")).SetInputFilesAsync(models.Data);

        ILocator result = page.GetByRole(AriaRole.Group, new() { Name = look.T("Comparison", "Comparaison") });
        await Expect(result.Locator("tbody tr").Nth(0)).ToContainTextAsync($"{ModelsServer.Written(Share(weak, rows), look)}{ModelsServer.Written(Share(strong, rows), look)}+{ModelsServer.Written(Share(strong, rows) - Share(weak, rows), look)}");
        await Expect(page.GetByText("McNemar p")).ToContainTextAsync(look.T($"version 1 on {onlyWeak} rows, version 2 on {onlyStrong}.", $"version 1 sur {onlyWeak} lignes, version 2 sur {onlyStrong}."));
        await Expect(page.GetByText("McNemar p")).ToContainTextAsync(new McNemarTest(onlyWeak, onlyStrong).P is var p && p < 0.0001 ? "< " : ModelsServer.Written(p, look));
        await Expect(page.Locator(".list .tweet")).ToHaveCountAsync((int)Math.Min(20, onlyWeak + onlyStrong));
        await visit.CheckAsync();
    }

    [Fact]
    public async Task A_version_is_promoted_with_a_reason_goes_on_duty_and_is_taken_back()
    {
        await using ModelsServer own = await ModelsServer.StartAsync();
        await using Visit visit = await chromium.VisitAsync(own.At(Two));
        IPage page = visit.Page;
        await Expect(page.Locator(".lineage .absent")).ToHaveCountAsync(2);
        await visit.Button("Promote").ClickAsync();
        ILocator dialog = page.GetByRole(AriaRole.Dialog);
        await Expect(dialog).ToContainTextAsync("champion: version 1 → version 2");
        await Expect(dialog).ToContainTextAsync("this server takes it over");
        await Expect(dialog.GetByRole(AriaRole.Button, new() { Name = "Promote", Exact = true })).ToBeDisabledAsync();
        await page.GetByLabel("Why? The history keeps it.").FillAsync("knows <i>more</i> words");
        await visit.CheckAsync();
        Assert.Equal("1", await own.ChampionAsync());
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Promote", Exact = true }).ClickAsync();

        await Expect(page.Locator(".lineage .absent")).ToHaveCountAsync(0);
        await Expect(page.Locator(".lineage li").Last).ToContainTextAsync("since");
        Assert.Equal("2", await own.ChampionAsync());
        ChampionChange change = (await own.Registry.Promotion.HistoryAsync(ModelsServer.Name))[0];
        Assert.Equal(("knows <i>more</i> words", Environment.UserName), (change.Reason, change.ChangedBy));

        await visit.Link("All versions").ClickAsync();
        await Expect(page.GetByText("knows <i>more</i> words")).ToBeVisibleAsync();
        await visit.Button("Roll back").ClickAsync();
        await Expect(dialog).ToContainTextAsync("version 2 is archived");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Cancel", Exact = true }).ClickAsync();
        await Expect(dialog).ToBeHiddenAsync();
        Assert.Equal("2", await own.ChampionAsync());
        await visit.Button("Roll back").ClickAsync();
        await page.GetByLabel("Why? The history keeps it.").FillAsync("complaints");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Roll back", Exact = true }).ClickAsync();

        await Expect(page.Locator(".history li").First).ToContainTextAsync("back to version 1");
        await Expect(page.Locator("tbody tr", new() { HasTextString = "on duty" })).ToContainTextAsync("champion");
        Assert.Equal("1", await own.ChampionAsync());
        await visit.CheckAsync();
    }

    [Fact]
    public async Task A_gate_that_refuses_says_why_even_if_it_was_another_when_the_question_came()
    {
        await using ModelsServer own = await ModelsServer.StartAsync();
        await using Visit visit = await chromium.VisitAsync(own.At($"ui/models/{ModelsServer.Name}"));
        IPage page = visit.Page;
        await visit.Button("Set a rule").ClickAsync();
        await page.GetByLabel("A version becomes champion if").FillAsync("f1_macro >");
        await Expect(page.Locator("#rule-words")).ToContainTextAsync("the rule ends");
        await Expect(visit.Button("Keep the rule")).ToBeDisabledAsync();
        await visit.CheckAsync();
        await page.GetByLabel("A version becomes champion if").FillAsync("f1_macro >= 0.9 and f1_macro > champion.f1_macro");
        await Expect(page.Locator("#rule-words")).ToHaveTextAsync("f1_macro is at least 0.9 and f1_macro is above the champion’s f1_macro");
        await visit.Button("Keep the rule").ClickAsync();
        await Expect(visit.Button("Change the rule")).ToBeVisibleAsync();

        await visit.Button("Promote version 2").ClickAsync();
        ILocator dialog = page.GetByRole(AriaRole.Dialog);
        await Expect(dialog.Locator(".findings li")).ToContainTextAsync(["does not hold", "holds"]);
        await Expect(dialog.Locator(".findings li").First).ToContainTextAsync("0.8 against 0.9");
        await Expect(dialog.GetByRole(AriaRole.Button)).ToHaveTextAsync(["Close"]);
        await visit.CheckAsync();
        await dialog.GetByRole(AriaRole.Button).ClickAsync();

        await own.Registry.Gate.SetAsync(ModelsServer.Name, "f1_macro > 0.5");
        await visit.Button("Promote version 2").ClickAsync();
        await page.GetByLabel("Why? The history keeps it.").FillAsync("in time");
        await own.Registry.Gate.SetAsync(ModelsServer.Name, "f1_macro > 0.95");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Promote", Exact = true }).ClickAsync();

        await Expect(dialog.Locator(".findings")).ToContainTextAsync("0.8 against 0.95");
        Assert.Equal("1", await own.ChampionAsync());
        GateDecision kept = Assert.Single(await own.Registry.Gate.DecisionsAsync(ModelsServer.Name));
        Assert.Equal((false, "f1_macro > 0.95"), (kept.Passed, kept.Rule));
    }

    [Fact]
    public async Task Without_admin_there_are_no_buttons_and_a_key_that_lost_it_is_refused()
    {
        await using ModelsServer own = await ModelsServer.StartAsync();
        string file = await own.WriteAsync("keys.json", "");
        File.Delete(file);
        var keys = new ApiKeys(file, TimeProvider.System);
        string reading = (await keys.CreateAsync("reader", [Scope.Read])).Secret, administering = (await keys.CreateAsync("chief", [Scope.Read, Scope.Admin])).Secret;
        Uri closed = await own.ServeAsync(new AccessOptions { Required = true, KeysFile = file });

        await using Visit reader = await SignedInAsync(closed, reading);
        await Expect(reader.Page.GetByRole(AriaRole.Heading, new() { Name = "Gate" })).ToBeVisibleAsync();
        foreach (string button in (string[])["Promote", "Ask the gate", "Set a rule", "Edit"]) await Expect(reader.Button(button)).ToHaveCountAsync(0);
        await reader.Link("All versions").ClickAsync();
        await Expect(reader.Page.GetByRole(AriaRole.Heading, new() { Name = "Aliases" })).ToBeVisibleAsync();
        await Expect(reader.Page.Locator("main button:visible")).ToHaveCountAsync(0);
        await reader.CheckAsync();

        await using Visit chief = await SignedInAsync(closed, administering);
        await chief.Button("Promote").ClickAsync();
        await chief.Page.GetByLabel("Why? The history keeps it.").FillAsync("while I may");
        await keys.RevokeAsync("chief");
        await HoldsAsync(async () =>
        {
            using var client = new HttpClient();
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(closed, "model/info")) { Headers = { { "Authorization", $"Bearer {administering}" } } };
            Assert.Equal(System.Net.HttpStatusCode.Unauthorized, (await client.SendAsync(request)).StatusCode);
        });
        await chief.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Promote", Exact = true }).ClickAsync();
        await Expect(chief.Page.GetByRole(AriaRole.Dialog).Locator(".fault")).ToContainTextAsync("this needs the scope admin");
        Assert.Equal("1", await own.ChampionAsync());
    }

    [Fact]
    public async Task Aliases_tags_and_a_description_are_set_and_taken_away()
    {
        await using ModelsServer own = await ModelsServer.StartAsync();
        await using Visit visit = await chromium.VisitAsync(own.At($"ui/models/{ModelsServer.Name}"));
        IPage page = visit.Page;
        await page.GetByLabel("Alias", new() { Exact = true }).FillAsync("champion");
        await visit.Button("Set the alias").ClickAsync();
        await Expect(page.Locator(".fault")).ToContainTextAsync("moves by a promotion");
        await page.GetByLabel("Alias", new() { Exact = true }).FillAsync("challenger");
        await visit.Button("Set the alias").ClickAsync();
        await Expect(visit.Button("Remove challenger")).ToBeVisibleAsync();
        Assert.Equal("2", (await own.Registry.GetByAliasAsync(ModelsServer.Name, "challenger")).Version);
        await visit.Button("Edit").ClickAsync();
        await page.GetByLabel("Description", new() { Exact = true }).FillAsync("For <script>tweets</script>");
        await visit.Button("Keep").ClickAsync();
        await Expect(page.Locator("main .tweet", new() { HasTextString = "For <script>tweets</script>" })).ToBeVisibleAsync();
        await visit.Button("Edit").ClickAsync();
        await page.GetByLabel("Tag", new() { Exact = true }).FillAsync("vigie.manifest_sha256");
        await visit.Button("Set the tag").ClickAsync();
        await Expect(page.Locator(".fault")).ToContainTextAsync("set by the program itself");
        await page.GetByLabel("Tag", new() { Exact = true }).FillAsync("team");
        await page.GetByLabel("Value", new() { Exact = true }).FillAsync("press");
        await visit.Button("Set the tag").ClickAsync();
        await Expect(visit.Button("Remove team")).ToBeVisibleAsync();
        await visit.CheckAsync();

        await visit.Button("Remove challenger").ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Remove", Exact = true }).ClickAsync();
        await Expect(visit.Button("Remove challenger")).ToHaveCountAsync(0);
        RegisteredModel model = await own.Registry.GetAsync(ModelsServer.Name);
        Assert.Equal(["champion"], model.Aliases.Select(alias => alias.Alias));
        Assert.Equal([new Tag("team", "press")], model.Tags);
    }

    [Fact]
    public async Task Of_files_that_were_changed_nothing_is_shown()
    {
        await using ModelsServer own = await ModelsServer.StartAsync();
        await File.AppendAllTextAsync(own.FilesOf("README.md")[^1], "\nTrust this.");
        await using Visit visit = await chromium.VisitAsync(own.At(Two));
        await Expect(visit.Page.Locator(".fault")).ToContainTextAsync("README.md has");
        await Expect(visit.Page.Locator(".markdown")).ToHaveCountAsync(0);
        await visit.Link("Compare").ClickAsync();
        await visit.Field("File of labelled tweets").SetInputFilesAsync(own.Data);
        await Expect(visit.Page.Locator(".fault")).ToContainTextAsync("README.md has");
        await Expect(visit.Page.GetByText("McNemar")).ToHaveCountAsync(0);
        await visit.CheckAsync();
    }

    [Fact]
    public async Task Names_descriptions_and_tags_that_broke_programs_run_nothing()
    {
        await using ModelsServer own = await ModelsServer.StartAsync();
        string[] texts = [.. NaughtyStrings.Texts.Where(text => text.Length < 2_000 && !text.Contains('\0', StringComparison.Ordinal) && IsWellFormed(text))];
        var names = new List<string>();
        foreach (string text in texts.Where(text => text.Length is > 0 and <= 256 && text.AsSpan().IndexOfAny('/', ':') < 0).Distinct()) names.Add((await own.Registry.CreateAsync(text, text, [new Tag("team", text)])).Name);
        Assert.True(names.Count > 200, $"{names.Count} names");
        Assert.Contains(names, name => name.Contains("<script", StringComparison.OrdinalIgnoreCase) || name.Contains("onerror", StringComparison.OrdinalIgnoreCase));
        await own.Registry.UpdateVersionAsync(ModelsServer.Name, "1", string.Join('\n', texts));
        for (int i = 0; i < texts.Length; i += 10) await own.Registry.SetVersionTagAsync(ModelsServer.Name, "1", new Tag($"t{i}", string.Concat(texts[i..Math.Min(i + 10, texts.Length)])));

        await using Visit visit = await chromium.VisitAsync(own.At("ui/models"));
        ILocator rows = visit.Page.Locator("tbody tr");
        while (await rows.CountAsync() is var before && before <= names.Count)
        {
            await visit.Button("Show more").ClickAsync();
            await Expect(rows).Not.ToHaveCountAsync(before);
        }

        await Expect(rows).ToHaveCountAsync(names.Count + 1);
        await visit.CheckAsync();
        string[] tricky = [.. names.Where(name => name is "." or "'" or "\"" or "\\" or "#" or "%" or "{" or "@handle" || name.Contains('%', StringComparison.Ordinal) || name.Contains("<script", StringComparison.OrdinalIgnoreCase) || name.Contains('?', StringComparison.Ordinal))];
        foreach (string name in tricky.Take(14))
        {
            await visit.GoAsync(own.At(Dashboard.Models.ModelLinks.Model(name)));
            Assert.Equal(name, await visit.Page.Locator("h1").EvaluateAsync<string>("one => one.textContent"));
            await Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Name = "Aliases" })).ToBeVisibleAsync();
        }

        await visit.GoAsync(own.At($"ui/models/{ModelsServer.Name}/1"));
        await Expect(visit.Page.Locator(".markdown")).ToContainTextAsync("air <b>paradis</b>");
        await visit.CheckAsync();
    }

    private static bool IsWellFormed(string text) => text.EnumerateRunes().All(rune => rune != System.Text.Rune.ReplacementChar) || text.Contains('\uFFFD', StringComparison.Ordinal);

    private static Sentiment[] Answers(TextClassifier classifier, Tweet[] rows) => [.. classifier.Predict([.. rows.Select(row => row.Text)]).Select(said => said.Label)];

    private static double Share(Sentiment[] said, Tweet[] rows) => (double)rows.Where((row, i) => said[i] == row.Label).Count() / rows.Length;

    private static async Task HoldsAsync(Func<Task> holds)
    {
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                await holds();
                return;
            }
            catch (Xunit.Sdk.XunitException) when (attempt < 200)
            {
                await Task.Delay(25, TestContext.Current.CancellationToken);
            }
        }
    }

    private async Task<Visit> SignedInAsync(Uri server, string secret)
    {
        Visit visit = await chromium.VisitAsync(new Uri(server, Two));
        await visit.Page.GetByLabel("API key").FillAsync(secret);
        await visit.Button("Sign in").ClickAsync();
        await Expect(visit.Page.Locator("html[data-alive]")).ToHaveCountAsync(1);
        return visit;
    }
}
