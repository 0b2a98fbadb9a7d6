using Microsoft.Playwright;

namespace Vigie.Browser;

/// <summary>The README's picture: <c>docs/images/make.sh</c> has this written where VIGIE_PICTURES says.</summary>
[Trait("Category", "Slow")]
public sealed class Pictures(Chromium chromium)
{
    private const string Tweet = "Lovely crew and a smooth landing, but my bag is lost and nobody answers. Never again @AirParadis 😡";

    [Fact]
    public async Task Take_the_API()
    {
        await using Visit visit = await chromium.VisitAsync("/docs", new BrowserNewContextOptions { ViewportSize = new() { Width = 390, Height = 844 } });
        await Assertions.Expect(visit.Page.Locator(".verb").First).ToBeVisibleAsync();
        Assert.Equal(390, await visit.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        if (Environment.GetEnvironmentVariable("VIGIE_PICTURES") is { } folder)
            await File.WriteAllBytesAsync(Path.Combine(folder, "docs-phone.png"), await visit.Page.ScreenshotAsync(new PageScreenshotOptions { FullPage = true }));
    }

    [Theory]
    [InlineData("try-page", 1280, 800, ColorScheme.Light)]
    [InlineData("try-page-dark", 1280, 800, ColorScheme.Dark)]
    [InlineData("try-page-phone", 390, 844, ColorScheme.Light)]
    [InlineData("try-page-phone-dark", 390, 844, ColorScheme.Dark)]
    public async Task Take(string name, int width, int height, ColorScheme scheme)
    {
        string? folder = Environment.GetEnvironmentVariable("VIGIE_PICTURES");
        await using Visit visit = await chromium.VisitAsync("/", new BrowserNewContextOptions { ViewportSize = new() { Width = width, Height = height }, ColorScheme = scheme, ReducedMotion = ReducedMotion.Reduce });
        await visit.TypeAsync(Tweet);
        await Assertions.Expect(visit.Page.Locator(".word").First).ToBeVisibleAsync();
        await visit.Page.EvaluateAsync("document.activeElement.blur()");

        byte[] picture = await visit.Page.ScreenshotAsync(new PageScreenshotOptions { Animations = ScreenshotAnimations.Disabled });

        Assert.True(picture.Length > 20_000, $"{name} is {picture.Length} bytes: an empty page");
        // Nothing reaches past the edge of the window, on a phone least of all.
        Assert.Equal(width, await visit.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        if (folder is not null) await File.WriteAllBytesAsync(Path.Combine(folder, name + ".png"), picture);
    }
}
