using System.CommandLine;
using Vigie.Server;

namespace Vigie.Cli;

/// <summary><c>vigie keys rotate</c>.</summary>
internal static class KeysRotateVerb
{
    private static readonly TimeSpan UsualOverlap = TimeSpan.FromHours(24);

    public static Command Create(Terminal terminal)
    {
        var name = new Argument<string>("NAME") { Description = "The key" };
        var overlap = new Option<string?>("--overlap") { Description = "How long the secret before it is taken too, 24h unless said; 0s for no longer", HelpName = "TIME" };
        var expires = new Option<string?>("--expires") { Description = "How long the key is good for from now on; without it until it would have ended", HelpName = "TIME" };
        var settings = new SettingsOptions();
        var command = new Command("rotate", "Give a key another secret, and show it once") { name, overlap, expires };
        settings.AddTo(command);
        return command
            .WithExamples("vigie keys rotate collector", "vigie keys rotate collector --overlap 1h --expires 90d")
            .Does(terminal, async run =>
            {
                NewApiKey made = await KeysVerb.Open(run, settings).RotateAsync(run.Required(name), KeysVerb.TimeOf(run, overlap) ?? UsualOverlap, KeysVerb.TimeOf(run, expires), run.Stop);
                KeysVerb.Show(run, made, made.Key.OverlapEnds is { } end ? $"the secret before it is taken until {KeysVerb.Time(end, "")} UTC" : "the secret before it is taken no longer");
            });
    }
}
