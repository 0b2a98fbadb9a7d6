using System.CommandLine;
using Vigie.Mlflow;
using Vigie.Mlflow.Security;

namespace Vigie.Cli;

/// <summary><c>vigie tracking token</c>: access tokens for programs.</summary>
internal static class TrackingTokenVerb
{
    public static Command Create(Terminal terminal)
    {
        var user = new Argument<string>("USER") { Description = "Whose token it is" };
        var name = new Option<string>("--name") { Description = "What it is for", HelpName = "TEXT", DefaultValueFactory = _ => "" };
        var role = new Option<Role>("--role") { Description = "At most this, whatever the user may", HelpName = "read|write|admin", DefaultValueFactory = _ => Role.Write };
        var days = new Option<int>("--days") { Description = "How long it is good for", HelpName = "N", DefaultValueFactory = _ => 90 };
        var store = new StoreOptions();
        var command = new Command("token", "Make an access token for a user, and show it once") { user, name, role, days };
        store.AddTo(command);
        return command
            .WithExamples("vigie tracking token ada --name ci --days 30", "vigie tracking token ada --role read")
            .Does(terminal, async run =>
            {
                int lifetime = run.Required(days);
                if (lifetime is < 1 or > 3650) throw new InvalidInputException($"--days {lifetime}: expected 1 to 3650");
                await using MlflowStore opened = await store.OpenExistingAsync(run);
                NewAccessToken made = await opened.Tokens.CreateAsync(run.Required(user), run.Required(name), run.Required(role), TimeSpan.FromDays(lifetime), run.Stop);
                run.Print(made, _ => terminal.Out.WriteLine($"{made.Token}\nkept as a hash only: it is not shown again. Clients take it from MLFLOW_TRACKING_TOKEN"));
            });
    }
}
