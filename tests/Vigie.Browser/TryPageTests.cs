using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Vigie.Server;
using Vigie.Server.Tests;
using static Microsoft.Playwright.Assertions;

namespace Vigie.Browser;

[Trait("Category", "Slow")]
public sealed class TryPageTests(Chromium chromium, Demo demo)
{
    [Theory]
    [MemberData(nameof(Look.All), MemberType = typeof(Look))]
    public async Task A_tweet_is_answered_as_it_is_typed_and_reported_wrong_in_one_click(Look look)
    {
        await using RecordingServer server = await RecordingServer.StartAsync();
        await using Visit visit = await chromium.VisitAsync(server.At("ui/try"), look);
        await visit.Field("Tweet").FillAsync("the crew was rude, what a disgrace");

        await Expect(visit.Page.Locator(".finding-label")).ToHaveTextAsync(visit.T("Negative", "Négatif"));
        await Expect(visit.Page.Locator(".marked")).ToHaveTextAsync("the crew was rude, what a disgrace");
        await Expect(visit.Page.Locator(".word.negative", new() { HasTextString = "disgrace" }).First).ToHaveAttributeAsync("title", new Regex("^−"));
        await Expect(visit.Page.Locator(".shares dd")).ToHaveCountAsync(2);
        await Expect(visit.Page.Locator(".reasons li").First).ToBeVisibleAsync();
        await Expect(visit.Page.Locator("p.unseen[role=status]")).ToContainTextAsync(visit.T("Negative", "Négatif")); // read aloud once the typing has come to rest
        await Expect(visit.Page.Locator(".recent button")).ToHaveCountAsync(1);
        await visit.CheckAsync();
        await server.MovedAsync();
        Assert.Equal(0, server.Ask("SELECT count(*) FROM predictions")); // half-typed texts are nobody's tweets

        await visit.Button(visit.T("Positive", "Positif")).ClickAsync();
        await Expect(visit.Page.Locator(".report [role=status]")).ToContainTextAsync(visit.T("Kept as a mistake", "Noté comme une erreur"));
        await Expect(visit.Button(visit.T("Positive", "Positif"))).ToHaveAttributeAsync("aria-pressed", "true");
        await server.MovedAsync();
        Assert.Equal(1, server.Ask("SELECT count(*) FROM feedback AS f JOIN predictions AS p ON p.id = f.prediction WHERE p.text = 'the crew was rude, what a disgrace' AND p.label = 0 AND f.label = 2 AND f.reporter IS NOT NULL"));
        Assert.Equal(1, server.Ask("SELECT sum(count) FROM judgements WHERE predicted = 0 AND truth = 2"));
        await visit.CheckAsync();
    }

    [Fact]
    public async Task Three_reports_raise_an_alert()
    {
        await using RecordingServer server = await RecordingServer.StartAsync();
        await using Visit visit = await chromium.VisitAsync(server.At("ui/try"));
        foreach (string tweet in (string[])["awful crew", "rude staff", "what a disgrace"])
        {
            await visit.Field("Tweet").FillAsync(tweet);
            await Expect(visit.Page.Locator(".marked")).ToHaveTextAsync(tweet);
            ILocator other = visit.Page.Locator(".report button:not(:has-text('as it says'))");
            await other.ClickAsync();
            await Expect(other).ToHaveAttributeAsync("aria-pressed", "true");
        }

        AlertKeeper alerts = server.Get<AlertKeeper>();
        while (alerts.Going().Values.Sum() == 0) await Task.Delay(10, TestContext.Current.CancellationToken);
        Assert.Empty(visit.Complaints);
    }

    [Fact]
    public async Task Examples_answer_and_the_last_tries_come_back_by_a_click()
    {
        await using Visit visit = await chromium.VisitAsync(demo.At("ui/try"));
        foreach (ILocator example in await visit.Page.Locator(".examples button").AllAsync())
        {
            string tweet = (await example.GetAttributeAsync("title"))!;
            await example.ClickAsync();
            await Expect(visit.Field("Tweet")).ToHaveValueAsync(tweet);
            await Expect(visit.Page.Locator(".marked")).ToHaveTextAsync(tweet);
            await Expect(visit.Page.Locator(".recent button .clip").First).ToHaveTextAsync(tweet);
        }

        await Expect(visit.Page.Locator(".recent button")).ToHaveCountAsync(5);
        string first = (await visit.Page.Locator(".recent .clip").Last.TextContentAsync())!;
        await visit.Page.Locator(".recent button").Last.ClickAsync();
        await Expect(visit.Field("Tweet")).ToHaveValueAsync(first);
        await Expect(visit.Page.Locator("pre.code")).ToContainTextAsync($"\"text\":\"{first[..10]}");
        await visit.Button("Clear").ClickAsync();
        await Expect(visit.Field("Tweet")).ToBeFocusedAsync();
        await Expect(visit.Page.Locator(".finding-label")).ToHaveTextAsync("…");
        await visit.CheckAsync();
    }

    [Fact]
    public async Task What_the_model_does_not_know_and_what_is_too_long_is_said_plainly()
    {
        await using Visit visit = await chromium.VisitAsync(demo.At("ui/try"));
        await visit.Field("Tweet").FillAsync("🦖");
        await Expect(visit.Page.Locator(".finding-label")).ToHaveTextAsync("No idea");
        await Expect(visit.Page.Locator(".notice")).ToContainTextAsync("shares of each sentiment in its training");

        await visit.Field("Tweet").FillAsync(new string('é', 10_001));
        await Expect(visit.Page.Locator(".fault")).ToHaveTextAsync("text is 10001 characters long; at most 10000 are taken");
        await visit.Field("Tweet").FillAsync("lovely crew");
        await Expect(visit.Page.Locator(".fault")).ToHaveCountAsync(0);
        await Expect(visit.Page.Locator(".finding-label")).ToHaveTextAsync("Positive");
        Assert.Empty(visit.Complaints);
    }

    [Fact]
    public async Task Nothing_that_is_typed_becomes_part_of_the_page()
    {
        await using RecordingServer server = await RecordingServer.StartAsync();
        await using Visit visit = await chromium.VisitAsync(server.At("ui/try"));
        const string foreign = "document.querySelectorAll('script,iframe,object,embed,style,link,img').length";
        int elements = await visit.Page.EvaluateAsync<int>(foreign);
        string[] texts = [.. NaughtyStrings.Texts.Where(text => text.Length < 5_000)];
        string wrong = await visit.Page.EvaluateAsync<string>(
            """
            async texts => {
              const area = document.getElementById('tweet');
              for (const text of texts) {
                area.value = text;
                const value = area.value.toWellFormed();
                if (!value.replace(/[\s\u0085\ufeff\u180e]/g, '')) continue; // answers to nothing
                area.dispatchEvent(new InputEvent('input', { inputType: 'insertFromPaste', bubbles: true }));
                const plain = text => text?.replaceAll('\ufeff', ''); // which the browser's decoder drops where a piece of text begins with it
                const shown = () => plain(document.querySelector('.marked')?.textContent) === plain(value);
                for (let i = 0; i < 1000 && !shown(); i++) await new Promise(done => setTimeout(done, 5));
                if (!shown()) return `${JSON.stringify(text)} is shown as ${JSON.stringify(document.querySelector('.marked')?.textContent)}`;
                const made = document.querySelectorAll('.marked :not(span), .reasons :not(li):not(span):not(i), pre.code :not(code)').length;
                if (made) return `${JSON.stringify(text)} became ${made} elements`;
              }
              return '';
            }
            """, texts);
        Assert.Equal("", wrong);
        Assert.Equal(elements, await visit.Page.EvaluateAsync<int>(foreign));
        Assert.Empty(visit.Complaints);
        Assert.All(visit.Requests.Where(request => request.Scheme is "http" or "https"), request => Assert.Equal(server.Address.Authority, request.Authority)); // nothing calls out
    }

    [Fact]
    public async Task A_file_becomes_a_table_by_two_models_that_can_be_downloaded_and_reported_on()
    {
        await using RecordingServer server = await RecordingServer.StartAsync();
        server.AddThree();
        await using Visit visit = await chromium.VisitAsync(server.At("ui/try?beside=three"));
        string csv = "tweet_id,content\n1,\"what a rude, awful crew\"\n2,lovely crew\n3,\"<b>late</b>\n=1+1\"\n";
        await visit.Field("Drop a file here, or choose one").SetInputFilesAsync(new FilePayload { Name = "tweets.csv", MimeType = "text/csv", Buffer = System.Text.Encoding.UTF8.GetBytes(csv) });

        ILocator rows = visit.Page.Locator(".tweets tbody tr:has(td.said)");
        await Expect(rows).ToHaveCountAsync(3);
        await Expect(rows.Nth(0)).ToContainTextAsync("what a rude, awful crew");
        await Expect(rows.Nth(0).Locator(".badge").First).ToContainTextAsync("Negative");
        await Expect(rows.Nth(0).Locator(".badge")).ToHaveCountAsync(2); // one for each model
        await Expect(rows.Nth(1).Locator(".word").First).ToBeVisibleAsync();
        await Expect(visit.Page.GetByText("from the column ‘content’")).ToBeVisibleAsync();
        await visit.CheckAsync();

        await rows.Nth(1).GetByRole(AriaRole.Button, new() { Name = "Negative" }).ClickAsync();
        await Expect(rows.Nth(1).GetByRole(AriaRole.Button, new() { Name = "Negative" })).ToHaveAttributeAsync("aria-pressed", "true");
        await server.MovedAsync();
        Assert.Equal(1, server.Ask("SELECT count(*) FROM feedback AS f JOIN predictions AS p ON p.id = f.prediction WHERE p.text = 'lovely crew' AND f.label = 0"));
        Assert.Equal(3, server.Ask("SELECT count(*) FROM predictions WHERE part = 3")); // as of a batch of the API, and the second model leaves none

        IDownload table = await visit.Page.RunAndWaitForDownloadAsync(() => visit.Button("Download CSV").ClickAsync());
        Assert.Equal("vigie-tweets.csv", table.SuggestedFilename);
        string[] lines = (await File.ReadAllTextAsync(await table.PathAsync(), TestContext.Current.CancellationToken)).Split('\n');
        Assert.StartsWith("id,text,label,confidence,words,model,label_beside,", lines[0].TrimStart('\uFEFF'), StringComparison.Ordinal);
        Assert.StartsWith("1,\"what a rude, awful crew\",negative,0.", lines[1], StringComparison.Ordinal);
        IDownload objects = await visit.Page.RunAndWaitForDownloadAsync(() => visit.Button("Download JSON lines").ClickAsync());
        JsonElement[] json = [.. (await File.ReadAllLinesAsync(await objects.PathAsync(), TestContext.Current.CancellationToken)).Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal(["what a rude, awful crew", "lovely crew", "<b>late</b>\n=1+1"], json.Select(one => one.GetProperty("text").GetString()));
        Assert.Equal("negative", json[1].GetProperty("reported_as").GetString());

        await rows.Nth(1).Locator(".said button").ClickAsync();
        await Expect(visit.Field("Tweet")).ToHaveValueAsync("lovely crew");
        await Expect(visit.Page.Locator(".finding-label")).ToHaveCountAsync(2);
        await Expect(visit.Page.Locator(".shares").Nth(1).Locator("dd")).ToHaveCountAsync(3);
        Assert.Empty(visit.Complaints);
    }

    [Fact]
    public async Task Lines_are_read_as_tweets_and_a_column_that_is_not_found_can_be_named()
    {
        await using Visit visit = await chromium.VisitAsync(demo.At("ui/try"), new Look("en", IsPhone: true, IsDark: false));
        await visit.Field("Drop a file here, or choose one").SetInputFilesAsync(new FilePayload { Name = "said.csv", MimeType = "text/csv", Buffer = "number,said\n1,lovely crew\n2,rude crew\n"u8.ToArray() });
        await Expect(visit.Page.Locator(".fault")).ToContainTextAsync("said.csv: no text column found; there are 'number', 'said'");
        await visit.Field("Column with the texts").FillAsync("said");
        await visit.Button("Read again").ClickAsync();
        ILocator rows = visit.Page.Locator(".tweets tbody tr:has(td.said)");
        await Expect(rows).ToHaveCountAsync(2);
        await Expect(visit.Page.Locator(".fault")).ToHaveCountAsync(0);

        await visit.Field("Tweet").FillAsync("lovely crew\n\nrude crew\nlate again\n");
        await visit.Button("Read as 3 tweets, one per line").ClickAsync();
        await Expect(rows).ToHaveCountAsync(3);
        await Expect(rows.Nth(2)).ToContainTextAsync("late again");
        await visit.CheckAsync();
    }

    [Fact]
    public async Task Without_records_or_the_scope_nobody_can_report_and_the_page_says_why()
    {
        await using RecordingServer open = await RecordingServer.StartAsync(keeps: false);
        await using (Visit visit = await chromium.VisitAsync(open.At("ui/try")))
        {
            await visit.Field("Tweet").FillAsync("lovely crew");
            await Expect(visit.Page.Locator(".report")).ToContainTextAsync("set records.enabled to true");
            await Expect(visit.Page.Locator(".report button")).ToHaveCountAsync(0);
            await visit.GoAsync(open.At("ui/review"));
            await Expect(visit.Page.Locator(".empty")).ToContainTextAsync("Set records.enabled to true");
            await visit.CheckAsync();
        }

        using TestKeys keys = await TestKeys.WithAsync("ada", Scope.Predict, Scope.Read);
        await using RecordingServer closed = await RecordingServer.StartAsync(RecordingServer.Unlimited with { Access = keys.Access });
        await using Visit ada = await chromium.VisitAsync(closed.At("ui/try"));
        await ada.SignInAsync(keys.Secret);
        await ada.Field("Tweet").FillAsync("lovely crew");
        await Expect(ada.Page.Locator(".report")).ToContainTextAsync("your key needs the scope feedback");
        await Expect(ada.Page.Locator("pre.code")).ToContainTextAsync("X-API-Key: $VIGIE_KEY");
        Assert.Empty(ada.Complaints);
    }

    [Fact]
    public async Task Whoever_asks_too_often_gets_the_answer_a_little_later()
    {
        await using RecordingServer server = await RecordingServer.StartAsync(new ServerOptions { RateLimit = new RateLimitOptions { Requests = 2, Tweets = 0, Window = TimeSpan.FromSeconds(5) } });
        await using Visit visit = await chromium.VisitAsync(server.At("ui/try"));
        foreach (string tweet in (string[])["one", "two"])
        {
            await visit.Field("Tweet").FillAsync(tweet);
            await Expect(visit.Page.Locator(".marked")).ToHaveTextAsync(tweet);
        }

        await visit.Field("Tweet").FillAsync("lovely crew");
        await Expect(visit.Page.Locator(".fault")).ToContainTextAsync("That was a lot at once");
        await Expect(visit.Page.Locator(".marked")).ToHaveTextAsync("lovely crew", new() { Timeout = 15_000 });
        await Expect(visit.Page.Locator(".fault")).ToHaveCountAsync(0);
    }
}
