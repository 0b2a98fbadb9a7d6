using System.CommandLine;

namespace Vigie.Cli;

/// <summary>The composition root: which verbs there are. A verb is one file beside this one.</summary>
internal static class Program
{
    private static Task<int> Main(string[] args) => Shell.RunProcessAsync(Verbs, args);

    /// <summary>All verbs, in the order in which the help lists them.</summary>
    public static IEnumerable<Command> Verbs(Terminal terminal) =>
    [
        DemoVerb.Create(terminal),
        DataVerb.Create(terminal),
        RecipesVerb.Create(terminal),
        TrainVerb.Create(terminal),
        CombineVerb.Create(terminal),
        DistillVerb.Create(terminal),
        EvaluateVerb.Create(terminal),
        PredictVerb.Create(terminal),
        ExplainVerb.Create(terminal),
        EmbedVerb.Create(terminal),
        InitVerb.Create(terminal),
        AddVerb.Create(terminal),
        ReproVerb.Create(terminal),
        StatusVerb.Create(terminal),
        CommitVerb.Create(terminal),
        CheckoutVerb.Create(terminal),
        RemoteVerb.Create(terminal),
        TransferVerbs.Push(terminal),
        TransferVerbs.Pull(terminal),
        TransferVerbs.Fetch(terminal),
        GcVerb.Create(terminal),
        DagVerb.Create(terminal),
        ParamsVerb.Create(terminal),
        MetricsVerb.Create(terminal),
        PlotsVerb.Create(terminal),
        ExpVerb.Create(terminal),
        RunsVerb.Create(terminal),
        ModelsVerb.Create(terminal),
        ServeVerb.Create(terminal),
        DriftVerb.Create(terminal),
        AlertsVerb.Create(terminal),
        KeysVerb.Create(terminal),
        SettingsVerb.Create(terminal),
        TrackingVerb.Create(terminal),
        BenchVerb.Create(terminal),
        HelpVerb.Create(terminal),
    ];
}
