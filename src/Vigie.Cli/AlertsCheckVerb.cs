using System.CommandLine;
using Vigie.Server;

namespace Vigie.Cli;

/// <summary><c>vigie alerts check</c>: whether a file of rules is one, and what it says.</summary>
internal static class AlertsCheckVerb
{
    public static Command Create(Terminal terminal)
    {
        Option<string?> rules = AlertsVerb.RulesOption(required: true);
        return new Command("check", "Check a file of rules, and say in words what it asks for") { rules }
            .WithExamples("vigie alerts check --rules alerts.yaml", "vigie alerts check --rules alerts.yaml --json")
            .Does(terminal, run =>
            {
                IReadOnlyList<DescribedRule> read = AlertsVerb.Read(run, rules).Describe();
                run.Print(new { Rules = read }, console => console.PrintTable(
                    ["rule", "severity", "raised when", "told on"],
                    [.. read.Select(rule => new[] { rule.Name, rule.Severity, rule.When, rule.Channels.Count == 0 ? "every channel" : string.Join(", ", rule.Channels) })]));
            });
    }
}
