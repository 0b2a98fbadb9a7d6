using System.Collections.Concurrent;
using System.Text.Json;
using Deque.AxeCore.Commons;
using Microsoft.Playwright;

namespace Vigie.Browser;

/// <summary>One page, and what it complained of.</summary>
public sealed class Visit : IAsyncDisposable
{
    private static readonly Lazy<string> Axe = new(() => new BundledAxeScriptProvider().GetScript());

    private readonly IBrowserContext context;
    private readonly ConcurrentQueue<string> complaints = [];

    internal Visit(IBrowserContext context, IPage page, Look look)
    {
        (this.context, Page, Look) = (context, page, look);
        page.PageError += (_, error) => complaints.Enqueue(error);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning") complaints.Enqueue(message.Text);
        };
        page.Dialog += (_, dialog) => complaints.Enqueue($"dialog: {dialog.Message}");
        page.Request += (_, request) => Requests.Enqueue(new Uri(request.Url));
    }

    public IPage Page { get; }

    public Look Look { get; }

    public ConcurrentQueue<Uri> Requests { get; } = [];

    /// <summary>Errors, warnings (such as of the content security policy) and dialogs so far.</summary>
    public IEnumerable<string> Complaints => complaints;

    /// <summary>One thing in the language of the look.</summary>
    public string T(string english, string french) => Look.T(english, french);

    /// <summary>Opens an address, and waits until the page is alive: its circuit answers.</summary>
    public async Task GoAsync(Uri address)
    {
        await Page.GotoAsync(address.ToString());
        await ComeAliveAsync();
    }

    /// <summary>Waits until the page's circuit answers, where the page has one. What is drawn before is replaced then, and a click in that moment is lost.</summary>
    public Task ComeAliveAsync() =>
        Page.WaitForFunctionAsync("() => !document.getElementById('components-reconnect-modal') || document.documentElement.dataset.alive === 'true'");

    /// <summary>A button of that name.</summary>
    public ILocator Button(string name) => Page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    /// <summary>A link of that name.</summary>
    public ILocator Link(string name) => Page.GetByRole(AriaRole.Link, new() { Name = name, Exact = true });

    /// <summary>A field of that name.</summary>
    public ILocator Field(string name) => Page.GetByLabel(name, new() { Exact = true });

    /// <summary>
    /// What every page has to be at every moment: without complaints, within the window's width, without violations of WCAG 2.2 AA that axe-core finds, and of one server.
    /// </summary>
    public async Task CheckAsync()
    {
        Assert.Equal([], Complaints);
        Assert.True(await Page.EvaluateAsync<int>("document.documentElement.scrollWidth") <= Look.Width, $"{Page.Url} reaches past the edge of a window of {Look.Width} pixels");
        Assert.All(Requests.Where(request => request.Scheme is "http" or "https"), request => Assert.Equal(new Uri(Page.Url).Authority, request.Authority));
        await Page.EvaluateAsync(Axe.Value); // by the debugger's way, which the content security policy does not bind
        string found = await Page.EvaluateAsync<string>(
            """
            async () => JSON.stringify((await axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })).violations
              .flatMap(v => v.nodes.map(n => `${v.id}: ${n.failureSummary.replace(/\s+/g, ' ')} at ${n.html.slice(0, 200)}`)))
            """);
        Assert.Equal([], JsonSerializer.Deserialize<string[]>(found)!);
    }

    public async ValueTask DisposeAsync() => await context.DisposeAsync();
}
