using System.CommandLine;
using Vigie.Server;

namespace Vigie.Cli;

/// <summary><c>vigie alerts</c>: the rules by which alerts are raised.</summary>
internal static class AlertsVerb
{
    public static Command Create(Terminal terminal) => new("alerts", "Rules that raise alerts: print, check, try on the past")
    {
        AlertsRulesVerb.Create(terminal),
        AlertsTestVerb.Create(terminal),
        AlertsCheckVerb.Create(terminal),
        AlertsReplayVerb.Create(terminal),
    };

    public static Option<string?> RulesOption(bool required) =>
        new("--rules") { Description = "A file of rules (YAML)" + (required ? "" : "; the built-in ones where it is left out"), HelpName = "FILE", Required = required };

    /// <summary>The rules of a file, or the built-in ones.</summary>
    /// <exception cref="InvalidInputException">The file cannot be read, or a rule is wrong.</exception>
    public static AlertRules Read(VerbRun run, Option<string?> option) =>
        run.Value(option) is { } file ? AlertRules.Read(ModelFolder.PathOf(run, file), Terminal.Printable(file)) : AlertRules.Default;
}
