using Microsoft.AspNetCore.Builder;
using Vigie.Server;
using Vigie.Server.Tests;
using static Microsoft.Playwright.Assertions;

namespace Vigie.Browser;

/// <summary>The page of a server that asks who calls.</summary>
[Trait("Category", "Slow")]
public sealed class KeyFieldTests(Chromium chromium)
{
    [Fact]
    public async Task The_page_asks_for_the_key_and_keeps_it_in_its_tab()
    {
        using TestKeys keys = await TestKeys.WithAsync("ada", Scope.Predict, Scope.Read);
        await using WebApplication closed = VigieServer.Create(keys.Options with { Url = "http://127.0.0.1:0" }, SmallModels.TwoClasses);
        Uri address = await closed.ListenAsync(TestContext.Current.CancellationToken);
        await using Visit visit = await chromium.VisitAsync(address.ToString());

        await Expect(visit.Page.Locator("#key-card")).ToBeVisibleAsync();
        await visit.Page.FillAsync("#text", "lovely crew");
        await Expect(visit.Page.Locator("#problem")).ToHaveTextAsync("Give your API key above, and the answer follows.");
        await visit.Page.FillAsync("#key", "vigie_wrong");
        await visit.Page.ClickAsync("#use-key");
        await Expect(visit.Page.Locator("#key-problem")).ToHaveTextAsync("the key or token is unknown, has expired or was revoked");

        await visit.Page.FillAsync("#key", keys.Secret);
        await visit.Page.PressAsync("#key", "Enter");
        await Expect(visit.Page.Locator("#label")).ToHaveTextAsync("Positive");
        await Expect(visit.Page.Locator("#model")).ToContainTextAsync("air-paradis");
        await Expect(visit.Page.Locator("#key")).ToHaveValueAsync("");
        await Expect(visit.Page.Locator("#curl")).ToContainTextAsync("X-API-Key: $VIGIE_KEY");

        await visit.Page.ReloadAsync();
        await visit.Page.FillAsync("#text", "lovely crew");
        await Expect(visit.Page.Locator("#label")).ToHaveTextAsync("Positive");
        Assert.DoesNotContain(keys.Secret, await visit.Page.ContentAsync(), StringComparison.Ordinal);
        Assert.Equal("0 ", await visit.Page.EvaluateAsync<string>("localStorage.length + ' ' + document.cookie"));
        Assert.All(visit.Requests, request => Assert.DoesNotContain(keys.Secret, request.ToString(), StringComparison.Ordinal));

        await using Visit other = await chromium.VisitAsync(address.ToString());
        await Expect(other.Page.Locator("#key-card")).ToBeVisibleAsync();
    }
}
