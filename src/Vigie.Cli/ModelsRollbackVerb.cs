using System.CommandLine;
using Vigie.Mlflow;

namespace Vigie.Cli;

/// <summary><c>vigie models rollback</c>: the champion before, again.</summary>
internal static class ModelsRollbackVerb
{
    public static Command Create(Terminal terminal)
    {
        Argument<string> name = ModelsVerb.Name();
        var reason = new Option<string?>("--reason") { Description = "Why, for the history", HelpName = "TEXT" };
        return new Command("rollback", "Make the champion before this one champion again; once more goes one further back") { name, reason }
            .WithExamples("vigie models rollback sentiment --reason \"calls jokes negative\"")
            .Does(terminal, async run =>
            {
                await using StorePlace place = await TrackingPlace.OpenStoreAsync(run, "vigie models rollback");
                ChampionChange change = await place.Store.Registry.Promotion.RollbackAsync(run.Required(name), run.Value(reason), Environment.UserName, run.Stop);
                run.Print(change, _ => terminal.Out.WriteLine($"models:/{Terminal.Printable(change.Name)}@{Promotion.Champion} is version {change.Version} again, in place of {change.PreviousVersion}"));
            });
    }
}
