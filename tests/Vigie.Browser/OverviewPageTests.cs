using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Vigie.Browser;

[Trait("Category", "Slow")]
public sealed class OverviewPageTests(Chromium chromium, Demo demo)
{
    [Theory]
    [MemberData(nameof(Look.All), MemberType = typeof(Look))]
    public async Task It_says_whether_all_is_well_and_each_figure_leads_on(Look look)
    {
        await using Visit visit = await chromium.VisitAsync(demo.At(""), look);
        await Expect(visit.Page.Locator(".verdict-title")).ToHaveTextAsync(new Regex(visit.T("look", "regard"))); // the demo's alert lasts
        await Expect(Tile(visit, visit.T("Judged by people", "Jugées par des gens"))).ToContainTextAsync(new Regex("[3-9]"));
        await Expect(Tile(visit, "Champion")).ToContainTextAsync("sentiment 1");
        await visit.Link(visit.T("1 hour", "1 heure")).ClickAsync();
        await Expect(visit.Link(visit.T("1 hour", "1 heure"))).ToHaveAttributeAsync("aria-current", "true");
        await Expect(visit.Page.Locator(".chart[data-drawn]").First).ToBeVisibleAsync();
        await visit.CheckAsync();

        await Tile(visit, visit.T("Drift", "Dérive")).ClickAsync();
        await Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Name = visit.T("Drift", "Dérive"), Level = 1 })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task It_stays_up_to_date_without_being_loaded_again()
    {
        await using Visit visit = await chromium.VisitAsync(demo.At(""));
        string before = (await Tile(visit, "Predictions").Locator(".tile-value").TextContentAsync())!;
        int requests = visit.Requests.Count(request => request.AbsolutePath == "/");
        using var client = new HttpClient { BaseAddress = demo.Address };
        using HttpResponseMessage answered = await client.PostAsJsonAsync("predict", new { text = "three hours late and nobody tells us anything" });
        answered.EnsureSuccessStatusCode();

        await Expect(Tile(visit, "Predictions").Locator(".tile-value")).Not.ToHaveTextAsync(before, new() { Timeout = 15_000 });
        Assert.Equal(requests, visit.Requests.Count(request => request.AbsolutePath == "/"));
    }

    private static ILocator Tile(Visit visit, string name) => visit.Page.Locator("a.tile").Filter(new() { Has = visit.Page.GetByText(name, new() { Exact = true }) });
}
