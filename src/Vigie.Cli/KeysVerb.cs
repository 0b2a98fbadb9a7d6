using System.CommandLine;
using Vigie.Server;

namespace Vigie.Cli;

/// <summary><c>vigie keys</c>: the keys that programs call a server with.</summary>
internal static class KeysVerb
{
    public static Command Create(Terminal terminal) => new("keys", "Make, list, revoke and rotate the API keys of a server")
    {
        KeysCreateVerb.Create(terminal),
        KeysListVerb.Create(terminal),
        KeysRevokeVerb.Create(terminal),
        KeysRotateVerb.Create(terminal),
    };

    /// <summary>The keys of the server that the settings describe.</summary>
    public static ApiKeys Open(VerbRun run, SettingsOptions settings)
    {
        // The file is named by default, so there is one.
        string file = settings.Read(run).Options.Access.KeysFile!;
        return new ApiKeys(ModelFolder.PathOf(run, file), run.Clock);
    }

    /// <summary>Reads an option that is a length of time.</summary>
    public static TimeSpan? TimeOf(VerbRun run, Option<string?> option) =>
        run.Value(option) is not { } text ? null : Duration.TryParse(text, out TimeSpan time) ? time : throw new InvalidInputException($"{option.Name} {Terminal.Printable(text)}: expected {Duration.Form}");

    /// <summary>Shows a secret, which nobody can show again.</summary>
    public static void Show(VerbRun run, NewApiKey made, string note) => run.Print(
        new { Key = made.Secret, made.Key.Name, Scopes = Names(made.Key), made.Key.Created, made.Key.Expires, made.Key.Rotated, made.Key.OverlapEnds },
        _ => run.Terminal.Out.WriteLine($"{made.Secret}\n{note}"));

    public static string[] Names(ApiKey key) => [.. key.Scopes.Select(ScopeNames.Of)];

    public static string Time(DateTimeOffset? time, string never) => time?.ToString("yyyy-MM-dd HH:mm", System.Globalization.CultureInfo.InvariantCulture) ?? never;
}
