using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Vigie.Plots.Tests;

/// <summary>Projections as figures and as a page. Set VIGIE_PLOTS to a folder to keep them for the eye.</summary>
public sealed partial class ProjectionPlotsTests : IDisposable
{
    private readonly string _folder = Environment.GetEnvironmentVariable("VIGIE_PLOTS") ?? Directory.CreateTempSubdirectory("vigie-plots-").FullName;

    public void Dispose()
    {
        if (Environment.GetEnvironmentVariable("VIGIE_PLOTS") is null) Directory.Delete(_folder, recursive: true);
    }

    // Three overlapping clouds.
    internal static Projection Texts(int dimensions, int points = 900)
    {
        var random = new Random(5);
        double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        var coordinates = new float[points * dimensions];
        int[] groups = [.. Enumerable.Range(0, points).Select(_ => random.Next(3))];
        for (int i = 0; i < points; i++)
        {
            for (int axis = 0; axis < dimensions; axis++) coordinates[i * dimensions + axis] = (float)(Normal() * (1 - 0.25 * axis) + (axis == 0 ? 2.4 * (groups[i] - 1) : axis == 1 && groups[i] == 1 ? 1.6 : 0));
        }

        string[] says = ["late again, thanks for nothing", "flight to Paris at noon", "lovely crew, merci ! 😀"];
        return new Projection(coordinates, dimensions, [.. groups.Select((group, i) => $"{says[group]} #{i}")], [0.231, 0.117, 0.064, 0.041, 0.03])
        {
            Title = "Tweets by their vectors",
            Subtitle = $"{points:#,0} texts, vectors of 100 numbers",
            Groups = ["negative", "neutral", "positive"],
            GroupOf = groups,
        };
    }

    private static Projection Words(int dimensions)
    {
        var random = new Random(8);
        string[] words = [.. "flight crew late bag lost thanks merci retard bagage équipage vol perdu 😡 great awful delay seat food gate queue staff kind rude smooth cancelled refund hours minutes plane pilot".Split(' ')];
        return new Projection([.. Enumerable.Range(0, words.Length * dimensions).Select(_ => (float)(random.NextDouble() - 0.5))], dimensions, words, [0.3, 0.2, 0.1]) { Title = "Words by their vectors", Named = true };
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Texts_are_drawn_by_group(int dimensions)
    {
        List<string> labels = Labels(ProjectionPlots.Scatter(Texts(dimensions)), $"texts{dimensions}");
        Assert.Contains("Tweets by their vectors", labels);
        for (int axis = 0; axis < dimensions; axis++) Assert.Contains(FormattableString.Invariant($"Component {axis + 1}: {Texts(3).ExplainedVarianceRatio[axis]:0.0 %} of the variance"), labels);
        Assert.Equal(3, labels.Count(label => GroupLabel().IsMatch(label)));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Words_are_named_where_there_is_room(int dimensions)
    {
        List<string> labels = Labels(ProjectionPlots.Scatter(Words(dimensions)), $"words{dimensions}");
        Assert.Contains("flight", labels); // the first word always has room
        Assert.InRange(labels.Count(label => Words(2).Labels.Contains(label)), 15, 30);
    }

    [Fact]
    public void Shares_of_variance_are_added_up()
    {
        List<string> labels = Labels(ProjectionPlots.ExplainedVariance([0.231, 0.117, 0.064]), "variance");
        Assert.Contains("41.2 %", labels);
        Assert.Throws<InvalidInputException>(() => ProjectionPlots.ExplainedVariance([]));
    }

    [Fact]
    public void The_page_holds_the_points_and_lets_no_text_be_markup()
    {
        Projection texts = Texts(3, 50);
        var hostile = new Projection(texts.Coordinates, 3, ["</script><script>alert(1)</script>", "{{script}} <!-- &amp; \u2028", .. texts.Labels.Skip(2)], texts.ExplainedVarianceRatio) { Title = "<b>\"{{data}}\"", Groups = texts.Groups, GroupOf = texts.GroupOf };
        string path = Path.Combine(_folder, "hostile", "page.html");
        ProjectionPage.Save(hostile, path);
        string page = File.ReadAllText(path);

        Assert.Equal(2, ScriptEnd().Count(page));
        Assert.Contains("<title>&lt;b&gt;&quot;{{data}}&quot;</title>", page, StringComparison.Ordinal);
        Assert.Equal(["</script><script>alert(1)</script>", "{{script}} <!-- &amp; \u2028"], Data(page).GetProperty("labels").EnumerateArray().Take(2).Select(label => label.GetString()));
        Assert.Equal(50, Data(page).GetProperty("z").GetArrayLength());
        Assert.Equal(hostile.Coordinates[3], Data(page).GetProperty("x")[1].GetSingle(), 1e-4);
        // Nothing is asked of a network, and the policy forbids it.
        Assert.DoesNotMatch("https?:|src=|url\\(|@import", page);
        Assert.Contains("default-src 'none'", page, StringComparison.Ordinal);
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(path)!));
        if (Environment.GetEnvironmentVariable("VIGIE_PLOTS") is null) return;
        ProjectionPage.Save(Texts(3, 3_000), Path.Combine(_folder, "texts3.html"));
        ProjectionPage.Save(Texts(2), Path.Combine(_folder, "texts2.html"));
        ProjectionPage.Save(Words(3), Path.Combine(_folder, "words3.html"));
    }

    [Fact]
    public void What_cannot_be_drawn_is_refused()
    {
        Assert.Throws<InvalidInputException>(() => new Projection([1, 2, 3, 4], 4, ["a"], [1, 0, 0, 0]));
        Assert.Throws<InvalidInputException>(() => new Projection([], 2, [], [1, 0]));
        Assert.Throws<InvalidInputException>(() => new Projection([1, 2, 3], 2, ["a"], [1, 0]));
        Assert.Throws<InvalidInputException>(() => new Projection([1, float.NaN], 2, ["a"], [1, 0]));
        Assert.Throws<InvalidInputException>(() => new Projection([1, 2], 2, ["a"], [1]));
        Assert.Throws<InvalidInputException>(() => ProjectionPage.Html(new Projection([1, 2], 2, ["a"], [1, 0]) { Groups = ["x"], GroupOf = [1] }));
        Assert.Throws<InvalidInputException>(() => ProjectionPlots.Scatter(new Projection([1, 2], 2, ["a"], [1, 0]) { Groups = ["x"] }));
        Assert.NotEmpty(ProjectionPlots.Scatter(new Projection([0, 0, 0], 3, ["a"], [0, 0, 0]) { Named = true }).ToSvg()); // one point, no reach
    }

    private List<string> Labels(Figure figure, string name)
    {
        IReadOnlyList<string> paths = figure.Save(_folder, name);
        return [.. XDocument.Load(paths[1]).Descendants().Where(element => element.Name.LocalName == "text").Select(element => element.Value.Trim())];
    }

    private static JsonElement Data(string page) => JsonDocument.Parse(DataElement().Match(page).Groups[1].Value).RootElement;

    [GeneratedRegex("""<script type="application/json" id="data">(.*?)</script>""", RegexOptions.Singleline)]
    private static partial Regex DataElement();

    [GeneratedRegex("</script", RegexOptions.IgnoreCase)]
    private static partial Regex ScriptEnd();

    [GeneratedRegex(@"^(negative|neutral|positive) \(\d+\)$")]
    private static partial Regex GroupLabel();
}
