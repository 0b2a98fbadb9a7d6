using System.Globalization;
using System.Text.Json;

namespace Vigie.Cli.Tests;

public sealed class AlertsVerbTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("vigie-alerts-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void What_is_printed_can_be_checked()
    {
        CliRun printed = CliRun.Run("alerts", "rules");
        string file = Write("alerts.yaml", printed.Out);
        CliRun words = CliRun.Run("alerts", "check", "--rules", file), json = CliRun.Run("alerts", "check", "--rules", file, "--json");

        Assert.True(words.ExitCode == ExitCode.Success, words.Error);
        Assert.Contains("3 tweets are reported wrong within 5 minutes", words.Out, StringComparison.Ordinal);
        JsonElement rules = json.Json.GetProperty("rules");
        Assert.Equal(("wrong-reports", "critical", "wrong-reports"), (rules[0].GetProperty("name").GetString(), rules[0].GetProperty("severity").GetString(), rules[0].GetProperty("runbook").GetString()));
        Assert.Equal(rules.GetRawText(), CliRun.Run("alerts", "rules", "--json").Json.GetProperty("rules").GetRawText());
    }

    [Fact]
    public void A_wrong_rule_is_wrong_usage()
    {
        CliRun run = CliRun.Run("alerts", "check", "--rules", Write("alerts.yaml", "rules:\n  - { name: a, severity: grave, signal: drift }"));
        Assert.Equal(ExitCode.WrongUsage, run.ExitCode);
        Assert.Contains("alerts.yaml:2: rule a: severity is 'grave'; expected info, warning or critical", run.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.WrongUsage, CliRun.Run("alerts", "check").ExitCode);
    }

    [Fact]
    public void Records_are_replayed()
    {
        var start = new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);
        string records = Write("records.csv", "kind,at,model,label,predicted,latency_ms,prediction_id\n" + string.Concat(Enumerable.Range(0, 720).Select(i => string.Create(
            CultureInfo.InvariantCulture, $"prediction,{start.AddSeconds(10 * i):O},m,{(i % 2 == 0 ? "positive" : "negative")},,{(i is >= 180 and < 420 ? 300 : 2)},\n{(i is 500 or 501 or 502 ? $"correction,{start.AddSeconds(10 * i):O},m,negative,positive,,p{i}\n" : "")}"))));
        string incidents = Write("incidents.csv", "from,to,name\n2026-11-23T12:30:00Z,2026-11-23T13:10:00Z,slow disk\n");
        CliRun words = CliRun.Run("alerts", "replay", "--records", records, "--incidents", incidents), json = CliRun.Run("alerts", "replay", "--records", records, "--incidents", incidents, "--json");

        Assert.True(words.ExitCode == ExitCode.Success, words.Error);
        Assert.Contains("2026-11-23 12:00:00 to 2026-11-23 13:59:50 UTC, 0.1 days: 720 predictions, 3 corrections", words.Out, StringComparison.Ordinal);
        Assert.Contains("1 of 1 incidents caught", words.Out, StringComparison.Ordinal);
        Assert.Contains("not replayed: errors: the records hold no requests", words.Error, StringComparison.Ordinal);
        JsonElement[] alerts = [.. json.Json.GetProperty("alerts").EnumerateArray()];
        Assert.Equal(["latency-critical", "latency-warning", "wrong-reports"], alerts.Select(alert => alert.GetProperty("rule").GetString()));
        Assert.Equal("slow disk", alerts[0].GetProperty("incident").GetString());
        Assert.Equal(660, json.Json.GetProperty("incidents")[0].GetProperty("delay_seconds").GetDouble());
        Assert.Equal(720, json.Json.GetProperty("predictions").GetInt32());

        CliRun part = CliRun.Run("alerts", "replay", "--records", records, "--from", "2026-11-23T13:00:00Z", "--json", "--rules", Write("few.yaml", "rules: [{ name: wrong, severity: critical, signal: wrong_reports, count: 4 }]"));
        Assert.Equal((0, 360), (part.Json.GetProperty("alerts").GetArrayLength(), part.Json.GetProperty("predictions").GetInt32()));
        Assert.Contains("no alerts", CliRun.Run("alerts", "replay", "--records", records, "--to", "2026-11-23T12:20:00Z").Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--from is 'today'; expected a time such as 2026-11-23", "alerts", "replay", "--records", "x", "--from", "today")]
    [InlineData("where 'vigie serve' keeps its records; name others with --records", "alerts", "replay")]
    [InlineData("no such file", "alerts", "replay", "--records", "missing.db")]
    public void What_cannot_be_replayed_is_told(string message, params string[] arguments)
    {
        CliRun run = CliRun.Run(arguments);
        Assert.Equal(ExitCode.WrongUsage, run.ExitCode);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }

    private string Write(string name, string text)
    {
        string path = Path.Combine(folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
