using System.CommandLine;
using Vigie.Server;

namespace Vigie.Cli;

/// <summary><c>vigie alerts rules</c>: the built-in rules, as a file to begin with.</summary>
internal static class AlertsRulesVerb
{
    public static Command Create(Terminal terminal) => new Command("rules", "Print the built-in rules as a file to begin with")
        .WithExamples("vigie alerts rules", "vigie alerts rules --json")
        .Does(terminal, run =>
        {
            if (run.Json) run.Print(new { Rules = AlertRules.Default.Describe() }, _ => { });
            else terminal.Out.Write(AlertRules.DefaultText);
        });
}
