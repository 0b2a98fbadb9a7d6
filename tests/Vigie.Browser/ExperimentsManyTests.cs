using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Vigie.Mlflow;
using static Microsoft.Playwright.Assertions;

namespace Vigie.Browser;

/// <summary>The table of runs at 100,000 of them.</summary>
[Trait("Category", "Slow")]
public sealed class ExperimentsManyTests(Chromium chromium, ITestOutputHelper output)
{
    private const int Runs = 100_000;

    [Fact]
    public async Task A_table_of_100000_runs_scrolls_filters_and_sorts_with_a_window_of_rows()
    {
        await using TrackedServer server = await TrackedServer.StartAsync(database => SampleRuns.AddAsync(database, "many", Runs, seed: 1, TestContext.Current.CancellationToken));
        await using Visit visit = await chromium.VisitAsync(server.At("ui/experiments?in=1"));
        IPage page = visit.Page;
        ILocator rows = page.Locator(".runs-scroller tbody tr[aria-rowindex]"), status = page.Locator(".runs [role=status]");
        await Expect(status).ToHaveTextAsync("100,000 runs");
        await Expect(rows.First).ToContainTextAsync("run-99999");

        await MeasureAsync("to the end", "top => top.scrollTo(0, top.scrollHeight)", "run-0");
        Assert.InRange(await rows.CountAsync(), 5, 120);
        await MeasureAsync("to the middle", "top => top.scrollTo(0, top.scrollHeight / 2)", null);
        int middle = int.Parse((await rows.First.GetAttributeAsync("aria-rowindex"))!, CultureInfo.InvariantCulture);
        Assert.InRange(middle, 49_000, 51_000);
        Assert.Equal($"run-{Runs - 1 - (middle - 2)}", await rows.First.GetByRole(AriaRole.Link).InnerTextAsync()); // the newest first: each stands in its place

        await ClickAsync("by a metric", visit.Button("f1"), "aria-sort");
        await Expect(status).ToHaveTextAsync("100,000 runs");
        string[] best = [.. (await server.Store.Runs.SearchAsync(["1"], new Search { OrderBy = ["metrics.f1 DESC"], MaxResults = 5 })).Items.Select(run => run.Info.RunName!)];
        await Expect(rows.Nth(4)).ToContainTextAsync(best[4]);
        Assert.Equal(best, await rows.GetByRole(AriaRole.Link).AllInnerTextsAsync() is var names ? names.Take(5) : []);
        await ClickAsync("by a param", visit.Button("model"), "aria-sort");
        await ClickAsync("by duration", visit.Button("Took"), "aria-sort");
        await Expect(status).ToHaveTextAsync("100,000 runs");

        await page.GetByRole(AriaRole.Searchbox, new() { Name = "Filter", Exact = true }).FillAsync("metrics.f1 > 0.5 AND params.model = 'gru'");
        await visit.Button("Filter").ClickAsync();
        int fit = (await server.Store.Runs.ListAsync(["1"], new Search { Filter = "metrics.f1 > 0.5 AND params.model = 'gru'" })).Count;
        await Expect(status).ToHaveTextAsync($"{fit.ToString("N0", CultureInfo.InvariantCulture)} runs");
        await MeasureAsync("filtered, to the end", "top => top.scrollTo(0, top.scrollHeight)", null);
        await rows.Last.GetByRole(AriaRole.Checkbox).CheckAsync();
        await Expect(page).ToHaveURLAsync(new Regex("runs="));
        Assert.InRange(await rows.CountAsync(), 5, 120);
        Assert.Empty(visit.Complaints);

        // From the action to the rows of the new place, in the browser's own time.
        async Task MeasureAsync(string what, string action, string? expected)
        {
            double took = await page.Locator(".runs-scroller").EvaluateAsync<double>(
                $$"""
                async (box, expected) => {
                  const before = box.querySelector('tbody tr[aria-rowindex]').getAttribute('aria-rowindex'), began = performance.now();
                  ({{action}})(box);
                  for (;;) {
                    await new Promise(requestAnimationFrame);
                    const row = box.querySelector('tbody tr[aria-rowindex]'), edge = box.getBoundingClientRect();
                    const seen = row && row.getAttribute('aria-rowindex') !== before && row.getBoundingClientRect().top <= edge.bottom;
                    if (seen && (!expected || [...box.querySelectorAll('tbody a')].some(link => link.textContent === expected))) return performance.now() - began;
                    if (performance.now() - began > 20000) return -1;
                  }
                }
                """, expected);
            output.WriteLine($"{what}: {took:0} ms");
            Assert.InRange(took, 0, 5_000); // a machine that others use too; what it takes on an idle one is what counts, and is in the output
        }

        async Task ClickAsync(string what, ILocator header, string attribute)
        {
            double took = await header.EvaluateAsync<double>(
                """
                async (button, attribute) => {
                  const cell = button.closest('th'), before = [...document.querySelectorAll('.runs-scroller tbody a')].map(link => link.textContent).join(), began = performance.now();
                  button.click();
                  for (;;) {
                    await new Promise(requestAnimationFrame);
                    const now = [...document.querySelectorAll('.runs-scroller tbody a')].map(link => link.textContent).join();
                    if (cell.hasAttribute(attribute) && now && now !== before) return performance.now() - began;
                    if (performance.now() - began > 20000) return -1;
                  }
                }
                """, attribute);
            output.WriteLine($"{what}: {took:0} ms");
            Assert.InRange(took, 0, 5_000);
        }
    }
}
