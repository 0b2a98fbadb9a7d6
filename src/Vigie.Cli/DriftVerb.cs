using System.CommandLine;

namespace Vigie.Cli;

/// <summary><c>vigie drift</c>: whether texts are still like those of the training.</summary>
internal static class DriftVerb
{
    public static Command Create(Terminal terminal) => new("drift", "Compare texts and predictions with those of a model's training")
    {
        DriftReportVerb.Create(terminal),
    };
}
