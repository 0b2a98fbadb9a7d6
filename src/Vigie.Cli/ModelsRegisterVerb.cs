using System.CommandLine;
using Vigie.Mlflow;

namespace Vigie.Cli;

/// <summary><c>vigie models register</c>: a version of a registered model, from a run that trained one.</summary>
internal static class ModelsRegisterVerb
{
    public static Command Create(Terminal terminal)
    {
        Argument<string> name = ModelsVerb.Name("The registered model; made where it is missing");
        var from = new Option<string>("--run") { Description = "The run whose model it is, by id or its first digits", HelpName = "RUN", Required = true };
        return new Command("register", "Make a run's model a version of a registered model") { name, from }
            .WithExamples("vigie models register sentiment --run 3f2a91c0")
            .Does(terminal, async run =>
            {
                await using TrackingPlace place = await TrackingPlace.OpenExistingAsync(run);
                Run trained = await RunSelection.OneAsync(run, place, run.Required(from));
                if (trained.Outputs is not { ModelOutputs: [.., var model] })
                    throw new InvalidInputException($"run {trained.Info.RunId} made no model that could be registered");
                Tag[] vouched = [.. trained.Data.Tags.Where(tag => tag.Key is "vigie.digest" or ModelManifest.DigestTag)];
                ModelVersion version = await place.RegisterAsync(run.Required(name), $"models:/{model.ModelId}", trained.Info.RunId, model.ModelId, vouched, run.Stop);
                run.Print(new { version.Name, version.Version, version.RunId, version.Source }, _ => terminal.Out.WriteLine($"{Terminal.Printable(version.Name)} version {version.Version} is the model of run {trained.Info.RunId[..8]}"));
            });
    }
}
