using System.CommandLine;
using Vigie.Server;

namespace Vigie.Cli;

/// <summary><c>vigie keys revoke</c>.</summary>
internal static class KeysRevokeVerb
{
    public static Command Create(Terminal terminal)
    {
        var name = new Argument<string>("NAME") { Description = "The key" };
        var settings = new SettingsOptions();
        var command = new Command("revoke", "Make a key useless; running servers notice within seconds") { name };
        settings.AddTo(command);
        return command
            .WithExamples("vigie keys revoke collector")
            .Does(terminal, async run =>
            {
                ApiKey revoked = await KeysVerb.Open(run, settings).RevokeAsync(run.Required(name), run.Stop);
                run.Print(new { Revoked = revoked.Name }, _ => terminal.Out.WriteLine($"revoked {revoked.Name}"));
            });
    }
}
