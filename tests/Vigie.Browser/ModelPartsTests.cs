using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Vigie.Dashboard.Controls;
using Vigie.Dashboard.Data;
using Vigie.Dashboard.Reading;
using Vigie.Mlflow;
using Vigie.Tweets;

namespace Vigie.Browser;

/// <summary>What the pages of models and data are made of, without a browser.</summary>
public sealed class ModelPartsTests
{
    [Theory]
    [InlineData("<script>alert(1)</script>\n\nx <b onclick=alert(1)>y</b>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p><p>x &lt;b onclick=alert(1)&gt;y&lt;/b&gt;</p>")]
    [InlineData("[a](javascript:alert(1)) [b](data:text/html,x) [c](//evil.example) [d](/ui)", "<p>a b c d</p>")]
    [InlineData("[a](https://example.org/?q=\"x) <https://example.org> <javascript:alert(1)>", """<p><a href="https://example.org/?q=&quot;x" rel="noopener noreferrer">a</a> <a href="https://example.org" rel="noopener noreferrer">https://example.org</a> javascript:alert(1)</p>""")]
    [InlineData("![what it shows](http://evil.example/x.png)", "<p>what it shows</p>")]
    [InlineData("# One\n## Two\n- a *b* **c** `d<`\n\n1. e\n\n> q\n\n---\n    code <i>", "<h3>One</h3><h4>Two</h4><ul><li>a <em>b</em> <strong>c</strong> <code>d&lt;</code></li></ul><ol><li>e</li></ol><blockquote><p>q</p></blockquote><hr /><pre tabindex=\"0\">code &lt;i&gt;</pre>")]
    [InlineData("| a | b |\n|---|---|\n| <u> | 2 |", """<div class="scroller" tabindex="0"><table class="table"><tr><th>a</th><th>b</th></tr><tr><td>&lt;u&gt;</td><td>2</td></tr></table></div>""")]
    public async Task Markdown_becomes_elements_and_nothing_that_runs_or_is_fetched(string text, string html) =>
        Assert.Equal($"""<div class="markdown">{html}</div>""", await RenderAsync(text));

    [Fact]
    public async Task Markdown_takes_whatever_broke_programs()
    {
        foreach (string text in NaughtyStrings.Texts.Where(text => text.Length < 5_000))
        {
            string html = await RenderAsync(text);
            Assert.DoesNotContain("<script", html, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("<img", html, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("href=\"javascript", html, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Theory]
    [InlineData("""{"uri":"/data/tweets.csv","sha256":"S"}""", "local", "/data/tweets.csv", true)]
    [InlineData("""{"uri":"file:///data/my%20tweets.csv","sha256":"S"}""", "local", "/data/my tweets.csv", true)]
    [InlineData("""{"uri":"file://elsewhere/data/tweets.csv","sha256":"S"}""", "local", null, true)]
    [InlineData("""{"uri":"tweets.csv","sha256":"S"}""", "local", null, true)]
    [InlineData("""{"uri":"/data/tweets.csv"}""", "http", null, true)]
    [InlineData("/data/tweets.csv", "local", "/data/tweets.csv", true)]
    [InlineData("""{"uri":["/data"],"sha256":7}""", "local", null, true)]
    [InlineData("""[1""", "local", null, true)]
    public void A_record_names_a_file_only_where_it_says_so(string source, string type, string? path, bool known)
    {
        string sha256 = new('c', 64);
        var facts = DatasetFacts.Of(new Dataset("d", sha256[..36], type, source.Replace("\"S\"", $"\"{sha256}\"", StringComparison.Ordinal), "{", """{"num_rows":12,"train":{"negative":3,"x":"y"}}"""));
        Assert.Equal((path, known), (facts.LocalPath, facts.Sha256 is not null));
        Assert.Equal(12, facts.Rows);
        Assert.Equal([("train", "negative=3")], facts.Splits.Select(side => (side.Side, string.Join(',', side.Classes.Select(one => $"{one.Key}={one.Value}")))));
    }

    [Theory]
    [InlineData("8f2a11bc", null)]
    [InlineData("8f2a11bc", "S")]
    public void A_digest_that_is_no_sha256_proves_nothing(string digest, string? sha256) =>
        Assert.Null(DatasetFacts.Of(new Dataset("d", digest, "local", sha256 is null ? "{}" : $$"""{"sha256":"{{new string('c', 64)}}"}""")).Sha256);

    [Fact]
    public async Task Work_that_is_stopped_ends_without_a_result_and_can_begin_again()
    {
        using var bench = new Workbench();
        using var work = new LongWork();
        using var begun = new SemaphoreSlim(0);
        Task<string?> first = work.RunAsync(stop => bench.RunAsync(() => { begun.Release(); stop.WaitHandle.WaitOne(TimeSpan.FromSeconds(30)); stop.ThrowIfCancellationRequested(); return "never"; }, stop), TestContext.Current.CancellationToken);
        await begun.WaitAsync(TestContext.Current.CancellationToken);
        Assert.True(work.IsUnderWay);
        work.Stop();
        Assert.Null(await first);
        Assert.Equal((false, true), (work.IsUnderWay, work.WasStopped));
        Assert.Equal("done", await work.RunAsync(stop => bench.RunAsync(() => "done", stop), TestContext.Current.CancellationToken));
        Assert.False(work.WasStopped);
    }

    [Fact]
    public async Task A_file_of_too_many_rows_is_not_read_to_its_end()
    {
        using var work = new LongWork { MostRows = 10_000 };
        string path = Path.Combine(Directory.CreateTempSubdirectory("vigie-rows-").FullName, "rows.csv");
        await File.WriteAllTextAsync(path, "text\n" + string.Concat(Enumerable.Range(0, 60_000).Select(i => $"tweet {i}\n")), TestContext.Current.CancellationToken);
        int read = 0;
        using (TweetReader reader = TweetReader.Open(path, progress: work))
        {
            InvalidInputException refused = Assert.Throws<InvalidInputException>(() => { foreach (Tweet _ in reader) read++; });
            Assert.Contains("more than 10000 rows", refused.Message, StringComparison.Ordinal);
        }

        Assert.InRange(read, 10_000, 20_000);
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
    }

    private static async Task<string> RenderAsync(string text)
    {
        await using ServiceProvider services = new ServiceCollection().BuildServiceProvider();
        await using var renderer = new HtmlRenderer(services, NullLoggerFactory.Instance);
        return await renderer.Dispatcher.InvokeAsync(async () => (await renderer.RenderComponentAsync<MarkdownText>(ParameterView.FromDictionary(new Dictionary<string, object?> { [nameof(MarkdownText.Text)] = text }))).ToHtmlString());
    }
}
