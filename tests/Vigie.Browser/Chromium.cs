using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(Vigie.Browser.Chromium))]
[assembly: AssemblyFixture(typeof(Vigie.Browser.Demo))]

namespace Vigie.Browser;

/// <summary>The system's chromium; shared by all tests.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private IPlaywright playwright = null!;
    private IBrowser browser = null!;

    public async ValueTask InitializeAsync()
    {
        Assertions.SetDefaultExpectTimeout(20_000); // what is expected comes at once, but for a machine that is busy with something else
        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Environment.GetEnvironmentVariable("CHROMIUM") ?? "/usr/bin/chromium",
            Args =
            [
                "--no-sandbox", // root has none
                "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
            ],
        });
    }

    /// <summary>A page in a browser of its own, as somebody of those looks would have it.</summary>
    /// <param name="address">What to open.</param>
    /// <param name="look">Language, window and theme; English on a desktop where null.</param>
    public async Task<Visit> VisitAsync(Uri address, Look? look = null)
    {
        look ??= Look.Desktop;
        IBrowserContext context = await browser.NewContextAsync(new BrowserNewContextOptions
        {
            Locale = look.Language == "fr" ? "fr-FR" : "en-GB",
            TimezoneId = "Europe/Paris",
            ViewportSize = new ViewportSize { Width = look.Width, Height = look.Height },
            HasTouch = look.IsPhone,
            ColorScheme = look.IsDark ? ColorScheme.Dark : ColorScheme.Light,
            ReducedMotion = ReducedMotion.Reduce,
            AcceptDownloads = true,
        });
        var visit = new Visit(context, await context.NewPageAsync(), look);
        await visit.GoAsync(address);
        return visit;
    }

    public async ValueTask DisposeAsync()
    {
        if (browser is not null) await browser.DisposeAsync();
        playwright?.Dispose();
    }
}
