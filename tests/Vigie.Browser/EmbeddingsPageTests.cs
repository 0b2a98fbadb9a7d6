using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Vigie.Browser;

[Trait("Category", "Slow")]
public sealed class EmbeddingsPageTests(Chromium chromium, Demo demo)
{
    [Theory]
    [MemberData(nameof(Look.All), MemberType = typeof(Look))]
    public async Task The_map_is_turned_coloured_and_searched(Look look)
    {
        await using Visit visit = await chromium.VisitAsync(demo.At("ui/embeddings"), look);
        IFrameLocator map = visit.Page.FrameLocator("iframe");
        await Expect(map.Locator("#legend")).ToContainTextAsync(visit.T("negative", "négatif"));
        await visit.Page.GetByLabel(visit.T("Colour by", "Couleur selon")).SelectOptionAsync("error");
        await Expect(map.Locator("#legend")).ToContainTextAsync(visit.T("reported wrong", "signalé faux"));
        await map.Locator("#search").FillAsync("vol");
        await Expect(map.Locator("#found")).ToHaveTextAsync(new Regex(visit.T("[1-9][0-9]* of ", "[1-9][0-9]* sur ")));
        await map.Locator("#plot").FocusAsync();
        string before = await PictureAsync(map);
        await visit.Page.Keyboard.PressAsync("ArrowLeft");
        Assert.NotEqual(before, await PictureAsync(map));

        await visit.Page.GetByLabel(visit.T("Points", "Points")).SelectOptionAsync("words");
        await Expect(map.Locator("h1")).ToHaveTextAsync(visit.T("Words by the tweets that hold them", "Les mots, selon les tweets qui les contiennent"));
        Assert.Contains("points=words", visit.Page.Url, StringComparison.Ordinal);
        await visit.CheckAsync();
    }

    [Fact]
    public async Task The_map_belongs_to_no_origin_and_is_not_to_be_had_in_another_way()
    {
        await using Visit visit = await chromium.VisitAsync(demo.At("ui/embeddings"));
        await Expect(visit.Page.FrameLocator("iframe").Locator("#legend")).ToBeVisibleAsync();
        Assert.Equal("null", await visit.Page.Frames.Single(frame => frame.Url.Contains("/map?", StringComparison.Ordinal)).EvaluateAsync<string>("self.origin"));

        using var client = new HttpClient { BaseAddress = demo.Address };
        using HttpResponseMessage refused = await client.GetAsync("ui/embeddings/map?points=tweets&colour=label&size=1000000");
        Assert.Equal(System.Net.HttpStatusCode.BadRequest, refused.StatusCode);
    }

    // After the frame that a change asked for has been drawn.
    private static Task<string> PictureAsync(IFrameLocator map) =>
        map.Locator("#plot").EvaluateAsync<string>("plot => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(plot.toDataURL()))))");
}
