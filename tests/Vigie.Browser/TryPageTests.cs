using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Vigie.Browser;

[Trait("Category", "Slow")]
public sealed class TryPageTests(Chromium chromium)
{
    [Fact]
    public async Task A_tweet_is_answered_as_it_is_typed_and_its_words_are_marked()
    {
        await using Visit visit = await chromium.VisitAsync("/");
        await Expect(visit.Page.Locator("#text")).ToBeFocusedAsync();
        await visit.Page.Keyboard.TypeAsync("the crew was rude, what a disgrace");

        await Expect(visit.Page.Locator("#label")).ToHaveTextAsync("Negative");
        await Expect(visit.Page.Locator("#marked")).ToHaveTextAsync("the crew was rude, what a disgrace");
        await Expect(visit.Page.Locator(".word.negative", new() { HasTextString = "disgrace" })).ToHaveAttributeAsync("title", new System.Text.RegularExpressions.Regex("^−"));
        await Expect(visit.Page.Locator("#sure")).ToHaveTextAsync(new System.Text.RegularExpressions.Regex("^[0-9.]+ % sure$"));
        await Expect(visit.Page.Locator("#model")).ToContainTextAsync("air-paradis version 3 · linear-best · macro F1 0.");
        await Expect(visit.Page.Locator("#spoken")).ToContainTextAsync("Negative"); // read aloud once the typing has come to rest
        Assert.Empty(visit.Complaints);
    }

    [Fact]
    public async Task Examples_answer_and_the_last_tries_come_back_by_a_click()
    {
        await using Visit visit = await chromium.VisitAsync("/");
        foreach (ILocator example in await visit.Page.Locator("#examples button").AllAsync())
        {
            await example.ClickAsync();
            await Expect(visit.Page.Locator("#text")).ToHaveValueAsync((await example.GetAttributeAsync("title"))!);
            await Expect(visit.Page.Locator("#marked")).ToHaveTextAsync((await example.GetAttributeAsync("title"))!);
            await Expect(visit.Page.Locator("#recent button .said").First).ToHaveTextAsync((await example.GetAttributeAsync("title"))!);
        }

        await Expect(visit.Page.Locator("#recent button")).ToHaveCountAsync(5);
        string first = (await visit.Page.Locator("#recent button .said").Last.TextContentAsync())!;
        await visit.Page.Locator("#recent button").Last.ClickAsync();
        await Expect(visit.Page.Locator("#text")).ToHaveValueAsync(first);
        await visit.Page.ClickAsync("#clear");
        await Expect(visit.Page.Locator("#text")).ToBeFocusedAsync();
        await Expect(visit.Page.Locator("#label")).ToHaveTextAsync("…");
        Assert.Empty(visit.Complaints);
    }

    [Fact]
    public async Task What_the_model_does_not_know_is_said_plainly()
    {
        await using Visit visit = await chromium.VisitAsync("/");
        await visit.TypeAsync("🦖");

        await Expect(visit.Page.Locator("#label")).ToHaveTextAsync("No idea");
        await Expect(visit.Page.Locator("#unknown")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_text_that_is_refused_says_why()
    {
        await using Visit visit = await chromium.VisitAsync("/");
        await visit.TypeAsync(new string('a', 10_001));

        await Expect(visit.Page.Locator("#problem")).ToHaveTextAsync("text is 10001 characters long; at most 10000 are taken");
        await visit.TypeAsync("lovely crew");
        await Expect(visit.Page.Locator("#problem")).ToBeHiddenAsync();
        await Expect(visit.Page.Locator("#label")).ToHaveTextAsync("Positive");
    }

    [Fact]
    public async Task Nothing_that_is_typed_becomes_part_of_the_page()
    {
        await using Visit visit = await chromium.VisitAsync("/");
        int elements = await visit.Page.EvaluateAsync<int>("document.querySelectorAll('script,iframe,object,embed,svg,style,link').length");
        foreach (string naughty in NaughtyStrings.Texts.Where(text => text.Trim().Length > 0 && text.Length < 5_000 && !text.Contains('\0', StringComparison.Ordinal)))
        {
            if (await visit.Page.EvaluateAsync<bool>("text => text.trim() === ''", naughty)) continue; // JavaScript trims more than .NET does
            IResponse answer = await visit.PasteAsync(naughty);
            Assert.Equal(200, answer.Status);
            string value = await visit.Page.InputValueAsync("#text");
            string marked = await visit.Page.EvaluateAsync<string>("""
                async (value) => {
                  const marked = document.getElementById('marked');
                  for (let i = 0; i < 500 && marked.textContent !== value; i++) await new Promise(done => setTimeout(done, 5));
                  return marked.textContent;
                }
                """, value);
            Assert.Equal(value, marked);
            Assert.Equal(0, await visit.Page.EvaluateAsync<int>("document.querySelectorAll('#marked :not(span), #reasons :not(li):not(span):not(i), #curl *').length"));
        }

        Assert.Equal(elements, await visit.Page.EvaluateAsync<int>("document.querySelectorAll('script,iframe,object,embed,svg,style,link').length"));
        Assert.Empty(visit.Complaints);
        Assert.All(visit.Requests, request => Assert.Equal(chromium.Address.Authority, request.Authority)); // nothing calls out
    }

    [Fact]
    public async Task Everything_has_a_name_and_can_be_reached_by_keyboard()
    {
        await using Visit visit = await chromium.VisitAsync("/");
        await visit.TypeAsync("lovely crew");
        string[] nameless = await visit.Page.EvaluateAsync<string[]>("""
            [...document.querySelectorAll('button, a, textarea, img')].filter(e => !e.hidden && !(e.textContent.trim() || e.labels?.length || e.hasAttribute('alt'))).map(e => e.outerHTML)
            """);
        Assert.Empty(nameless);
        await visit.Page.FocusAsync("#text");
        var reached = new List<string?>();
        for (int i = 0; i < 8; i++)
        {
            await visit.Page.Keyboard.PressAsync("Tab");
            reached.Add(await visit.Page.EvaluateAsync<string?>("document.activeElement.closest('#examples') ? 'example' : document.activeElement.id || document.activeElement.tagName"));
        }

        Assert.Equal(5, reached.Count(name => name == "example"));
    }

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Text_stands_out_from_its_ground(ColorScheme scheme)
    {
        await using Visit visit = await chromium.VisitAsync("/", new BrowserNewContextOptions { ColorScheme = scheme });
        foreach (string tweet in (string[])["the crew was rude, what a disgrace", "lovely crew, thank you"])
        {
            await visit.TypeAsync(tweet);
            await Expect(visit.Page.Locator("#marked")).ToHaveTextAsync(tweet);
            // WCAG 2.2 AA: 4.5 to 1, measured on what is painted: grounds of ancestors, alpha included, over the page.
            string[] faint = await visit.Page.EvaluateAsync<string[]>("""
                () => {
                  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
                  const paint = (...colours) => { canvas.fillStyle = '#fff'; canvas.fillRect(0, 0, 1, 1); for (const c of colours) { canvas.fillStyle = c; canvas.fillRect(0, 0, 1, 1); } return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3); };
                  const light = (rgb) => { const [r, g, b] = rgb.map(v => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
                  const faint = [];
                  for (const e of document.querySelectorAll('body *')) {
                    if (![...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()) || !e.checkVisibility() || e.tagName === 'SCRIPT' || e.id === 'spoken') continue;
                    const grounds = []; for (let at = e; at; at = at.parentElement) grounds.unshift(getComputedStyle(at).backgroundColor);
                    const ground = light(paint(...grounds)), ink = light(paint(...grounds, getComputedStyle(e).color));
                    const ratio = (Math.max(ground, ink) + 0.05) / (Math.min(ground, ink) + 0.05);
                    if (ratio < 4.5) faint.push(`${ratio.toFixed(2)} ${e.tagName}.${e.className} ${e.textContent.trim().slice(0, 30)}`);
                  }
                  return faint;
                }
                """);
            Assert.Equal([], faint);
        }
    }

    [Fact]
    public async Task The_API_page_names_every_operation()
    {
        await using Visit visit = await chromium.VisitAsync("/docs", new BrowserNewContextOptions { ViewportSize = new() { Width = 390, Height = 844 } });
        foreach (string path in (string[])["/predict", "/predict/batch", "/model/info", "/health", "/health/live", "/health/ready"])
            await Expect(visit.Page.Locator("h2", new() { HasTextRegex = new($"{path}$") })).ToHaveCountAsync(1);
        Assert.Equal(390, await visit.Page.EvaluateAsync<int>("document.documentElement.scrollWidth")); // nothing reaches past the edge of a phone
        Assert.Empty(visit.Complaints);
    }
}
