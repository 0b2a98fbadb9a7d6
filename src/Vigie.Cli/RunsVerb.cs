using System.CommandLine;

namespace Vigie.Cli;

/// <summary><c>vigie runs</c>: what was trained, with what, and what came of it.</summary>
internal static class RunsVerb
{
    public static Command Create(Terminal terminal) => new("runs", "List, show, compare and export tracked runs")
    {
        RunsListVerb.Create(terminal),
        RunsShowVerb.Create(terminal),
        RunsCompareVerb.Create(terminal),
        RunsExportVerb.Create(terminal),
    };
}
