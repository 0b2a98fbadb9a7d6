using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Vigie.Browser;

/// <summary>What holds of every page.</summary>
[Trait("Category", "Slow")]
public sealed class LayoutTests(Chromium chromium, Demo demo)
{
    /// <summary>Every page of the navigation, in every look.</summary>
    public static TheoryData<string, Look> Everywhere
    {
        get
        {
            var all = new TheoryData<string, Look>();
            foreach (string path in (string[])["", "ui/try", "ui/alerts", "ui/review", "ui/drift", "ui/experiments", "ui/models", "ui/embeddings", "ui/data", "ui/settings"])
            {
                foreach (TheoryDataRow<Look> look in Look.All) all.Add(path, look.Data);
            }

            return all;
        }
    }

    [Theory]
    [MemberData(nameof(Everywhere))]
    public async Task A_page_opens_without_complaints_and_can_be_read_by_everybody(string path, Look look)
    {
        await using Visit visit = await chromium.VisitAsync(demo.At(path), look);

        await Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveCountAsync(1);
        Assert.Equal(look.Language, await visit.Page.GetAttributeAsync("html", "lang"));
        await visit.CheckAsync();
    }

    [Fact]
    public async Task Language_and_theme_change_by_a_button_and_stay()
    {
        await using Visit visit = await chromium.VisitAsync(demo.At(""));
        await visit.Button("Français").ClickAsync();
        await Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Name = "Vue d’ensemble", Level = 1 })).ToBeVisibleAsync();
        await visit.Button("Clair ou sombre").ClickAsync();
        await Expect(visit.Page.Locator("html[data-theme=dark]")).ToHaveCountAsync(1);
        await visit.GoAsync(demo.At("ui/alerts"));

        await Expect(visit.Page.Locator("html[data-theme=dark][lang=fr]")).ToHaveCountAsync(1);
        await visit.CheckAsync();
    }

    [Fact]
    public async Task On_a_phone_the_pages_are_behind_a_button()
    {
        await using Visit visit = await chromium.VisitAsync(demo.At(""), new Look("en", IsPhone: true, IsDark: false));
        await Expect(visit.Link("Alerts")).ToBeHiddenAsync();
        await visit.Button("Menu").ClickAsync();
        await visit.Link("Alerts").ClickAsync();

        await Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Name = "Alerts", Level = 1 })).ToBeVisibleAsync();
        await Expect(visit.Link("Review")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task A_socket_is_not_opened_for_pages_of_others()
    {
        using var client = new HttpClient { BaseAddress = demo.Address };
        using var request = new HttpRequestMessage(HttpMethod.Post, "_blazor/negotiate?negotiateVersion=1") { Headers = { { "Origin", "http://evil.example" } } };
        using HttpResponseMessage refused = await client.SendAsync(request);
        Assert.Equal(System.Net.HttpStatusCode.Forbidden, refused.StatusCode);
    }
}
