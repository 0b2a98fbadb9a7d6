using System.CommandLine;
using Vigie.Server;

namespace Vigie.Cli;

/// <summary><c>vigie keys list</c>.</summary>
internal static class KeysListVerb
{
    public static Command Create(Terminal terminal)
    {
        var settings = new SettingsOptions();
        var command = new Command("list", "Show the keys there are; never what they are");
        settings.AddTo(command);
        return command
            .WithExamples("vigie keys list", "vigie keys list --json")
            .Does(terminal, run =>
            {
                IReadOnlyList<ApiKey> keys = KeysVerb.Open(run, settings).List();
                DateTimeOffset now = run.Clock.GetUtcNow();
                run.Print(new { Keys = keys.Select(key => new { key.Name, Scopes = KeysVerb.Names(key), key.Created, key.Expires, key.Rotated, key.OverlapEnds, IsExpired = key.Expires <= now }) }, console =>
                    console.PrintTable(["name", "scopes", "created", "expires", "rotated"], [.. keys.Select(key => new[]
                    {
                        key.Name,
                        string.Join(", ", KeysVerb.Names(key)),
                        KeysVerb.Time(key.Created, ""),
                        key.Expires <= now ? $"expired {KeysVerb.Time(key.Expires, "")}" : KeysVerb.Time(key.Expires, "never"),
                        KeysVerb.Time(key.Rotated, "never") + (key.OverlapEnds is { } end ? $", the one before is taken until {KeysVerb.Time(end, "")}" : ""),
                    })]));
            });
    }
}
