using Vigie.Dashboard.Charts;
using Vigie.Dashboard.Experiments;
using Vigie.Mlflow;

namespace Vigie.Browser;

/// <summary>What stands behind the pages of runs, without a browser.</summary>
public sealed class ExperimentsReadingTests
{
    [Theory]
    [InlineData("status", "status", false)]
    [InlineData("duration", "duration", true)]
    [InlineData("params.C", "params.`C`", false)]
    [InlineData("metrics.my f1", "metrics.`my f1`", true)]
    [InlineData("tags.a`b", "tags.`a``b`", false)]
    public void A_column_is_what_its_text_says(string text, string searched, bool figure)
    {
        RunColumn column = RunColumn.Parse(text)!;
        Assert.Equal((text, searched, figure), (column.Text, column.Searched, column.IsFigure));
    }

    [Fact]
    public void What_names_no_column_or_order_is_none()
    {
        Assert.Equal(["status", "metrics.a"], RunColumn.ParseAll("nonsense,,status,params.,metrics.a,status,run_name").Select(column => column.Text));
        Assert.Equal(RunOrdering.Newest, RunOrdering.Parse("metrics.f1"));
        Assert.Equal(RunOrdering.Newest, RunOrdering.Parse("nonsense DESC"));
        Assert.Equal("metrics.`my f1` ASC", RunOrdering.Parse("metrics.my f1 ASC").Searched);
    }

    [Theory]
    [InlineData("metrics.f1", true)]
    [InlineData("metrics.val_loss", false)]
    [InlineData("params.C", false)]
    [InlineData("duration", false)]
    public void A_first_press_shows_what_one_looks_for_and_a_second_turns_it_round(string column, bool descending)
    {
        RunOrdering first = RunOrdering.Newest.Press(RunColumn.Parse(column)!);
        Assert.Equal((descending, !descending), (first.Descending, first.Press(first.Column).Descending));
    }

    [Theory]
    [InlineData("f1_macro", 0.9)]
    [InlineData("val_loss", 0.1)]
    [InlineData("accuracy_gap", 0.1)]
    [InlineData("epoch.seconds", 0.1)]
    [InlineData("threshold", null)]
    [InlineData("lossless", null)]
    public void The_best_value_goes_by_the_words_of_the_name(string metric, double? best) => Assert.Equal(best, MetricSense.BestOf(metric, [0.5, null, 0.9, double.NaN, 0.1]));

    [Fact]
    public void Values_that_are_all_the_same_have_no_best() => Assert.Null(MetricSense.BestOf("f1", [0.5, 0.5, null]));

    [Fact]
    public void Metrics_of_several_rows_share_a_chart()
    {
        Assert.Equal(["loss: loss, val_loss", "accuracy: train_accuracy, val_accuracy", "epoch_seconds: epoch_seconds", "val_: val_"], CurveGroup.Of(["val_accuracy", "epoch_seconds", "val_loss", "train_accuracy", "loss", "val_"]).Select(group => $"{group.Name}: {string.Join(", ", group.Keys)}"));
    }

    private static Run Made(string name, string id, (string, string)[] parameters, (string, double)[] metrics) => new(
        new RunInfo { RunId = id, RunName = name, ExperimentId = "0", Status = RunStatus.Finished, StartTime = 0, ArtifactUri = "", LifecycleStage = LifecycleStage.Active },
        new RunData([.. metrics.Select(metric => new Metric(metric.Item1, metric.Item2, 0))], [.. parameters.Select(param => new Param(param.Item1, param.Item2))], []));

    [Fact]
    public void Runs_side_by_side_tell_what_differs_what_is_best_and_where_each_stands()
    {
        var compared = new RunComparison(
        [
            Made("one", "11111111aaaa", [("C", "0.01"), ("model", "gru"), ("same", "x")], [("f1", 0.8), ("loss", 0.3)]),
            Made("two", "22222222aaaa", [("C", "10"), ("model", "linear"), ("same", "x")], [("f1", 0.7), ("loss", 0.2)]),
            Made("two", "33333333aaaa", [("model", "linear"), ("same", "x")], [("f1", double.NaN)]),
        ]);

        Assert.Equal(["one", "two 22222222", "two 33333333"], compared.Names);
        Assert.Equal([("C", true), ("model", true), ("same", false)], compared.Params.Select(param => (param.Key, param.Differs)));
        Assert.Equal([("f1", 0.8), ("loss", 0.2)], compared.Metrics.Select(metric => (metric.Key, metric.Best!.Value)));
        Assert.Equal("f1", compared.MainMetric);
        Assert.Equal(["params.C", "params.model", "metrics.f1", "metrics.loss"], compared.Across);
        ParallelChart parallel = compared.Parallel("f1");
        Assert.Equal([("model", Scale.Number), ("C", Scale.Log), ("f1", Scale.Number)], parallel.Axes.Select(axis => (axis.Name, axis.Scale)));
        Assert.Equal([[0, 0.01, 0.8], [1, 10, 0.7], [1, null, null]], parallel.Lines.Select(line => line.Values));
        Assert.Equal(2, parallel.ColourBy);
        ScatterChart scatter = compared.Scatter("params.model", "f1");
        Assert.Equal(["gru", "linear"], scatter.AcrossCategories!);
        Assert.Equal([(0, 0.8), (1, 0.7)], scatter.Dots.Select(dot => (dot.X, dot.Y)));
    }

    [Theory]
    [InlineData("a,b\n1,2\n", ',', "a|b / 1|2")]
    [InlineData("a;b\r\n1;2,5", ',', "a|b / 1|2,5")]
    [InlineData("a,b\n\"x\"\"y\n,z\",\"\"\n\n,", ',', "a|b / x\"y\n,z| / |")]
    [InlineData("a\tb\n\"q\t", '\t', "a|b / q\t")]
    [InlineData("", ',', "")]
    public void Tables_are_read_as_they_come(string text, char delimiter, string rows) => Assert.Equal(rows, string.Join(" / ", DelimitedText.Read(text, delimiter, 100).Select(row => string.Join('|', row))));

    [Fact]
    public void A_long_table_is_cut_and_says_so()
    {
        string text = "a,b\n" + string.Concat(Enumerable.Range(0, 500).Select(i => $"{i},x\n"));
        ArtifactPreview preview = ArtifactPreview.Of(ArtifactKind.Table, "run", "t.csv", text, text.Length, text.Length);
        Assert.Equal((ArtifactPreview.MostRows + 1, true), (preview.Rows.Count, preview.IsCut));
        Assert.Equal(["1"], ArtifactPreview.Of(ArtifactKind.Table, "run", "t.csv", "a\n1\n2", 5, 100).Rows.Skip(1).Select(row => row[0])); // the last row is half of one
    }

    [Fact]
    public void Json_is_put_in_order_and_what_is_none_is_shown_as_it_is()
    {
        Assert.Equal("{\n  \"é\": [\n    1\n  ]\n}", ArtifactPreview.Of(ArtifactKind.Json, "run", "a.json", "{\"é\":[1]}", 9, 9).Text!.ReplaceLineEndings("\n"));
        ArtifactPreview broken = ArtifactPreview.Of(ArtifactKind.Json, "run", "a.json", "{\"a\": NaN}", 10, 10);
        Assert.Equal(("{\"a\": NaN}", true), (broken.Text, broken.IsBroken));
        Assert.False(ArtifactPreview.Of(ArtifactKind.Json, "run", "a.json", "{\"a\": ", 6, 100).IsBroken); // cut, which is no fault of it
    }

    [Theory]
    [InlineData("[a](javascript:alert(1))")]
    [InlineData("[a](  JaVaScRiPt:alert(1))")]
    [InlineData("[a](data:text/html,x)")]
    [InlineData("[a][b]\n\n[b]: javascript:alert(1)")]
    [InlineData("<javascript:alert(1)>")]
    [InlineData("![a](http://127.0.0.1:1/x.png)")]
    [InlineData("![a](//host/x.png)")]
    [InlineData("![a](../../../x.png)")]
    [InlineData("![a](..%2f..%2fx.png)")]
    [InlineData("<b onclick=alert(1)>x</b>")]
    public void Markdown_leads_nowhere_it_should_not(string text)
    {
        string markup = MarkdownText.Render(text, "run", "docs/a.md")!;
        Assert.DoesNotMatch("<(a|img|b|script)[ >]", markup);
    }

    [Fact]
    public void Markdown_keeps_pages_of_the_web_and_pictures_of_the_run()
    {
        Assert.Equal("<p><a href=\"https://example.org/\" rel=\"noopener noreferrer nofollow\" target=\"_blank\">x</a></p>\n", MarkdownText.Render("[x](https://example.org/)", "run", "a.md"));
        Assert.Equal("<p><img src=\"/ui/artifacts/run/plots/r%20c.png\" alt=\"x\" /></p>\n", MarkdownText.Render("![x](../plots/r%20c.png)", "run", "docs/a.md"));
        Assert.Equal("<h3>One</h3>\n", MarkdownText.Render("# One", "run", "a.md"));
        Assert.Contains("<th>·</th>\n<th>a</th>", MarkdownText.Render("| | a |\n|---|---|\n| 1 | 2 |", "run", "a.md"), StringComparison.Ordinal); // an empty header has no word to be heard
        Assert.Null(MarkdownText.Render(new string('>', 5_000), "run", "a.md"));
    }

    [Theory, MemberData(nameof(NaughtyStrings.All), MemberType = typeof(NaughtyStrings))]
    public void Naughty_strings_are_read_in_every_way(int number)
    {
        string text = System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(NaughtyStrings.Texts[number])); // as it comes out of a file
        foreach (ArtifactKind kind in Enum.GetValues<ArtifactKind>()) Assert.NotNull(ArtifactPreview.Of(kind, "run", "a.csv", text, text.Length, text.Length));
        Assert.DoesNotMatch("(?i)<(script|iframe|svg|object|embed|style|link|meta|form|input|body|html|base)|<[a-z0-9]+[^>]* on[a-z]+=|(href|src)=\"(?!https?:|mailto:|/ui/artifacts/)", MarkdownText.Render(text, "run", "a.md") ?? "");
    }
}
