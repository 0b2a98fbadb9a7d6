using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Playwright;
using Vigie.Mlflow;
using static Microsoft.Playwright.Assertions;

namespace Vigie.Browser;

/// <summary>The data: what runs read, and what is in it.</summary>
[Trait("Category", "Slow")]
public sealed class DataPageTests(Chromium chromium, Demo demo, ModelsServer models) : IClassFixture<ModelsServer>
{
    [Theory]
    [MemberData(nameof(Look.All), MemberType = typeof(Look))]
    public async Task The_data_of_the_demo_is_described(Look look)
    {
        await using Visit visit = await chromium.VisitAsync(demo.At("ui/data"), look);
        IPage page = visit.Page;
        await visit.CheckAsync();
        await visit.Link("tweets.csv").ClickAsync();
        await Expect(page.Locator(".chart[data-drawn]")).ToHaveCountAsync(1);
        await Expect(page.Locator(".list li a")).ToHaveCountAsync(4); // the demo trains four models
        await visit.Button(look.T("Describe the file", "Décrire le fichier")).ClickAsync();

        await Expect(page.Locator(".chart[data-drawn]")).ToHaveCountAsync(3);
        await Expect(page.GetByText(look.T("6,000", "6 000"), new() { Exact = true }).First).ToBeVisibleAsync();
        await visit.CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = look.T("Sides", "Côtés"), Exact = true }).ClickAsync();
        await Expect(page.GetByText(look.T("The file names no sides", "Le fichier ne nomme pas de côtés"))).ToBeVisibleAsync();
        await Expect(page.Locator("th[scope=row]")).ToHaveTextAsync([look.T("training", "entraînement"), "validation", "test", look.T("training", "entraînement"), "validation", "test"]);
        await visit.CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = look.T("Near duplicates", "Quasi-doublons") }).ClickAsync();
        await Expect(page.Locator(".list .tweet").First).ToBeVisibleAsync();
        await visit.CheckAsync();
    }

    [Fact]
    public async Task Duplicates_conflicts_and_leaks_of_a_file_are_those_that_are_in_it()
    {
        string path = await models.WriteAsync("small.csv", """"
            text,label,split
            late again,negative,train
            lovely crew,positive,train
            late again,negative,train
            late again,negative,test
            so so,positive,train
            so so,negative,validation
            Lovely CREW!,positive,test
            "one, <b>two</b> ""three""",negative,train
            never seen,positive,test
            broken,what,test

            """");
        await using Visit visit = await chromium.VisitAsync(models.At("ui/data"));
        IPage page = visit.Page;
        await page.GetByLabel("Tweet file to describe").SetInputFilesAsync(path);

        await Expect(Tab("Duplicates · 2")).ToBeVisibleAsync();
        await Expect(page.Locator("dt:text-is('Rows') + dd")).ToHaveTextAsync("9");
        await Expect(page.Locator("dt:text-is('Duplicates') + dd")).ToHaveTextAsync("3");
        await Tab("Duplicates · 2").ClickAsync();
        await Expect(page.Locator(".list li")).ToHaveTextAsync([new System.Text.RegularExpressions.Regex("late again.*row 1 · negative · training.*row 3 · negative · training.*row 4 · negative · test", System.Text.RegularExpressions.RegexOptions.Singleline), new System.Text.RegularExpressions.Regex("so so.*row 5 .*row 6 ", System.Text.RegularExpressions.RegexOptions.Singleline)]);
        await visit.CheckAsync();
        IDownload download = await page.RunAndWaitForDownloadAsync(() => visit.Button("Download as CSV").ClickAsync());
        Assert.Equal("duplicates.csv", download.SuggestedFilename);
        Assert.Equal(
            ["group,row,label,side,text", "1,1,negative,train,\"late again\"", "1,3,negative,train,\"late again\"", "1,4,negative,test,\"late again\"", "2,5,positive,train,\"so so\"", "2,6,negative,validation,\"so so\""],
            await File.ReadAllLinesAsync(await download.PathAsync(), TestContext.Current.CancellationToken));
        await Tab("Conflicts · 1").ClickAsync();
        await Expect(page.Locator(".list li")).ToHaveCountAsync(1);
        await Expect(page.Locator(".list li")).ToContainTextAsync("so so");
        await Tab("Near duplicates · 1").ClickAsync();
        await Expect(page.Locator(".list .tweet")).ToHaveTextAsync(["lovely crew", "Lovely CREW!"]);
        await Tab("Sides").ClickAsync();
        await Expect(page.GetByText("rows have a text that is also among the training rows")).ToHaveTextAsync([new System.Text.RegularExpressions.Regex("1 rows .*; 0 more"), new System.Text.RegularExpressions.Regex("1 rows .*; 1 more")]);
        await Tab("Unread rows · 1").ClickAsync();
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(1); // the table of the sides has gone
        await Expect(page.Locator("tbody tr")).ToContainTextAsync("what");
        await visit.CheckAsync();

        ILocator Tab(string name) => page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });
    }

    [Fact]
    public async Task A_file_that_is_no_table_of_tweets_is_refused_by_its_own_name()
    {
        string path = await models.WriteAsync("notes.csv", "a,b\n1,2\n");
        await using Visit visit = await chromium.VisitAsync(models.At("ui/data"));
        await visit.Page.GetByLabel("Tweet file to describe").SetInputFilesAsync(path);
        await Expect(visit.Page.Locator(".fault")).ToContainTextAsync("notes.csv");
        await Expect(visit.Page.Locator(".fault")).Not.ToContainTextAsync("vigie-upload");
        await visit.CheckAsync();
    }

    [Fact]
    public async Task What_a_run_says_is_no_leave_to_read_a_file()
    {
        await using ModelsServer own = await ModelsServer.StartAsync();
        string secret = await own.WriteAsync("secret.csv", "text,label\nthe password is swordfish,positive\nanother row,negative\n");
        string made = new('a', 64), right = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(secret, TestContext.Current.CancellationToken)));
        await own.RecordAsync(new Dataset("forged", made[..36], "local", JsonSerializer.Serialize(new { uri = secret, sha256 = made })));
        await own.RecordAsync(new Dataset("short", "12345678", "local", JsonSerializer.Serialize(new { uri = secret })));
        await own.RecordAsync(new Dataset("mixed", "87654321", "local", JsonSerializer.Serialize(new { uri = secret, sha256 = right })));
        await own.RecordAsync(new Dataset("device", new string('b', 36), "local", """{"uri":"/dev/zero"}"""));

        await using Visit visit = await chromium.VisitAsync(own.At("ui/data"));
        await visit.Link("forged").ClickAsync();
        await visit.Button("Describe the file").ClickAsync();
        await Expect(visit.Page.Locator(".fault")).ToContainTextAsync("has changed since the run read it");
        await Expect(visit.Page.GetByText("swordfish")).ToHaveCountAsync(0);
        await Expect(visit.Page.Locator("main")).Not.ToContainTextAsync(right);
        foreach (string other in (string[])["short", "mixed", "device"])
        {
            await visit.GoAsync(own.At("ui/data"));
            await visit.Link(other).ClickAsync();
            await Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Name = "Runs that read it" })).ToBeVisibleAsync();
            await Expect(visit.Button("Describe the file")).ToHaveCountAsync(0);
        }

        await visit.GoAsync(own.At("ui/data?set=" + Uri.EscapeDataString(secret)));
        await Expect(visit.Page.GetByText("No run read such data")).ToBeVisibleAsync();
        await visit.CheckAsync();
    }

    [Fact]
    public async Task Names_and_records_that_broke_programs_run_nothing()
    {
        await using ModelsServer own = await ModelsServer.StartAsync();
        string[] texts = [.. NaughtyStrings.Texts.Where(text => text.Length is > 0 and < 400 && !text.Contains('\0', StringComparison.Ordinal) && !text.Any(char.IsSurrogate)).Distinct()];
        for (int i = 0; i < 60; i++)
        {
            string text = texts[i * texts.Length / 60];
            await own.RecordAsync(new Dataset(text, $"{i:00}{(text.Length > 30 ? text[..30] : text)}", "local", text, text, text));
        }

        await using Visit visit = await chromium.VisitAsync(own.At("ui/data"));
        await Expect(visit.Page.Locator("tbody tr")).ToHaveCountAsync(61);
        await visit.CheckAsync();
        for (int i = 0; i < 60; i += 6)
        {
            await visit.GoAsync(own.At("ui/data"));
            await visit.Page.Locator("tbody a").Nth(i).ClickAsync();
            await Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Name = "Runs that read it" })).ToBeVisibleAsync();
        }

        string path = await own.WriteAsync("naughty.jsonl", string.Concat(texts.Select((text, i) => JsonSerializer.Serialize(new { text, label = i % 2 == 0 ? "negative" : "positive", author = text }) + "\n" + JsonSerializer.Serialize(new { text, label = "positive" }) + "\n")));
        await visit.GoAsync(own.At("ui/data"));
        await visit.Page.GetByLabel("Tweet file to describe").SetInputFilesAsync(path);
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Duplicates ·" }).First.ClickAsync();
        await Expect(visit.Page.Locator(".list .tweet").First).ToBeVisibleAsync();
        await visit.CheckAsync();
    }
}
