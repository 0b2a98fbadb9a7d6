using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Vigie.Browser;

/// <summary>The pictures of the documentation: <c>docs/images/make.sh</c> has them written where VIGIE_PICTURES says. They are of the demo, as a newcomer sees it.</summary>
[Trait("Category", "Slow")]
public sealed class Pictures(Chromium chromium, Demo demo)
{
    /// <summary>Each picture: its file, its page, how it is looked at, and what has to be there.</summary>
    public static TheoryData<string, string, Look, string> All { get; } = new()
    {
        { "overview", "?window=1h", Look.Desktop, ".chart[data-drawn]" },
        { "overview-phone-dark", "?window=1h", new Look("fr", IsPhone: true, IsDark: true), ".chart[data-drawn]" },
        { "alerts", "ui/alerts", Look.Desktop, "main .badge" },
        { "review", "ui/review", Look.Desktop, "main .tweet" },
        { "drift", "ui/drift", Look.Desktop, ".chart[data-drawn]" },
        { "experiments", "ui/experiments", new Look("en", IsPhone: false, IsDark: true), "main table" },
        { "models", "ui/models/sentiment/1", Look.Desktop, "main .panel" },
        { "embeddings", "ui/embeddings", new Look("en", IsPhone: false, IsDark: true), "iframe" },
    };

    [Theory]
    [MemberData(nameof(All))]
    public async Task Take(string name, string path, Look look, string wanted)
    {
        await using Visit visit = await chromium.VisitAsync(demo.At(path), look);
        await Expect(visit.Page.Locator(wanted).First).ToBeVisibleAsync();
        if (wanted == "iframe") await Expect(visit.Page.FrameLocator(wanted).Locator("#legend li").First).ToBeVisibleAsync();

        byte[] picture = await visit.Page.ScreenshotAsync(new PageScreenshotOptions { Animations = ScreenshotAnimations.Disabled });

        Assert.True(picture.Length > 15_000, $"{name} is {picture.Length} bytes: an empty page");
        if (Environment.GetEnvironmentVariable("VIGIE_PICTURES") is { } folder) await File.WriteAllBytesAsync(Path.Combine(folder, name + ".png"), picture);
    }

    [Fact]
    public async Task Take_a_tweet_that_is_tried()
    {
        await using Visit visit = await chromium.VisitAsync(demo.At("ui/try"));
        await visit.Page.Locator("main textarea").First.FillAsync("Lovely crew and a smooth landing, but my bag is lost and nobody answers. Never again @AirParadis 😡");
        await Expect(visit.Page.Locator(".word").First).ToBeVisibleAsync();
        await visit.Page.EvaluateAsync("document.activeElement.blur()");

        byte[] picture = await visit.Page.ScreenshotAsync(new PageScreenshotOptions { Animations = ScreenshotAnimations.Disabled });

        Assert.True(picture.Length > 15_000, $"the picture is {picture.Length} bytes: an empty page");
        if (Environment.GetEnvironmentVariable("VIGIE_PICTURES") is { } folder) await File.WriteAllBytesAsync(Path.Combine(folder, "try.png"), picture);
    }
}
