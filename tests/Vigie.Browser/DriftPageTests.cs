using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.Playwright;
using Vigie.Bundles;
using Vigie.Corpus;
using Vigie.Dashboard;
using Vigie.Server;
using Vigie.Server.Tests;
using Vigie.Tweets;
using static Microsoft.Playwright.Assertions;

namespace Vigie.Browser;

[Trait("Category", "Slow")]
public sealed class DriftPageTests(Chromium chromium, Demo demo)
{
    [Theory]
    [MemberData(nameof(Look.All), MemberType = typeof(Look))]
    public async Task The_latest_tweets_stand_beside_the_training(Look look)
    {
        await using Visit visit = await chromium.VisitAsync(demo.At("ui/drift"), look);

        await Expect(visit.Page.Locator(".chart[data-drawn]")).ToHaveCountAsync(4);
        await Expect(visit.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = visit.T("Unknown words", "Mots inconnus") })).ToBeVisibleAsync();
        await Expect(visit.Page.GetByText(visit.T("population stability index", "indice de stabilité de population")).First).ToBeVisibleAsync();
        await visit.CheckAsync();
    }

    [Fact]
    public async Task A_word_that_is_new_is_shown_with_its_tweets_as_they_were_written()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("vigie-drift-");
        WebApplication app = VigieServer.Create(
            new ServerOptions
            {
                Url = "http://127.0.0.1:0",
                RateLimit = new RateLimitOptions { Requests = 0, Tweets = 0 },
                SecretFile = Path.Combine(folder.FullName, "secret"),
                Records = new RecordOptions { Enabled = true, Folder = Path.Combine(folder.FullName, "records") },
                Models = new ModelOptions { State = folder.FullName },
            },
            WithProfile(SmallModels.TwoClasses),
            VigieDashboard.Part);
        try
        {
            Uri address = await app.ListenAsync();
            await using (Visit empty = await chromium.VisitAsync(new Uri(address, "ui/drift")))
            {
                await Expect(empty.Page.GetByText("Too few tweets to compare")).ToBeVisibleAsync();
                await empty.CheckAsync();
            }

            using var client = new HttpClient { BaseAddress = address };
            var tweets = Enumerable.Range(0, 60).Select(i => new { text = $"the volcano <b onclick=alert(1)>closed</b> flight {i} again, lovely" });
            using HttpResponseMessage answered = await client.PostAsJsonAsync("predict/batch", tweets);
            Assert.True(answered.IsSuccessStatusCode, await answered.Content.ReadAsStringAsync());

            await using Visit visit = await chromium.VisitAsync(new Uri(address, "ui/drift"));
            await Expect(visit.Page.GetByText("volcano", new() { Exact = true })).ToBeVisibleAsync();
            await Expect(visit.Page.Locator(".tweet", new() { HasTextRegex = new Regex("the volcano <b onclick=alert\\(1\\)>closed</b> flight") }).First).ToBeVisibleAsync();
            await visit.CheckAsync();
        }
        finally
        {
            await app.DisposeAsync();
            folder.Delete(recursive: true);
        }
    }

    private static ServedModel WithProfile(ServedModel model)
    {
        Tweet[] tweets = [.. CorpusGenerator.Generate(new CorpusOptions { Rows = 3_000 })];
        byte[] labels = [.. tweets.Take(2_000).Select(tweet => (byte)model.Classifier.Classes.ToList().IndexOf(tweet.Label!.Value))];
        string[] texts = [.. tweets.Select(tweet => tweet.Text)];
        return model with { Info = model.Info with { Profile = TrainingProfile.Measure(model.Classifier, texts[..2_000], labels, texts[2_000..]) } };
    }
}
