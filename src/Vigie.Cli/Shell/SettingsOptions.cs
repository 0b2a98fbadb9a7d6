using System.CommandLine;
using Vigie.Server;

namespace Vigie.Cli;

/// <summary>Where the settings of a server stand: a file, the environment, <c>--set</c>, and the options of a verb that stand for one each.</summary>
internal sealed class SettingsOptions
{
    private readonly Option<string?> file = new("--settings") { Description = "A file of settings, in place of vigie.yaml of the working folder", HelpName = "FILE" };

    private readonly Option<string[]> set = new("--set") { Description = "A setting; may be given several times ('vigie settings' lists them)", HelpName = "NAME=VALUE" };

    public void AddTo(Command command)
    {
        command.Options.Add(file);
        command.Options.Add(set);
    }

    /// <summary>Reads the settings of a server.</summary>
    /// <param name="run">The run that asks.</param>
    /// <param name="flags">What options of the verb say.</param>
    /// <exception cref="InvalidInputException">The file is not there, or a setting is unknown or of the wrong type.</exception>
    public Settings<ServerOptions> Read(VerbRun run, params IEnumerable<SettingFlag> flags)
    {
        string name = run.Value(file) ?? SettingSources.DefaultFile, path = ModelFolder.PathOf(run, name);
        return Settings.Read<ServerOptions>(new SettingSources
        {
            Defaults =
            [
                new("access.keys_file", Path.Combine(run.StateFolder, "keys.json")),
                new("models.state", run.StateFolder),
                .. TrackingPlace.SettingOf(run) is { } tracking ? [new KeyValuePair<string, string>("models.tracking", tracking)] : Array.Empty<KeyValuePair<string, string>>(),
                new("secret_file", Path.Combine(run.StateFolder, "secret")),
                new("records.enabled", "true"),
                new("records.folder", Path.Combine(run.StateFolder, "records")),
                new("logging.format", run.Terminal.ErrorIsLog ? "json" : "none"), // people are told of warnings in words
            ],
            File = run.Value(file) is not null || File.Exists(path) ? path : null,
            FileName = Terminal.Printable(name),
            Environment = run.Terminal.Variables(),
            Flags = [.. flags, .. (run.Value(set) ?? []).Select(SettingFlag.Parse)],
        });
    }
}
