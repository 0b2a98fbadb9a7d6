using Microsoft.Extensions.Time.Testing;

namespace Vigie.Server.Tests;

public sealed class RuleBookTests : IDisposable
{
    private readonly RecordsFolder folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Place => Path.Combine(folder.Path, "alerts.yaml");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_value_changes_and_nothing_else()
    {
        string text = RuleText.With(AlertRules.DefaultText, "latency-critical", new Dictionary<string, string> { ["above"] = "250ms", ["at_least"] = "30", ["severity"] = "info" });
        string[] before = AlertRules.DefaultText.Split('\n'), after = text.Split('\n');
        Assert.Equal(before.Length, after.Length);
        Assert.Equal(
            ["    severity: info", "    above: 250ms", "    at_least: 30         # of fewer, the 95th percentile is the slowest one"],
            before.Zip(after).Where(pair => pair.First != pair.Second).Select(pair => pair.Second));
        AlertRule rule = RuleBook.Check(text).All.Single(rule => rule.Name == "latency-critical");
        Assert.Equal((250, 30, AlertSeverity.Info), (rule.Above, rule.AtLeast, rule.Severity));
    }

    [Theory]
    [InlineData("rules:\n  - name: a # the first\n    severity: info\n    signal: drift\n", "rules:\n  - name: a # the first\n    enabled: false\n    for: 5m\n    severity: info\n    signal: drift\n")]
    [InlineData("rules:\r\n  - severity: info\r\n    signal: drift\r\n    name: a", "rules:\r\n  - severity: info\r\n    signal: drift\r\n    name: a\n    enabled: false\n    for: 5m")]
    [InlineData("rules:\r\n  - name: a\r\n    severity: info\r\n    signal: drift\r\n", "rules:\r\n  - name: a\r\n    enabled: false\r\n    for: 5m\r\n    severity: info\r\n    signal: drift\r\n")]
    [InlineData("rules: [{ name: \"a\", severity: info, signal: drift }, { name: b, severity: info, signal: drift }]", "rules: [{ name: \"a\", enabled: false, for: 5m, severity: info, signal: drift }, { name: b, severity: info, signal: drift }]")]
    [InlineData("# 🙂 first\nrules:\n  - name: b\n    severity: info\n    signal: drift\n  -   name: a\n      severity: info\n      signal: drift\n      for: '1m'  # 🙂\n", "# 🙂 first\nrules:\n  - name: b\n    severity: info\n    signal: drift\n  -   name: a\n      enabled: false\n      severity: info\n      signal: drift\n      for: 5m  # 🙂\n")]
    public void A_key_that_was_not_said_is_put_behind_the_name(string yaml, string expected)
    {
        string text = RuleText.With(yaml, "a", new Dictionary<string, string> { ["enabled"] = "false", ["for"] = "5m" });
        Assert.Equal(expected, text);
        AlertRule rule = RuleBook.Check(text).Written.Single(rule => rule.Name == "a");
        Assert.Equal((false, TimeSpan.FromMinutes(5)), (rule.IsEnabled, rule.For));
        Assert.DoesNotContain(RuleBook.Check(text).All, one => one.Name == "a");
    }

    [Fact]
    public void What_is_not_there_or_no_single_value_is_told()
    {
        Assert.Contains("no rule nobody", Assert.Throws<InvalidInputException>(() => RuleText.With(AlertRules.DefaultText, "nobody", new Dictionary<string, string>())).Message, StringComparison.Ordinal);
        Assert.Contains("inhibits is not a single value", Assert.Throws<InvalidInputException>(() => RuleText.With(AlertRules.DefaultText, "latency-critical", new Dictionary<string, string> { ["inhibits"] = "x" })).Message, StringComparison.Ordinal);
        Assert.Equal("alerts.yaml:2: rule a: enabled is 'no'; expected true or false", Assert.Throws<InvalidInputException>(() => RuleBook.Check("rules:\n  - { name: a, severity: info, signal: drift, enabled: no }")).Message);
    }

    [Fact]
    public async Task Who_began_from_what_is_no_more_overwrites_nothing()
    {
        var book = new RuleBook(Place, isOptional: true, TimeProvider.System);
        RulePage anna = book.Read(), ben = book.Read();
        Assert.True(anna.IsBuiltIn);
        Assert.Null(book.ReadBefore());
        RulePage saved = await book.SaveAsync(Rules("anna"), anna.Version, Cancel);
        Assert.False(saved.IsBuiltIn);
        Assert.Contains("somebody has changed the rules", (await Assert.ThrowsAsync<InvalidInputException>(() => book.SaveAsync(Rules("ben"), ben.Version, Cancel))).Message, StringComparison.Ordinal);
        Assert.Equal(Rules("anna"), book.Read().Yaml);

        await book.SaveAsync(Rules("ben"), book.Read().Version, Cancel);
        Assert.Equal((Rules("ben"), Rules("anna")), (book.Read().Yaml, book.ReadBefore()));
        await Assert.ThrowsAsync<InvalidInputException>(() => book.SaveAsync("rules: 1", book.Read().Version, Cancel));
        Assert.Equal(Rules("ben"), book.Read().Yaml);
    }

    [Fact]
    public async Task Of_many_who_save_at_once_one_does()
    {
        var book = new RuleBook(Place, isOptional: true, TimeProvider.System);
        string version = book.Read().Version;
        bool[] saved = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(async () =>
        {
            try
            {
                await book.SaveAsync(Rules($"r{i}"), version, Cancel);
                return true;
            }
            catch (InvalidInputException)
            {
                return false;
            }
        })));
        Assert.Single(saved, true);
    }

    [Fact]
    public async Task A_link_and_the_mode_of_a_file_stay()
    {
        if (OperatingSystem.IsWindows()) return; // files have no mode there
        string real = Path.Combine(folder.Path, "real.yaml");
        await File.WriteAllTextAsync(real, Rules("one"), Cancel);
        File.SetUnixFileMode(real, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        File.CreateSymbolicLink(Place, real);
        var book = new RuleBook(Place, isOptional: false, TimeProvider.System);
        await book.SaveAsync(Rules("two"), book.Read().Version, Cancel);
        Assert.Equal(Rules("two"), await File.ReadAllTextAsync(real, Cancel));
        Assert.NotNull(new FileInfo(Place).LinkTarget);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead, File.GetUnixFileMode(real));
        Assert.Equal(Rules("one"), book.ReadBefore());
    }

    [Fact]
    public async Task Rules_that_are_saved_hold_and_without_a_file_the_built_in_ones_do()
    {
        var clock = new FakeTimeProvider();
        var book = new RuleBook(Place, isOptional: true, TimeProvider.System);
        RuleFile file = book.Watch(clock);
        Assert.Same(AlertRules.Default, file.Current);
        await book.SaveAsync(Rules("mine"), book.Read().Version, Cancel);
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.True(file.Refresh());
        Assert.Equal("mine", file.Current.All[0].Name);
        File.Delete(Place);
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.True(file.Refresh());
        Assert.Same(AlertRules.Default, file.Current);
        Assert.Null(file.Failure);
    }

    [Fact]
    public void Replicas_that_share_a_database_need_a_file_that_is_named()
    {
        ServerOptions alone = folder.Options, shared = alone with { Records = alone.Records with { Database = "postgresql://u:p@h/d" } };
        Assert.Equal(Path.Combine(folder.Records, "alerts.yaml"), RuleBook.Of(alone).Path);
        Assert.Null(RuleBook.Of(shared).Path);
        Assert.Equal("/srv/alerts.yaml", RuleBook.Of(shared with { Alerts = new AlertOptions { Rules = "/srv/alerts.yaml" } }).Path);
    }

    [Fact]
    public void A_comparison_tells_what_is_new_gone_earlier_and_later()
    {
        DateTimeOffset start = DateTimeOffset.UnixEpoch;
        ReplayedAlert At(string rule, int from, int? to, string? model = null) => new()
        {
            At = start.AddMinutes(from),
            EndedAt = to is { } end ? start.AddMinutes(end) : null,
            Rule = rule,
            Severity = "info",
            Model = model,
            Summary = "s",
            Figure = 1,
            Limit = 1,
            Since = start.AddMinutes(from),
            Seconds = 60,
            Count = 1,
        };
        ReplayReport Report(params ReplayedAlert[] alerts) => new() { From = start, To = start.AddDays(1), Predictions = 1, Corrections = 0, Requests = null, Alerts = alerts, Rules = [], Incidents = null, FalseAlarmsPerWeek = null, Notes = [] };
        RuleComparison compared = RuleComparison.Of(
            Report(At("same", 10, 20), At("late", 30, 60), At("early", 100, 120), At("gone", 200, 210), At("model", 300, null, "a")),
            Report(At("same", 10, 25), At("late", 40, 60), At("early", 90, 120), At("new", 250, 260), At("model", 300, null, "b")));
        Assert.Equal(
            [("same", ReplayChange.Same), ("late", ReplayChange.Later), ("early", ReplayChange.Earlier), ("gone", ReplayChange.Gone), ("new", ReplayChange.New), ("model", ReplayChange.New), ("model", ReplayChange.Gone)],
            compared.Pairs.Select(pair => (pair.Shown.Rule, pair.Change)));
    }

    private static string Rules(string name) => $"rules:\n  - name: {name}\n    severity: info\n    signal: drift\n";
}
