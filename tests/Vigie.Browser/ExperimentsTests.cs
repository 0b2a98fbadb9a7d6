using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Vigie.Mlflow;
using Vigie.Mlflow.Artifacts;
using static Microsoft.Playwright.Assertions;

namespace Vigie.Browser;

/// <summary>Runs as people look at them: found, compared, watched while they go on.</summary>
[Trait("Category", "Slow")]
public sealed class ExperimentsTests(Chromium chromium, Demo demo)
{
    private static ILocator Rows(Visit visit) => visit.Page.Locator(".runs-scroller tbody tr[aria-rowindex]");

    [Theory]
    [MemberData(nameof(Look.All), MemberType = typeof(Look))]
    public async Task Runs_are_filtered_and_ordered_and_two_of_them_compared(Look look)
    {
        await using Visit visit = await chromium.VisitAsync(demo.At("ui/experiments?in=1"), look);
        await Expect(Rows(visit)).ToHaveCountAsync(4);
        await visit.Page.GetByRole(AriaRole.Searchbox, new() { Name = visit.T("Filter", "Filtre"), Exact = true }).FillAsync("params.recipe LIKE 'tfidf%'");
        await visit.Button(visit.T("Filter", "Filtrer")).ClickAsync();
        await Expect(Rows(visit)).ToHaveCountAsync(3);
        await visit.Button("accuracy").ClickAsync();
        await Expect(visit.Page.Locator("th[aria-sort=descending]")).ToContainTextAsync("accuracy");
        await Expect(visit.Page).ToHaveURLAsync(new Regex("order=metrics.accuracy"));
        int column = await visit.Page.Locator(".runs-scroller thead th").EvaluateAllAsync<int>("all => all.findIndex(one => one.hasAttribute('aria-sort'))");
        double[] shown = [.. (await visit.Page.Locator($".runs-scroller tbody tr[aria-rowindex] > :nth-child({column + 1})").AllInnerTextsAsync()).Select(text => double.Parse(text.Replace(',', '.'), System.Globalization.CultureInfo.InvariantCulture))];
        Assert.Equal([.. shown.OrderDescending()], shown);
        await visit.CheckAsync();

        await Rows(visit).Nth(0).GetByRole(AriaRole.Checkbox).CheckAsync();
        await Rows(visit).Nth(1).GetByRole(AriaRole.Checkbox).CheckAsync();
        await visit.Link(visit.T("Compare 2 runs", "Comparer 2 exécutions")).ClickAsync();

        await Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Name = visit.T("Compare runs", "Comparer des exécutions"), Level = 1 })).ToBeVisibleAsync();
        await Expect(visit.Page.GetByRole(AriaRole.Row, new() { Name = "recipe tfidf" })).ToBeVisibleAsync();
        await Expect(visit.Page.GetByRole(AriaRole.Rowheader, new() { Name = "rows_train", Exact = true })).ToHaveCountAsync(0);
        await visit.Page.GetByLabel(visit.T("Parameters that are the same too", "Aussi les paramètres identiques")).CheckAsync();
        await Expect(visit.Page.GetByRole(AriaRole.Rowheader, new() { Name = "rows_train", Exact = true })).ToHaveCountAsync(1);
        await Expect(visit.Page.GetByRole(AriaRole.Row, new() { NameRegex = new Regex("^accuracy ") }).Locator(".best")).ToHaveCountAsync(1);
        await Expect(visit.Page.Locator(".chart[data-drawn]")).ToHaveCountAsync(3); // curves, parallel coordinates, scatter
        await visit.Page.GetByLabel(visit.T("Across", "En abscisse"), new() { Exact = true }).SelectOptionAsync("params.recipe");
        await Expect(visit.Page).ToHaveURLAsync(new Regex("x=params.recipe"));
        await visit.CheckAsync();
    }

    [Theory]
    [MemberData(nameof(Look.All), MemberType = typeof(Look))]
    public async Task A_run_shows_its_curve_its_figures_and_its_files(Look look)
    {
        await using Visit visit = await chromium.VisitAsync(demo.At("ui/experiments?in=1&filter=" + Uri.EscapeDataString("params.recipe = 'linear-best'")), look);
        await Rows(visit).Nth(0).GetByRole(AriaRole.Link).ClickAsync();
        await Expect(visit.Page.Locator(".chart[data-drawn]")).ToHaveCountAsync(1);
        await Expect(visit.Page.GetByRole(AriaRole.Img, new() { NameRegex = new Regex("loss") })).ToBeVisibleAsync();
        await Expect(visit.Page.GetByRole(AriaRole.Row, new() { NameRegex = new Regex("^f1_macro ") })).ToHaveCountAsync(1);
        await Expect(visit.Link("sentiment, version 1")).ToHaveAttributeAsync("href", "ui/models/sentiment");
        await visit.Button("plots").ClickAsync();
        await visit.Link("roc.png").ClickAsync();
        await Expect(visit.Page.Locator(".artifact img")).ToHaveJSPropertyAsync("complete", true);
        Assert.True(await visit.Page.Locator(".artifact img").EvaluateAsync<int>("image => image.naturalWidth") > 100);
        await visit.CheckAsync();
        await visit.Link("classification_report.json").ClickAsync();
        await Expect(visit.Page.Locator(".artifact pre")).ToContainTextAsync("\"test\": {\n");
        await visit.Link("README.md").ClickAsync();
        await Expect(visit.Page.Locator(".artifact .prose h3").First).ToBeVisibleAsync(); // its first heading, two levels down
        await visit.Page.EvaluateAsync("scrollTo(0, 0)"); // or a link halfway below the phone's bar is taken for a small one
        await visit.CheckAsync();
        Task<IDownload> download = visit.Page.WaitForDownloadAsync();
        await visit.Link(visit.T("Download", "Télécharger")).ClickAsync();
        Assert.Equal("README.md", (await download).SuggestedFilename);
    }

    [Fact]
    public async Task A_filter_that_cannot_be_understood_says_where_and_what_was_found_before_stays()
    {
        await using Visit visit = await chromium.VisitAsync(demo.At("ui/experiments?in=1"));
        ILocator filter = visit.Page.GetByRole(AriaRole.Searchbox, new() { Name = "Filter", Exact = true });
        await filter.FillAsync("metrics.f1 >> 3");
        await filter.PressAsync("Enter");
        await Expect(visit.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("at character");
        await Expect(filter).ToHaveAttributeAsync("aria-invalid", "true");
        await Expect(Rows(visit)).ToHaveCountAsync(4);
        await visit.CheckAsync();

        await visit.Button("Syntax").ClickAsync();
        await visit.Button("params.recipe LIKE 'linear%'").ClickAsync();
        await Expect(Rows(visit)).ToHaveCountAsync(1);
        await Expect(visit.Page.GetByRole(AriaRole.Alert)).ToHaveCountAsync(0);
        await filter.FillAsync("metrics.f1 > 2");
        await filter.PressAsync("Enter");
        await Expect(visit.Page.GetByText("No run fits")).ToBeVisibleAsync();
        await visit.CheckAsync();
        await visit.Button("Take the filter away").ClickAsync();
        await Expect(Rows(visit)).ToHaveCountAsync(4);
    }

    [Fact]
    public async Task Chosen_columns_and_experiments_are_kept_in_the_address()
    {
        await using Visit visit = await chromium.VisitAsync(demo.At("ui/experiments"));
        await visit.Button("Columns").ClickAsync();
        await visit.Page.GetByLabel("roc_auc", new() { Exact = true }).CheckAsync();
        await Expect(visit.Button("roc_auc")).ToBeVisibleAsync();
        await visit.Page.GetByLabel("Status", new() { Exact = true }).UncheckAsync();
        await visit.Page.GetByLabel("Another").FillAsync("tags.mlflow.user");
        await visit.Button("Add").ClickAsync();
        await Expect(visit.Button("mlflow.user")).ToBeVisibleAsync();
        await visit.Page.GetByLabel("Another").FillAsync("nonsense");
        await visit.Button("Add").ClickAsync();
        await Expect(visit.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("'nonsense' is no column");
        await visit.Button("All experiments (2)").ClickAsync();
        await visit.CheckAsync();
        await visit.Button("Only Default").ClickAsync();
        await Expect(visit.Page.GetByText("No run fits")).ToBeVisibleAsync();
        await visit.Page.GetByLabel(new Regex("^demo")).CheckAsync();
        await Expect(Rows(visit)).Not.ToHaveCountAsync(0);

        await visit.Page.ReloadAsync();

        await Expect(visit.Button("mlflow.user")).ToBeVisibleAsync();
        await Expect(visit.Button("roc_auc")).ToBeVisibleAsync();
        await Expect(visit.Button("Status")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task A_curve_grows_while_its_run_goes_on_and_its_files_come_at_the_end()
    {
        await using MlflowStore store = await MlflowStore.OpenAsync(Path.Combine(demo.State, "vigie.db"), new FolderArtifactStore(Path.Combine(demo.State, "artifacts")), TimeProvider.System);
        string experiment = await store.Experiments.CreateAsync("growing");
        try
        {
            Run run = await store.Runs.CreateAsync(experiment, "growing run");
            string id = run.Info.RunId;
            await store.Runs.LogBatchAsync(id, [new Metric("loss", 4, 1, 1)], [new Param("recipe", "gru")], []);
            await using Visit visit = await chromium.VisitAsync(demo.At($"ui/experiments/runs/{id}"));
            await Expect(visit.Page.GetByText("running", new() { Exact = true })).ToBeVisibleAsync();
            await Expect(visit.Page.Locator(".chart")).ToHaveCountAsync(0); // one value is no curve yet

            await store.Runs.LogBatchAsync(id, [new Metric("loss", 2, 2, 2), new Metric("val_loss", 3, 1, 1), new Metric("val_loss", 2.5, 2, 2)], [], []);
            await Expect(visit.Page.GetByRole(AriaRole.Img, new() { Name = "Curves of loss, val_loss; the last values are loss 2, val_loss 2.5" })).ToBeVisibleAsync();
            await store.Runs.LogMetricAsync(id, new Metric("loss", 0.125, 3, 3));
            await Expect(visit.Page.GetByRole(AriaRole.Img, new() { Name = "Curves of loss, val_loss; the last values are loss 0.125, val_loss 2.5" })).ToBeVisibleAsync();
            await Expect(visit.Page.Locator(".chart[data-drawn]")).ToHaveCountAsync(1);

            await store.Artifacts.WriteAsync(store.Locate(run.Info.ArtifactUri).Append(ArtifactPath.Parse("notes.txt")), new MemoryStream("it is done"u8.ToArray()));
            await store.Runs.UpdateAsync(id, RunStatus.Finished, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());
            await Expect(visit.Page.GetByText("finished", new() { Exact = true })).ToBeVisibleAsync();
            await visit.Link("notes.txt").ClickAsync();
            await Expect(visit.Page.GetByText("it is done")).ToBeVisibleAsync();
            await visit.CheckAsync();
        }
        finally
        {
            await store.Experiments.DeleteAsync(experiment);
        }
    }

    [Fact]
    public async Task A_new_run_appears_in_the_table_by_itself()
    {
        await using TrackedServer server = await TrackedServer.StartAsync();
        await using Visit visit = await chromium.VisitAsync(server.At("ui/experiments"));
        await Expect(visit.Page.GetByText("No run fits")).ToBeVisibleAsync();
        await visit.CheckAsync();

        await server.LogAsync("the first");

        await Expect(visit.Link("the first")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_run_is_renamed_tagged_deleted_and_restored()
    {
        await using TrackedServer server = await TrackedServer.StartAsync();
        Run run = await server.LogAsync("before");
        await using Visit visit = await chromium.VisitAsync(server.At($"ui/experiments/runs/{run.Info.RunId}"));
        await visit.Button("Rename").ClickAsync();
        await visit.Field("New name").FillAsync("after");
        await visit.Field("New name").PressAsync("Enter");
        await Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Name = "after", Level = 1 })).ToBeVisibleAsync();
        await visit.Field("Tag").FillAsync("team/owner");
        await visit.Field("Value").FillAsync("anna");
        await visit.Button("Set").ClickAsync();
        await Expect(visit.Page.GetByRole(AriaRole.Row, new() { Name = "team/owner anna" })).ToBeVisibleAsync();
        await visit.Field("Tag").FillAsync("../wrong");
        await visit.Button("Set").ClickAsync();
        await Expect(visit.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Tag key '../wrong' is invalid");
        await visit.CheckAsync();
        await visit.Button("Remove the tag team/owner").ClickAsync();
        await visit.Page.Locator("dialog[open]").GetByRole(AriaRole.Button, new() { Name = "Remove" }).ClickAsync();
        await Expect(visit.Page.GetByRole(AriaRole.Row, new() { Name = "team/owner" })).ToHaveCountAsync(0);

        await visit.Button("Delete").ClickAsync();
        await visit.CheckAsync();
        await visit.Page.Locator("dialog[open]").GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        await Expect(visit.Page.Locator("dialog[open]")).ToHaveCountAsync(0);
        Assert.Equal(LifecycleStage.Active, (await server.Store.Runs.GetAsync(run.Info.RunId)).Info.LifecycleStage);
        await visit.Button("Delete").ClickAsync();
        await visit.Page.Locator("dialog[open]").GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();
        await Expect(visit.Button("Restore")).ToBeVisibleAsync();
        Assert.Equal(LifecycleStage.Deleted, (await server.Store.Runs.GetAsync(run.Info.RunId)).Info.LifecycleStage);
        await visit.Button("Restore").ClickAsync();
        await Expect(visit.Button("Delete")).ToBeVisibleAsync();
        Assert.Equal(("after", LifecycleStage.Active), ((await server.Store.Runs.GetAsync(run.Info.RunId)) is var now ? (now.Info.RunName, now.Info.LifecycleStage) : default));
        await visit.CheckAsync();
    }

    [Fact]
    public async Task What_is_not_there_says_so()
    {
        await using Visit visit = await chromium.VisitAsync(demo.At("ui/experiments/runs/0123456789abcdef0123456789abcdef"));
        await Expect(visit.Page.GetByText("There is no such run")).ToBeVisibleAsync();
        await visit.GoAsync(demo.At("ui/experiments/compare?runs=nobody"));
        await Expect(visit.Page.GetByText("1 of the runs are not there any more")).ToBeVisibleAsync();
        await visit.GoAsync(demo.At("ui/experiments/compare"));
        await Expect(visit.Page.GetByText("No runs were chosen")).ToBeVisibleAsync();
        await visit.CheckAsync();
    }
}
