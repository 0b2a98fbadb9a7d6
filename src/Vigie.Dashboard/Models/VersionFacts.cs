using Vigie.Mlflow;
using Vigie.Server;

namespace Vigie.Dashboard.Models;

/// <summary>A version with what its run and its logged model measured.</summary>
/// <param name="Version">The version.</param>
/// <param name="Run">The run that made it; null where there is none any more.</param>
/// <param name="Metrics">What was measured on it: of the run, and over that of the logged model.</param>
internal sealed record VersionFacts(ModelVersion Version, Run? Run, IReadOnlyDictionary<string, double> Metrics)
{
    /// <summary>In the order in which one of them speaks for a model.</summary>
    private static readonly string[] MainFigures = ["f1_macro", "accuracy", "f1", "roc_auc", "f1_score", "val_f1", "val_accuracy", "validation_f1_macro", "validation_accuracy"];

    /// <summary>The figures that a table of versions has room for.</summary>
    public static readonly IReadOnlyList<string> TableFigures = ["f1_macro", "accuracy", "roc_auc"];

    /// <summary>Gathers what is known.</summary>
    public static async Task<VersionFacts> OfAsync(MlflowStore store, ModelVersion version, CancellationToken cancellation)
    {
        Run? run = version.RunId is { } id ? await FoundAsync(() => store.Runs.GetAsync(id, cancellation)) : null;
        LoggedModel? logged = version.ModelId is { } model ? await FoundAsync(() => store.LoggedModels.GetAsync(model, cancellation: cancellation)) : null;
        var metrics = new SortedDictionary<string, double>(StringComparer.Ordinal);
        foreach (Metric metric in run?.Data.Metrics ?? []) metrics[metric.Key] = metric.Value;
        foreach (Metric metric in logged?.Data.Metrics ?? []) metrics[metric.Key] = metric.Value;
        return new VersionFacts(version, run, metrics);
    }

    /// <summary>The figure that speaks for it; null where none was measured.</summary>
    public KeyValuePair<string, double>? Main => MainFigures.Where(Metrics.ContainsKey).Select(key => (KeyValuePair<string, double>?)new(key, Metrics[key])).FirstOrDefault();

    /// <summary>One figure.</summary>
    public double? this[string metric] => Metrics.TryGetValue(metric, out double value) ? value : null;

    /// <summary>The data that it was trained on.</summary>
    public Dataset? Dataset => Run?.Inputs?.DatasetInputs is { Count: > 0 } inputs
        ? (inputs.FirstOrDefault(input => input.Tags.Any(tag => tag is { Key: "mlflow.data.context", Value: "training" })) ?? inputs[0]).Dataset
        : null;

    /// <summary>What is on duty of a version, in this process.</summary>
    public static IReadOnlyList<DutyPart> DutyOf(ModelHost host, string name, string version) => [.. host.Parts.Where(part => part.Model is { } model && model.Version == version && model.Name == name)];

    private static async Task<T?> FoundAsync<T>(Func<Task<T>> find) where T : class
    {
        try
        {
            return await find();
        }
        catch (MlflowException gone) when (gone.Code is ErrorCode.ResourceDoesNotExist)
        {
            return null; // versions outlive what they were made of
        }
    }
}
