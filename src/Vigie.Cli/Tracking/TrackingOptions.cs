using System.CommandLine;
using Vigie.Recipes;

namespace Vigie.Cli;

/// <summary>What a training verb says about the run that it leaves.</summary>
internal sealed class TrackingOptions
{
    private readonly Option<string> experiment = new("--experiment") { Description = "The experiment that the run belongs to; MLFLOW_EXPERIMENT_NAME goes before it", HelpName = "NAME", DefaultValueFactory = _ => "sentiment" };
    private readonly Option<string?> runName = new("--run-name") { Description = "A name for the run; without it, one is made up", HelpName = "NAME" };
    private readonly Option<string?> register = new("--register") { Description = "Also make the model a version of this registered model", HelpName = "NAME" };

    public void AddTo(Command command)
    {
        command.Options.Add(experiment);
        command.Options.Add(runName);
        command.Options.Add(register);
    }

    public string? RegisterOf(VerbRun run) => run.Value(register);

    /// <summary>Refuses, before minutes of training, a name that nothing could be registered under.</summary>
    /// <exception cref="Mlflow.MlflowException">The name is not allowed.</exception>
    public void Check(VerbRun run)
    {
        if (RegisterOf(run) is { } name) Mlflow.RegistryNames.Model(name, "--register");
    }

    public Task<TrainingLog> StartAsync(VerbRun run, TrackingPlace place, TrainingRun training) =>
        TrainingLog.StartAsync(run, place, training, run.Required(experiment), run.Value(runName), goOn: true);
}
