using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using Vigie.Server;

namespace Vigie.Cli;

/// <summary><c>vigie alerts replay</c>: when rules would have raised alerts in the past.</summary>
internal static class AlertsReplayVerb
{
    private const int AlertsShown = 100;

    public static Command Create(Terminal terminal)
    {
        Option<string?> rules = AlertsVerb.RulesOption(required: false), model = ModelFolder.Option("--model", "Also replay the drift monitor of a model: its folder, models:/NAME@ALIAS or models:/NAME/VERSION", required: false)!;
        var records = new Option<string?>("--records") { Description = "The records.db of a server, or JSON lines or CSV (docs/alerts.md has the fields); that of 'vigie serve' where it is left out", HelpName = "FILE" };
        var incidents = new Option<string?>("--incidents") { Description = "When something really was wrong: CSV with from, to and name, or YAML; says how late alerts were, and how many false", HelpName = "FILE" };
        var from = new Option<string?>("--from") { Description = "The first moment that is judged", HelpName = "TIME" };
        var to = new Option<string?>("--to") { Description = "The end", HelpName = "TIME" };
        return new Command("replay", "Tell when rules would have raised alerts in the past, with delays and false alarms where incidents are known") { rules, records, incidents, from, to, model }
            .WithExamples(
                "vigie alerts replay",
                "vigie alerts replay --rules alerts.yaml --records .vigie/records/records.db --from 2026-11-01",
                "vigie alerts replay --rules alerts.yaml --records records.jsonl --incidents incidents.csv --json",
                "vigie alerts replay --model models:/sentiment@champion")
            .Does(terminal, async run =>
            {
                string path = run.Value(records) is { } named ? ModelFolder.PathOf(run, named) : Path.Combine(run.StateFolder, "records", "records.db");
                if (run.Value(records) is null && !File.Exists(path)) throw new InvalidInputException($"there is no {path}, where 'vigie serve' keeps its records; name others with --records");
                var replay = new AlertReplay
                {
                    Rules = AlertsVerb.Read(run, rules),
                    From = Time(run, from),
                    To = Time(run, to),
                    Incidents = run.Value(incidents) is { } file ? Incident.Read(ModelFolder.PathOf(run, file), Terminal.Printable(file)) : null,
                    Model = run.Value(model) is { } wanted ? ServedModel.Of(await ModelFolder.LoadAsync(run, wanted)) : null,
                };
                ReplayReport report;
                using (ProgressBoard board = run.ShowProgress())
                {
                    report = replay.Run(path, board.Stage<ReplayProgress>("replaying (%)", progress => new Amount(Math.Floor(100 * progress.Share), 100, $"{progress.At:yyyy-MM-dd}, {progress.Records:N0} records")), run.Stop);
                }

                foreach (string note in report.Notes) run.Note(note);
                run.Print(report, console => Show(console, terminal, report));
            });
    }

    private static DateTimeOffset? Time(VerbRun run, Option<string?> option)
    {
        if (run.Value(option) is not { } text) return null;
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTimeOffset time)
            ? time
            : throw new InvalidInputException($"{option.Name} is '{Terminal.Printable(text)}'; expected a time such as 2026-11-23 or 2026-11-23T12:00:00Z");
    }

    private static void Show(IAnsiConsole console, Terminal terminal, ReplayReport report)
    {
        string requests = report.Requests is { } counted ? $", {counted:N0} requests" : "";
        terminal.Out.WriteLine($"{When(report.From)} to {When(report.To)} UTC, {(report.To - report.From).TotalDays:0.0} days: {report.Predictions:N0} predictions, {report.Corrections:N0} corrections{requests}");
        if (report.Alerts.Count == 0) terminal.Out.WriteLine("no alerts");
        else console.PrintTable(["when", "rule", "severity", "lasted", "events", .. report.Incidents is null ? [] : (string[])["incident"], "what"], [.. report.Alerts.Take(AlertsShown).Select(alert => Row(alert, report.Incidents is not null))]);
        if (report.Alerts.Count > AlertsShown) terminal.Out.WriteLine($"and {report.Alerts.Count - AlertsShown:N0} more; --json lists them all");
        string[] judged = report.Incidents is null ? [] : ["incidents caught", "median delay", "false alarms a week"];
        console.PrintTable(["rule", "alerts", "a week", "notices a week", .. judged], [.. report.Rules.Where(rule => rule.NotReplayed is null).Select(rule => Row(rule, report))]);
        if (report.Incidents is not { } incidents) return;
        console.PrintTable(["incident", "from", "to", "first alert", "after"], [.. incidents.Select(incident => new[]
        {
            incident.Name ?? "", When(incident.From), When(incident.To), incident.Rule ?? "missed", incident.DelaySeconds is { } delay ? Length(delay) : "",
        })]);
        terminal.Out.WriteLine($"{incidents.Count(incident => incident.Rule is not null)} of {incidents.Count} incidents caught, {report.FalseAlarmsPerWeek:0.##} false alarms a week");
    }

    private static string[] Row(ReplayedAlert alert, bool judged) =>
    [
        When(alert.At), alert.Rule, alert.Severity, alert.EndedAt is null ? "to the end" : Length(alert.Seconds), $"{alert.Count:N0}",
        .. judged ? [alert.Incident ?? "none"] : Array.Empty<string>(), alert.Model is null ? alert.Summary : $"{alert.Model}: {alert.Summary}",
    ];

    private static string[] Row(ReplayedRule rule, ReplayReport report) =>
    [
        rule.Rule, $"{rule.Alerts:N0}", $"{rule.AlertsPerWeek:0.##}", $"{rule.NoticesPerWeek:0.##}",
        .. report.Incidents is null ? [] : (string[])[$"{rule.Caught} of {report.Incidents.Count}", rule.MedianDelaySeconds is { } delay ? Length(delay) : "–", $"{rule.FalseAlarmsPerWeek:0.##}"],
    ];

    private static string When(DateTimeOffset time) => time.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private static string Length(double seconds) => Duration.Format(TimeSpan.FromSeconds(Math.Round(seconds)));
}
