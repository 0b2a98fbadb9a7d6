using System.Globalization;
using System.Text;
using Vigie.Bundles;
using Vigie.Corpus;
using Vigie.Mlflow;
using Vigie.Server;
using Vigie.Tweets;

namespace Vigie.Cli;

/// <summary>All that one run of <c>bench dashboard</c> measured.</summary>
internal sealed record DashboardResults(BenchMachine Machine, IReadOnlyList<ServerFigure> Figures, double Minutes);

/// <summary>
/// Measures the dashboard as its readers have it, in Chromium: how soon a page is there in a browser that has never seen it, what it transfers, and how long from a click to what it
/// changes. The server has a month of predictions and many runs.
/// </summary>
internal sealed record DashboardBenchmark(TimeProvider Clock, Action<string> Note)
{
    private const double PaintWanted = 1_000, InteractionWanted = 100, TransferWanted = 500;

    private const string Alive = "document.documentElement?.dataset.alive === 'true'";

    private static readonly (string Name, string Path)[] Pages =
    [
        ("overview", ""), ("try", "ui/try"), ("alerts", "ui/alerts"), ("review", "ui/review"), ("drift", "ui/drift"), ("experiments", "ui/experiments"), ("models", "ui/models"), ("embeddings", "ui/embeddings"), ("data", "ui/data"), ("settings", "ui/settings"),
    ];

    /// <summary>Predictions in the records.</summary>
    public long Predictions { get; init; } = 1_000_000;

    /// <summary>Runs in the store.</summary>
    public int Runs { get; init; } = 100_000;

    /// <summary>How often each is measured; the median counts.</summary>
    public int Times { get; init; } = 7;

    public async Task<DashboardResults> RunAsync(CancellationToken cancellation)
    {
        long start = Clock.GetTimestamp();
        BenchMachine machine = await BenchMachine.OfThisOneAsync(Clock, cancellation);
        using var folder = new ScratchFolder();
        string model = await PrepareAsync(folder, cancellation);
        await using ServerProcess server = await ServerProcess.StartAsync(
            ["serve", "--model", model],
            new Dictionary<string, string>
            {
                ["VIGIE_HOME"] = folder.At("state"),
                ["MLFLOW_TRACKING_URI"] = "",
                ["VIGIE__RECORDS__ENABLED"] = "true",
                ["VIGIE__RECORDS__FOLDER"] = folder.At("records"),
                ["VIGIE__SECRET_FILE"] = folder.At("secret"),
            },
            client => client.GetAsync(new Uri("ui/settings", UriKind.Relative), cancellation),
            Clock,
            cancellation);
        var figures = new List<ServerFigure>();
        foreach ((string name, string path) in Pages)
        {
            Note($"opening {name}");
            figures.AddRange(await OpenAsync(new Uri(server.Address, path), name, cancellation));
        }

        foreach ((string name, string path, string ready, string before, string act, string done) in Interactions)
        {
            Note(name);
            figures.Add(await ActAsync(new Uri(server.Address, path), name, ready, before, act, done, cancellation));
        }

        return new DashboardResults(machine, figures, Clock.GetElapsedTime(start).TotalMinutes);
    }

    private const string FirstRun = "document.querySelector('.runs-scroller tbody tr a')?.textContent", Window = "document.querySelectorAll('.actions a.button')[i % 2 === 0 ? 0 : 2]", InQueue = "document.querySelector('.queue [aria-current] .clip')?.textContent";

    // Each: what it is called; the page; what has to be there; what is done, once for each time, given the number i; and what shows that it was. What was there before stands in 'before'.
    private static readonly (string Name, string Path, string Ready, string Before, string Act, string Done)[] Interactions =
    [
        ("overview: another window", "", "document.querySelector('.tile')", "0", $"{Window}.click()", $"{Window}?.getAttribute('aria-current') === 'true'"),
        ("experiments: ordered by a metric", "ui/experiments", FirstRun, FirstRun, "[...document.querySelectorAll('.runs-scroller th button')].find(button => button.textContent.trim().startsWith(i % 2 === 0 ? 'f1' : 'accuracy')).click()", Other(FirstRun)),
        (
            "experiments: filtered by a metric and a parameter", "ui/experiments", FirstRun, "document.querySelector('main [role=status]').textContent",
            "{ const field = document.querySelector('#runs-filter'); field.value = `metrics.f1 > 0.${90 - i} AND params.C = '1'`; field.dispatchEvent(new Event('change', { bubbles: true })); field.form.requestSubmit(); }",
            Other("document.querySelector('main [role=status]').textContent")
        ),
        ("review: a label by a key, and the next tweet", "ui/review", InQueue, InQueue, "document.dispatchEvent(new KeyboardEvent('keydown', { key: i % 2 === 0 ? 'n' : 'p', bubbles: true }))", Other(InQueue)),
    ];

    private static string Other(string expression) => $"(now => !!now && now !== before)({expression})";

    private async Task<string> PrepareAsync(ScratchFolder folder, CancellationToken cancellation)
    {
        string corpus = folder.At("corpus.csv"), model = folder.At("model");
        string[] texts = [.. CorpusGenerator.Generate(new CorpusOptions { Rows = 20_000 }).Select(tweet => tweet.Text)];
        using (TweetWriter writer = TweetWriter.Create(corpus, TweetColumns.Id | TweetColumns.Label))
        {
            foreach (Tweet tweet in CorpusGenerator.Generate(new CorpusOptions { Rows = 20_000 })) writer.Write(tweet);
            writer.Complete();
        }

        Note("training tfidf-lr");
        await Child.VerbAsync(["train", "tfidf-lr", "--data", corpus, "--output", model], Clock, cancellation, new Dictionary<string, string> { ["VIGIE_HOME"] = folder.At("state"), ["MLFLOW_TRACKING_URI"] = "" });
        Note(string.Create(CultureInfo.InvariantCulture, $"writing {Runs:N0} runs"));
        await using (Database database = await Database.OpenAsync(Path.Combine(folder.At("state"), "vigie.db"), Clock, cancellation)) await SampleRuns.AddAsync(database, "bench", Runs, seed: 1, cancellation);
        Note(string.Create(CultureInfo.InvariantCulture, $"writing {Predictions:N0} predictions"));
        DateTimeOffset now = Clock.GetUtcNow();
        ServedModel served = ServedModel.Of(Bundle.Load(model, cancellation: cancellation));
        await Task.Run(() => new RecordRehearsal(served, texts, 1).Write(folder.At("records"), Predictions, now.AddDays(-30), now, _ => { }, cancellation), cancellation);
        return model;
    }

    private async Task<ServerFigure[]> OpenAsync(Uri page, string name, CancellationToken cancellation)
    {
        var paints = new List<double>();
        var transfers = new List<double>();
        for (int i = 0; i < Times; i++)
        {
            await using BrowserTab tab = await BrowserTab.OpenAsync(Clock, cancellation);
            await tab.GoAsync(page, $"{Alive} && [...document.querySelectorAll('.chart')].every(chart => chart.dataset.drawn)", cancellation);
            await tab.EvaluateAsync<bool>("new Promise(done => setTimeout(done, 500, true))", cancellation); // what is asked for after that, such as a chart of what took a moment to compute
            paints.Add(await tab.EvaluateAsync<double>("performance.getEntriesByName('first-contentful-paint')[0].startTime", cancellation));
            // What belongs to Blazor itself is its one script.
            transfers.Add(await tab.EvaluateAsync<double>("[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')].filter(one => !one.name.includes('blazor.web.js')).reduce((sum, one) => sum + one.transferSize, 0) / 1000", cancellation));
        }

        return
        [
            new ServerFigure($"{name}: first paint, with what it is about, never visited before", "ms", Median(paints), PaintWanted, AtMost: true, null),
            new ServerFigure($"{name}: transferred beyond Blazor", "kB", Median(transfers), TransferWanted, AtMost: true, null),
        ];
    }

    private async Task<ServerFigure> ActAsync(Uri page, string name, string ready, string before, string act, string done, CancellationToken cancellation)
    {
        await using BrowserTab tab = await BrowserTab.OpenAsync(Clock, cancellation);
        await tab.GoAsync(page, $"{Alive} && {ready}", cancellation);
        var times = new List<double>();
        for (int i = 0; i <= Times; i++)
        {
            // From the click to the frame that shows it.
            double took = await tab.EvaluateAsync<double>(
                $$"""
                (i => new Promise(done => {
                  const before = {{before}}, is = () => {{done}};
                  const began = performance.now();
                  const seen = new MutationObserver(() => { if (is()) { seen.disconnect(); requestAnimationFrame(() => done(performance.now() - began)); } });
                  seen.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
                  {{act}};
                }))({{i}})
                """,
                cancellation);
            if (i > 0) times.Add(took); // the first compiles
        }

        return new ServerFigure(name, "ms", Median(times), InteractionWanted, AtMost: true, string.Create(CultureInfo.InvariantCulture, $"{times.Max():0}"));
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }

    /// <summary>The page of results.</summary>
    public static string Markdown(DashboardResults results)
    {
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $"# The dashboard, on {results.Machine.Cpu}\n\nWritten by `vigie bench dashboard`; docs/benchmarks.md says what each number means.\n\n");
        BenchPage.Append(page, ["", ""], BenchPage.Facts(results.Machine, results.Minutes));
        BenchPage.Append(page, ServerFigure.Headers("slowest"), ServerFigure.Rows(results.Figures));
        return page.ToString().TrimEnd() + "\n";
    }
}
