using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Playwright;
using Vigie.Dashboard;
using Vigie.Server;
using Vigie.Server.Tests;
using static Microsoft.Playwright.Assertions;

namespace Vigie.Browser;

[Trait("Category", "Slow")]
public sealed class SignInTests(Chromium chromium) : IAsyncLifetime
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("vigie-sign-in-");
    private ApiKeys keys = null!;
    private string reader = "", analyst = "";
    private WebApplication app = null!;
    private Uri address = null!;

    public async ValueTask InitializeAsync()
    {
        keys = new ApiKeys(Path.Combine(folder.FullName, "keys.json"), TimeProvider.System);
        reader = (await keys.CreateAsync("reader", [Scope.Read])).Secret;
        analyst = (await keys.CreateAsync("analyst", [Scope.Predict, Scope.Feedback])).Secret;
        await ServeAsync(new OidcOptions());
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        folder.Delete(recursive: true);
    }

    private async Task ServeAsync(OidcOptions oidc)
    {
        if (app is not null) await app.DisposeAsync();
        app = VigieServer.Create(
            new ServerOptions
            {
                Url = "http://127.0.0.1:0",
                Access = new AccessOptions { Required = true, KeysFile = Path.Combine(folder.FullName, "keys.json"), Oidc = oidc },
                Models = new ModelOptions { State = folder.FullName },
            },
            SmallModels.TwoClasses,
            VigieDashboard.Part);
        address = await app.ListenAsync();
    }

    [Theory]
    [MemberData(nameof(Look.All), MemberType = typeof(Look))]
    public async Task One_signs_in_with_a_key_and_comes_to_where_one_wanted_to_go(Look look)
    {
        await using Visit visit = await chromium.VisitAsync(new Uri(address, "ui/experiments"), look);
        await visit.CheckAsync();
        await visit.Field(visit.T("API key", "Clé d’API")).FillAsync("vigie_of_nobody");
        await visit.Button(visit.T("Sign in", "Se connecter")).ClickAsync();
        await Expect(visit.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync(visit.T("unknown", "inconnue"));
        await visit.CheckAsync();

        await visit.Field(visit.T("API key", "Clé d’API")).FillAsync(reader);
        await visit.Button(visit.T("Sign in", "Se connecter")).ClickAsync();

        await Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Name = visit.T("Experiments", "Expériences"), Level = 1 })).ToBeVisibleAsync();
        Assert.EndsWith("/ui/experiments", visit.Page.Url, StringComparison.Ordinal);
        await visit.ComeAliveAsync();
        await visit.Button(visit.T("Sign out", "Se déconnecter")).ClickAsync();
        await Expect(visit.Button(visit.T("Sign in", "Se connecter"))).ToBeVisibleAsync();
        await visit.GoAsync(new Uri(address, "ui/experiments"));
        await Expect(visit.Button(visit.T("Sign in", "Se connecter"))).ToBeVisibleAsync();
        await visit.CheckAsync();
    }

    [Fact]
    public async Task What_a_key_may_not_do_is_neither_shown_nor_done()
    {
        await using Visit visit = await SignedInAsync(analyst, "ui/try");
        await Expect(visit.Link("Try")).ToBeVisibleAsync();
        await Expect(visit.Link("Models")).ToHaveCountAsync(0);
        await visit.GoAsync(new Uri(address, "ui/models"));

        await Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Name = "Not for this key", Level = 1 })).ToBeVisibleAsync();
        await Expect(visit.Page.GetByText("the scope read")).ToBeVisibleAsync();
        await visit.CheckAsync();
    }

    [Fact]
    public async Task A_key_that_is_revoked_opens_nothing_any_more()
    {
        await using Visit visit = await SignedInAsync(reader, "ui/experiments");
        await keys.RevokeAsync("reader");

        await EventuallyAsync(async () =>
        {
            await visit.GoAsync(new Uri(address, "ui/experiments"));
            await Expect(visit.Button("Sign in")).ToBeVisibleAsync(new() { Timeout = 500 });
        });
    }

    [Fact]
    public async Task A_key_that_is_revoked_while_its_page_comes_up_leads_to_the_sign_in()
    {
        await using Visit visit = await SignedInAsync(reader, "ui/experiments");
        var revoked = new Lazy<Task>(() => keys.RevokeAsync("reader"));
        await visit.Page.RouteAsync("**/_blazor/negotiate*", async route =>
        {
            await revoked.Value;
            IAPIResponse answer;
            do answer = await route.FetchAsync();
            while (answer.Status != (int)HttpStatusCode.Unauthorized);
            await route.FulfillAsync(new() { Response = answer });
        });

        await visit.Page.GotoAsync(new Uri(address, "ui/experiments").ToString());

        await Expect(visit.Button("Sign in")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_session_cannot_be_made_up_nor_a_form_forged()
    {
        using var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = address };
        using var madeUp = new HttpRequestMessage(HttpMethod.Get, "ui/experiments") { Headers = { { "Cookie", "vigie_session=" + new string('A', 200) } } };
        using HttpResponseMessage away = await client.SendAsync(madeUp);
        Assert.Equal((HttpStatusCode.Redirect, "/sign-in?return=%2Fui%2Fexperiments"), (away.StatusCode, away.Headers.Location!.ToString()));

        using HttpResponseMessage forged = await client.PostAsync("sign-in/key", new FormUrlEncodedContent(new Dictionary<string, string> { ["key"] = reader }));
        Assert.Equal(HttpStatusCode.BadRequest, forged.StatusCode);
        using HttpResponseMessage socket = await client.PostAsync("_blazor/negotiate?negotiateVersion=1", null);
        Assert.Equal(HttpStatusCode.Unauthorized, socket.StatusCode);
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example/")]
    [InlineData("/\\evil.example/")]
    public async Task Nobody_is_sent_elsewhere_after_signing_in(string elsewhere)
    {
        await using Visit visit = await SignedInAsync(reader, "sign-in?return=" + Uri.EscapeDataString(elsewhere));

        await Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Name = "Overview", Level = 1 })).ToBeVisibleAsync();
        Assert.Equal(address.Authority, new Uri(visit.Page.Url).Authority);
    }

    [Fact]
    public async Task People_sign_in_where_their_organisation_has_them_do_so()
    {
        await using IdentityProvider provider = await IdentityProvider.StartAsync();
        await ServeAsync(new OidcOptions { Authority = provider.Authority, Audience = IdentityProvider.Audience, ClientId = "vigie-pages" });
        await using Visit visit = await chromium.VisitAsync(new Uri(address, "ui/experiments"));
        await visit.Link("Sign in with your organisation").ClickAsync();

        await Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Name = "Experiments", Level = 1 })).ToBeVisibleAsync();
        await Expect(visit.Page.GetByText("oidc:ada")).ToBeVisibleAsync();
        await Expect(visit.Link("Review")).ToHaveCountAsync(0); // she may read and see to alerts
        await visit.ComeAliveAsync();
        await visit.Button("Sign out").ClickAsync();

        provider.Person = ("eve", "nothing");
        await visit.Link("Sign in with your organisation").ClickAsync();
        await Expect(visit.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("did not let you in");
    }

    private async Task<Visit> SignedInAsync(string key, string path)
    {
        Visit visit = await chromium.VisitAsync(new Uri(address, path));
        await visit.Field("API key").FillAsync(key);
        await visit.Button("Sign in").ClickAsync();
        await Expect(visit.Button("Sign out")).ToBeVisibleAsync();
        return visit;
    }

    // Again and again, until it holds: servers look at the keys' file once a second.
    private static async Task EventuallyAsync(Func<Task> attempt)
    {
        for (int attempts = 0; ; attempts++)
        {
            try
            {
                await attempt();
                return;
            }
            catch (PlaywrightException) when (attempts < 10)
            {
                await Task.Yield();
            }
        }
    }
}
