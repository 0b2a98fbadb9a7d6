using System.CommandLine;
using Vigie.Server;

namespace Vigie.Cli;

/// <summary><c>vigie keys create</c>.</summary>
internal static class KeysCreateVerb
{
    public static Command Create(Terminal terminal)
    {
        var name = new Argument<string>("NAME") { Description = "What to call the key: letters, digits, dots, dashes, underscores" };
        var scopes = new Option<string>("--scope") { Description = $"What it may do, divided by commas: {string.Join(", ", ScopeNames.All)}", HelpName = "SCOPES", Required = true };
        var expires = new Option<string?>("--expires") { Description = "How long it is good for, such as 90d; without it until it is revoked", HelpName = "TIME" };
        var settings = new SettingsOptions();
        var command = new Command("create", "Make a key, and show it once") { name, scopes, expires };
        settings.AddTo(command);
        return command
            .WithExamples("vigie keys create dashboard --scope read", "vigie keys create collector --scope predict,feedback --expires 90d")
            .Does(terminal, async run =>
            {
                NewApiKey made = await KeysVerb.Open(run, settings).CreateAsync(run.Required(name), ScopeNames.Parse(run.Required(scopes), "--scope"), KeysVerb.TimeOf(run, expires), run.Stop);
                KeysVerb.Show(run, made, "kept as a hash only: it is not shown again. Programs send it as 'Authorization: Bearer …' or 'X-API-Key'");
            });
    }
}
