using System.CommandLine;

namespace Vigie.Cli;

/// <summary><c>vigie tracking</c>: the MLflow-compatible server, who may use it, and what it takes over from others.</summary>
internal static class TrackingVerb
{
    public static Command Create(Terminal terminal) => new("tracking", "Serve runs and models to MLflow's clients; users, tokens and imports")
    {
        TrackingServeVerb.Create(terminal),
        TrackingUserVerb.Create(terminal),
        TrackingTokenVerb.Create(terminal),
        TrackingImportVerb.Create(terminal),
    };
}
