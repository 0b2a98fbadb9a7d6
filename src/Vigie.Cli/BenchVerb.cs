using System.CommandLine;

namespace Vigie.Cli;

/// <summary><c>vigie bench</c>: how fast and how good, measured where it runs.</summary>
internal static class BenchVerb
{
    public static Command Create(Terminal terminal) => new("bench", "Measure this machine: reading, prediction, models beside their peers, the prediction API, the tracking server, the watch over models, the dashboard and pipelines")
    {
        BenchLinearVerb.Create(terminal),
        BenchModelsVerb.Create(terminal),
        BenchStudyVerb.Create(terminal),
        BenchVectorsVerb.Create(terminal),
        BenchReadVerb.Create(terminal),
        BenchPredictVerb.Create(terminal),
        BenchServeVerb.Create(terminal),
        BenchTrackingVerb.Create(terminal),
        BenchMonitorVerb.Create(terminal),
        BenchDashboardVerb.Create(terminal),
        BenchPipelineVerb.Create(terminal),
    };
}
