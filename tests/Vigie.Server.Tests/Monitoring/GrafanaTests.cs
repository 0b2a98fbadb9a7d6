using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Vigie.Server.Tests;

/// <summary>The board and the metrics beside the counters. Alone, because servers of one process share their meters' names.</summary>
[Collection(typeof(Alone))]
public sealed partial class GrafanaTests : IDisposable
{
    private readonly RecordsFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Every_query_of_the_board_asks_for_metrics_and_labels_that_a_server_shows()
    {
        await using RunningServer server = await RunningServer.StartAsync(folder.Options with { RateLimit = new RateLimitOptions { Requests = 4, Tweets = 0 } });
        string metrics = await MetricsAsync(server);
        HashSet<string> shown = [.. metrics.Split('\n').Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split('{', ' ')[0])];
        using JsonDocument board = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(SharedData.Repository, "deploy", "grafana", "vigie.json"), TestContext.Current.CancellationToken));
        JsonElement[] panels = [.. board.RootElement.GetProperty("panels").EnumerateArray()];
        string[] queries = [.. panels.SelectMany(panel => panel.GetProperty("targets").EnumerateArray()).Select(target => target.GetProperty("expr").GetString()!)];
        var asked = new HashSet<string>();
        foreach (string query in queries)
        {
            foreach (Match selector in Selector().Matches(query))
            {
                string metric = selector.Groups[1].Value;
                asked.Add(metric);
                Assert.True(shown.Contains(metric), $"no server shows {metric}, which the board asks for: {query}");
                foreach (Match label in Label().Matches(selector.Groups[2].Value))
                {
                    string name = label.Groups[1].Value;
                    if (name == "job") continue; // Prometheus adds it
                    Assert.True(metrics.Split('\n').Any(line => line.StartsWith(metric + "{", StringComparison.Ordinal) && line.Contains(name + "=\"", StringComparison.Ordinal)), $"{metric} has no label {name}: {query}");
                    if (name == "http_route") Assert.Contains(metrics.Split('\n'), line => line.StartsWith(metric + "{", StringComparison.Ordinal) && Regex.IsMatch(Route().Match(line).Groups[1].Value, $"^({label.Groups[2].Value})$"));
                    if (name == "window") Assert.Contains($"{name}=\"{label.Groups[2].Value}\"", metrics, StringComparison.Ordinal);
                }
            }
        }

        Assert.True(asked.Count >= 12, string.Join(' ', asked));
        Assert.All(panels, panel => Assert.Equal("${datasource}", panel.GetProperty("datasource").GetProperty("uid").GetString()));
        Assert.Equal(panels.Length, panels.Select(panel => panel.GetProperty("id").GetInt32()).Distinct().Count());
        Assert.Contains(board.RootElement.GetProperty("templating").GetProperty("list").EnumerateArray(), variable => variable.GetProperty("name").GetString() == "datasource");
    }

    [Fact]
    public async Task Gauges_tell_the_last_minutes_and_leave_out_what_nothing_is_known_of()
    {
        await using RunningServer server = await RunningServer.StartAsync(folder.Options);
        await folder.UntilAsync("SELECT count(*) FROM changes", 1);
        await RunningServer.UntilAsync(async () => Has((await server.GetAsync("/metrics")).Text, "vigie_recent_judged"));
        string before = (await server.GetAsync("/metrics")).Text;
        Assert.Equal((0, false, false), (Value(before, "vigie_recent_judged", "window=\"24h\""), Has(before, "vigie_recent_accuracy"), Has(before, "vigie_recent_class_share")));

        string metrics = await MetricsAsync(server);
        foreach (string window in (string[])["window=\"5m\"", "window=\"1h\"", "window=\"24h\""])
        {
            Assert.Equal((2, 0.5), (Value(metrics, "vigie_recent_judged", window), Value(metrics, "vigie_recent_accuracy", window)));
            Assert.Equal((0.5, 0, 0.5), (Value(metrics, "vigie_recent_class_share", window, "label=\"negative\""), Value(metrics, "vigie_recent_class_share", window, "label=\"neutral\""), Value(metrics, "vigie_recent_class_share", window, "label=\"positive\"")));
            Assert.InRange(Value(metrics, "vigie_recent_estimated_accuracy", window, "model=\"air-paradis\"", "version=\"3\""), 0.5, 1);
            Assert.InRange(Value(metrics, "vigie_recent_unknown_share", window), 0, 1);
        }
    }

    // Two predictions, one of which was wrong, and one request more than is admitted where there is a limit.
    private static async Task<string> MetricsAsync(RunningServer server)
    {
        foreach (string text in (string[])["Lovely crew, thank you", "Three hours late, a disgrace"])
        {
            string id = (await server.PostAsync("/predict", JsonSerializer.Serialize(new { text }))).Json.GetProperty("prediction_id").GetString()!;
            Assert.Equal(HttpStatusCode.Created, (await server.PostAsync("/feedback", JsonSerializer.Serialize(new { prediction_id = id, label = "positive" }))).Status);
        }

        await server.PostAsync("/predict", "{}");
        await RunningServer.UntilAsync(async () => Value((await server.GetAsync("/metrics")).Text, "vigie_recent_judged", "window=\"5m\"") == 2);
        return (await server.GetAsync("/metrics")).Text;
    }

    private static bool Has(string metrics, string name) => metrics.Contains("\n" + name + "{", StringComparison.Ordinal);

    private static double Value(string metrics, string name, params string[] labels)
    {
        string[] lines = [.. metrics.Split('\n').Where(line => line.StartsWith(name + "{", StringComparison.Ordinal) && labels.All(label => line.Contains(label, StringComparison.Ordinal)))];
        return lines.Length == 0 ? double.NaN : double.Parse(Assert.Single(lines).Split("} ")[1].Split(' ')[0], CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"\b((?:vigie|http|kestrel)_[a-z_]+)\{([^}]*)\}")]
    private static partial Regex Selector();

    [GeneratedRegex(@"([a-z_]+)=~?""([^""]*)""")]
    private static partial Regex Label();

    [GeneratedRegex("http_route=\"([^\"]*)\"")]
    private static partial Regex Route();
}
