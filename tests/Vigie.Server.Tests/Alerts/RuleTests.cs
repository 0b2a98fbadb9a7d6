using System.Text;
using Microsoft.Extensions.Time.Testing;

namespace Vigie.Server.Tests;

public sealed class RuleTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("vigie-rules-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void The_built_in_rules_are_those_of_the_reference()
    {
        Assert.Equal(
            ["wrong-reports", "latency-critical", "latency-warning", "errors", "one-class", "unknown-words", "drift", "no-traffic", "champion-slower", "challenger-better", "channel-down", "records-behind"],
            AlertRules.Default.All.Select(rule => rule.Name));
        AlertRule wrong = Of("wrong-reports"), critical = Of("latency-critical"), warning = Of("latency-warning"), errors = Of("errors");
        Assert.Equal((3, TimeSpan.FromMinutes(5), AlertSeverity.Critical, ReportOrder.Any), (wrong.Count, wrong.Window, wrong.Severity, wrong.Reports));
        Assert.Equal((200, TimeSpan.FromMinutes(10), AlertSeverity.Critical, 0.95), (critical.Above, critical.For, critical.Severity, critical.Quantile));
        Assert.Equal((150, TimeSpan.FromMinutes(30), AlertSeverity.Warning), (warning.Above, warning.For, warning.Severity));
        Assert.Equal((0.05, TimeSpan.FromHours(1), AlertSeverity.Critical), (errors.Above, errors.Window, errors.Severity));
        Assert.Equal((0.8, 0.1), (Of("one-class").Above, Of("unknown-words").Above));
        Assert.Equal(AlertRules.Default.Count, AlertRules.Default.Describe().Select(rule => rule.When).Distinct().Count());
        foreach (AlertRule rule in AlertRules.Default.All)
            Assert.True(File.Exists(Path.Combine(SharedData.Repository, "docs", "runbooks", rule.Runbook + ".md")), $"{rule.Name}: there is no docs/runbooks/{rule.Runbook}.md");
    }

    [Fact]
    public void A_rule_says_all_that_it_can()
    {
        AlertRule rule = AlertRun.Parse("""
            group_wait: 20s
            group_interval: 2m
            rules:
              - name: slow
                severity: info
                signal: latency
                above: 1.5s
                quantile: 99 %
                window: 10m
                for: 1h30m
                at_least: 100
                group_by: model
                cooldown: 1h
                repeat: 2d
                resolve_after: 45s
                group_wait: 5s
                inhibits: [other]
                channels: [email, pagerduty]
                escalate: { after: 30m, channels: [sms] }
                runbook: latency
              - { name: other, severity: critical, signal: errors, above: 0.05, channels: slack }
            """).All[0];
        Assert.Equal((1_500, 0.99, TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(90), 100L, true), (rule.Above, rule.Quantile, rule.Window, rule.For, rule.AtLeast, rule.ByModel));
        Assert.Equal((1d, 48d, 45d), (rule.Cooldown.TotalHours, rule.Repeat.TotalHours, rule.ResolveAfter.TotalSeconds));
        Assert.Equal((5d, 2d), (rule.GroupWait.TotalSeconds, rule.GroupInterval.TotalMinutes));
        Assert.Equal(["other"], rule.Inhibits);
        Assert.Equal(["email", "pagerduty"], rule.Channels);
        Assert.Equal(["sms"], rule.Escalate!.Channels);
        Assert.Equal((TimeSpan.FromMinutes(30), "latency"), (rule.Escalate.After, rule.Runbook));
        Assert.Equal("99 % of predictions take up to more than 1500 ms over 10 minutes (100 events at least), for 90 minutes", RuleDescription.Of(rule).When);
    }

    [Theory]
    [InlineData("rules: []", "alerts.yaml:1: rules is a list; expected a list of rules")]
    [InlineData("group_wait: 1s", "alerts.yaml:1: rules is missing; expected a list of rules")]
    [InlineData("rule: []", "alerts.yaml:1: there is no key rule; did you mean rules?")]
    [InlineData("rules:\n  - severity: info", "alerts.yaml:2: rule 1 has no name")]
    [InlineData("rules:\n  - slow", "alerts.yaml:2: rule 1 is a single value; expected name, severity, signal… below it")]
    [InlineData("rules:\n  - name: Slow!", "alerts.yaml:2: rule 1: name is 'Slow!'; expected at most 64 lower-case letters, digits and hyphens")]
    [InlineData("rules:\n  - name: slow\n    severity: info", "alerts.yaml:2: rule slow: signal is missing; expected wrong_reports, latency, errors")]
    [InlineData("rules:\n  - name: slow\n    severity: info\n    signal: latancy", "alerts.yaml:4: rule slow: signal is 'latancy'; expected wrong_reports, latency, errors, class_share, unknown_words, drift, no_traffic, champion_slower, challenger_better or condition; did you mean latency?")]
    [InlineData("rules:\n  - name: slow\n    signal: drift", "alerts.yaml:2: rule slow: severity is missing; expected info, warning or critical")]
    [InlineData("rules:\n  - name: slow\n    signal: drift\n    severity: high", "alerts.yaml:4: rule slow: severity is 'high'; expected info, warning or critical")]
    [InlineData("RULE\n    windw: 5m", "alerts.yaml:6: rule slow: there is no key windw; did you mean window?")]
    [InlineData("RULE\n    level: 1 %", "alerts.yaml:6: rule slow: level says nothing about the signal latency; it belongs to challenger_better")]
    [InlineData("RULE\n    for: ten", "alerts.yaml:6: rule slow: for is 'ten'; expected a length of time such as 500ms, 90s, 5m, 1h30m or 7d")]
    [InlineData("RULE\n    window: 90s", "alerts.yaml:6: rule slow: window is 90s; expected whole minutes, by which figures are kept, such as 5m or 1h")]
    [InlineData("RULE\n    window: 30d", "alerts.yaml:6: rule slow: window is 30d; expected 1m to 7d")]
    [InlineData("RULE\n    quantile: 95", "alerts.yaml:6: rule slow: quantile is '95'; expected a share from 1 % to 99.9 %; did you mean 95 %?")]
    [InlineData("RULE\n    quantile: most", "alerts.yaml:6: rule slow: quantile is 'most'; expected a share such as 5 % or 0.05")]
    [InlineData("RULE\n    quantile: 100 %", "alerts.yaml:6: rule slow: quantile is '100 %'; expected 1 % to 99.9 %")]
    [InlineData("RULE\n    at_least: many", "alerts.yaml:6: rule slow: at_least is 'many'; expected a whole number from 1 to 1000000000")]
    [InlineData("RULE\n    group_by: class", "alerts.yaml:6: rule slow: group_by is 'class'; expected model or none")]
    [InlineData("RULE\n    channels: [email, slak]", "alerts.yaml:6: rule slow: channels has 'slak', which is no channel; did you mean slack?")]
    [InlineData("RULE\n    channels: { a: b }", "alerts.yaml:6: rule slow: channels is names with values; expected a list of names, such as [email, slack]")]
    [InlineData("RULE\n    escalate: 30m", "alerts.yaml:6: rule slow: escalate is a single value; expected after and channels below it")]
    [InlineData("RULE\n    escalate: { channels: [sms] }", "alerts.yaml:6: rule slow: escalate.after is missing; expected how long an alert may wait for somebody, such as 30m")]
    [InlineData("RULE\n    escalate: { after: 30m }", "alerts.yaml:6: rule slow: escalate.channels is missing; expected one or several of email, slack, webhook, sns, sms, pagerduty")]
    [InlineData("RULE\n    escalate: { aftr: 30m }", "alerts.yaml:6: rule slow: there is no key escalate.aftr; did you mean after?")]
    [InlineData("RULE\n    inhibits: [slwo]", "alerts.yaml:6: rule slow: inhibits has 'slwo', and there is no such rule; did you mean slow?")]
    [InlineData("RULE\n    inhibits: [slow]", "alerts.yaml:6: rule slow: inhibits leads back to slow itself")]
    [InlineData("RULE\n    inhibits: [b]\n  - { name: b, severity: info, signal: drift, inhibits: [slow] }", "alerts.yaml:6: rule slow: inhibits leads back to slow itself, so that neither would ever be told; take one of the two out")]
    [InlineData("RULE\n  - { name: slow, severity: info, signal: drift }", "alerts.yaml:6: there is a rule slow already, at alerts.yaml:2; expected another name")]
    [InlineData("RULE\n    runbook: ../x", "alerts.yaml:6: rule slow: runbook is '../x'; expected the name of a page in docs/runbooks")]
    [InlineData("RULE\n    above: 200ms", "alerts.yaml:6: above was said before, at alerts.yaml:5")]
    [InlineData("RULE\n    repeat: 10s", "alerts.yaml:6: rule slow: repeat is 10s; expected 1m to 30d")]
    [InlineData("rules:\n  - { name: slow, severity: info, signal: latency, above: 200 }", "alerts.yaml:2: rule slow: above is '200'; expected a latency with its unit, such as 200ms or 1.5s")]
    [InlineData("rules:\n  - { name: slow, severity: info, signal: latency, above: 0ms }", "alerts.yaml:2: rule slow: above is 0ms; expected more than 0ms and at most 1h")]
    [InlineData("rules:\n  - { name: slow, severity: info, signal: latency }", "alerts.yaml:2: rule slow: above is missing; expected the latency that must be exceeded, such as 200ms")]
    [InlineData("rules:\n  - { name: bad, severity: info, signal: errors }", "alerts.yaml:2: rule bad: above is missing; expected the share that must be exceeded, such as 5 % or 0.05")]
    [InlineData("rules:\n  - { name: bad, severity: info, signal: errors, above: 5 }", "alerts.yaml:2: rule bad: above is '5'; expected a share from 0 % to 100 %; did you mean 5 %?")]
    [InlineData("rules:\n  - { name: bad, severity: info, signal: wrong_reports, count: 0 }", "alerts.yaml:2: rule bad: count is '0'; expected a whole number from 1 to 1000")]
    [InlineData("rules:\n  - { name: bad, severity: info, signal: wrong_reports, reports: all }", "alerts.yaml:2: rule bad: reports is 'all'; expected any or in_a_row")]
    [InlineData("rules:\n  - { name: bad, severity: info, signal: wrong_reports, for: 5m }", "alerts.yaml:2: rule bad: for says nothing about the signal wrong_reports; it belongs to latency, errors")]
    [InlineData("rules:\n  - { name: bad, severity: info, signal: class_share, above: 80 %, class: bad }", "alerts.yaml:2: rule bad: class is 'bad'; expected any, negative, neutral or positive")]
    [InlineData("rules:\n  - { name: bad, severity: info, signal: condition }", "alerts.yaml:2: rule bad: condition is missing; expected the name of a condition")]
    [InlineData("rules: [", "alerts.yaml:")]
    [InlineData("rules: *x", "alerts.yaml:1: an alias (*name) stands here")]
    public void A_mistake_is_named_with_its_place_and_what_would_be_right(string yaml, string message)
    {
        yaml = yaml.Replace("RULE", "rules:\n  - name: slow\n    severity: info\n    signal: latency\n    above: 150ms", StringComparison.Ordinal);
        InvalidInputException wrong = Assert.Throws<InvalidInputException>(() => AlertRun.Parse(yaml));
        Assert.StartsWith(message, wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void There_is_an_end_to_rules()
    {
        string many = "rules:\n" + string.Concat(Enumerable.Range(0, 201).Select(i => $"  - {{ name: r{i}, severity: info, signal: drift }}\n"));
        Assert.Equal("alerts.yaml:2: 201 rules; expected 200 at most", Assert.Throws<InvalidInputException>(() => AlertRun.Parse(many)).Message);
    }

    [Fact]
    public void An_edit_is_taken_up_and_a_bad_one_leaves_the_rules_as_they_are()
    {
        var clock = new FakeTimeProvider();
        string path = Path.Combine(folder, "alerts.yaml");
        Write(path, "one", 1);
        var file = new RuleFile(path, clock);
        bool Look()
        {
            clock.Advance(TimeSpan.FromSeconds(2));
            return file.Refresh();
        }

        Assert.False(Look());
        Write(path, "two", 2);
        Assert.False(file.Refresh()); // a moment later
        Assert.True(Look());
        Assert.Equal("two", file.Current.All[0].Name);

        File.WriteAllText(path, "rules:\n  - name: three");
        Assert.False(Look());
        Assert.Equal(("two", $"{path}:2: rule three: signal is missing"), (file.Current.All[0].Name, file.Failure![..file.Failure!.IndexOf(';', StringComparison.Ordinal)]));
        Assert.False(Look());
        Assert.NotNull(file.Failure);

        File.Delete(path);
        Assert.False(Look());
        Assert.Contains("cannot be read", file.Failure, StringComparison.Ordinal);
        Write(path, "two", 3);
        Assert.False(Look()); // as they were
        Assert.Null(file.Failure);

        // An edit that changes neither length nor time is seen within a minute.
        DateTime written = File.GetLastWriteTimeUtc(path);
        Write(path, "six", 3);
        File.SetLastWriteTimeUtc(path, written);
        Assert.False(Look());
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.True(file.Refresh());
        Assert.Equal("six", file.Current.All[0].Name);
    }

    [Fact]
    public void A_server_does_not_begin_with_bad_rules()
    {
        string path = Path.Combine(folder, "alerts.yaml");
        Assert.Contains("cannot be read", Assert.Throws<InvalidInputException>(() => new RuleFile(path, TimeProvider.System)).Message, StringComparison.Ordinal);
        File.WriteAllText(path, "rules: 1");
        Assert.Throws<InvalidInputException>(() => new RuleFile(path, TimeProvider.System));
        var builtIn = new RuleFile(null, TimeProvider.System);
        Assert.Same(AlertRules.Default, builtIn.Current);
        Assert.False(builtIn.Refresh());
        Assert.Throws<InvalidInputException>(() => new AlertOptions { Rules = " " }.Check());
        new AlertOptions().Check();
    }

    private static void Write(string path, string name, int second)
    {
        File.WriteAllText(path, $"rules: [{{ name: {name}, severity: info, signal: drift }}]", Encoding.UTF8);
        File.SetLastWriteTimeUtc(path, new DateTime(2026, 11, 23, 12, 0, second, DateTimeKind.Utc));
    }

    private static AlertRule Of(string name) => AlertRules.Default.All.Single(rule => rule.Name == name);
}
