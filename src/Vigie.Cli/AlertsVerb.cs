using System.CommandLine;

namespace Vigie.Cli;

/// <summary><c>vigie alerts</c>: rules, and who is told.</summary>
internal static class AlertsVerb
{
    public static Command Create(Terminal terminal) => new("alerts", "Try out what people are told when something is wrong")
    {
        AlertsTestVerb.Create(terminal),
    };
}
