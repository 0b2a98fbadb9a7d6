using Microsoft.Playwright;
using Vigie.Plots;

namespace Vigie.Browser;

/// <summary>The page of a projection, opened as the file that it is. Set VIGIE_PICTURES to a folder to keep pictures for the eye.</summary>
public sealed class ProjectionPageTests(Chromium chromium) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("vigie-page-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // Two clouds in three dimensions, the second to the right of the first.
    private static Projection Clouds(int dimensions, bool named = false)
    {
        var random = new Xoshiro256(3);
        const int points = 600;
        var coordinates = new float[points * dimensions];
        for (int i = 0; i < coordinates.Length; i++) coordinates[i] = (float)(random.NextDouble() + random.NextDouble() - 1 + (i % dimensions == 0 ? (i / dimensions % 2 - 0.5) * 1.4 : 0));
        return new Projection(coordinates, dimensions, [.. Enumerable.Range(0, points).Select(i => named ? $"word{i}" : $"{(i % 2 == 0 ? "lost my bag again" : "lovely crew")} <b>{i}</b>")], [0.31, 0.12, 0.07, 0.04])
        {
            Title = "Texts by their vectors",
            Subtitle = "600 texts, vectors of 100 numbers",
            Named = named,
            Groups = ["negative", "positive"],
            GroupOf = [.. Enumerable.Range(0, points).Select(i => i % 2)],
        };
    }

    private async Task<Visit> OpenAsync(Projection projection, Look? look = null)
    {
        string path = Path.Combine(_folder, "projection.html");
        ProjectionPage.Save(projection, path);
        return await chromium.VisitAsync(new Uri(path), look);
    }

    [Fact]
    public async Task One_can_search_select_hide_and_turn_by_keyboard_alone()
    {
        await using Visit visit = await OpenAsync(Clouds(3));
        IPage page = visit.Page;
        await page.FillAsync("#search", "bag again");
        await Assertions.Expect(page.Locator("#found")).ToContainTextAsync("300 of 600");
        await page.PressAsync("#search", "Enter");
        await Assertions.Expect(page.Locator("#chosen-text")).ToHaveTextAsync("lost my bag again <b>0</b>");
        await Assertions.Expect(page.Locator("#near button")).ToHaveCountAsync(8);
        await page.FillAsync("#search", "");
        await page.FocusAsync("#plot");
        await page.Keyboard.PressAsync("n");
        await Assertions.Expect(page.Locator("#chosen-text")).ToHaveTextAsync("lovely crew <b>1</b>");
        string before = await PictureAsync(page);
        await page.Keyboard.PressAsync("ArrowLeft");
        Assert.NotEqual(before, await PictureAsync(page));
        await page.Keyboard.PressAsync("0");
        Assert.Equal(before, await PictureAsync(page)); // back where it was

        ILocator positive = page.Locator("#legend button").Nth(1);
        await positive.ClickAsync();
        await Assertions.Expect(positive).ToHaveAttributeAsync("aria-pressed", "false");
        await Assertions.Expect(page.Locator("#chosen")).ToBeHiddenAsync(); // its group is hidden
        await page.ClickAsync("summary");
        await Assertions.Expect(page.Locator("tbody tr")).ToHaveCountAsync(300);
        await page.ClickAsync("#flat");
        await Assertions.Expect(page.Locator("#explained")).ToContainTextAsync("The 2 components shown hold 43.0 %");
        await page.ClickAsync("#theme");
        Assert.Equal("dark", await page.EvaluateAsync<string>("document.documentElement.dataset.theme"));

        Assert.Empty(visit.Complaints);
        Assert.All(visit.Requests, request => Assert.True(request.Scheme is "file" or "data" or "blob", request.ToString()));
    }

    [Fact]
    public async Task A_point_says_what_it_is_where_the_mouse_is()
    {
        var one = new Projection([0, 0, 1, 1, -1, -1], 2, ["in the middle", "above", "below"], [0.6, 0.4]) { Title = "Three" };
        await using Visit visit = await OpenAsync(one);
        LocatorBoundingBoxResult box = (await visit.Page.Locator("#plot").BoundingBoxAsync())!;
        await visit.Page.Mouse.MoveAsync(box.X + box.Width / 2, box.Y + box.Height / 2);
        await Assertions.Expect(visit.Page.Locator("#tip")).ToHaveTextAsync("in the middle");
        await visit.Page.Mouse.MoveAsync(box.X + box.Width / 2, box.Y + 30);
        await Assertions.Expect(visit.Page.Locator("#tip")).ToBeHiddenAsync();
        await Assertions.Expect(visit.Page.Locator("#views")).ToBeHiddenAsync(); // there is no third dimension
        Assert.Empty(visit.Complaints);
    }

    [Theory]
    [InlineData("projection-3d", false, 3, false, false)]
    [InlineData("projection-3d-dark", false, 3, false, true)]
    [InlineData("projection-words", false, 2, true, false)]
    [InlineData("projection-phone-dark", true, 3, true, true)]
    public async Task The_page_fits_its_window_in_light_and_dark(string name, bool phone, int dimensions, bool named, bool dark)
    {
        var look = new Look("en", phone, dark);
        await using Visit visit = await OpenAsync(Clouds(dimensions, named), look);
        Assert.Equal(dark ? "dark" : "light", await visit.Page.EvaluateAsync<string>("document.documentElement.dataset.theme"));
        Assert.Equal(look.Width, await visit.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        byte[] picture = await visit.Page.ScreenshotAsync();
        Assert.True(picture.Length > 20_000, $"{name} is {picture.Length} bytes: an empty page");
        Assert.Empty(visit.Complaints);
        if (Environment.GetEnvironmentVariable("VIGIE_PICTURES") is { } folder) await File.WriteAllBytesAsync(Path.Combine(folder, name + ".png"), picture);
    }

    // After the frame that a change asked for has been drawn.
    private static Task<string> PictureAsync(IPage page) =>
        page.EvaluateAsync<string>("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(document.getElementById('plot').toDataURL()))))");
}
