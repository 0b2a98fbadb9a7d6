using System.CommandLine;
using Vigie.Mlflow;
using Vigie.Server;

namespace Vigie.Cli;

/// <summary><c>vigie models promote</c>: the version that is to be served.</summary>
internal static class ModelsPromoteVerb
{
    public static Command Create(Terminal terminal)
    {
        Argument<string> name = ModelsVerb.Name();
        var version = new Argument<string>("VERSION") { Description = "Which version" };
        var reason = new Option<string?>("--reason") { Description = "Why, for the history", HelpName = "TEXT" };
        return new Command("promote", "Make a version the champion: the alias champion and the stage Production, in one step") { name, version, reason }
            .WithExamples("vigie models promote sentiment 3", "vigie models promote sentiment 3 --reason \"better on French tweets\"")
            .Does(terminal, async run =>
            {
                await using TrackingPlace place = await TrackingPlace.OpenExistingAsync(run);
                string model = run.Required(name), number = ModelsVerb.VersionOf(run.Required(version));
                await place.PromoteAsync(model, number, run.Value(reason), run.Stop);
                ModelVersion champion = await place.Models.FindAsync(ModelAddress.Parse($"models:/{Uri.EscapeDataString(model)}@{Promotion.Champion}"), run.Stop);
                run.Print(new { champion.Name, Champion = champion.Version, Stage = champion.CurrentStage }, _ => terminal.Out.WriteLine($"models:/{Terminal.Printable(champion.Name)}@{Promotion.Champion} is version {champion.Version}"));
            });
    }
}
