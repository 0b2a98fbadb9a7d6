using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.Playwright;
using Vigie.Recipes;
using Vigie.Server;
using Vigie.Server.Tests;

[assembly: AssemblyFixture(typeof(Vigie.Browser.Chromium))]

namespace Vigie.Browser;

/// <summary>The system's chromium, and a server for it to visit; shared by all tests.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private IPlaywright playwright = null!;
    private IBrowser browser = null!;
    private WebApplication server = null!;

    public Uri Address { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        server = VigieServer.Create(new ServerOptions { Url = "http://127.0.0.1:0", RateLimit = new RateLimitOptions { Requests = 0 } }, SmallModels.Train(20_000, named: RecipeCatalog.Find("linear-best")));
        Address = await server.ListenAsync();
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

    /// <summary>A page in a browser of its own.</summary>
    public async Task<Visit> VisitAsync(string path, BrowserNewContextOptions? options = null)
    {
        IBrowserContext context = await browser.NewContextAsync(options);
        IPage page = await context.NewPageAsync();
        var visit = new Visit(context, page);
        await page.GotoAsync(new Uri(Address, path).ToString());
        return visit;
    }

    public async ValueTask DisposeAsync()
    {
        if (browser is not null) await browser.DisposeAsync();
        playwright?.Dispose();
        if (server is not null) await server.DisposeAsync();
    }
}

/// <summary>One page, and what it complained of.</summary>
public sealed class Visit : IAsyncDisposable
{
    private readonly IBrowserContext context;
    private readonly ConcurrentQueue<string> complaints = [];

    internal Visit(IBrowserContext context, IPage page)
    {
        (this.context, Page) = (context, page);
        page.PageError += (_, error) => complaints.Enqueue(error);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning") complaints.Enqueue(message.Text);
        };
        page.Dialog += (_, dialog) => complaints.Enqueue($"dialog: {dialog.Message}");
        page.Request += (_, request) => Requests.Enqueue(new Uri(request.Url));
    }

    public IPage Page { get; }

    public ConcurrentQueue<Uri> Requests { get; } = [];

    /// <summary>Errors, warnings (such as of the content security policy) and dialogs so far.</summary>
    public IEnumerable<string> Complaints => complaints;

    /// <summary>Puts a text into the field and waits for its answer.</summary>
    public async Task<IResponse> TypeAsync(string text) =>
        await Page.RunAndWaitForResponseAsync(() => Page.FillAsync("#text", text), response => response.Url.EndsWith("/predict", StringComparison.Ordinal));

    /// <summary>Puts a text into the field as a whole, which is answered at once, and waits for its answer.</summary>
    public async Task<IResponse> PasteAsync(string text) => await Page.RunAndWaitForResponseAsync(
        () => Page.EvaluateAsync(
            """
            text => {
              const field = document.getElementById('text');
              field.value = text;
              field.dispatchEvent(new InputEvent('input', { inputType: 'insertFromPaste', bubbles: true }));
            }
            """,
            text),
        response => response.Url.EndsWith("/predict", StringComparison.Ordinal));

    public async ValueTask DisposeAsync() => await context.DisposeAsync();
}
