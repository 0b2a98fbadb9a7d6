using System.CommandLine;
using Vigie.Mlflow;
using Vigie.Mlflow.Security;

namespace Vigie.Cli;

/// <summary><c>vigie tracking user</c>: who may use the server.</summary>
internal static class TrackingUserVerb
{
    private const string PasswordVariable = "VIGIE_PASSWORD";

    public static Command Create(Terminal terminal)
    {
        var name = new Argument<string>("NAME") { Description = "The user's name" };
        var role = new Option<Role>("--role") { Description = "What the user may do everywhere; more can be granted for single experiments and models", HelpName = "read|write|admin", DefaultValueFactory = _ => Role.Read };
        var store = new StoreOptions();
        var command = new Command("user", $"Make a user; the password comes from {PasswordVariable}, and without one only tokens let the user in") { name, role };
        store.AddTo(command);
        return command
            .WithExamples("vigie tracking user ada --role admin", "vigie tracking user dashboard --role read --data mlflow")
            .Does(terminal, async run =>
            {
                await using MlflowStore opened = await store.OpenAsync(run);
                User user = await opened.Users.CreateAsync(run.Required(name), terminal.Variable(PasswordVariable), run.Required(role), run.Stop);
                run.Print(new { user.Username, Role = run.Required(role) }, _ => terminal.Out.WriteLine($"{Terminal.Printable(user.Username)} may {run.Required(role).ToString().ToLowerInvariant()}; 'vigie tracking token {Terminal.Printable(user.Username)}' makes a token"));
            });
    }
}
