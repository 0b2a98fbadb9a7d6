using System.Text.Json;
using Microsoft.Playwright;
using Vigie.Server;
using Vigie.Server.Tests;
using static Microsoft.Playwright.Assertions;

namespace Vigie.Browser;

[Trait("Category", "Slow")]
public sealed class ReviewPageTests(Chromium chromium)
{
    private static readonly string[] Tweets = ["lovely crew", "rude crew", "late again", "the seat was broken", "smooth flight, thank you", "bagage perdu"];

    private static ILocator Hand(Visit visit) => visit.Page.Locator(".review .marked");

    [Theory]
    [MemberData(nameof(Look.All), MemberType = typeof(Look))]
    public async Task Three_tweets_are_judged_by_keyboard(Look look)
    {
        await using RecordingServer server = await RecordingServer.StartAsync();
        string[] ids = await server.PredictAsync(Tweets);
        await server.SendAsync(HttpMethod.Post, "feedback", new { prediction_id = ids[0], label = "negative", reporter = "anna", comment = "it was not" });
        await server.MovedAsync();
        await using Visit visit = await chromium.VisitAsync(server.At("ui/review?by=ada"), look);

        await Expect(Hand(visit)).ToHaveTextAsync("lovely crew"); // reported, and so before all others
        await Expect(visit.Page.Locator(".review .word").First).ToBeVisibleAsync();
        await Expect(visit.Page.Locator(".review .list")).ToContainTextAsync("it was not");
        await Expect(visit.Page.Locator(".queue button")).ToHaveCountAsync(6);
        await visit.CheckAsync();

        await visit.Page.Keyboard.PressAsync("p");
        await Expect(visit.Page.Locator(".queue button")).ToHaveCountAsync(5);
        string second = (await Hand(visit).TextContentAsync())!;
        await visit.Page.Keyboard.PressAsync("1");
        await Expect(visit.Page.Locator(".queue button")).ToHaveCountAsync(4);
        await visit.Page.Keyboard.PressAsync("z"); // not so fast
        await Expect(Hand(visit)).ToHaveTextAsync(second);
        await Expect(visit.Page.Locator(".review .notice")).ToContainTextAsync(visit.T("You said Negative", "Vous avez dit Négatif"));
        await visit.Page.Keyboard.PressAsync("2");
        await Expect(visit.Page.Locator(".queue button")).ToHaveCountAsync(4);
        string third = (await Hand(visit).TextContentAsync())!;
        await visit.Page.Keyboard.PressAsync("s");
        await Expect(Hand(visit)).Not.ToHaveTextAsync(third);
        await visit.Page.Keyboard.PressAsync("k");
        await visit.Page.Keyboard.PressAsync("ArrowDown");
        await visit.Page.Keyboard.PressAsync("n");
        await Expect(visit.Page.Locator(".queue button")).ToHaveCountAsync(3);
        await Expect(visit.Page.Locator(".queue")).ToContainTextAsync(third); // skipped, and waiting still

        await server.MovedAsync();
        Assert.Equal(3, server.Ask("SELECT count(*) FROM reviews AS r JOIN reviewers AS w ON w.number = r.reviewer WHERE w.name = 'ada' AND r.last = 1"));
        Assert.Equal(2, server.Ask($"SELECT r.label FROM reviews AS r JOIN predictions AS p ON p.id = r.item WHERE p.text = '{second}' AND r.last = 1"));
        Assert.Equal(0, server.Get<AlertKeeper>().Going().Values.Sum()); // those who look for what is wrong raise no alarm by finding it
        await Expect(visit.Page.GetByText(visit.T("judged by you since", "jugés par vous depuis"))).ToBeVisibleAsync();
        await visit.CheckAsync();
    }

    [Fact]
    public async Task Two_reviewers_do_not_see_what_the_other_said_and_settle_what_they_disagree_on()
    {
        using TestKeys keys = await TestKeys.WithAsync("ada", Scope.Predict, Scope.Feedback);
        string bobs = (await keys.Keys.CreateAsync("bob", [Scope.Feedback])).Secret;
        await using RecordingServer server = await RecordingServer.StartAsync(RecordingServer.Unlimited with { Access = keys.Access });
        await server.PredictAsync(Tweets[..3], keys.Secret);
        await using Visit ada = await chromium.VisitAsync(server.At("ui/review"));
        await ada.SignInAsync(keys.Secret);
        await Expect(ada.Page.Locator(".queue button")).ToHaveCountAsync(3);
        Assert.Equal(0, await ada.Page.Locator("#reviewer").CountAsync()); // who signed in is who they are
        string[] order = [.. await ada.Page.Locator(".queue .clip").AllTextContentsAsync()];
        foreach (string key in (string[])["n", "n", "p"]) await JudgeAsync(ada, key);
        await server.MovedAsync();

        await using Visit bob = await chromium.VisitAsync(server.At("ui/review?tab=second"));
        await bob.SignInAsync(bobs);
        await Expect(bob.Page.Locator(".queue button")).ToHaveCountAsync(3);
        Assert.Equal(0, await bob.Page.GetByText("key:ada").CountAsync());
        for (int i = 0; i < 3; i++)
        {
            string tweet = (await Hand(bob).TextContentAsync())!;
            await JudgeAsync(bob, Array.IndexOf(order, tweet) == 0 ? "n" : "p");
        }

        await server.MovedAsync();
        await bob.GoAsync(server.At("ui/review?tab=disputed"));
        await Expect(Hand(bob)).ToHaveTextAsync(order[1]);
        await Expect(bob.Page.Locator(".review .list")).ToContainTextAsync("key:ada");
        ILocator row = bob.Page.GetByRole(AriaRole.Row, new() { Name = "key:ada · key:bob" });
        await Expect(row).ToContainTextAsync("3"); // both judged
        await Expect(row).ToContainTextAsync("0.40"); // two of three alike; by chance it would be four ninths
        await bob.CheckAsync();
        await JudgeAsync(bob, "n");
        await Expect(bob.Page.Locator(".empty-title")).ToHaveTextAsync("No disagreements");
        await server.MovedAsync();
        Assert.Equal(1, server.Ask("SELECT count(*) FROM review_items WHERE disputed = 1 AND settled = 1"));
        Assert.Empty(bob.Complaints);
    }

    [Fact]
    public async Task What_is_erased_leaves_the_queue()
    {
        await using RecordingServer server = await RecordingServer.StartAsync();
        await server.PredictAsync(Tweets[..3]);
        await using Visit visit = await chromium.VisitAsync(server.At("ui/review"));
        await Expect(visit.Page.Locator(".queue")).ToContainTextAsync("rude crew");
        await server.SendAsync(HttpMethod.Delete, "tweets/tweet1");
        await visit.GoAsync(server.At("ui/review"));
        await Expect(visit.Page.Locator(".queue button")).ToHaveCountAsync(2);
        await Expect(visit.Page.GetByText("rude crew")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Tweets_are_shown_as_they_are_and_run_nothing()
    {
        await using RecordingServer server = await RecordingServer.StartAsync();
        string[] texts = [.. NaughtyStrings.Texts.Where(text => text.Length is > 0 and < 2_000 && !text.Contains('\0', StringComparison.Ordinal) && !HasHalf(text)).Distinct().Take(190)];
        await server.PredictAsync(texts);
        await using Visit visit = await chromium.VisitAsync(server.At("ui/review"));
        await Expect(visit.Page.Locator(".queue button").First).ToBeVisibleAsync();
        var known = texts.Select(Plain).ToHashSet();
        for (int i = 0; i < 100; i++)
        {
            await Expect(visit.Page.Locator(".review")).ToContainTextAsync($"{i + 1} / 100");
            string shown = await visit.Page.EvaluateAsync<string>("document.querySelector('.review .marked').textContent");
            Assert.Contains(Plain(shown), known);
            Assert.Equal(0, await visit.Page.EvaluateAsync<int>("document.querySelectorAll('.marked :not(span), .queue .clip *').length"));
            await visit.Page.Keyboard.PressAsync("j");
        }

        Assert.Empty(visit.Complaints);
        Assert.All(visit.Requests.Where(request => request.Scheme is "http" or "https"), request => Assert.Equal(server.Address.Authority, request.Authority));
    }

    [Fact]
    public async Task Labels_come_in_after_a_look_at_them_and_go_out_again()
    {
        await using RecordingServer server = await RecordingServer.StartAsync();
        string[] ids = await server.PredictAsync(Tweets[..2]);
        await using Visit visit = await chromium.VisitAsync(server.At("ui/review"));
        string file = $"prediction_id,text,label,reviewer\n{ids[0]},,positive,ada\n{ids[1]},,negative,bob\n,\"a text, <b>of its own</b>\",negative,ada\n,nonsense,bad,ada\n";
        await visit.Field("Drop a file here, or choose one").SetInputFilesAsync(new FilePayload { Name = "labels.csv", MimeType = "text/csv", Buffer = System.Text.Encoding.UTF8.GetBytes(file) });
        await Expect(visit.Page.GetByText("3 judgements, 1 line that cannot be taken.")).ToBeVisibleAsync();
        await Expect(visit.Page.GetByRole(AriaRole.List, new() { Name = "Lines that cannot be taken" })).ToContainTextAsync("Line 5: label is 'bad'; expected negative, neutral or positive");
        await visit.CheckAsync();
        Assert.Equal(0, server.Ask("SELECT count(*) FROM feedback")); // nothing before one says so

        await visit.Button("Import 3 judgements").ClickAsync();
        await Expect(visit.Page.GetByText("Imported: 3 judgements.")).ToBeVisibleAsync();
        await server.MovedAsync();
        Assert.Equal(3, server.Ask("SELECT count(*) FROM reviews"));

        IDownload labels = await visit.Page.RunAndWaitForDownloadAsync(() => visit.Button("Labels as JSON lines").ClickAsync());
        var known = (await File.ReadAllLinesAsync(await labels.PathAsync(), TestContext.Current.CancellationToken)).Select(line => JsonDocument.Parse(line).RootElement).ToDictionary(one => one.GetProperty("text").GetString()!, one => one.GetProperty("label").GetString());
        Assert.Equal(new Dictionary<string, string?> { ["lovely crew"] = "positive", ["rude crew"] = "negative", ["a text, <b>of its own</b>"] = "negative" }, known);
        IDownload judgements = await visit.Page.RunAndWaitForDownloadAsync(() => visit.Button("Judgements as CSV").ClickAsync());
        string again = await File.ReadAllTextAsync(await judgements.PathAsync(), TestContext.Current.CancellationToken);
        Assert.Contains($"{ids[0]},positive,ada,", again, StringComparison.Ordinal);

        await using RecordingServer other = await RecordingServer.StartAsync();
        await using Visit there = await chromium.VisitAsync(other.At("ui/review"));
        await there.Field("Drop a file here, or choose one").SetInputFilesAsync(new FilePayload { Name = "judgements.csv", MimeType = "text/csv", Buffer = System.Text.Encoding.UTF8.GetBytes(again) });
        await Expect(there.Page.GetByText("1 judgement, 2 lines that cannot be taken.")).ToBeVisibleAsync(); // predictions of another server are unknown there
        Assert.Empty(there.Complaints);
    }

    private static async Task JudgeAsync(Visit visit, string key)
    {
        int before = await visit.Page.Locator(".queue button").CountAsync();
        await visit.Page.Keyboard.PressAsync(key);
        await Expect(visit.Page.Locator(".queue button")).ToHaveCountAsync(before - 1);
    }

    // The browser's decoder drops a byte order mark that a piece of text begins with.
    private static string Plain(string text) => text.ReplaceLineEndings("\n").Replace("\uFEFF", "", StringComparison.Ordinal);

    private static bool HasHalf(string text) => text.EnumerateRunes().Any(rune => rune.Value == 0xFFFD);
}
