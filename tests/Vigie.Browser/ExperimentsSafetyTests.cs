using System.Net;
using Microsoft.Playwright;
using Vigie.Dashboard.Experiments;
using Vigie.Mlflow;
using Vigie.Server;
using Vigie.Server.Tests;
using static Microsoft.Playwright.Assertions;

namespace Vigie.Browser;

/// <summary>Runs and files of people who mean harm, or have odd tastes.</summary>
[Trait("Category", "Slow")]
public sealed class ExperimentsSafetyTests(Chromium chromium)
{
    private const string Evil = "<h1>Report</h1><script>document.body.innerHTML = 'it ran'; parent.document.title = 'it ran'; fetch('/predict')</script><img src=x onerror=\"document.body.innerHTML='it ran'\"><form action='/sign-out' method=post><button>press</button></form>";

    [Fact]
    public async Task Documents_of_runs_are_shown_and_run_nothing()
    {
        await using TrackedServer server = await TrackedServer.StartAsync();
        Run run = await server.LogAsync("evil");
        await server.PutAsync(run, "report.html", Evil);
        await server.PutAsync(run, "picture.svg", "<svg xmlns='http://www.w3.org/2000/svg' width='200' height='100'><script>parent.document.title = 'it ran'</script><rect width='200' height='100' onload=\"document.title='it ran'\"/></svg>");
        await server.PutAsync(run, "notes.md", "# Notes\n\n<script>document.title='it ran'</script> [press](javascript:document.title='it\\u0020ran') ![x](http://127.0.0.1:1/spy.png) ![own](picture.svg)\n\n<img src=x onerror=alert(1)>\n\n| a | b |\n|---|---|\n| 1 | 2 |");
        string page = $"ui/experiments/runs/{run.Info.RunId}";
        await using Visit visit = await chromium.VisitAsync(server.At($"{page}?of={run.Info.RunId}&file=report.html"));
        IFrameLocator document = visit.Page.FrameLocator(".artifact iframe");
        await Expect(document.GetByRole(AriaRole.Heading, new() { Name = "Report" })).ToBeVisibleAsync();
        await document.GetByRole(AriaRole.Button).ClickAsync(); // a form that goes nowhere
        await Expect(document.GetByRole(AriaRole.Heading, new() { Name = "Report" })).ToBeVisibleAsync();
        Assert.DoesNotContain("it ran", await visit.Page.TitleAsync(), StringComparison.Ordinal);
        Assert.NotEmpty(visit.Complaints); // of what the browser did not let it do, and of nothing else
        Assert.All(visit.Complaints, complaint => Assert.Matches("sandbox|Content Security Policy|ERR_BLOCKED_BY_RESPONSE", complaint));
        Assert.DoesNotContain(visit.Requests, request => request.AbsolutePath is "/predict" or "/sign-out");

        await using Visit other = await chromium.VisitAsync(server.At($"{page}?of={run.Info.RunId}&file=picture.svg"));
        await Expect(other.Page.Locator(".artifact img")).ToHaveJSPropertyAsync("naturalWidth", 200);
        await other.CheckAsync();
        await other.Link("notes.md").ClickAsync();
        await Expect(other.Page.GetByRole(AriaRole.Heading, new() { Name = "Notes", Exact = true })).ToBeVisibleAsync();
        await Expect(other.Page.Locator(".prose")).ToContainTextAsync("<script>document.title='it ran'</script>"); // as text
        await Expect(other.Page.Locator(".prose a")).ToHaveCountAsync(0);
        await Expect(other.Page.Locator(".prose img")).ToHaveCountAsync(1);
        await Expect(other.Page.Locator(".prose table")).ToHaveCountAsync(1);
        Assert.DoesNotContain("it ran", await other.Page.TitleAsync(), StringComparison.Ordinal);
        await other.CheckAsync();

        // Opened on its own, outside the page's frame, it runs no more than there.
        await using Visit alone = await chromium.VisitAsync(server.At(ArtifactFiles.AddressOf(run.Info.RunId, "report.html")));
        await Expect(alone.Page.GetByRole(AriaRole.Heading, new() { Name = "Report" })).ToBeVisibleAsync();
        Assert.DoesNotContain(alone.Requests, request => request.AbsolutePath is "/predict");
    }

    [Fact]
    public async Task Files_come_with_headers_that_keep_them_harmless_and_only_from_their_run()
    {
        await using TrackedServer server = await TrackedServer.StartAsync();
        Run run = await server.LogAsync("files");
        foreach (string path in (string[])["a.html", "b.txt", "dir/c d%é.png", "page.xhtml", "x.json"]) await server.PutAsync(run, path, Evil);
        using var client = new HttpClient { BaseAddress = server.Address };

        async Task<HttpResponseMessage> GetAsync(string path) => await client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);

        foreach ((string path, string type, bool shown) in ((string, string, bool)[])[("a.html", "text/html", true), ("dir/c d%é.png", "image/png", true), ("b.txt", "application/octet-stream", false), ("page.xhtml", "application/octet-stream", false), ("x.json", "application/octet-stream", false)])
        {
            using HttpResponseMessage answer = await GetAsync(ArtifactFiles.AddressOf(run.Info.RunId, path));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal(Evil, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
            Assert.Equal(type, answer.Content.Headers.ContentType!.MediaType);
            Assert.Equal(shown ? null : "attachment", answer.Content.Headers.ContentDisposition?.DispositionType);
            string policy = answer.Headers.GetValues("Content-Security-Policy").Single();
            Assert.StartsWith("sandbox; default-src 'none';", policy, StringComparison.Ordinal);
            Assert.EndsWith("frame-ancestors 'self'", policy, StringComparison.Ordinal);
            Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        }

        using HttpResponseMessage asked = await GetAsync(ArtifactFiles.AddressOf(run.Info.RunId, "a.html") + "?download");
        Assert.Equal(("attachment", "application/octet-stream"), (asked.Content.Headers.ContentDisposition?.DispositionType, asked.Content.Headers.ContentType!.MediaType));
        foreach (string path in (string[])["..%2f..%2f..%2fvigie.db", "..%5c..%5cvigie.db", "%2e%2e%2fx", "%252e%252e%252fvigie.db", "%2fetc%2fpasswd", "dir", "none.txt", ".vigie%2fincoming", "a%00.html"])
        {
            using HttpResponseMessage refused = await GetAsync($"ui/artifacts/{run.Info.RunId}/{path}");
            Assert.True(refused.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.NotFound, $"{path}: {refused.StatusCode}");
        }

        using HttpResponseMessage nobody = await GetAsync("ui/artifacts/nobody/a.html");
        Assert.Equal(HttpStatusCode.NotFound, nobody.StatusCode);
        using var foreign = new HttpRequestMessage(HttpMethod.Get, ArtifactFiles.AddressOf(run.Info.RunId, "a.html")) { Headers = { { "Origin", "http://evil.example" } } };
        using HttpResponseMessage other = await client.SendAsync(foreign, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Forbidden, other.StatusCode);
    }

    [Fact]
    public async Task Files_are_for_those_who_signed_in_and_may_read()
    {
        using TestKeys keys = await TestKeys.WithAsync("predicts-only", Scope.Predict);
        string reading = (await keys.Keys.CreateAsync("reads", [Scope.Read])).Secret;
        await using TrackedServer server = await TrackedServer.StartAsync(change: options => options with { Access = keys.Access });
        Run run = await server.LogAsync("files");
        await server.PutAsync(run, "b.png", "x");
        Uri file = server.At(ArtifactFiles.AddressOf(run.Info.RunId, "b.png"));

        async Task<Visit> SignedInAsync(string secret)
        {
            Visit visit = await chromium.VisitAsync(server.At("ui/experiments"));
            await visit.Page.FillAsync("#key", secret);
            await visit.Page.Keyboard.PressAsync("Enter");
            await Expect(visit.Page.GetByRole(AriaRole.Navigation)).ToHaveCountAsync(1);
            return visit;
        }

        await using Visit reader = await SignedInAsync(reading);
        Assert.Equal(200, (await reader.Page.APIRequest.GetAsync(file.ToString())).Status);
        await reader.GoAsync(server.At($"ui/experiments/runs/{run.Info.RunId}"));
        await Expect(reader.Link("b.png")).ToBeVisibleAsync();
        await Expect(reader.Button("Delete")).ToHaveCountAsync(0); // that needs admin
        await Expect(reader.Button("Set")).ToHaveCountAsync(0);
        await using Visit other = await SignedInAsync(keys.Secret);
        Assert.Equal(403, (await other.Page.APIRequest.GetAsync(file.ToString())).Status);
        using var stranger = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
        using HttpResponseMessage sent = await stranger.GetAsync(file, TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.Redirect, true), (sent.StatusCode, sent.Headers.Location!.ToString().StartsWith("/sign-in", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Naughty_names_params_tags_and_files_run_nothing_and_break_nothing()
    {
        await using TrackedServer server = await TrackedServer.StartAsync();
        var runs = new List<Run>();
        int experiments = 0, files = 0;
        foreach (string text in NaughtyStrings.Texts.Where(text => text.Length is > 0 and < 5_000 && text.Any(letter => letter is '<' or '\'' or '"' or '{' or '&' || letter > 126)).Distinct())
        {
            try
            {
                Run run = await server.LogAsync(text, [new Metric("f1", runs.Count / 500.0, 1)], [new Param("naughty", text)], [new Tag("naughty", text)]);
                runs.Add(run);
                await server.Store.Experiments.CreateAsync(text);
                experiments++;
                if (text.Contains('/', StringComparison.Ordinal)) continue;
                await server.PutAsync(runs[0], text, text);
                files++;
            }
            catch (MlflowException)
            {
                continue; // the store does not take this one, or has it
            }
        }

        Assert.True(runs.Count > 150 && experiments > 150 && files > 60, $"{runs.Count} runs, {experiments} experiments, {files} files");
        await using Visit visit = await chromium.VisitAsync(server.At("ui/experiments?in=0&columns=params.naughty,tags.naughty"));
        await Expect(visit.Page.Locator(".runs [role=status]")).ToContainTextAsync($"{runs.Count} ");
        for (int part = 0; part <= 10; part++)
        {
            await visit.Page.Locator(".runs-scroller").EvaluateAsync("(box, part) => box.scrollTo(0, box.scrollHeight * part / 10)", part);
            await Expect(visit.Page.Locator(".runs-scroller tbody tr[aria-rowindex]").First).ToBeVisibleAsync();
        }

        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Default", Exact = true }).ClickAsync();
        await Expect(visit.Page.Locator(".choices .check")).ToHaveCountAsync(60);
        await visit.CheckAsync();
        await visit.GoAsync(server.At("ui/experiments/compare?runs=" + string.Join(',', runs.Take(40).Select(run => run.Info.RunId))));
        await Expect(visit.Page.Locator(".chart[data-drawn]")).ToHaveCountAsync(2);
        await visit.CheckAsync();
        await visit.GoAsync(server.At($"ui/experiments/runs/{runs[0].Info.RunId}"));
        await Expect(visit.Page.Locator(".tree a")).ToHaveCountAsync(Math.Min(files, 300));
        ILocator links = visit.Page.Locator(".tree a");
        for (int i = 0; i < files; i += 9)
        {
            string name = await links.Nth(i).InnerTextAsync();
            await links.Nth(i).ClickAsync();
            await Expect(links.Nth(i)).ToHaveAttributeAsync("aria-current", "true");
            await Expect(visit.Link("Download")).ToHaveAttributeAsync("href", new System.Text.RegularExpressions.Regex("download$"));
            IAPIResponse file = await visit.Page.APIRequest.GetAsync(new Uri(server.Address, await visit.Link("Download").GetAttributeAsync("href")).AbsoluteUri);
            Assert.True(file.Status == 200, $"{name}: {file.Status}");
        }

        foreach (Run run in runs.Where((_, i) => i % 60 == 7))
        {
            await visit.GoAsync(server.At($"ui/experiments/runs/{run.Info.RunId}"));
            await Expect(visit.Button("Rename")).ToBeVisibleAsync();
        }

        await visit.CheckAsync();
    }
}
